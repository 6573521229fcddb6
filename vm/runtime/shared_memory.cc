#include "umiak/shared_memory.h"

#include <algorithm>

#include "umiak/error.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

absl::StatusOr<SharedMemory> SharedMemory::Create(const MemoryType& type, const StoreOptions& options) {
  if (!type.shared || !type.limits.has_max()) {
    return absl::InvalidArgumentError("a shared memory must have a shared type, with a maximum");
  }
  auto inst = NewMemory(type, options.bounds, options.max_memory_bytes);
  if (inst == nullptr) return MakeError(ErrorKind::kLimit, "out of memory", "cannot allocate the memory");
  return SharedMemory(std::move(inst));
}

absl::StatusOr<SharedMemory> SharedMemory::Of(const Memory& memory) {
  if (!memory.valid() || !memory.inst()->type.shared) return absl::InvalidArgumentError("the memory is not shared");
  return SharedMemory(memory.inst()->shared_from_this());
}

Memory SharedMemory::In(Store& store) const {
  auto& memories = store.impl()->memories;
  if (std::find(memories.begin(), memories.end(), inst_) == memories.end()) memories.push_back(inst_);
  return Memory(store.impl(), inst_.get());
}

absl::Span<uint8_t> SharedMemory::data() const { return absl::MakeSpan(inst_->base, inst_->size); }

}  // namespace umiak
