#include "vm/interp/meter.h"

#include <algorithm>

#include "vm/interp/code.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

bool Poll(Execution* exec, TrapCode* code) {
  if (exec->store->interrupt->stop.load(std::memory_order_relaxed) ||
      (exec->deadline.has_value() && std::chrono::steady_clock::now() >= *exec->deadline)) {
    *code = TrapCode::kInterrupted;
    return true;
  }
  int64_t slice = kBudgetSlice;
  if (exec->fuel.has_value()) {
    if (*exec->fuel == 0) {
      *code = TrapCode::kOutOfFuel;
      return true;
    }
    slice = static_cast<int64_t>(std::min<uint64_t>(kBudgetSlice, *exec->fuel));
    *exec->fuel -= static_cast<uint64_t>(slice);
  }
  exec->budget += slice;
  return false;
}

bool ChargeBulk(InstanceData* cx, uint64_t bytes) {
  if (!cx->code->variant().metered) return true;
  Execution* exec = cx->exec;
  for (uint64_t cost = bytes / kBulkBytesPerInstruction; cost > 0;) {
    const uint64_t part = std::min<uint64_t>(cost, kBudgetSlice);
    exec->budget -= static_cast<int64_t>(part);
    cost -= part;
    while (exec->budget < 0) {
      if (Poll(exec, &exec->trap)) return false;
    }
  }
  return true;
}

}  // namespace umiak
