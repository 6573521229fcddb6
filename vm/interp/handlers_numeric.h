// Bodies of numeric, comparison, conversion, move and select operations.
#ifndef UMIAK_VM_INTERP_HANDLERS_NUMERIC_H_
#define UMIAK_VM_INTERP_HANDLERS_NUMERIC_H_

#include <type_traits>

#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/numeric.h"

namespace umiak {

template <class T>
inline constexpr Bank kBankOf = std::is_floating_point_v<T> ? Bank::kFloat : Bank::kInt;

// dst = Fn(a, b) of integers.
template <class T, class Fn, bool commutes = false>
struct Binary : FamilyBase {
  static constexpr bool kCommutative = commutes;
  static constexpr std::array kOperands = {In(), InImm(sizeof(T)), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<2>(s, T{Fn::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s))});
  }
};

// Division and remainder. spec: exec/numerics#op-idiv-s
template <class T, class Fn>
struct Division : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr std::array kOperands = {In(), InImm(sizeof(T)), Out()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    T a = C::template Get<0, T>(s);
    T b = C::template Get<1, T>(s);
    if (Fn::ByZero(a, b)) [[unlikely]] return kTrapHandler<TrapCode::kIntegerDivideByZero>;
    if (Fn::Overflows(a, b)) [[unlikely]] return kTrapHandler<TrapCode::kIntegerOverflow>;
    C::template Set<2>(s, Fn::Apply(a, b));
    return nullptr;
  }
};

// dst = Fn(a): integer to integer.
template <class T, class Fn>
struct Unary : FamilyBase {
  static constexpr std::array kOperands = {In(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, Fn::Apply(C::template Get<0, T>(s)));
  }
};

// dst = Second(First(a, constant), constant).
template <class T, class First, class Second>
struct ConstPair : FamilyBase {
  static constexpr std::array kOperands = {In(), Imm(sizeof(T)), Imm(sizeof(T)), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<3>(s, Second::Apply(First::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s)),
                                        C::template Get<2, T>(s)));
  }
};

// dst = Second(First(a, const), b): shl+add is indexing; xor+and, shr+xor and so on are hashing.
template <class T, class First, class Second>
struct ConstThen : FamilyBase {
  static constexpr std::array kOperands = {In(), Imm(sizeof(T)), In(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<3>(s, Second::Apply(C::template Get<2, T>(s),
                                        First::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s))));
  }
};

// dst = Second(First(a, b), c) of integers.
template <class T, class First, class Second>
struct IntChain : FamilyBase {
  // Chains that were hardly seen in programs take c from its slot.
  static constexpr bool kIsCommon = std::is_same_v<First, num::Add> || std::is_same_v<First, num::And>;
  static constexpr std::array kOperands = {In(), In(), kIsCommon ? In() : InSlot(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    T first = First::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s));
    C::template Set<3>(s, T{Second::Apply(first, C::template Get<2, T>(s))});
  }
};

// dst = a Fn b of floats. left_imm: a may be a constant.
template <class T, class Fn, bool left_imm = false>
struct FloatBinary : FamilyBase {
  static constexpr std::array kOperands = {left_imm ? InImm(sizeof(T), Bank::kFloat) : In(Bank::kFloat),
                                           InImm(sizeof(T), Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template Vector<0, T>(s);
    C::template SetScalar<2>(s, Insert(a, Fn::Apply(Lane<T>(a), C::template Get<1, T>(s))));
  }
};

// dst = Second(First(a, b), c) where the second is add or sub: `f64.mul` then `f64.add`, each rounded.
// swapped: c Second First(a, b).
template <class T, class First, class Second, bool swapped>
struct FloatChain : FamilyBase {
  // a * b - c is rare beside c - a * b: its c is in a slot.
  static constexpr std::array kOperands = {In(Bank::kFloat), In(Bank::kFloat),
                                           swapped ? In(Bank::kFloat) : InSlot(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template Vector<0, T>(s);
    T first = First::Apply(Lane<T>(a), C::template Get<1, T>(s));
    T c = C::template Get<2, T>(s);
    C::template SetScalar<3>(s, Insert(a, swapped ? Second::Apply(c, first) : Second::Apply(first, c)));
  }
};

// dst = Fn(a) of floats, T to T.
template <class T, class Fn>
struct FloatUnary : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template Vector<0, T>(s);
    C::template SetScalar<1>(s, Insert(a, Fn::Apply(Lane<T>(a))));
  }
};

// The canonical NaN in place of any other: follows arithmetic under StoreOptions::deterministic_nans.
template <class T>
struct Canonicalize : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template Vector<0, T>(s);
    T v = Lane<T>(a);
    C::template SetScalar<1>(s, Insert(a, v == v ? v : num::CanonicalNan<T>()));
  }
};

// dst = a Fn b, a comparison. What is greater is compared with a constant only: the translator makes of others what is
// less (Lowering::LowerComparison), and of all of floats.
template <class T, class Fn>
struct Compare : FamilyBase {
  static constexpr bool kIsFloat = std::is_floating_point_v<T>;
  static constexpr bool kIsGreater = std::is_same_v<Fn, num::Gt> || std::is_same_v<Fn, num::GtS> ||
                                     std::is_same_v<Fn, num::Ge> || std::is_same_v<Fn, num::GeS>;
  static constexpr bool kCommutative = std::is_same_v<Fn, num::Eq> || std::is_same_v<Fn, num::Ne>;
  static constexpr std::array kOperands = {
      OperandSpec{false, kBankOf<T>, !kIsFloat || !kIsGreater, true, 0},
      OperandSpec{false, kBankOf<T>, !kIsGreater, true, kIsFloat ? uint8_t{0} : uint8_t{sizeof(T)}},
      OperandSpec{true, Bank::kInt, !kIsFloat || !kIsGreater, true, 0}};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<2>(s, Fn::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s)));
  }
};

// Conversions between the banks, and within the float bank where the width changes.
template <class From, class To, class Fn>
struct Convert : FamilyBase {
  static constexpr std::array kOperands = {In(kBankOf<From>), Out(kBankOf<To>)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    To value = Fn::Apply(C::template Get<0, From>(s));
    if constexpr (std::is_floating_point_v<To>) {
      C::template SetScalar<1>(s, Insert(Vec{0, 0}, value));
    } else {
      C::template Set<1>(s, value);
    }
  }
};

// Float to integer, or a trap. spec: exec/numerics#op-trunc-s
template <class From, class Fn>
struct Truncate : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr std::array kOperands = {In(Bank::kFloat), Out()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    From a = C::template Get<0, From>(s);
    if (!Fn::InRange(a)) [[unlikely]] {
      return Fn::IsNan(a) ? kTrapHandler<TrapCode::kInvalidConversion> : kTrapHandler<TrapCode::kIntegerOverflow>;
    }
    C::template Set<1>(s, Fn::Apply(a));
    return nullptr;
  }
};

// --- Moves ---

struct MoveInt : FamilyBase {
  static constexpr std::array kOperands = {InImm(8), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, C::template Get<0, uint64_t>(s));
  }
};
// The same for constants that fit 4 bytes.
struct MoveShort : FamilyBase {
  static constexpr std::array kOperands = {Imm(4), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, C::template Get<0, uint64_t>(s));
  }
};
// f32 or f64: 8 bytes either way.
struct MoveFloat : FamilyBase {
  static constexpr std::array kOperands = {InImm(8, Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetScalar<1>(s, C::template Vector<0, double>(s));
  }
};
struct MoveV128 : FamilyBase {
  static constexpr std::array kOperands = {InImm(16, Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<1>(s, C::template V128<0>(s));
  }
};
// Two moves at once: both sources are read before either result is written.
struct MoveTwo : FamilyBase {
  static constexpr std::array kOperands = {InImm(4), Out(), InImm(4), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint64_t a = C::template Get<0, uint64_t>(s);
    uint64_t b = C::template Get<2, uint64_t>(s);
    C::template Set<1>(s, a);
    C::template Set<3>(s, b);
  }
};
// Between slots whose indices do not fit 16 bits. Extra: u32 from, u32 to, u32 count of words; ranges may overlap.
struct MoveWide : FamilyBase {
  static constexpr uint32_t kExtraBytes = 12;
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    std::memmove(s.fp + C::template Extra<uint32_t>(s, 4), s.fp + C::template Extra<uint32_t>(s, 0),
                 8 * size_t{C::template Extra<uint32_t>(s, 8)});
  }
};

// dst = condition != 0 ? a : b, words or scalars or vectors. spec: exec/instructions#exec-select
struct SelectInt : FamilyBase {
  static constexpr std::array kOperands = {InImm(8), InImm(8), In(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint64_t a = C::template Get<0, uint64_t>(s);
    uint64_t b = C::template Get<1, uint64_t>(s);
    C::template Set<3>(s, C::template Get<2, uint32_t>(s) != 0 ? a : b);
  }
};
struct SelectFloat : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), In(Bank::kFloat), In(), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template Vector<0, double>(s);
    Vec b = C::template Vector<1, double>(s);
    C::template SetScalar<3>(s, C::template Get<2, uint32_t>(s) != 0 ? a : b);
  }
};
struct SelectV128 : FamilyBase {
  static constexpr std::array kOperands = {InSlot(Bank::kFloat), InSlot(Bank::kFloat), InSlot(), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec a = C::template V128<0>(s);
    Vec b = C::template V128<1>(s);
    C::template SetV128<3>(s, C::template Get<2, uint32_t>(s) != 0 ? a : b);
  }
};
}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_NUMERIC_H_
