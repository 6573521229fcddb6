// Calls: fib(20) by plain recursion, 21891 calls.
#include "kernel.h"

__attribute__((noinline)) static uint32_t Fib(uint32_t n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

static uint64_t Run(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    uint32_t n = 20;
    __asm__ volatile("" : "+r"(n));  // or the compiler finds that all iterations are the same
    sum = sum * 3 + Fib(n);
  }
  return sum;
}
