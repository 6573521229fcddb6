// A memory that instances of several stores use at once, each on its own thread.
// spec: proposal threads, exec/runtime#shared-memories
#ifndef UMIAK_SHARED_MEMORY_H_
#define UMIAK_SHARED_MEMORY_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "umiak/extern.h"
#include "umiak/store.h"

namespace umiak {

// Counted: lives as long as one of these, or a store that it was brought into. Copies may be used on several threads.
// It never moves; any thread may grow it. What lies in it may change at any time: the host reads and writes it with
// atomic operations where that matters.
class SharedMemory {
 public:
  SharedMemory() = default;
  // A zeroed one. Of the options, `bounds` and `max_memory_bytes` count. InvalidArgument unless `type` is shared;
  // kLimit where address space or limits do not allow it.
  static absl::StatusOr<SharedMemory> Create(const MemoryType& type, const StoreOptions& options = {});
  // The one behind a handle, an export for example, to bring it into other stores. InvalidArgument if it isn't shared.
  static absl::StatusOr<SharedMemory> Of(const Memory& memory);

  bool valid() const { return inst_ != nullptr; }
  // As a memory of the store, for its instances to import. On the store's thread.
  Memory In(Store& store) const;
  // The bytes now; the span stays good as long as the memory lives, which may become larger than it.
  absl::Span<uint8_t> data() const;

 private:
  explicit SharedMemory(std::shared_ptr<MemoryInst> inst) : inst_(std::move(inst)) {}
  std::shared_ptr<MemoryInst> inst_;
};

}  // namespace umiak

#endif  // UMIAK_SHARED_MEMORY_H_
