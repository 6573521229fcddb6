// The Mandelbrot set, 64 x 64 points of up to 200 steps each: f64 arithmetic in a loop whose end is hard to guess.
#include "kernel.h"

enum { kSize = 64, kSteps = 200 };

__attribute__((noinline)) static uint32_t Escape(double cx, double cy) {
  double x = 0, y = 0;
  uint32_t step = 0;
  for (; step < kSteps; step++) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4) break;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return step;
}

static uint64_t Run(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t n = 0; n < iterations; n++) {
    double zoom = 1.0 / (1 + n % 7);
    for (int y = 0; y < kSize; y++) {
      for (int x = 0; x < kSize; x++) {
        sum = sum * 31 + Escape(-0.7 + zoom * (3.0 * x / kSize - 1.5), zoom * (2.0 * y / kSize - 1.0));
      }
    }
  }
  return sum;
}
