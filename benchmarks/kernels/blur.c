// An image filter in SIMD: a 3 x 3 box blur of 1024 x 1024 grey pixels, sixteen at a time. Built with -msimd128.
#include "kernel.h"

#include <wasm_simd128.h>

enum { kWidth = 1024, kHeight = 1024 };

static uint8_t from[kHeight + 2][kWidth + 32], to[kHeight][kWidth];

// The sums of three neighbours across, for eight pixels from p on.
static inline v128_t Across(const uint8_t* p) {
  return wasm_i16x8_add(wasm_i16x8_add(wasm_u16x8_load8x8(p), wasm_u16x8_load8x8(p + 1)), wasm_u16x8_load8x8(p + 2));
}
static inline v128_t Blur8(const uint8_t* above, const uint8_t* here, const uint8_t* below) {
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(Across(above), Across(here)), Across(below));
  // A ninth: sum * 7282 / 65536, by the high halves of the products.
  const v128_t ninth = wasm_i16x8_const_splat(7282);
  v128_t low = wasm_u32x4_extmul_low_u16x8(sum, ninth);
  v128_t high = wasm_u32x4_extmul_high_u16x8(sum, ninth);
  return wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

__attribute__((noinline)) static void Blur(void) {
  for (int y = 0; y < kHeight; y++) {
    const uint8_t *above = from[y], *here = from[y + 1], *below = from[y + 2];
    for (int x = 0; x < kWidth; x += 16) {
      v128_t first = Blur8(above + x, here + x, below + x);
      v128_t second = Blur8(above + x + 8, here + x + 8, below + x + 8);
      wasm_v128_store(&to[y][x], wasm_u8x16_narrow_i16x8(first, second));
    }
  }
}

static uint64_t Run(uint32_t iterations) {
  for (int y = 0; y < kHeight + 2; y++) {
    for (int x = 0; x < kWidth + 2; x++) from[y][x] = (uint8_t)(x * 7 ^ y * 13 ^ x * y >> 5);
  }
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    Blur();
    for (int k = 0; k < 64; k++) checksum = checksum * 31 + to[(i * 37 + (uint32_t)k * 11) % kHeight][(k * 101) % kWidth];
    from[i % kHeight + 1][i % kWidth] += 1;
  }
  return checksum;
}
