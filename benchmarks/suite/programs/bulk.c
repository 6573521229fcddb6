// memory.copy and memory.fill alone, of 64 bytes to 1 MiB: nothing an interpreter could do but call the C library.
#include "kernel.h"

static uint8_t from[1 << 20], to[1 << 20];

static uint64_t Run(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t n = 0; n < iterations; n++) {
    for (uint32_t size = 64; size <= sizeof(from); size *= 2) {
      __builtin_memset(from, (int)(n + size / 64), size);
      __builtin_memcpy(to, from, size);
      __builtin_memmove(to + 1, to, size - 1);
      sum = sum * 31 + to[size / 2];
    }
  }
  return sum;
}
