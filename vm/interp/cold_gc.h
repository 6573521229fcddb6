// Where a handler jumps to whose size class has no free cell left.
#ifndef UMIAK_VM_INTERP_COLD_GC_H_
#define UMIAK_VM_INTERP_COLD_GC_H_

#include "vm/interp/cold.h"

namespace umiak {

// Gives the class in GcHeap::wanted_class another run of cells, collecting if need be: the registers are roots, and all
// slots below GcHeap::wanted_top. False: trapped, with exec->trap set.
NOINLINE bool RefillWanted(const Regs& s);

// Where a collection looks for the registers of a cell that allocates: Execution::spill_r.
NOINLINE uint64_t* SavedRegisters(InstanceData* cx);

// Runs the cell again once there are cells.
struct RefillBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) { return RefillWanted(s) ? nullptr : kPendingTrapHandler; }
};
inline constexpr Handler kRefillHandler = &Shell::Run<RefillBody>;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_COLD_GC_H_
