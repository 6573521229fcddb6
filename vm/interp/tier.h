// From the first tier's code of a function to the full translation: when, and how.
//
// Entry and loop headers of first-tier code take one turn each from its TierState. When none is left, the function is
// translated in full, with an entry at that loop; the frame's values move to where the full code has them.
#ifndef UMIAK_VM_INTERP_TIER_H_
#define UMIAK_VM_INTERP_TIER_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "umiak/types.h"
#include "vm/interp/cell.h"
#include "vm/interp/stub.h"

namespace umiak {

// Of the first-tier code of one function. Threads share it.
struct TierState {
  // May be taken twice by two threads at once: nothing depends on the exact numbers.
  std::atomic<int32_t> turns_left{0};
  std::atomic<int32_t> loop_turns_left{0};
  FuncIdx function = 0;       // counts imports
  uint32_t operand_base = 0;  // slot of the operand area's first value
  uint32_t operand_slots = 0;
  std::vector<uint16_t> local_slots;
};

// How many turns first-tier code takes before it is translated in full; 0: all code is translated in full at once.
int32_t FirstTierTurns();
// For tests of either tier; functions that have been translated stay as they are. Thread-safe.
void SetFirstTierTurns(int32_t turns);

// No turns are left at a cell of the frame fp: where to go on. At entry (the cell `ip`): in the full translation. At a
// loop's header (`loop`: offset of the instruction in the module): there too, once the frame is as it wants it, or at
// `behind`, the next cell, where it cannot be entered. Null: exec->host_status says why there is none.
NOINLINE const uint8_t* PromoteAtEntry(InstanceData* cx, uint64_t* fp, TierState* tier, const uint8_t* ip);
NOINLINE const uint8_t* PromoteAtLoop(InstanceData* cx, uint64_t* fp, TierState* tier, uint32_t loop,
                                      const uint8_t* behind);

// Extra of CountEntry: u64 TierState; of CountLoop: that, u32 offset of the loop.
inline constexpr uint32_t kCountLoopBytes = 24;

template <bool at_loop>
struct PromoteBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    auto* tier = reinterpret_cast<TierState*>(LoadBytes<uint64_t>(s.ip + kHandlerBytes));
    const uint8_t* next;
    if constexpr (at_loop) {
      const uint32_t loop = LoadBytes<uint32_t>(s.ip + kHandlerBytes + 8);
      next = PromoteAtLoop(s.cx, s.fp, tier, loop, s.ip + kCountLoopBytes);
    } else {
      next = PromoteAtEntry(s.cx, s.fp, tier, s.ip);
    }
    if (next == nullptr) return &Shell::Run<TranslateErrorBody>;
    s.ip = next;
    return nullptr;
  }
};

template <bool at_loop>
struct TakeTurn : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = at_loop ? 12 : 8;
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    static_assert(!at_loop || C::kLength == kCountLoopBytes);
    auto* tier = reinterpret_cast<TierState*>(C::template Extra<uint64_t>(s));
    std::atomic<int32_t>& turns = at_loop ? tier->loop_turns_left : tier->turns_left;
    const int32_t left = turns.load(std::memory_order_relaxed) - 1;
    if (left < 0) [[unlikely]] return &Shell::Run<PromoteBody<at_loop>>;
    turns.store(left, std::memory_order_relaxed);
    return nullptr;
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_TIER_H_
