// Alpha blending in SIMD: 2^20 RGBA pixels over as many, four at a time, alpha per pixel. Built with -msimd128.
#include "kernel.h"

#include <wasm_simd128.h>

enum { kPixels = 1 << 20 };

static uint32_t front[kPixels], back[kPixels];

// front * alpha + back * (255 - alpha), over 256 after rounding, of eight channels.
static inline v128_t Mix(v128_t f, v128_t b, v128_t alpha) {
  v128_t rest = wasm_i16x8_sub(wasm_i16x8_const_splat(255), alpha);
  v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(f, alpha), wasm_i16x8_mul(b, rest));
  sum = wasm_i16x8_add(sum, wasm_i16x8_const_splat(128));
  return wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_u16x8_shr(sum, 8)), 8);
}

__attribute__((noinline)) static void Blend(void) {
  for (int i = 0; i < kPixels; i += 4) {
    v128_t f = wasm_v128_load(&front[i]), b = wasm_v128_load(&back[i]);
    v128_t alpha = wasm_i8x16_shuffle(f, f, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
    v128_t low = Mix(wasm_u16x8_extend_low_u8x16(f), wasm_u16x8_extend_low_u8x16(b), wasm_u16x8_extend_low_u8x16(alpha));
    v128_t high =
        Mix(wasm_u16x8_extend_high_u8x16(f), wasm_u16x8_extend_high_u8x16(b), wasm_u16x8_extend_high_u8x16(alpha));
    wasm_v128_store(&back[i], wasm_u8x16_narrow_i16x8(low, high));
  }
}

static uint64_t Run(uint32_t iterations) {
  for (uint32_t i = 0; i < kPixels; i++) {
    front[i] = i * 2654435761u;
    back[i] = i * 40503u ^ 0x55aa55aau;
  }
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    Blend();
    for (uint32_t k = 0; k < 64; k++) checksum = checksum * 31 + back[(i * 7919 + k * 104729) % kPixels];
    front[i % kPixels] += 0x01010101u;
  }
  return checksum;
}
