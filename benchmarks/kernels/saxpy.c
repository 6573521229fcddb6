// y = a * x + y in f32x4: 2^16 floats, four at a time. Built with -msimd128.
#include "kernel.h"

#include <wasm_simd128.h>

enum { kCount = 1 << 16 };

static float x[kCount], y[kCount];

__attribute__((noinline)) static void Saxpy(float a) {
  v128_t factor = wasm_f32x4_splat(a);
  for (int i = 0; i < kCount; i += 4) {
    wasm_v128_store(&y[i], wasm_f32x4_add(wasm_f32x4_mul(factor, wasm_v128_load(&x[i])), wasm_v128_load(&y[i])));
  }
}

static uint64_t Run(uint32_t iterations) {
  for (int i = 0; i < kCount; i++) {
    x[i] = (float)(i % 97) * 0.125f;
    y[i] = (float)(i % 89) * 0.5f;
  }
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    Saxpy((float)(i % 7) * 0.25f - 0.75f);
    for (int k = 0; k < 16; k++) checksum = checksum * 31 + Bits(y[(i * 31 + (uint32_t)k * 4099) % kCount]);
  }
  return checksum;
}
