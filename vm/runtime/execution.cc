#include "vm/runtime/execution.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "vm/runtime/fault_injection.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// Behind the red zone: a run past it faults instead of writing elsewhere.
constexpr uint64_t kGuardBytes = 1 << 20;

uint64_t RoundUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// A server that makes a store for each request has some at a time.
constexpr size_t kMaxPooledStacks = 64;

MappingPool& StackPool() {
  static MappingPool* pool = new MappingPool(kMaxPooledStacks);  // never destroyed: stores may outlive static destructors
  return *pool;
}

}  // namespace

InterruptState::~InterruptState() {
  if (event_fd >= 0) close(event_fd);
}

void ForgetEndedFrames(StoreImpl* store, const uint64_t* top) {
  // PERF: enough for the frames that follow at once; deeper ones are forgotten by the next collection.
  constexpr ptrdiff_t kForgottenSlots = 1024;
  const Stack& stack = store->execution.stack;
  uint64_t* const begin = stack.base + (top - stack.base);
  uint64_t* const end = stack.limit + Stack::kRedZoneSlots;
  if (begin < end) std::memset(begin, 0, sizeof(uint64_t) * static_cast<size_t>(std::min(end - begin, kForgottenSlots)));
}

absl::Status EnsureStack(StoreImpl* store) {
  Execution& exec = store->execution;
  if (exec.stack.base != nullptr) return absl::OkStatus();
  const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t wanted = std::clamp(store->options.stack_bytes, kMinStackBytes, kMaxStackBytes);
  const uint64_t usable = RoundUp(wanted + Stack::kRedZoneSlots * sizeof(uint64_t), page);
  const uint64_t mapped = usable + RoundUp(kGuardBytes, page);
  const Mapping mapping = AllocationFails() ? Mapping() : StackPool().Acquire(mapped, usable);
  if (mapping.base == nullptr) {
    return MakeError(ErrorKind::kLimit, "out of memory", absl::StrCat("cannot map a stack of ", wanted, " bytes"));
  }
  exec.stack.base = reinterpret_cast<uint64_t*>(mapping.base);
  exec.stack.limit = exec.stack.base + usable / sizeof(uint64_t) - Stack::kRedZoneSlots;
  exec.stack.mapping = mapping;
  exec.top = exec.stack.base;
  for (const auto& instance : store->instances) instance->stack_limit = exec.stack.limit;
  return absl::OkStatus();
}

void FreeStack(Stack* stack) {
  if (stack->base != nullptr) StackPool().Release(stack->mapping);
  *stack = Stack();
}

}  // namespace umiak
