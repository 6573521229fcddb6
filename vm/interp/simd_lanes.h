// Single lanes, splats, swizzles and shuffles. See simd.h.
//
// Lanes are named by bytes, as the cells hold them: a lane to read by its selector (the numbers of its bytes, lowest
// first), a lane to write by a mask of ones over it.
// spec: exec/instructions#vector-instructions
#ifndef UMIAK_VM_INTERP_SIMD_LANES_H_
#define UMIAK_VM_INTERP_SIMD_LANES_H_

#include <cstring>

#include "vm/interp/cell.h"
#include "vm/interp/simd.h"

#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace umiak::simd {
inline namespace UMIAK_ISA {

// T may be a float.
template <class T>
struct Splat {
  ALWAYS_INLINE static Vec Apply(T value) {
    if constexpr (sizeof(T) == 8) {
      return Raw(V<T>{value, value});
    } else if constexpr (sizeof(T) == 4) {
      return Raw(V<T>{value, value, value, value});
    } else {
      return Raw(Fill<T>(value));
    }
  }
};

// Byte i of the result is byte select[i] of a; unspecified where that is no number of a byte.
ALWAYS_INLINE Vec SelectBytes(Vec a, Vec select) {
#if defined(__SSSE3__)
  return Raw(_mm_shuffle_epi8(M(a), M(select)));
#elif defined(__ARM_NEON)
  return Raw(vqtbl1q_u8((uint8x16_t)a, (uint8x16_t)select));
#else
  uint8_t from[16], at[16];
  std::memcpy(from, &a, 16);
  std::memcpy(at, &select, 16);
  V<uint8_t> r{};
  for (int i = 0; i < 16; ++i) r[i] = from[at[i] & 15];
  return Raw(r);
#endif
}

// spec: exec/instructions#exec-vec-swizzle. Zero where the index is no lane; so is the relaxed one.
struct Swizzle {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec index) {
#if defined(__SSSE3__)
    // An index of 16 or more gets its high bit, for which pshufb writes zero.
    return SelectBytes(a, AddSat<uint8_t>::Apply(index, Raw(Fill<uint8_t>(0x70))));
#elif defined(__ARM_NEON)
    return SelectBytes(a, index);
#else
    return And::Apply(SelectBytes(a, index), Lt<uint8_t>::Apply(index, Raw(Fill<uint8_t>(16))));
#endif
  }
};
// Byte i of the result is byte lanes[i] of a followed by b. REQUIRES: lanes below 32.
struct Shuffle {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b, Vec lanes) {
#if defined(__SSSE3__)
    Vec from_b = Sub<uint8_t>::Apply(lanes, Raw(Fill<uint8_t>(16)));  // below zero: the high bit
    return Or::Apply(Swizzle::Apply(a, lanes), SelectBytes(b, from_b));
#else
    uint8_t from[32], at[16];
    std::memcpy(from, &a, 16);
    std::memcpy(from + 16, &b, 16);
    std::memcpy(at, &lanes, 16);
    V<uint8_t> r{};
    for (int i = 0; i < 16; ++i) r[i] = from[at[i] & 31];
    return Raw(r);
#endif
  }
};

// The lane T that the selector names, in the lowest bytes of the result.
template <class T>
struct LaneToFront {
  ALWAYS_INLINE static Vec Apply(Vec a, uint64_t selector) {
#if defined(__SSSE3__)
    return SelectBytes(a, Raw(V<uint64_t>{selector, 0}));
#else
    uint8_t bytes[16];
    std::memcpy(bytes, &a, 16);
    Vec r{};
    std::memcpy(&r, bytes + (selector & 15), sizeof(T));
    return r;
#endif
  }
};

// v with `value` in the lane that the mask covers. T may be a float.
template <class T>
struct ReplaceLane {
  ALWAYS_INLINE static Vec Apply(Vec v, T value, Vec mask) { return Choose(mask, Splat<T>::Apply(value), v); }
};

// --- What loads make of the bytes they read. spec: exec/instructions#exec-vload-pack ---

struct Same { ALWAYS_INLINE static Vec Apply(Vec v) { return v; } };
template <class T>
struct LoadExtend {
  ALWAYS_INLINE static Vec Apply(uint64_t bytes) { return Raw(Widen<T>((Half<T>)bytes)); }
};
template <class T>
struct LoadZero {
  ALWAYS_INLINE static Vec Apply(T value) { return Raw(V<uint64_t>{value, 0}); }
};

}  // namespace UMIAK_ISA
}  // namespace umiak::simd

#endif  // UMIAK_VM_INTERP_SIMD_LANES_H_
