// Nested loops over f64 in memory: a product of 40 x 40 matrices, by rows and columns.
#include "kernel.h"

enum { kSize = 40 };

static double a[kSize][kSize], b[kSize][kSize], c[kSize][kSize];

__attribute__((noinline)) static void Multiply(void) {
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) {
      double sum = 0;
      for (int k = 0; k < kSize; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
}

static uint64_t Run(uint32_t iterations) {
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) {
      a[i][j] = (i * 3 + j) * 0.25;
      b[i][j] = (i - j * 2) * 0.5;
    }
  }
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    Multiply();
    int row = (int)(i % kSize);
    checksum = checksum * 31 + Bits(c[row][kSize - 1 - row]);
    a[row][0] += 1;
  }
  return checksum;
}
