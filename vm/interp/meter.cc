#include "vm/interp/meter.h"

#include <algorithm>

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

}  // namespace umiak
