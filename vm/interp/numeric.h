// What numeric instructions compute: pure functions, without machine state.
//
// Integers are unsigned (uint32_t, uint64_t); signed operations convert. A function that can trap says so through
// a separate predicate, which the handler asks first.
// spec: exec/numerics
#ifndef UMIAK_VM_INTERP_NUMERIC_H_
#define UMIAK_VM_INTERP_NUMERIC_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/interp/compiler.h"

namespace umiak::num {

template <class T>
using Signed = std::make_signed_t<T>;
template <class T>
constexpr Signed<T> S(T v) {
  return static_cast<Signed<T>>(v);
}
template <class T>
inline constexpr unsigned kBits = sizeof(T) * 8;

// --- Integers. spec: exec/numerics#integer-operations ---

struct Add { template <class T> static constexpr T Apply(T a, T b) { return a + b; } };
struct Sub { template <class T> static constexpr T Apply(T a, T b) { return a - b; } };
struct Mul { template <class T> static constexpr T Apply(T a, T b) { return a * b; } };
struct And { template <class T> static constexpr T Apply(T a, T b) { return a & b; } };
struct Or { template <class T> static constexpr T Apply(T a, T b) { return a | b; } };
struct Xor { template <class T> static constexpr T Apply(T a, T b) { return a ^ b; } };
struct Shl { template <class T> static constexpr T Apply(T a, T b) { return a << (b & (kBits<T> - 1)); } };
struct ShrU { template <class T> static constexpr T Apply(T a, T b) { return a >> (b & (kBits<T> - 1)); } };
struct ShrS {
  template <class T>
  static constexpr T Apply(T a, T b) { return static_cast<T>(S(a) >> (b & (kBits<T> - 1))); }
};
struct Rotl {
  template <class T>
  static constexpr T Apply(T a, T b) { return std::rotl(a, static_cast<int>(b & (kBits<T> - 1))); }
};
struct Rotr {
  template <class T>
  static constexpr T Apply(T a, T b) { return std::rotr(a, static_cast<int>(b & (kBits<T> - 1))); }
};

// Division: Check says whether it traps, and why; Apply requires that it does not.
struct DivS {
  template <class T> static constexpr bool ByZero(T, T b) { return b == 0; }
  template <class T>
  static constexpr bool Overflows(T a, T b) { return S(a) == std::numeric_limits<Signed<T>>::min() && S(b) == -1; }
  template <class T> static constexpr T Apply(T a, T b) { return static_cast<T>(S(a) / S(b)); }
};
struct DivU {
  template <class T> static constexpr bool ByZero(T, T b) { return b == 0; }
  template <class T> static constexpr bool Overflows(T, T) { return false; }
  template <class T> static constexpr T Apply(T a, T b) { return a / b; }
};
struct RemS {
  template <class T> static constexpr bool ByZero(T, T b) { return b == 0; }
  template <class T> static constexpr bool Overflows(T, T) { return false; }
  template <class T> static constexpr T Apply(T a, T b) { return S(b) == -1 ? 0 : static_cast<T>(S(a) % S(b)); }
};
struct RemU {
  template <class T> static constexpr bool ByZero(T, T b) { return b == 0; }
  template <class T> static constexpr bool Overflows(T, T) { return false; }
  template <class T> static constexpr T Apply(T a, T b) { return a % b; }
};

struct Clz { template <class T> static constexpr T Apply(T a) { return static_cast<T>(std::countl_zero(a)); } };
struct Ctz { template <class T> static constexpr T Apply(T a) { return static_cast<T>(std::countr_zero(a)); } };
struct Popcnt { template <class T> static constexpr T Apply(T a) { return static_cast<T>(std::popcount(a)); } };
struct Eqz { template <class T> static constexpr uint32_t Apply(T a) { return a == 0; } };
// Sign extension from a narrower type.
template <class From>
struct Extend {
  template <class T>
  static constexpr T Apply(T a) { return static_cast<T>(static_cast<Signed<T>>(static_cast<From>(a))); }
};

// --- Comparisons: of integers and floats. NotX is the negation that NaNs make different from the opposite. ---

struct Eq { template <class T> static constexpr bool Apply(T a, T b) { return a == b; } };
struct Ne { template <class T> static constexpr bool Apply(T a, T b) { return a != b; } };
struct LtS { template <class T> static constexpr bool Apply(T a, T b) { return S(a) < S(b); } };
struct GtS { template <class T> static constexpr bool Apply(T a, T b) { return S(a) > S(b); } };
struct LeS { template <class T> static constexpr bool Apply(T a, T b) { return S(a) <= S(b); } };
struct GeS { template <class T> static constexpr bool Apply(T a, T b) { return S(a) >= S(b); } };
// Unsigned and float.
struct Lt { template <class T> static constexpr bool Apply(T a, T b) { return a < b; } };
struct Gt { template <class T> static constexpr bool Apply(T a, T b) { return a > b; } };
struct Le { template <class T> static constexpr bool Apply(T a, T b) { return a <= b; } };
struct Ge { template <class T> static constexpr bool Apply(T a, T b) { return a >= b; } };
struct NotLt { template <class T> static constexpr bool Apply(T a, T b) { return !(a < b); } };
struct NotGt { template <class T> static constexpr bool Apply(T a, T b) { return !(a > b); } };
struct NotLe { template <class T> static constexpr bool Apply(T a, T b) { return !(a <= b); } };
struct NotGe { template <class T> static constexpr bool Apply(T a, T b) { return !(a >= b); } };
// (a & b) != 0, and its negation: `and` then a branch.
struct Test { template <class T> static constexpr bool Apply(T a, T b) { return (a & b) != 0; } };
// Of integers.
struct MinS { template <class T> static constexpr T Apply(T a, T b) { return S(a) < S(b) ? a : b; } };
struct MinU { template <class T> static constexpr T Apply(T a, T b) { return a < b ? a : b; } };
struct MaxS { template <class T> static constexpr T Apply(T a, T b) { return S(a) > S(b) ? a : b; } };
struct MaxU { template <class T> static constexpr T Apply(T a, T b) { return a > b ? a : b; } };
struct NotTest { template <class T> static constexpr bool Apply(T a, T b) { return (a & b) == 0; } };

// --- Floats. spec: exec/numerics#floating-point-operations ---

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
template <class T>
inline constexpr BitsOf<T> kSignBit = BitsOf<T>{1} << (sizeof(T) * 8 - 1);
template <class T>
inline constexpr BitsOf<T> kQuietBit = BitsOf<T>{1} << (sizeof(T) == 4 ? 22 : 51);
template <class T>
constexpr T CanonicalNan() {
  return std::bit_cast<T>(sizeof(T) == 4 ? static_cast<BitsOf<T>>(0x7fc00000u)
                                         : static_cast<BitsOf<T>>(0x7ff8000000000000ull));
}
template <class T>
constexpr T Quiet(T a) {
  return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) | kQuietBit<T>));
}

struct Div { template <class T> static constexpr T Apply(T a, T b) { return a / b; } };
struct Min {
  template <class T>
  static constexpr T Apply(T a, T b) {
    if (a < b) return a;
    if (b < a) return b;
    if (a == b) return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) | std::bit_cast<BitsOf<T>>(b)));
    return a + b;  // a NaN, made quiet
  }
};
struct Max {
  template <class T>
  static constexpr T Apply(T a, T b) {
    if (a > b) return a;
    if (b > a) return b;
    if (a == b) return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) & std::bit_cast<BitsOf<T>>(b)));
    return a + b;
  }
};
struct Copysign {
  template <class T>
  static constexpr T Apply(T a, T b) {
    return std::bit_cast<T>(static_cast<BitsOf<T>>((std::bit_cast<BitsOf<T>>(a) & ~kSignBit<T>) |
                                                   (std::bit_cast<BitsOf<T>>(b) & kSignBit<T>)));
  }
};
struct Abs {
  template <class T>
  static constexpr T Apply(T a) {
    return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) & ~kSignBit<T>));
  }
};
struct Neg {
  template <class T>
  static constexpr T Apply(T a) {
    return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) ^ kSignBit<T>));
  }
};
struct Sqrt {
  static float Apply(float a) { return __builtin_sqrtf(a); }
  static double Apply(double a) { return __builtin_sqrt(a); }
};

// Rounding without SSE4.1 and without a call: a float of this size or above has no fraction; below, adding and
// subtracting the size rounds to nearest-even, which is then corrected. The sign of zero is kept by Copysign.
template <class T>
inline constexpr T kNoFraction = sizeof(T) == 4 ? T{8388608} : T{4503599627370496};
template <class T>
ALWAYS_INLINE T RoundNearest(T a) {
  T magnitude = Abs::Apply(a);
  // Not `a + 0`: compilers fold it, and the NaN stays signalling.
  if (!(magnitude < kNoFraction<T>)) return a == a ? a : Quiet(a);
  T rounded = (magnitude + kNoFraction<T>)-kNoFraction<T>;
  return Copysign::Apply(rounded, a);
}
struct Nearest {
  template <class T> static T Apply(T a) { return RoundNearest(a); }
};
struct Ceil {
  template <class T>
  static T Apply(T a) {
    T r = RoundNearest(a);
    return Copysign::Apply(r < a ? r + T{1} : r, a);
  }
};
struct Floor {
  template <class T>
  static T Apply(T a) {
    T r = RoundNearest(a);
    return r > a ? r - T{1} : r;
  }
};
struct Trunc {
  template <class T>
  static T Apply(T a) {
    T magnitude = Abs::Apply(a);
    T r = RoundNearest(magnitude);
    return Copysign::Apply(r > magnitude ? r - T{1} : r, a);
  }
};

// --- Conversions ---

struct Wrap { static constexpr uint32_t Apply(uint64_t a) { return static_cast<uint32_t>(a); } };
struct ExtendS { static constexpr uint64_t Apply(uint32_t a) { return static_cast<uint64_t>(int64_t{S(a)}); } };
struct ExtendU { static constexpr uint64_t Apply(uint32_t a) { return a; } };
template <class F>
struct ConvertS { template <class T> static constexpr F Apply(T a) { return static_cast<F>(S(a)); } };
template <class F>
struct ConvertU { template <class T> static constexpr F Apply(T a) { return static_cast<F>(a); } };
struct Demote { static constexpr float Apply(double a) { return static_cast<float>(a); } };
struct Promote { static constexpr double Apply(float a) { return a; } };

// The float → integer conversions accept the open interval (kLow, kHigh), where kLow may be one whole step away.
template <class I, class F>
constexpr bool TruncInRange(F a) {
  constexpr bool is_signed = std::is_signed_v<I>;
  constexpr F high = is_signed ? static_cast<F>(std::make_unsigned_t<I>{1} << (sizeof(I) * 8 - 1))
                               : static_cast<F>(std::make_unsigned_t<I>{1} << (sizeof(I) * 8 - 1)) * F{2};
  if constexpr (!is_signed) {
    return a > F{-1} && a < high;
  } else if constexpr (sizeof(F) == 8 && sizeof(I) == 4) {
    return a > -high - F{1} && a < high;
  } else {
    return a >= -high && a < high;  // the value one below is not representable
  }
}
// I: int32_t, uint32_t, int64_t, uint64_t. The result is the unsigned word.
template <class I>
struct TruncTo {
  template <class F> static constexpr bool IsNan(F a) { return a != a; }
  template <class F> static constexpr bool InRange(F a) { return TruncInRange<I>(a); }
  template <class F>
  static constexpr std::make_unsigned_t<I> Apply(F a) { return static_cast<std::make_unsigned_t<I>>(static_cast<I>(a)); }
};
template <class I>
struct TruncSat {
  template <class F>
  static constexpr std::make_unsigned_t<I> Apply(F a) {
    if (a != a) return 0;
    if (TruncInRange<I>(a)) return TruncTo<I>::Apply(a);
    return static_cast<std::make_unsigned_t<I>>(a < F{0} ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max());
  }
};
template <class To>
struct Reinterpret {
  template <class From> static constexpr To Apply(From a) { return std::bit_cast<To>(a); }
};

}  // namespace umiak::num

#endif  // UMIAK_VM_INTERP_NUMERIC_H_
