#include "vm/interp/cold_gc.h"

#include "vm/runtime/execution.h"
#include "vm/runtime/gc_heap.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

uint64_t* SavedRegisters(InstanceData* cx) { return cx->exec->spill_r; }

bool RefillWanted(const Regs& s) {
  GcHeap* heap = s.cx->heap;
  Execution* exec = s.cx->exec;
  for (int i = 0; i < kIntRegs; ++i) exec->spill_r[i] = s.r[i];
  if (heap->Refill(heap->wanted_class, heap->wanted_top)) return true;
  exec->trap = TrapCode::kGcHeapExhausted;
  return false;
}

}  // namespace umiak
