// Anonymous mappings that stores come and go with, kept by the process for the next one: their first bytes are
// accessible and read as zero, the rest is not.
//
// PERF: a store with a stack and a guarded memory took four calls of mmap and mprotect to make and two of munmap to
// end, and the kernel new page tables; with a pool it takes two of madvise.
#ifndef UMIAK_VM_RUNTIME_MAPPING_POOL_H_
#define UMIAK_VM_RUNTIME_MAPPING_POOL_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace umiak {

struct Mapping {
  uint8_t* base = nullptr;
  uint64_t bytes = 0;
  uint64_t accessible = 0;  // of them, from the first on
};

class MappingPool {
 public:
  // Keeps `most` mappings at most.
  explicit MappingPool(size_t most) : most_(most) {}
  MappingPool(const MappingPool&) = delete;

  // Both numbers are multiples of the host's page. No base where memory or address space is short. Thread-safe.
  Mapping Acquire(uint64_t bytes, uint64_t accessible);
  // Takes back what Acquire gave; `accessible` may have grown. Thread-safe.
  void Release(const Mapping& mapping);

 private:
  bool TakeKept(uint64_t bytes, uint64_t accessible, Mapping* mapping);

  const size_t most_;
  std::mutex mutex_;           // guards kept_
  std::vector<Mapping> kept_;  // SAFETY: all of their accessible bytes are zero
};

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_MAPPING_POOL_H_
