// The guest's descriptors: small numbers that stand for open files and directories. No host descriptor shows.
#ifndef UMIAK_WASI_FD_TABLE_H_
#define UMIAK_WASI_FD_TABLE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "wasi/abi.h"
#include "wasi/errno_or.h"
#include "wasi/fs/dir.h"

namespace umiak::wasi {

class Socket;

// What a descriptor stands for: one of `file` and `dir`. All but the flags is set before it gets its number.
struct Descriptor {
  std::shared_ptr<File> file;
  Socket* socket = nullptr;  // `file` itself, if it is one
  std::shared_ptr<Dir> dir;
  bool readable = false;
  bool writable = false;
  bool read_only = false;  // beneath a read-only grant: its metadata may not change either
  std::optional<std::string> preopen_name;
  std::atomic<uint32_t> flags{0};  // fdflags

  bool is_nonblocking() const { return (flags.load(std::memory_order_relaxed) & fdflags::kNonblock) != 0; }
};
using DescriptorPtr = std::shared_ptr<Descriptor>;

// Thread-safe after Share(); until then its one user takes no lock. A descriptor in use by a call outlives its closing.
class FdTable {
 public:
  // From now on several threads may use it. REQUIRES: until now one does, and it makes this call or has not begun.
  void Share() { is_shared_.store(true, std::memory_order_relaxed); }
  bool is_shared() const { return is_shared_.load(std::memory_order_relaxed); }

  // Far above what hosts allow; a table cannot grow beyond it.
  static constexpr size_t kMaxDescriptors = 1 << 16;

  // The lowest free number from 3 on; kMfile if there is none.
  ErrnoOr<Fd> Insert(DescriptorPtr descriptor);
  // kMfile if Insert has no number to give: to be asked before something is made that would be lost.
  Errno CheckRoom();
  // For the standard streams: this number. REQUIRES: it is free, fd < kMaxDescriptors.
  void InsertAt(Fd fd, DescriptorPtr descriptor);
  // kBadf where nothing is open; so for all.
  ErrnoOr<DescriptorPtr> Get(Fd fd) const;
  // Get, and kNotdir unless it is a directory.
  ErrnoOr<DescriptorPtr> GetDir(Fd fd) const;
  // Get, and kIsdir if it is a directory.
  ErrnoOr<DescriptorPtr> GetFile(Fd fd) const;
  Errno Close(Fd fd);
  // `to`, which must be open, becomes what `from` was, and `from` is closed.
  Errno Renumber(Fd from, Fd to);

 private:
  static constexpr size_t kFirst = 3;

  // The number that Insert will give, or kMaxDescriptors. REQUIRES: the lock.
  size_t FindLowest();

  // PERF: with abseil's lock a write of one byte took 1088 instructions besides the kernel's, without it 744.
  std::unique_lock<std::mutex> Lock() const {
    if (is_shared()) return std::unique_lock<std::mutex>(mutex_);
    return std::unique_lock<std::mutex>();
  }

  std::atomic<bool> is_shared_{false};
  // Guards what follows, once shared. Not absl's, which ThreadSanitizer does not see.
  mutable std::mutex mutex_;
  std::vector<DescriptorPtr> slots_;
  size_t lowest_ = kFirst;  // no free number from kFirst on lies below
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FD_TABLE_H_
