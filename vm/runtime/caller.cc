#include "umiak/caller.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "vm/runtime/exception.h"
#include "vm/runtime/host_values.h"
#include "vm/runtime/slots.h"
#include "vm/runtime/store_impl.h"
#include "vm/runtime/trap_status.h"

namespace umiak {

absl::Span<uint8_t> Caller::memory() const {
  const MemoryInst* memory = instance_ == nullptr ? nullptr : instance_->caller_memory;
  return memory == nullptr ? absl::Span<uint8_t>() : absl::MakeSpan(memory->base, memory->size);
}

bool Caller::memory_is_shared() const {
  const MemoryInst* memory = instance_ == nullptr ? nullptr : instance_->caller_memory;
  return memory != nullptr && memory->type.shared;
}

absl::Status Caller::Throw(const Tag& tag, absl::Span<const Value> args) const {
  const std::vector<ValType>& params = tag.type().params;
  if (tag.store() != store_ || args.size() != params.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tag of this store that takes ", args.size(), " arguments is wanted"));
  }
  std::vector<uint64_t> slots(SlotsOf(params));
  uint64_t* next = slots.data();
  for (size_t i = 0; i < args.size(); ++i) {
    if (!ValueMatches(*store_, args[i], params[i])) {
      return absl::InvalidArgumentError(
          absl::StrCat("argument ", i, ": expected ", ToString(params[i]), ", found ", ToString(args[i].type())));
    }
    args[i].ToSlots(next);
    next += SlotsOf(params[i]);
  }
  ExceptionObject* exception = NewException(store_, tag.inst(), slots.data(), store_->execution.top);
  if (exception == nullptr) return MakeTrap(TrapCode::kGcHeapExhausted);
  store_->heap.AddHostRoot(RefOf(exception));
  const std::string detail = DescribeException(store_, instance_, exception);
  absl::Status status =
      TrapStatus(Trap{.code = TrapCode::kHostError, .is_exception = true, .detail = detail, .frames = {}});
  AttachException(&status, store_, exception);
  return status;
}

int Caller::interrupt_fd() const { return store_->wait_fd; }

absl::Status Caller::CheckInterrupt() const {
  if (store_->interrupt->stop.load(std::memory_order_acquire)) return MakeTrap(TrapCode::kInterrupted);
  const auto& deadline = store_->execution.deadline;
  if (deadline && std::chrono::steady_clock::now() >= *deadline) {
    return MakeTrap(TrapCode::kInterrupted, "deadline passed");
  }
  return absl::OkStatus();
}

}  // namespace umiak
