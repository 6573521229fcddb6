// Quicksort of 2^14 numbers in no order: compares, swaps and recursion.
#include "kernel.h"

enum { kCount = 1 << 14 };

static uint32_t numbers[kCount];

__attribute__((noinline)) static void Sort(uint32_t* first, uint32_t* last) {
  while (last - first > 1) {
    uint32_t pivot = first[(last - first) / 2];
    uint32_t *low = first, *high = last - 1;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low <= high) {
        uint32_t swapped = *low;
        *low++ = *high;
        *high-- = swapped;
      }
    }
    Sort(first, high + 1);
    first = low;
  }
}

static uint64_t Run(uint32_t iterations) {
  uint64_t sum = 0;
  uint32_t state = 1;
  for (uint32_t n = 0; n < iterations; n++) {
    for (int i = 0; i < kCount; i++) numbers[i] = state = state * 1664525u + 1013904223u;
    Sort(numbers, numbers + kCount);
    sum = sum * 31 + numbers[kCount / 2] + numbers[kCount - 1];
  }
  return sum;
}
