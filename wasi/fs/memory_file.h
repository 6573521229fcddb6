// Files and links in memory, and the file system that they belong to.
#ifndef UMIAK_WASI_FS_MEMORY_FILE_H_
#define UMIAK_WASI_FS_MEMORY_FILE_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "umiak/wasi_fs.h"
#include "wasi/fs/paged_bytes.h"

namespace umiak::wasi {

// One memory directory or overlay, with all beneath.
struct MemoryFs {
  explicit MemoryFs(uint64_t max_bytes);
  // What a name and what it stands for cost besides contents.
  static uint64_t CostOf(const std::string& name) { return 512 + 2 * name.size(); }
  Filestat NewStat(Filetype type);

  absl::Mutex mutex;  // of every directory, inode and open file
  const std::shared_ptr<Budget> budget;
  const uint64_t dev;  // this file system's number among those in memory
  std::atomic<uint64_t> next_ino{1};
};

// What a name stands for if it is no directory. Guarded by the file system's mutex.
struct MemoryInode {
  MemoryInode(const Filestat& new_stat, std::shared_ptr<Budget> budget) : stat(new_stat), bytes(std::move(budget)) {}
  Filestat Stat() const;

  Filestat stat;     // but for the size of a file
  PagedBytes bytes;  // kRegularFile
  std::string link;  // kSymbolicLink
};

// Nanoseconds since 1970.
uint64_t TimeNow();
void Apply(const TimeChanges& times, Filestat* stat);

// One opening of a file, with a position of its own.
std::shared_ptr<File> OpenMemoryFile(std::shared_ptr<MemoryFs> fs, std::shared_ptr<MemoryInode> inode, bool append);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_MEMORY_FILE_H_
