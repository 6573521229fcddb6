#include "vm/runtime/fault_injection.h"

#include <atomic>

namespace umiak {

namespace {

std::atomic<uint64_t> countdown{0};

}  // namespace

void FailAllocation(uint64_t n) { countdown.store(n, std::memory_order_relaxed); }

bool AllocationFails() {
  // Outside tests it is always zero, and nobody writes.
  if (countdown.load(std::memory_order_relaxed) == 0) [[likely]] return false;
  return countdown.fetch_sub(1, std::memory_order_relaxed) == 1;
}

}  // namespace umiak
