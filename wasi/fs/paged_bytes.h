// The contents of a file in memory: pages where something was written, zeros elsewhere, within a budget.
#ifndef UMIAK_WASI_FS_PAGED_BYTES_H_
#define UMIAK_WASI_FS_PAGED_BYTES_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "umiak/wasi_fs.h"

namespace umiak::wasi {

// The bytes of a file at most, as the kernel has it.
inline constexpr uint64_t kMaxFileSize = std::numeric_limits<int64_t>::max();

// What a file system in memory may still take. Thread-safe.
class Budget {
 public:
  explicit Budget(uint64_t max_bytes) : left_(max_bytes) {}
  // False, and nothing is taken, if less is left.
  bool Take(uint64_t bytes);
  void Give(uint64_t bytes) { left_.fetch_add(bytes, std::memory_order_relaxed); }
  uint64_t left() const { return left_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> left_;
};

// Not thread-safe.
class PagedBytes {
 public:
  explicit PagedBytes(std::shared_ptr<Budget> budget) : budget_(std::move(budget)) {}
  ~PagedBytes() { Drop(0); }
  PagedBytes(const PagedBytes&) = delete;

  uint64_t size() const { return size_; }
  // Copies what there is from `offset` on; returns how much.
  uint64_t Read(uint64_t offset, Slices to) const;
  // Writes all, or what there is room for; kNospc if that is nothing, kFbig beyond 2^63.
  ErrnoOr<uint64_t> Write(uint64_t offset, Slices from);
  // New bytes are zeros and take no room. REQUIRES: size < 2^63.
  void Resize(uint64_t size);
  // Makes room for [offset, offset + size), all of it or kNospc. The size stays. REQUIRES: the sum is below 2^63.
  Errno Reserve(uint64_t offset, uint64_t size);

 private:
  static constexpr uint64_t kPageSize = 4096;
  // What a page costs, with its place in the table.
  static constexpr uint64_t kPageCost = kPageSize + 64;
  using Page = std::array<uint8_t, kPageSize>;

  Page* FindOrAdd(uint64_t number);  // null: no room
  void Drop(uint64_t first);         // pages from this number on

  std::shared_ptr<Budget> budget_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Page>> pages_;
  uint64_t size_ = 0;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_PAGED_BYTES_H_
