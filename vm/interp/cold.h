// Cold handlers: where hot ones jump to when something is out of the ordinary. Same signature as any handler.
#ifndef UMIAK_VM_INTERP_COLD_H_
#define UMIAK_VM_INTERP_COLD_H_

#include "umiak/trap_code.h"
#include "vm/interp/dispatch.h"
#include "vm/runtime/heads.h"

namespace umiak {

// Notes in the current execution that the cell at s.ip trapped, with the registers as they are.
NOINLINE void RecordTrap(const Regs& s, TrapCode code);
// Reads memory 0's size and base again into the instance. Whether the size was out of date.
NOINLINE bool RefreshMemory(InstanceData* cx);
// Gives the budget another slice and asks who wants the guest to stop. Whether it shall trap (exec->trap says why).
NOINLINE bool PollForTrap(InstanceData* cx);
// A trap that an intrinsic or a host function has already recorded in exec->trap.
NOINLINE void RecordPendingTrap(const Regs& s);

template <TrapCode code>
struct TrapBody {
  static constexpr BodyKind kKind = BodyKind::kLeave;
  static uint64_t Body(Regs& s) {
    RecordTrap(s, code);
    return static_cast<uint64_t>(Exit::kTrapped);
  }
};
template <TrapCode code>
inline constexpr Handler kTrapHandler = &Shell::Run<TrapBody<code>>;

struct PendingTrapBody {
  static constexpr BodyKind kKind = BodyKind::kLeave;
  static uint64_t Body(Regs& s) {
    RecordPendingTrap(s);
    return static_cast<uint64_t>(Exit::kTrapped);
  }
};
inline constexpr Handler kPendingTrapHandler = &Shell::Run<PendingTrapBody>;

// A checked access failed its comparison: the cached size may be behind that of a shared memory. Runs the cell again
// if so.
struct OutOfBoundsBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    if (!RefreshMemory(s.cx)) return kTrapHandler<TrapCode::kOutOfBoundsMemory>;
    s.mem = HeadOf(s.cx)->mem_base;
    return nullptr;
  }
};
inline constexpr Handler kOutOfBoundsHandler = &Shell::Run<OutOfBoundsBody>;

// The budget does not cover the cell: runs it again once there is a new slice.
struct PollBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    return PollForTrap(s.cx) ? kPendingTrapHandler : nullptr;
  }
};
inline constexpr Handler kPollHandler = &Shell::Run<PollBody>;

// Metered code: takes `cost` instructions from the budget, or says where to get more.
ALWAYS_INLINE Handler Charge(InstanceData* cx, uint32_t cost) {
  int64_t& budget = HeadOf(HeadOf(cx)->exec)->budget;
  if (budget < static_cast<int64_t>(cost)) [[unlikely]] return kPollHandler;
  budget -= cost;
  return nullptr;
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_COLD_H_
