// Bodies of throws. Catching has none: see unwind.h.
// spec: exec/instructions#exec-throw
#ifndef UMIAK_VM_INTERP_HANDLERS_EXCEPTION_H_
#define UMIAK_VM_INTERP_HANDLERS_EXCEPTION_H_

#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/unwind.h"
#include "vm/runtime/heads.h"

namespace umiak {

ALWAYS_INLINE void ContinueAt(Regs& s, const Continuation& there) {
  s.ip = there.ip;
  s.fp = there.fp;
  s.cx = there.cx;
  s.mem = HeadOf(s.cx)->mem_base;
}

// Extra: u32 tag, u32 slot of the first argument.
struct Throw : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = 8;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint64_t* args = s.fp + C::template Extra<uint32_t>(s, 4);
    const Continuation* handler = ThrowTag({s.ip, s.fp, s.cx}, C::template Extra<uint32_t>(s), args);
    if (handler == nullptr) return kPendingTrapHandler;
    ContinueAt(s, *handler);
    return nullptr;
  }
};
struct ThrowRef : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr bool kAdvances = false;
  static constexpr std::array kOperands = {InImm(4)};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const Continuation* handler = ThrowReference({s.ip, s.fp, s.cx}, C::template Get<0, uint64_t>(s));
    if (handler == nullptr) return kPendingTrapHandler;
    ContinueAt(s, *handler);
    return nullptr;
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_EXCEPTION_H_
