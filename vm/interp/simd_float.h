// Vector instructions on lanes of f32 and f64, and conversions. See simd.h.
//
// NaNs: an operation that makes a NaN makes an arithmetic one (quiet); min and max make the canonical one. What the
// relaxed instructions may choose is chosen as the specification's deterministic profile does, on every CPU: the
// translator replaces each by the strict instruction (vm/translate/build_simd.cc).
// spec: exec/numerics#floating-point-operations
#ifndef UMIAK_VM_INTERP_SIMD_FLOAT_H_
#define UMIAK_VM_INTERP_SIMD_FLOAT_H_

#include "vm/interp/numeric.h"
#include "vm/interp/simd.h"

namespace umiak::simd {
inline namespace UMIAK_ISA {

template <class T>
using BitsOfLane = typename LanesOfSize<sizeof(T)>::Unsigned;
// A constant of bits in all lanes of floats T.
template <class T>
ALWAYS_INLINE Vec Bits(BitsOfLane<T> bits) {
  return Raw(Fill<BitsOfLane<T>>(bits));
}
// All ones where a lane is a NaN in a, or in a or b.
template <class T>
ALWAYS_INLINE Vec IsNan(Vec a) {
  return Raw(As<T>(a) != As<T>(a));
}
template <class T>
ALWAYS_INLINE Vec IsNan(Vec a, Vec b) {
#if defined(__SSE2__)
  if constexpr (sizeof(T) == 4) return Raw(_mm_cmpunord_ps((__m128)a, (__m128)b));
  if constexpr (sizeof(T) == 8) return Raw(_mm_cmpunord_pd((__m128d)a, (__m128d)b));
#endif
  return Or::Apply(IsNan<T>(a), IsNan<T>(b));
}
// A canonical NaN (of either sign) in the lanes of `where`, the others as in a.
template <class T>
ALWAYS_INLINE Vec NanWhere(Vec where, Vec a) {
  constexpr int kPayload = sizeof(T) == 4 ? 10 : 13;  // sign, exponent and the quiet bit stay
  V<BitsOfLane<T>> w = As<BitsOfLane<T>>(where);
  return Raw((As<BitsOfLane<T>>(a) | w) & ~(w >> kPayload));
}

// --- Arithmetic ---

template <class T>
struct Div { ALWAYS_INLINE static Vec Apply(Vec a, Vec b) { return Raw(As<T>(a) / As<T>(b)); } };
template <class T>
struct FloatNeg { ALWAYS_INLINE static Vec Apply(Vec a) { return Xor::Apply(a, Bits<T>(num::kSignBit<T>)); } };
template <class T>
struct FloatAbs { ALWAYS_INLINE static Vec Apply(Vec a) { return And::Apply(a, Bits<T>(~num::kSignBit<T>)); } };
template <class T>
struct Sqrt {
  ALWAYS_INLINE static Vec Apply(Vec a) {
#if defined(__SSE2__)
    if constexpr (sizeof(T) == 4) return Raw(_mm_sqrt_ps((__m128)a));
    if constexpr (sizeof(T) == 8) return Raw(_mm_sqrt_pd((__m128d)a));
#endif
    V<T> v = As<T>(a);
    for (int i = 0; i < kLanes<T>; ++i) v[i] = num::Sqrt::Apply(v[i]);
    return Raw(v);
  }
};
// spec: exec/numerics#op-fpmin: b < a ? b : a. x86's min, with its operands exchanged.
template <class T>
struct Pmin {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    V<T> x = As<T>(a), y = As<T>(b);
    return Raw(y < x ? y : x);
  }
};
template <class T>
struct Pmax {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    V<T> x = As<T>(a), y = As<T>(b);
    return Raw(x < y ? y : x);
  }
};
// Of two equal lanes (zeros of both signs) the bits of both: the sign of min is theirs or'ed, of max and'ed.
template <class T>
struct FloatMin {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    return NanWhere<T>(IsNan<T>(a, b), Or::Apply(Pmin<T>::Apply(a, b), Pmin<T>::Apply(b, a)));
  }
};
template <class T>
struct FloatMax {
  ALWAYS_INLINE static Vec Apply(Vec a, Vec b) {
    return NanWhere<T>(IsNan<T>(a, b), And::Apply(Pmax<T>::Apply(a, b), Pmax<T>::Apply(b, a)));
  }
};
// The canonical, positive NaN in place of any other: follows arithmetic under StoreOptions::deterministic_nans.
template <class T>
struct Canonicalize {
  ALWAYS_INLINE static Vec Apply(Vec a) {
    constexpr BitsOfLane<T> kCanonical = sizeof(T) == 4 ? BitsOfLane<T>{0x7fc00000u}
                                                        : static_cast<BitsOfLane<T>>(0x7ff8000000000000ull);
    return Choose(IsNan<T>(a), Bits<T>(kCanonical), a);
  }
};

// --- Rounding to an integral value. Without SSE4.1 as num::RoundNearest does, where the reasons are. ---

enum class Rounding : uint8_t { kNearest = 0, kFloor = 1, kCeil = 2, kTrunc = 3 };  // ORDER: as roundps has them

template <class T>
ALWAYS_INLINE Vec WithSignOf(Vec magnitude, Vec sign) {
  return Choose(Bits<T>(num::kSignBit<T>), sign, magnitude);
}
// |a| below 2^23 or 2^52 rounded to the nearest integral value.
template <class T>
ALWAYS_INLINE V<T> NearestMagnitude(Vec magnitude) {
  V<T> size = Fill<T>(num::kNoFraction<T>);
  return (As<T>(magnitude) + size) - size;
}
template <class T, Rounding mode>
struct Round {
  ALWAYS_INLINE static Vec Apply(Vec a) {
#if defined(__SSE4_1__)
    constexpr int kMode = static_cast<int>(mode) | _MM_FROUND_NO_EXC;
    if constexpr (sizeof(T) == 4) return Raw(_mm_round_ps((__m128)a, kMode));
    if constexpr (sizeof(T) == 8) return Raw(_mm_round_pd((__m128d)a, kMode));
#else
    Vec magnitude = FloatAbs<T>::Apply(a);
    Vec has_fraction = Raw(As<T>(magnitude) < Fill<T>(num::kNoFraction<T>));
    V<T> one = Fill<T>(T{1}), zero = Zeros<T>();
    V<T> nearest = NearestMagnitude<T>(magnitude);
    V<T> r;
    if constexpr (mode == Rounding::kTrunc) {
      r = nearest - (nearest > As<T>(magnitude) ? one : zero);
    } else {
      r = As<T>(WithSignOf<T>(Raw(nearest), a));
      if constexpr (mode == Rounding::kFloor) r = r - (r > As<T>(a) ? one : zero);
      if constexpr (mode == Rounding::kCeil) r = r + (r < As<T>(a) ? one : zero);
    }
    // A NaN becomes quiet; everything else without a fraction stays.
    Vec kept = Or::Apply(a, And::Apply(IsNan<T>(a), Bits<T>(num::kQuietBit<T>)));
    return Choose(has_fraction, WithSignOf<T>(Raw(r), a), kept);
#endif
  }
};
// The same for scalars, with the instruction where there is one. Fallback: num's own.
template <Rounding mode, class Fallback>
struct RoundScalar {
  template <class T>
  ALWAYS_INLINE static T Apply(T a) {
#if defined(__SSE4_1__)
    constexpr int kMode = static_cast<int>(mode) | _MM_FROUND_NO_EXC;
    if constexpr (sizeof(T) == 4) {
      __m128 v = _mm_set_ss(a);
      return _mm_cvtss_f32(_mm_round_ss(v, v, kMode));
    } else {
      __m128d v = _mm_set_sd(a);
      return _mm_cvtsd_f64(_mm_round_sd(v, v, kMode));
    }
#else
    return Fallback::Apply(a);
#endif
  }
};

// --- Conversions ---

// I int32_t or uint32_t. spec: exec/numerics#op-trunc-sat-s
template <class I>
struct TruncSatF32 {
  ALWAYS_INLINE static Vec Apply(Vec a) {
#if defined(__SSE2__)
    const __m128 limit = _mm_set1_ps(2147483648.0f);
    if constexpr (std::is_signed_v<I>) {
      // Out of range the instruction gives 0x80000000: right for too small, off by one complement for too large.
      __m128 v = (__m128)And::Apply(a, Raw(As<float>(a) == As<float>(a)));
      return Raw(_mm_xor_si128(_mm_cvttps_epi32(v), _mm_castps_si128(_mm_cmple_ps(limit, v))));
    } else {
      __m128 v = _mm_max_ps((__m128)a, _mm_setzero_ps());  // a NaN gives the second operand
      __m128 above = _mm_sub_ps(v, limit);
      // 2^31 and above: 0x80000000 from the first conversion, the rest from the second.
      __m128i rest = _mm_xor_si128(_mm_cvttps_epi32(above), _mm_castps_si128(_mm_cmple_ps(limit, above)));
      rest = _mm_and_si128(rest, _mm_cmpgt_epi32(rest, _mm_setzero_si128()));
      return Raw(_mm_add_epi32(_mm_cvttps_epi32(v), rest));
    }
#else
    V<float> v = As<float>(a);
    V<uint32_t> r{};
    for (int i = 0; i < 4; ++i) r[i] = num::TruncSat<I>::Apply(v[i]);
    return Raw(r);
#endif
  }
};
// The upper lanes become zero.
template <class I>
struct TruncSatF64Zero {
  ALWAYS_INLINE static Vec Apply(Vec a) {
#if defined(__SSE2__)
    if constexpr (std::is_signed_v<I>) {
      __m128d v = (__m128d)And::Apply(a, Raw(As<double>(a) == As<double>(a)));
      return Raw(_mm_cvttpd_epi32(_mm_min_pd(v, _mm_set1_pd(2147483647.0))));  // below: 0x80000000, as it should be
    }
#endif
    V<double> v = As<double>(a);
    return Raw(V<uint32_t>{num::TruncSat<I>::Apply(v[0]), num::TruncSat<I>::Apply(v[1]), 0, 0});
  }
};
template <class I>
struct ConvertI32x4 {
  ALWAYS_INLINE static Vec Apply(Vec a) { return Raw(__builtin_convertvector(As<I>(a), V<float>)); }
};
template <class I>
struct ConvertLowI32x4 {
  ALWAYS_INLINE static Vec Apply(Vec a) {
    V<I> v = As<I>(a);
    return Raw(V<double>{static_cast<double>(v[0]), static_cast<double>(v[1])});
  }
};
struct DemoteZero {
  ALWAYS_INLINE static Vec Apply(Vec a) {
    V<double> v = As<double>(a);
    return Raw(V<float>{static_cast<float>(v[0]), static_cast<float>(v[1]), 0, 0});
  }
};
struct PromoteLow {
  ALWAYS_INLINE static Vec Apply(Vec a) {
    V<float> v = As<float>(a);
    return Raw(V<double>{double{v[0]}, double{v[1]}});
  }
};

}  // namespace UMIAK_ISA
}  // namespace umiak::simd

#endif  // UMIAK_VM_INTERP_SIMD_FLOAT_H_
