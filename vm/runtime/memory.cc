#include "vm/runtime/memory.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "vm/runtime/fault_injection.h"
#include "vm/runtime/instance_data.h"
#include "vm/runtime/reservation.h"

namespace umiak {

namespace {

// A checked memory reserves what it may grow to, up to this, so that it need not move. Where this fails (ulimit -v),
// it maps what it uses and moves.
constexpr uint64_t kCheckedReservation = uint64_t{4} << 30;
// No machine addresses more.
constexpr uint64_t kMaxMemoryBytes = uint64_t{1} << 47;

uint64_t HostPage() {
  static const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return page;
}

uint64_t RoundToHostPage(uint64_t bytes) { return (std::max<uint64_t>(bytes, 1) + HostPage() - 1) & ~(HostPage() - 1); }

// The most bytes a memory of that type may ever have. spec: exec/modules#growing-memories
uint64_t MaxBytes(const MemoryType& type, uint64_t limit) {
  // A 32-bit memory of 1-byte pages could have 2^32 of them, a number that memory.size cannot return.
  uint64_t bytes = type.is_64               ? kMaxMemoryBytes
                   : type.page_size_log2 == 0 ? (uint64_t{1} << 32) - 1
                                              : uint64_t{1} << 32;
  if (type.limits.max <= (bytes >> type.page_size_log2)) bytes = type.limits.max << type.page_size_log2;
  return std::min(bytes, limit);
}

uint8_t* Map(uint64_t bytes) {
  if (AllocationFails()) return nullptr;
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return base == MAP_FAILED ? nullptr : static_cast<uint8_t*>(base);
}

bool MakeGuarded(MemoryInst* memory, uint64_t size) {
  uint8_t* base = AcquireReservation(size);
  if (base == nullptr) return false;
  memory->base = base;
  memory->reserved = kGuardedReservation;
  memory->guarded = true;
  return true;
}

// Address space of all checked memories. Beyond the bound new ones get no more than they need, and move when they grow:
// 4 GiB for each would soon be all that a process has (128 TiB, less under a sanitizer or on some aarch64; or what
// ulimit -v leaves it, of which three quarters stay for what cannot do with less).
uint64_t MaxCheckedBytes() {
  static const uint64_t bytes = [] {
    constexpr uint64_t kMost = uint64_t{256} << 30;
    rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kMost;
    return std::min<uint64_t>(kMost, limit.rlim_cur / 4);
  }();
  return bytes;
}
std::atomic<uint64_t> checked_bytes{0};

void SetReserved(MemoryInst* memory, uint64_t bytes) {
  checked_bytes.fetch_add(bytes - memory->reserved, std::memory_order_relaxed);
  memory->reserved = bytes;
}

bool MakeChecked(MemoryInst* memory, uint64_t size) {
  const uint64_t least = RoundToHostPage(size);
  const uint64_t most = RoundToHostPage(memory->max_bytes);
  uint64_t wanted = memory->type.shared ? most : std::max(least, std::min(most, kCheckedReservation));
  if (!memory->type.shared && checked_bytes.load(std::memory_order_relaxed) + wanted > MaxCheckedBytes()) wanted = least;
  memory->base = Map(wanted);
  // A shared memory never moves: other threads hold its base.
  if (memory->base == nullptr && !memory->type.shared) {
    memory->base = Map(least);
    wanted = least;
  }
  if (memory->base == nullptr) return false;
  SetReserved(memory, wanted);
  return true;
}

// Makes room for `size` bytes; what lies beyond the present size reads as zero.
bool Extend(MemoryInst* memory, uint64_t size) {
  if (AllocationFails()) return false;
  if (memory->guarded) {
    return mprotect(memory->base + memory->size, size - memory->size, PROT_READ | PROT_WRITE) == 0;
  }
  if (size <= memory->reserved) return true;
  if (memory->type.shared) return false;
#ifdef __linux__
  // Half as much again, so that growing page by page does not move the memory each time.
  for (uint64_t wanted : {std::min(size + size / 2, memory->max_bytes), size}) {
    wanted = RoundToHostPage(wanted);
    void* base = mremap(memory->base, memory->reserved, wanted, MREMAP_MAYMOVE);
    if (base != MAP_FAILED) {
      memory->base = static_cast<uint8_t*>(base);
      SetReserved(memory, wanted);
      return true;
    }
  }
#endif
  return false;
}

}  // namespace

std::shared_ptr<MemoryInst> NewMemory(const MemoryType& type, BoundsMode bounds, uint64_t max_bytes) {
  auto memory = std::make_shared<MemoryInst>();
  memory->type = type;
  memory->max_bytes = MaxBytes(type, max_bytes);
  if (type.limits.min > memory->max_bytes >> type.page_size_log2) return nullptr;
  const uint64_t size = type.limits.min << type.page_size_log2;
  const bool guard =
      GuardedMemorySupported() && bounds == BoundsMode::kGuarded && !type.is_64 && type.page_size_log2 == 16;
  if (!(guard && MakeGuarded(memory.get(), size)) && !MakeChecked(memory.get(), size)) return nullptr;
  memory->size = size;
  return memory;
}

void FreeMemory(MemoryInst* memory) {
  if (memory->base == nullptr) return;
  if (memory->guarded) {
    ReleaseReservation(memory->base, memory->size);
  } else {
    munmap(memory->base, memory->reserved);
    SetReserved(memory, 0);
  }
  memory->base = nullptr;
  memory->size = 0;
  memory->reserved = 0;
}

int64_t MemoryGrow(MemoryInst* memory, uint64_t delta) {
  std::unique_lock<std::mutex> lock;
  if (memory->type.shared) lock = std::unique_lock<std::mutex>(memory->grow_mutex);
  const int shift = memory->type.page_size_log2;
  const uint64_t old_pages = memory->size >> shift;
  if (delta > (memory->max_bytes - memory->size) >> shift) return -1;
  if (delta == 0) return static_cast<int64_t>(old_pages);
  const uint64_t size = memory->size + (delta << shift);
  if (!Extend(memory, size)) return -1;
  memory->size = size;
  for (InstanceData* user : memory->users) {
    user->mem_base = memory->base;
    user->mem_size = size;
  }
  return static_cast<int64_t>(old_pages);
}

}  // namespace umiak
