// Bodies of wide arithmetic, and what it computes. The low words of a and of the result may be in any register, all
// others are in slots: with all classes for six operands there would be thousands of handlers.
// spec: proposal wide-arithmetic
#ifndef UMIAK_VM_INTERP_HANDLERS_WIDE_H_
#define UMIAK_VM_INTERP_HANDLERS_WIDE_H_

#include <array>
#include <cstdint>

#include "vm/interp/cell.h"

namespace umiak {

namespace num {

struct Wide {
  uint64_t low;
  uint64_t high;
};

struct Add128 {
  static constexpr Wide Apply(Wide a, Wide b) {
    Wide sum{a.low + b.low, a.high + b.high};
    sum.high += sum.low < a.low ? 1 : 0;
    return sum;
  }
};
struct Sub128 {
  static constexpr Wide Apply(Wide a, Wide b) {
    return {a.low - b.low, a.high - b.high - (a.low < b.low ? 1 : 0)};
  }
};
__extension__ typedef unsigned __int128 Bits128;
__extension__ typedef __int128 SignedBits128;
struct MulWideU {
  static constexpr Wide Apply(uint64_t a, uint64_t b) {
    const Bits128 product = static_cast<Bits128>(a) * b;
    return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
  }
};
struct MulWideS {
  static constexpr Wide Apply(uint64_t a, uint64_t b) {
    const SignedBits128 product =
        static_cast<SignedBits128>(static_cast<int64_t>(a)) * static_cast<int64_t>(b);
    return {static_cast<uint64_t>(product), static_cast<uint64_t>(static_cast<Bits128>(product) >> 64)};
  }
};

}  // namespace num

inline constexpr OperandSpec kOutSlot{true, Bank::kInt, false, true, 0};
inline constexpr OperandSpec kInSlotOrImm{false, Bank::kInt, false, true, 8};

// Operands: low and high word of a, of b, of the result.
template <class Fn>
struct WideSum : FamilyBase {
  static constexpr std::array kOperands = {In(), kInSlotOrImm, InSlot(), kInSlotOrImm, Out(), kOutSlot};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    const num::Wide a{C::template Get<0, uint64_t>(s), C::template Get<1, uint64_t>(s)};
    const num::Wide b{C::template Get<2, uint64_t>(s), C::template Get<3, uint64_t>(s)};
    const num::Wide result = Fn::Apply(a, b);
    C::template Set<4>(s, result.low);
    C::template Set<5>(s, result.high);
  }
};

// Operands: a, b, low and high word of the result.
template <class Fn>
struct WideProduct : FamilyBase {
  static constexpr std::array kOperands = {In(), InSlot(), Out(), kOutSlot};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    const num::Wide result = Fn::Apply(C::template Get<0, uint64_t>(s), C::template Get<1, uint64_t>(s));
    C::template Set<2>(s, result.low);
    C::template Set<3>(s, result.high);
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_WIDE_H_
