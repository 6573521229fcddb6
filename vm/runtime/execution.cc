#include "vm/runtime/execution.h"

#include <sys/mman.h>
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
  void* base = AllocationFails()
                   ? MAP_FAILED
                   : mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base != MAP_FAILED && mprotect(base, usable, PROT_READ | PROT_WRITE) != 0) {
    munmap(base, mapped);
    base = MAP_FAILED;
  }
  if (base == MAP_FAILED) {
    return MakeError(ErrorKind::kLimit, "out of memory", absl::StrCat("cannot map a stack of ", wanted, " bytes"));
  }
  exec.stack.base = static_cast<uint64_t*>(base);
  exec.stack.limit = exec.stack.base + usable / sizeof(uint64_t) - Stack::kRedZoneSlots;
  exec.stack.mapped_bytes = mapped;
  exec.top = exec.stack.base;
  for (const auto& instance : store->instances) instance->stack_limit = exec.stack.limit;
  return absl::OkStatus();
}

void FreeStack(Stack* stack) {
  if (stack->base != nullptr) munmap(stack->base, stack->mapped_bytes);
  *stack = Stack();
}

}  // namespace umiak
