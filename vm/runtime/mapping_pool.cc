#include "vm/runtime/mapping_pool.h"

#include <sys/mman.h>

#include <algorithm>

namespace umiak {

namespace {

// Makes the first `accessible` bytes accessible and no others.
bool SetAccessible(Mapping* mapping, uint64_t accessible) {
  const uint64_t low = std::min(mapping->accessible, accessible);
  const uint64_t high = std::max(mapping->accessible, accessible);
  const int protection = accessible == high ? PROT_READ | PROT_WRITE : PROT_NONE;
  if (low != high && mprotect(mapping->base + low, high - low, protection) != 0) return false;
  mapping->accessible = accessible;
  return true;
}

}  // namespace

// Best one that is accessible as far already: an instance of the same module was there.
bool MappingPool::TakeKept(uint64_t bytes, uint64_t accessible, Mapping* mapping) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto best = kept_.end();
  for (auto it = kept_.begin(); it != kept_.end(); ++it) {
    if (it->bytes != bytes) continue;
    best = it;
    if (it->accessible == accessible) break;
  }
  if (best == kept_.end()) return false;
  *mapping = *best;
  *best = kept_.back();
  kept_.pop_back();
  return true;
}

Mapping MappingPool::Acquire(uint64_t bytes, uint64_t accessible) {
  Mapping mapping;
  if (!TakeKept(bytes, accessible, &mapping)) {
    void* base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return Mapping();
    mapping = {static_cast<uint8_t*>(base), bytes, 0};
  }
  if (SetAccessible(&mapping, accessible)) return mapping;
  munmap(mapping.base, mapping.bytes);
  return Mapping();
}

void MappingPool::Release(const Mapping& mapping) {
  if (mapping.accessible == 0 || madvise(mapping.base, mapping.accessible, MADV_DONTNEED) == 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (kept_.size() < most_) return kept_.push_back(mapping);
  }
  munmap(mapping.base, mapping.bytes);
}

}  // namespace umiak
