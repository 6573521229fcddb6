// Bodies of calls. Arguments lie in the callee's slots from 0 on when it starts; its first result comes back in r0 or
// f0, further ones in its slots. `frame` is the callee's slot 0 relative to the caller's.
// spec: exec/instructions#function-calls
#ifndef UMIAK_VM_INTERP_HANDLERS_CALL_H_
#define UMIAK_VM_INTERP_HANDLERS_CALL_H_

#include "umiak/type_canon.h"
#include "vm/interp/bridge.h"
#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/intrinsics.h"
#include "vm/interp/predictor.h"
#include "vm/interp/stub.h"
#include "vm/runtime/func.h"
#include "vm/runtime/instance_data.h"
#include "vm/runtime/table.h"

namespace umiak {

template <class C>
ALWAYS_INLINE void PushHeader(const Regs& s, uint64_t* nf) {
  nf[-1] = reinterpret_cast<uint64_t>(s.ip + C::kLength);
  nf[-2] = reinterpret_cast<uint64_t>(s.fp);
}
// Continues in `callee`, which may belong to another instance, behind a bridge.
template <class C>
ALWAYS_INLINE void EnterThroughBridge(Regs& s, const FuncInst* callee, uint64_t* nf) {
  nf[-5] = reinterpret_cast<uint64_t>(s.fp);
  nf[-4] = reinterpret_cast<uint64_t>(s.ip + C::kLength);
  nf[-3] = reinterpret_cast<uint64_t>(s.cx);
  nf[-2] = reinterpret_cast<uint64_t>(nf - 3);
  nf[-1] = reinterpret_cast<uint64_t>(&internal::restore_cell[1]);
  s.fp = nf;
  s.ip = callee->entry;
  s.cx = callee->cx;
  s.mem = s.cx != nullptr ? s.cx->mem_base : nullptr;  // null: a host function's own cell, which asks the bridge
}

// A call within the instance. The first n arguments are operands, stored by the call itself.
// Extra: u32 frame. Tail: the callee's code, at first its stub.
template <int n>
struct CallDirect : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr bool kAlignedTail = true;
  static constexpr auto kOperands = [] {
    std::array<OperandSpec, n> operands{};
    for (OperandSpec& spec : operands) spec = InImm(4);
    return operands;
  }();
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint64_t* nf = s.fp + C::template Extra<uint32_t>(s);
    if (nf > s.cx->stack_limit) [[unlikely]] return kTrapHandler<TrapCode::kCallStackExhausted>;
    uint64_t args[n + 1];
    if constexpr (n > 0) args[0] = C::template Get<0, uint64_t>(s);
    if constexpr (n > 1) args[1] = C::template Get<1, uint64_t>(s);
    if constexpr (n > 2) args[2] = C::template Get<2, uint64_t>(s);
    if constexpr (n > 0) nf[0] = args[0];
    if constexpr (n > 1) nf[1] = args[1];
    if constexpr (n > 2) nf[2] = args[2];
    PushHeader<C>(s, nf);
    // ORDER: a stub writes this word atomically while others run the cell; see CodeTable::Translate.
    const uint8_t* callee = reinterpret_cast<const uint8_t*>(
        __atomic_load_n(reinterpret_cast<const uint64_t*>(s.ip + C::kLength - 8), __ATOMIC_ACQUIRE));
    s.fp = nf;
    s.ip = callee;
    return nullptr;
  }
};

// A call of an imported function. Extra: u32 place of its FuncInst pointer, u32 frame. Tail: kNoCallee.
struct CallImport : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 8;
  static constexpr bool kAlignedTail = true;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint64_t* nf = s.fp + C::template Extra<uint32_t>(s, 4);
    if (nf > s.cx->stack_limit) [[unlikely]] return kTrapHandler<TrapCode::kCallStackExhausted>;
    EnterThroughBridge<C>(s, s.cx->template At<FuncInst*>(C::template Extra<uint32_t>(s)), nf);
    return nullptr;
  }
};

// Whether a function of type `actual` may be called as `expected`. spec: valid/matching
NOINLINE bool IsCallableAs(uint32_t actual, uint32_t expected);

// The function instance in a table, checked; null and *cold set on failure.
// Extra: u32 place of the TableInst pointer, u32 canonical type id.
template <class C, class Index>
ALWAYS_INLINE const FuncInst* LookUp(const Regs& s, Handler* cold) {
  const TableInst* table = s.cx->template At<TableInst*>(C::template Extra<uint32_t>(s));
  uint64_t index = C::template Get<0, Index>(s);
  if (index >= table->size) [[unlikely]] {
    *cold = kTrapHandler<TrapCode::kUndefinedElement>;
    return nullptr;
  }
  const FuncInst* callee = reinterpret_cast<const FuncInst*>(table->elems[index]);
  if (callee == nullptr) [[unlikely]] {
    *cold = kTrapHandler<TrapCode::kUninitializedElement>;
    return nullptr;
  }
  uint32_t expected = C::template Extra<uint32_t>(s, 4);
  if (callee->type_id != expected) [[unlikely]] {
    if (!IsCallableAs(callee->type_id, expected)) {
      *cold = kTrapHandler<TrapCode::kIndirectCallTypeMismatch>;
      return nullptr;
    }
  }
  return callee;
}

// A call of `callee` with a frame of its own.
struct InNewFrame {
  static constexpr bool kReturnsHere = true;
  template <class C>
  ALWAYS_INLINE static Handler Enter(Regs& s, const FuncInst* callee, uint32_t frame) {
    uint64_t* nf = s.fp + frame;
    if (nf > s.cx->stack_limit) [[unlikely]] return kTrapHandler<TrapCode::kCallStackExhausted>;
    if (callee->cx == s.cx) [[likely]] {
      PushHeader<C>(s, nf);
      s.fp = nf;
      s.ip = callee->entry;
      TellWay<kEntryBit>(s.ip);
    } else {
      EnterThroughBridge<C>(s, callee, nf);
    }
    return nullptr;
  }
};

// Extra: see LookUp; then the word that How is given: u32 frame, or of a tail call u32 param slots. Tail, unless it is one:
// kNoCallee.
template <class Index, class How>
struct CallIndirect : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 12;
  static constexpr bool kAlignedTail = How::kReturnsHere;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    Handler cold = nullptr;
    const FuncInst* callee = LookUp<C, Index>(s, &cold);
    if (callee == nullptr) [[unlikely]] return cold;
    return How::template Enter<C>(s, callee, C::template Extra<uint32_t>(s, 8));
  }
};
// Extra: the word that How is given. Tail, unless it is a tail call: kNoCallee.
template <class How>
struct CallRef : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr bool kAlignedTail = How::kReturnsHere;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    auto* callee = reinterpret_cast<const FuncInst*>(C::template Get<0, uint64_t>(s));
    if (callee == nullptr) [[unlikely]] return kTrapHandler<TrapCode::kNullFunctionReference>;
    return How::template Enter<C>(s, callee, C::template Extra<uint32_t>(s));
  }
};

// --- Tail calls: the arguments already lie in the caller's own slots from 0 on. spec: exec/instructions#return-call ---

// Within the instance. Tail: the callee's code, at first its stub marked with kUnresolved: no return address leads from
// the stub to this cell, so that the cell itself has to put the code there.
struct ReturnCallDirect : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr bool kAlignedTail = true;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    static_assert(C::kLength == kReturnCallDirectBytes);
    const uint64_t callee = __atomic_load_n(reinterpret_cast<const uint64_t*>(s.ip + C::kLength - 8), __ATOMIC_ACQUIRE);
    if ((callee & kUnresolved) != 0) [[unlikely]] return kResolveHandler;
    s.ip = reinterpret_cast<const uint8_t*>(callee);
    return nullptr;
  }
};

// Replaces this frame by one of `callee`. `param_slots` words of arguments lie from fp[0] on.
ALWAYS_INLINE void BecomeFrameOf(Regs& s, const FuncInst* callee, uint32_t param_slots) {
  if (callee->cx != s.cx) {
    if (s.fp[-1] != reinterpret_cast<uint64_t>(&internal::restore_cell[1]) || callee->cx == nullptr) {
      // Return address and caller's fp stay where they are: they become the bridge's.
      std::memmove(s.fp + kBridgeSlots, s.fp, 8 * size_t{param_slots});
      s.fp[0] = reinterpret_cast<uint64_t>(s.cx);
      s.fp[1] = reinterpret_cast<uint64_t>(s.fp);
      s.fp[2] = reinterpret_cast<uint64_t>(&internal::restore_cell[1]);
      s.fp += kBridgeSlots;
    }
    s.cx = callee->cx;
    s.mem = s.cx != nullptr ? s.cx->mem_base : nullptr;
  }
  s.ip = callee->entry;
}
// Extra: u32 place of the FuncInst pointer, u32 param slots.
struct ReturnCallImport : FamilyBase {
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 8;
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    const FuncInst* callee = s.cx->template At<FuncInst*>(C::template Extra<uint32_t>(s));
    BecomeFrameOf(s, callee, C::template Extra<uint32_t>(s, 4));
  }
};
// A call in place of the caller's frame.
struct InThisFrame {
  static constexpr bool kReturnsHere = false;
  template <class C>
  ALWAYS_INLINE static Handler Enter(Regs& s, const FuncInst* callee, uint32_t param_slots) {
    BecomeFrameOf(s, callee, param_slots);
    return nullptr;
  }
};

// --- Intrinsics: rare instructions as C++ functions over the slots from `frame` on. ---

// Extra: u32 a, u32 b, u32 frame. The result, if any, is left in slot `frame`. All registers keep their values.
template <IntrinsicFunction kFunction>
struct Intrinsic : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 12;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint64_t* slots = s.fp + C::template Extra<uint32_t>(s, 8);
    if (slots > s.cx->stack_limit) [[unlikely]] return kTrapHandler<TrapCode::kCallStackExhausted>;
    InstanceData* cx = s.cx;
    if (!kFunction(cx, slots, C::template Extra<uint32_t>(s), C::template Extra<uint32_t>(s, 4))) [[unlikely]] {
      return kPendingTrapHandler;
    }
    s.mem = cx->mem_base;
    return nullptr;
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_CALL_H_
