// Bodies of branches, returns and frame entry. Distances are in bytes, relative to the branching cell.
// spec: exec/instructions#control-instructions
#ifndef UMIAK_VM_INTERP_HANDLERS_CONTROL_H_
#define UMIAK_VM_INTERP_HANDLERS_CONTROL_H_

#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/predictor.h"

namespace umiak {

// Extra: s32 distance.
struct Br : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    s.ip += C::template Extra<int32_t>(s);
  }
};

// Branches when a Fn b. Extra: s32 distance.
template <class T, class Fn>
struct BrCompare : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kBranch;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {
      In(kBankOf<T>), std::is_floating_point_v<T> ? In(Bank::kFloat) : InImm(sizeof(T))};
  template <class C>
  ALWAYS_INLINE static bool Body(Regs& s) {
    return Fn::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s));
  }
};

// Branches when a is zero, or when it is not.
template <class T, bool when_zero>
struct BrZero : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kBranch;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static bool Body(Regs& s) {
    return (C::template Get<0, T>(s) == 0) == when_zero;
  }
};

// local += const, then a comparison of it with b: the end of a counting loop. Operands: the counter (read
// and written), the step, b.
template <class T, class Fn>
struct BrStep : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kBranch;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), Imm(4), InImm(sizeof(T))};
  template <class C>
  ALWAYS_INLINE static bool Body(Regs& s) {
    // The step is sign-extended from 32 bits.
    T step = static_cast<T>(static_cast<int64_t>(static_cast<int32_t>(C::template Get<1, uint32_t>(s))));
    T b = C::template Get<2, T>(s);
    T value = static_cast<T>(C::template Get<0, T>(s) + step);
    C::template Set<0>(s, value);
    return Fn::Apply(value, b);
  }
};

// A move, then a branch. Extra: s32 distance.
struct MoveBr : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {InImm(4), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, C::template Get<0, uint64_t>(s));
    s.ip += C::template Extra<int32_t>(s);
  }
};
template <class T>
struct AddBr : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), Imm(sizeof(T)), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<2>(s, T{num::Add::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s))});
    s.ip += C::template Extra<int32_t>(s);
  }
};

// Extra: u32 n, then n + 1 distances (the last is the default's), in the same cell.
template <class C>
ALWAYS_INLINE void GoToEntry(Regs& s, uint32_t index, uint32_t at) {
  uint32_t count = C::template Extra<uint32_t>(s, at);
  index = index < count ? index : count;
  s.ip += LoadBytes<int32_t>(s.ip + C::kLayout.extra + at + 4 + 4 * size_t{index});
  TellWay<kCellBit>(s.ip);
}
struct BrTable : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    GoToEntry<C>(s, C::template Get<0, uint32_t>(s), 0);
  }
};

// The same by the table of another cell, that this one is a copy of.
// Extra: s32 distance to that cell, u32 n, u32 where the distances begin in it.
template <class C>
ALWAYS_INLINE void GoToEntryElsewhere(Regs& s, uint32_t index, uint32_t at) {
  const uint8_t* cell = s.ip + C::template Extra<int32_t>(s, at);
  uint32_t count = C::template Extra<uint32_t>(s, at + 4);
  index = index < count ? index : count;
  s.ip = cell + LoadBytes<int32_t>(cell + C::template Extra<uint32_t>(s, at + 8) + 4 * size_t{index});
  TellWay<kCellBit>(s.ip);
}
struct BrTableCopy : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 12;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    GoToEntryElsewhere<C>(s, C::template Get<0, uint32_t>(s), 0);
  }
};

// --- Returns: the first result in r0 or f0, the others already in the first slots of the frame. ---

ALWAYS_INLINE void Leave(Regs& s) {
  s.ip = reinterpret_cast<const uint8_t*>(s.fp[-1]);
  s.fp = reinterpret_cast<uint64_t*>(s.fp[-2]);
  TellWay<kCellBit>(s.ip);
}
struct Return : FamilyBase {
  static constexpr bool kAdvances = false;
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Leave(s);
  }
};
struct ReturnInt : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr std::array kOperands = {InImm(8)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    s.r[0] = C::template Get<0, uint64_t>(s);
    Leave(s);
  }
};
// dst = a + b, returned: `op; return`.
template <class T, class Fn>
struct ReturnBinary : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr std::array kOperands = {In(), InImm(sizeof(T))};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    s.r[0] = T{Fn::Apply(C::template Get<0, T>(s), C::template Get<1, T>(s))};
    Leave(s);
  }
};
struct ReturnFloat : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr std::array kOperands = {In(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    s.f[0] = C::template Vector<0, double>(s);
    Leave(s);
  }
};
struct ReturnV128 : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr std::array kOperands = {In(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    s.f[0] = C::template V128<0>(s);
    Leave(s);
  }
};

struct UnreachableCell : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs&) {
    return kTrapHandler<TrapCode::kUnreachable>;
  }
};

// --- Frame entry ---

// The frame is larger than the red zone behind the limit. Extra: u32 slots.
struct CheckFrame : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 4;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    int64_t room = HeadOf(s.cx)->stack_limit - s.fp;
    if (static_cast<int64_t>(C::template Extra<uint32_t>(s)) > room) [[unlikely]] {
      return kTrapHandler<TrapCode::kCallStackExhausted>;
    }
    return nullptr;
  }
};
// Locals that may be read before they are written. Extra: u32 first slot, u32 count.
struct ZeroSlots : FamilyBase {
  static constexpr uint32_t kExtraBytes = 8;
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    std::memset(s.fp + C::template Extra<uint32_t>(s), 0, 8 * size_t{C::template Extra<uint32_t>(s, 4)});
  }
};

// --- Metered code ---

// Extra: u32 cost in wasm instructions.
struct MeterEntry : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 4;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    return Charge(s.cx, C::template Extra<uint32_t>(s));
  }
};
// A back edge. Extra: s32 distance, u32 cost.
struct MeteredBr : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 8;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    Handler cold = Charge(s.cx, C::template Extra<uint32_t>(s, 4));
    if (cold == nullptr) [[likely]] s.ip += C::template Extra<int32_t>(s);
    return cold;
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_CONTROL_H_
