// Memory instances: guarded reservations, or checked ones.
// spec: exec/runtime#memory-instances
#ifndef UMIAK_VM_RUNTIME_MEMORY_H_
#define UMIAK_VM_RUNTIME_MEMORY_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "umiak/store.h"
#include "umiak/types.h"
#include "vm/interp/compiler.h"
#include "vm/runtime/heads.h"

namespace umiak {

struct MemoryInst;
void FreeMemory(MemoryInst* memory);  // returns the reservation to the pool

// Not moved while `guarded` or shared; else `base` may move when it grows. A shared one belongs to all the stores that
// refer to it; any of their threads may grow it, and `size` may be behind at once.
struct MemoryInst : MemoryHead, std::enable_shared_from_this<MemoryInst> {
  MemoryInst() = default;
  MemoryInst(const MemoryInst&) = delete;
  MemoryInst& operator=(const MemoryInst&) = delete;
  ~MemoryInst() { FreeMemory(this); }

  uint64_t reserved = 0;       // bytes of address space behind base
  uint64_t max_bytes = 0;      // the declared maximum or the store's limit, whichever is less
  MemoryType type;
  bool guarded = false;        // an access anywhere in base + 2 * 2^32 + 16 faults or is inside
  // Instances whose memory 0 this is: they cache base and size. Of a shared memory none: their caches are their own.
  std::vector<InstanceData*> users;
  std::mutex grow_mutex;       // of a shared memory
};

// 2^32 (address) + 2^32 (offset) + the widest access, rounded up to pages.
inline constexpr uint64_t kGuardedReservation = (uint64_t{8} << 30) + 65536;

// A zeroed memory of the type's minimum size. Null where the address space or limits do not allow it. It is
// guarded if `bounds` asks for it, the type allows it (32-bit, 64 KiB pages) and the reservation succeeds.
// Pages are committed by the kernel when touched.
std::shared_ptr<MemoryInst> NewMemory(const MemoryType& type, BoundsMode bounds, uint64_t max_bytes);
// Grows by `delta` pages and updates the caches of all users. The old size in pages, or -1. Thread-safe for a shared
// memory.
int64_t MemoryGrow(MemoryInst* memory, uint64_t delta);

// Fault handling: whether the address lies in the reservation of a guarded memory that is alive.
// Async-signal-safe.
bool IsGuardedAddress(const void* address);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_MEMORY_H_
