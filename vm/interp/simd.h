// What vector instructions compute on integers and bits: pure functions of vectors, without machine state.
//
// A v128 is a Vec (regs.h); each function names the shape it sees it in. Written on the vectors of g++ and clang; an
// intrinsic stands where x86 has an instruction that neither compiler finds by itself, beside the portable form.
// Lanes are unsigned wherever arithmetic wraps. Floats are in simd_float.h, lanes and shuffles in simd_lanes.h.
// spec: exec/numerics, exec/instructions#vector-instructions
#ifndef UMIAK_VM_INTERP_SIMD_H_
#define UMIAK_VM_INTERP_SIMD_H_

#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/interp/isa.h"
#include "vm/interp/regs.h"

#if defined(__SSE4_1__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace umiak::simd {
inline namespace UMIAK_ISA {

// The v128 as lanes of T.
template <class T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(16)));
};
template <class T>
using V = typename VectorOf<T>::Type;
// Half of one: 8 bytes.
template <class T>
struct HalfOf {
  typedef T Type __attribute__((vector_size(8)));
};
template <class T>
using Half = typename HalfOf<T>::Type;
template <class T>
inline constexpr int kLanes = 16 / sizeof(T);

template <class T>
ALWAYS_INLINE V<T> As(Vec v) {
  return (V<T>)v;
}
template <class VT>
ALWAYS_INLINE Vec Raw(VT v) {
  return (Vec)v;
}
template <class T>
ALWAYS_INLINE V<T> Fill(T value) {
  return value - V<T>{};
}
template <class T>
ALWAYS_INLINE V<T> Zeros() {
  return V<T>{};
}
#if defined(__SSE2__)
ALWAYS_INLINE __m128i M(Vec v) { return (__m128i)v; }
#endif

template <int size>
struct LanesOfSize;
template <>
struct LanesOfSize<1> { using Unsigned = uint8_t; using Signed = int8_t; };
template <>
struct LanesOfSize<2> { using Unsigned = uint16_t; using Signed = int16_t; };
template <>
struct LanesOfSize<4> { using Unsigned = uint32_t; using Signed = int32_t; };
template <>
struct LanesOfSize<8> { using Unsigned = uint64_t; using Signed = int64_t; };
template <class T>
using SignedLane = typename LanesOfSize<sizeof(T)>::Signed;
template <class T>
using UnsignedLane = typename LanesOfSize<sizeof(T)>::Unsigned;
// The integer lane of twice the width and the same signedness; of half the width.
template <class T>
using Wide = std::conditional_t<std::is_signed_v<T>, typename LanesOfSize<2 * sizeof(T)>::Signed,
                                typename LanesOfSize<2 * sizeof(T)>::Unsigned>;
template <class T>
using Narrow = std::conditional_t<std::is_signed_v<T>, typename LanesOfSize<sizeof(T) / 2>::Signed,
                                  typename LanesOfSize<sizeof(T) / 2>::Unsigned>;

template <class T>
constexpr T Saturate(int32_t value) {
  return value < std::numeric_limits<T>::min()   ? std::numeric_limits<T>::min()
         : value > std::numeric_limits<T>::max() ? std::numeric_limits<T>::max()
                                                 : static_cast<T>(value);
}

// where ? a : b, lane by lane; a lane of `where` is all ones or zero.
ALWAYS_INLINE Vec Choose(Vec where, Vec a, Vec b) {
  return Raw((As<uint64_t>(where) & As<uint64_t>(a)) | (~As<uint64_t>(where) & As<uint64_t>(b)));
}

// --- Bits. spec: exec/numerics#op-inot and following ---

struct Not { ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(~As<uint64_t>(a)); } };
struct And { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<uint64_t>(a) & As<uint64_t>(b)); } };
struct Andnot { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<uint64_t>(a) & ~As<uint64_t>(b)); } };
struct Or { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<uint64_t>(a) | As<uint64_t>(b)); } };
struct Xor { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<uint64_t>(a) ^ As<uint64_t>(b)); } };
struct Bitselect { ALWAYS_INLINE static Vec Apply(Vec a, Vec b, Vec mask) { return Choose(mask, a, b); } };

// --- Arithmetic of lanes T ---

template <class T>
struct Add { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) + As<T>(b)); } };
template <class T>
struct Sub { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) - As<T>(b)); } };
template <class T>
struct Mul { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) * As<T>(b)); } };
template <class T>
struct Neg { ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(Zeros<T>() - As<T>(a)); } };
// T unsigned; the sign is that of the same lane as a signed number.
template <class T>
struct Abs {
  ALWAYS_INLINE static Vec Apply(Vec a) {
#if defined(__SSSE3__)
    if constexpr (sizeof(T) == 1) return Raw(_mm_abs_epi8(M(a)));
    if constexpr (sizeof(T) == 2) return Raw(_mm_abs_epi16(M(a)));
    if constexpr (sizeof(T) == 4) return Raw(_mm_abs_epi32(M(a)));
#endif
    V<T> sign = (V<T>)(As<SignedLane<T>>(a) < Zeros<SignedLane<T>>());
    return Raw((As<T>(a) ^ sign) - sign);
  }
};
// T int8_t, uint8_t, int16_t, uint16_t. spec: exec/numerics#op-iadd-sat-s
template <class T>
struct AddSat {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSE2__)
    if constexpr (std::is_same_v<T, int8_t>) return Raw(_mm_adds_epi8(M(a), M(b)));
    if constexpr (std::is_same_v<T, uint8_t>) return Raw(_mm_adds_epu8(M(a), M(b)));
    if constexpr (std::is_same_v<T, int16_t>) return Raw(_mm_adds_epi16(M(a), M(b)));
    if constexpr (std::is_same_v<T, uint16_t>) return Raw(_mm_adds_epu16(M(a), M(b)));
#else
    V<T> x = As<T>(a), y = As<T>(b), r{};
    for (int i = 0; i < kLanes<T>; ++i) r[i] = Saturate<T>(int32_t{x[i]} + int32_t{y[i]});
    return Raw(r);
#endif
  }
};
template <class T>
struct SubSat {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSE2__)
    if constexpr (std::is_same_v<T, int8_t>) return Raw(_mm_subs_epi8(M(a), M(b)));
    if constexpr (std::is_same_v<T, uint8_t>) return Raw(_mm_subs_epu8(M(a), M(b)));
    if constexpr (std::is_same_v<T, int16_t>) return Raw(_mm_subs_epi16(M(a), M(b)));
    if constexpr (std::is_same_v<T, uint16_t>) return Raw(_mm_subs_epu16(M(a), M(b)));
#else
    V<T> x = As<T>(a), y = As<T>(b), r{};
    for (int i = 0; i < kLanes<T>; ++i) r[i] = Saturate<T>(int32_t{x[i]} - int32_t{y[i]});
    return Raw(r);
#endif
  }
};
// T uint8_t or uint16_t. spec: exec/numerics#op-iavgr-u
template <class T>
struct Avgr {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSE2__)
    return Raw(sizeof(T) == 1 ? _mm_avg_epu8(M(a), M(b)) : _mm_avg_epu16(M(a), M(b)));
#else
    V<T> x = As<T>(a), y = As<T>(b);
    return Raw((x | y) - ((x ^ y) >> 1));  // rounds up: x + y == 2 * (x | y) - (x ^ y)
#endif
  }
};
template <class T>
struct Min {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    V<T> x = As<T>(a), y = As<T>(b);
    return Raw(x < y ? x : y);
  }
};
template <class T>
struct Max {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    V<T> x = As<T>(a), y = As<T>(b);
    return Raw(x > y ? x : y);
  }
};
struct Popcnt {
  ALWAYS_INLINE static Vec Apply(Vec a) {
    V<uint8_t> v = As<uint8_t>(a);
#if defined(__SSSE3__)
    const V<uint8_t> counts = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    V<uint8_t> low = v & Fill<uint8_t>(15);
    V<uint8_t> high = (V<uint8_t>)(((V<uint16_t>)v >> 4) & Fill<uint16_t>(0x0f0f));
    return Raw(_mm_add_epi8(_mm_shuffle_epi8((__m128i)counts, (__m128i)low),
                            _mm_shuffle_epi8((__m128i)counts, (__m128i)high)));
#else
    v = v - ((v >> 1) & Fill<uint8_t>(0x55));
    v = (v & Fill<uint8_t>(0x33)) + ((v >> 2) & Fill<uint8_t>(0x33));
    return Raw((v + (v >> 4)) & Fill<uint8_t>(0x0f));
#endif
  }
};

// --- Comparisons: all ones where they hold. Lt and Le of integers are Gt and Ge with operands exchanged. ---

template <class T>
struct Eq { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) == As<T>(b)); } };
template <class T>
struct Ne { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) != As<T>(b)); } };
template <class T>
struct Gt { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) > As<T>(b)); } };
template <class T>
struct Ge { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) >= As<T>(b)); } };
template <class T>
struct Lt { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) < As<T>(b)); } };
template <class T>
struct Le { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) <= As<T>(b)); } };

// --- Shifts, by the count modulo the width of a lane ---

template <class T>
struct Shl {
  ALWAYS_INLINE static Vec Apply(Vec a, uint32_t count) {
    const int n = static_cast<int>(count % (8 * sizeof(T)));
#if defined(__SSE2__)
    const __m128i by = _mm_cvtsi32_si128(n);
    if constexpr (sizeof(T) == 1) {
      __m128i kept = _mm_set1_epi16(static_cast<int16_t>((0xffu << n & 0xffu) * 0x101u));
      return Raw(_mm_and_si128(_mm_sll_epi16(M(a), by), kept));
    }
    if constexpr (sizeof(T) == 2) return Raw(_mm_sll_epi16(M(a), by));
    if constexpr (sizeof(T) == 4) return Raw(_mm_sll_epi32(M(a), by));
    if constexpr (sizeof(T) == 8) return Raw(_mm_sll_epi64(M(a), by));
#else
    return Raw(As<T>(a) << Fill<T>(static_cast<T>(n)));
#endif
  }
};
// T unsigned.
template <class T>
struct ShrU {
  ALWAYS_INLINE static Vec Apply(Vec a, uint32_t count) {
    const int n = static_cast<int>(count % (8 * sizeof(T)));
#if defined(__SSE2__)
    const __m128i by = _mm_cvtsi32_si128(n);
    if constexpr (sizeof(T) == 1) {
      __m128i kept = _mm_set1_epi16(static_cast<int16_t>((0xffu >> n) * 0x101u));
      return Raw(_mm_and_si128(_mm_srl_epi16(M(a), by), kept));
    }
    if constexpr (sizeof(T) == 2) return Raw(_mm_srl_epi16(M(a), by));
    if constexpr (sizeof(T) == 4) return Raw(_mm_srl_epi32(M(a), by));
    if constexpr (sizeof(T) == 8) return Raw(_mm_srl_epi64(M(a), by));
#else
    return Raw(As<T>(a) >> Fill<T>(static_cast<T>(n)));
#endif
  }
};
// T signed.
template <class T>
struct ShrS {
  ALWAYS_INLINE static Vec Apply(Vec a, uint32_t count) {
    const int n = static_cast<int>(count % (8 * sizeof(T)));
#if defined(__SSE2__)
    const __m128i by = _mm_cvtsi32_si128(n);
    if constexpr (sizeof(T) == 1) {
      __m128i both = _mm_cvtsi32_si128(n + 8);
      return Raw(_mm_packs_epi16(_mm_sra_epi16(_mm_unpacklo_epi8(M(a), M(a)), both),
                                 _mm_sra_epi16(_mm_unpackhi_epi8(M(a), M(a)), both)));
    }
    if constexpr (sizeof(T) == 2) return Raw(_mm_sra_epi16(M(a), by));
    if constexpr (sizeof(T) == 4) return Raw(_mm_sra_epi32(M(a), by));
    if constexpr (sizeof(T) == 8) {
      // A logical shift of the complement of a negative lane shifts in zeros that become ones again.
      __m128i sign = _mm_shuffle_epi32(_mm_srai_epi32(M(a), 31), 0xf5);
      return Raw(_mm_xor_si128(_mm_srl_epi64(_mm_xor_si128(M(a), sign), by), sign));
    }
#else
    return Raw(As<T>(a) >> Fill<T>(static_cast<T>(n)));
#endif
  }
};

// --- Between widths ---

template <class T>
ALWAYS_INLINE Half<T> LowHalf(Vec a) {
  const V<uint64_t> v = As<uint64_t>(a);
  return (Half<T>)v[0];
}
template <class T>
ALWAYS_INLINE Half<T> HighHalf(Vec a) {
  const V<uint64_t> v = As<uint64_t>(a);
  return (Half<T>)v[1];
}
// The lanes T of 8 bytes, each twice as wide.
template <class T>
ALWAYS_INLINE V<Wide<T>> Widen(Half<T> half) {
  return __builtin_convertvector(half, V<Wide<T>>);
}
template <class T>
struct ExtendLow { ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(Widen<T>(LowHalf<T>(a))); } };
template <class T>
struct ExtendHigh { ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(Widen<T>(HighHalf<T>(a))); } };
// spec: exec/instructions#exec-vextbinop. Lanes of T signed multiply as their unsigned doubles do.
template <class T>
struct ExtmulLow {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    using U = V<UnsignedLane<Wide<T>>>;
    return Raw((U)Widen<T>(LowHalf<T>(a)) * (U)Widen<T>(LowHalf<T>(b)));
  }
};
template <class T>
struct ExtmulHigh {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    using U = V<UnsignedLane<Wide<T>>>;
    return Raw((U)Widen<T>(HighHalf<T>(a)) * (U)Widen<T>(HighHalf<T>(b)));
  }
};
// Each wide lane's two narrow halves, extended. T: the narrow lane.
template <class T>
ALWAYS_INLINE V<Wide<T>> EvenLanes(Vec a) {
  using W = Wide<T>;
  return (V<W>)((V<UnsignedLane<W>>)a << (8 * sizeof(T))) >> (8 * sizeof(T));
}
template <class T>
ALWAYS_INLINE V<Wide<T>> OddLanes(Vec a) {
  return As<Wide<T>>(a) >> (8 * sizeof(T));
}
template <class T>
struct ExtaddPairwise {
  ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(EvenLanes<T>(a) + OddLanes<T>(a)); }
};
// To lanes T from signed lanes of twice the width. spec: exec/numerics#op-narrow-s
template <class T>
struct NarrowSat {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSE2__)
    if constexpr (std::is_same_v<T, int8_t>) return Raw(_mm_packs_epi16(M(a), M(b)));
    if constexpr (std::is_same_v<T, uint8_t>) return Raw(_mm_packus_epi16(M(a), M(b)));
    if constexpr (std::is_same_v<T, int16_t>) return Raw(_mm_packs_epi32(M(a), M(b)));
#endif
#if defined(__SSE4_1__)
    if constexpr (std::is_same_v<T, uint16_t>) return Raw(_mm_packus_epi32(M(a), M(b)));
#endif
    using From = SignedLane<Wide<T>>;
    V<From> x = As<From>(a), y = As<From>(b);
    V<T> r{};
    for (int i = 0; i < kLanes<From>; ++i) r[i] = Saturate<T>(x[i]);
    for (int i = 0; i < kLanes<From>; ++i) r[kLanes<From> + i] = Saturate<T>(y[i]);
    return Raw(r);
  }
};

// --- Products of several lanes ---

// spec: exec/instructions#exec-vextbinop (i32x4.dot_i16x8_s)
struct Dot {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSE2__)
    return Raw(_mm_madd_epi16(M(a), M(b)));
#else
    using U = V<uint32_t>;
    return Raw((U)EvenLanes<int16_t>(a) * (U)EvenLanes<int16_t>(b) +
               (U)OddLanes<int16_t>(a) * (U)OddLanes<int16_t>(b));
#endif
  }
};
// i16x8.relaxed_dot_i8x16_i7x16_s: both operands signed, the sum saturates.
struct RelaxedDot {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    using U = V<uint16_t>;
    return AddSat<int16_t>::Apply(Raw((U)EvenLanes<int8_t>(a) * (U)EvenLanes<int8_t>(b)),
                                  Raw((U)OddLanes<int8_t>(a) * (U)OddLanes<int8_t>(b)));
  }
};
// spec: exec/numerics#op-iq15mulrsat-s
struct Q15mulrSat {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
#if defined(__SSSE3__)
    __m128i product = _mm_mulhrs_epi16(M(a), M(b));
    // Only -1 * -1 leaves the range, as -1.
    return Raw(_mm_xor_si128(product, _mm_cmpeq_epi16(product, _mm_set1_epi16(INT16_MIN))));
#else
    V<int16_t> x = As<int16_t>(a), y = As<int16_t>(b), r{};
    for (int i = 0; i < kLanes<int16_t>; ++i) {
      r[i] = Saturate<int16_t>((int32_t{x[i]} * int32_t{y[i]} + 0x4000) >> 15);
    }
    return Raw(r);
#endif
  }
};

// --- To an integer. spec: exec/instructions#exec-vtestop, #exec-vbitmask ---

struct AnyTrue {
  ALWAYS_INLINE static uint32_t Apply(Vec a) {
    V<uint64_t> v = As<uint64_t>(a);
    return (v[0] | v[1]) != 0;
  }
};
template <class T>
struct Bitmask {
  ALWAYS_INLINE static uint32_t Apply(Vec a) {
#if defined(__SSE2__)
    if constexpr (sizeof(T) == 1) return static_cast<uint32_t>(_mm_movemask_epi8(M(a)));
    if constexpr (sizeof(T) == 2) {
      return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(M(a), _mm_setzero_si128())));
    }
    if constexpr (sizeof(T) == 4) return static_cast<uint32_t>(_mm_movemask_ps((__m128)a));
    if constexpr (sizeof(T) == 8) return static_cast<uint32_t>(_mm_movemask_pd((__m128d)a));
#else
    V<T> v = As<T>(a);
    uint32_t mask = 0;
    for (int i = 0; i < kLanes<T>; ++i) mask |= static_cast<uint32_t>(v[i] >> (8 * sizeof(T) - 1)) << i;
    return mask;
#endif
  }
};
// T unsigned, here and above.
template <class T>
struct AllTrue {
  ALWAYS_INLINE static uint32_t Apply(Vec a) {
#if defined(__SSE2__)
    return Bitmask<uint8_t>::Apply(Eq<T>::Apply(a, Raw(Zeros<T>()))) == 0;
#else
    return AnyTrue::Apply(Eq<T>::Apply(a, Raw(Zeros<T>()))) == 0;
#endif
  }
};

}  // namespace UMIAK_ISA
}  // namespace umiak::simd

#endif  // UMIAK_VM_INTERP_SIMD_H_
