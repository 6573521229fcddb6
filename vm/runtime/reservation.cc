#include "vm/runtime/reservation.h"

#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "vm/runtime/fault_injection.h"
#include "vm/runtime/memory.h"

namespace umiak {

namespace {

// The reservations that are alive, for the fault handler. Chunks are never freed and slots are atomic words, so that
// a signal handler may walk them at any time.
struct Chunk {
  static constexpr int kSlots = 256;
  std::atomic<uintptr_t> bases[kSlots] = {};
  std::atomic<Chunk*> next{nullptr};
};
constinit Chunk live;

struct Pool {
  std::mutex mutex;  // also held by whoever writes `live`
  std::vector<uint8_t*> free;
};
Pool& GetPool() {
  static Pool* pool = new Pool;  // never destroyed: stores may outlive static destructors
  return *pool;
}

std::atomic<uintptr_t>* FindLive(uintptr_t base) {
  for (Chunk* chunk = &live; chunk != nullptr; chunk = chunk->next.load(std::memory_order_acquire)) {
    for (auto& slot : chunk->bases) {
      if (slot.load(std::memory_order_relaxed) == base) return &slot;
    }
  }
  return nullptr;
}

void AddLive(uintptr_t base) {
  std::atomic<uintptr_t>* slot = FindLive(0);
  if (slot == nullptr) {
    Chunk* chunk = new Chunk;
    slot = &chunk->bases[0];
    chunk->next.store(live.next.load(std::memory_order_relaxed), std::memory_order_relaxed);
    live.next.store(chunk, std::memory_order_release);
  }
  slot->store(base, std::memory_order_release);
}

}  // namespace

uint8_t* AcquireReservation() {
  if (AllocationFails()) return nullptr;
  Pool& pool = GetPool();
  std::lock_guard<std::mutex> lock(pool.mutex);
  uint8_t* base;
  if (!pool.free.empty()) {
    base = pool.free.back();
    pool.free.pop_back();
  } else {
    void* mapped =
        mmap(nullptr, kGuardedReservation, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    base = static_cast<uint8_t*>(mapped);
  }
  AddLive(reinterpret_cast<uintptr_t>(base));
  return base;
}

void ReleaseReservation(uint8_t* base, uint64_t used) {
  Pool& pool = GetPool();
  std::lock_guard<std::mutex> lock(pool.mutex);
  if (auto* slot = FindLive(reinterpret_cast<uintptr_t>(base))) slot->store(0, std::memory_order_release);
  const bool keep = pool.free.size() < kMaxPooledReservations;
  // SAFETY: a pooled reservation is inaccessible and zero again, or it is not pooled.
  if (keep && (used == 0 || (madvise(base, used, MADV_DONTNEED) == 0 && mprotect(base, used, PROT_NONE) == 0))) {
    pool.free.push_back(base);
  } else {
    munmap(base, kGuardedReservation);
  }
}

bool IsGuardedAddress(const void* address) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  for (const Chunk* chunk = &live; chunk != nullptr; chunk = chunk->next.load(std::memory_order_acquire)) {
    for (const auto& slot : chunk->bases) {
      const uintptr_t base = slot.load(std::memory_order_acquire);
      if (base != 0 && at >= base && at - base < kGuardedReservation) return true;
    }
  }
  return false;
}

}  // namespace umiak
