#include "vm/runtime/reservation.h"

#include <atomic>
#include <mutex>

#include "vm/runtime/fault_injection.h"
#include "vm/runtime/mapping_pool.h"
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

std::mutex live_mutex;  // held by whoever writes `live`

MappingPool& Pool() {
  static MappingPool* pool = new MappingPool(kMaxPooledReservations);  // never destroyed: stores may outlive static destructors
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

uint8_t* AcquireReservation(uint64_t accessible) {
  if (AllocationFails()) return nullptr;
  const Mapping mapping = Pool().Acquire(kGuardedReservation, accessible);
  if (mapping.base == nullptr) return nullptr;
  std::lock_guard<std::mutex> lock(live_mutex);
  AddLive(reinterpret_cast<uintptr_t>(mapping.base));
  return mapping.base;
}

void ReleaseReservation(uint8_t* base, uint64_t accessible) {
  {
    std::lock_guard<std::mutex> lock(live_mutex);
    if (auto* slot = FindLive(reinterpret_cast<uintptr_t>(base))) slot->store(0, std::memory_order_release);
  }
  Pool().Release({base, kGuardedReservation, accessible});
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
