// Streaming through memory: add, scale and triad over 3 x 4 MiB of doubles, and a copy and a fill of one of them.
#include "kernel.h"

enum { kCount = 1 << 19 };

static double a[kCount], b[kCount], c[kCount];

static uint64_t Run(uint32_t iterations) {
  for (int i = 0; i < kCount; i++) {
    a[i] = i;
    b[i] = 2;
  }
  for (uint32_t n = 0; n < iterations; n++) {
    for (int i = 0; i < kCount; i++) c[i] = a[i] + b[i];
    for (int i = 0; i < kCount; i++) b[i] = 0.25 * c[i];
    for (int i = 0; i < kCount; i++) a[i] = b[i] + 0.5 * c[i];
    __builtin_memcpy(c, a, sizeof(a));
    __builtin_memset(b, (int)(n & 63), sizeof(b));
  }
  return Bits(a[kCount - 1]) ^ Bits(c[kCount / 2]) ^ Bits(b[1]);
}
