#include "umiak/caller.h"

#include <chrono>

#include "umiak/trap.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

absl::Span<uint8_t> Caller::memory() const {
  const MemoryInst* memory = instance_ == nullptr ? nullptr : instance_->caller_memory;
  return memory == nullptr ? absl::Span<uint8_t>() : absl::MakeSpan(memory->base, memory->size);
}

bool Caller::memory_is_shared() const {
  const MemoryInst* memory = instance_ == nullptr ? nullptr : instance_->caller_memory;
  return memory != nullptr && memory->type.shared;
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
