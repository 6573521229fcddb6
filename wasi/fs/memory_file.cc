#include "wasi/fs/memory_file.h"

#include <time.h>

#include <utility>

#include "wasi/errno_or.h"

namespace umiak::wasi {
namespace {

std::atomic<uint64_t> next_dev{1};

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<MemoryFs> fs, std::shared_ptr<MemoryInode> inode, bool append)
      : fs_(std::move(fs)), inode_(std::move(inode)), append_(append) {}

  Filetype type() const override { return Filetype::kRegularFile; }
  ErrnoOr<Filestat> Stat() const override {
    absl::MutexLock lock(&fs_->mutex);
    return inode_->Stat();
  }
  ErrnoOr<uint64_t> Read(Slices to) override {
    absl::MutexLock lock(&fs_->mutex);
    uint64_t size = inode_->bytes.Read(position_, to);
    position_ += size;
    return size;
  }
  ErrnoOr<uint64_t> Write(Slices from) override {
    absl::MutexLock lock(&fs_->mutex);
    if (append_) position_ = inode_->bytes.size();
    WASI_ASSIGN_OR_RETURN(uint64_t size, WriteLocked(position_, from));
    position_ += size;
    return size;
  }
  ErrnoOr<uint64_t> ReadAt(Slices to, uint64_t offset) override {
    absl::MutexLock lock(&fs_->mutex);
    return inode_->bytes.Read(offset, to);
  }
  ErrnoOr<uint64_t> WriteAt(Slices from, uint64_t offset) override {
    absl::MutexLock lock(&fs_->mutex);
    // As Linux does.
    return WriteLocked(append_ ? inode_->bytes.size() : offset, from);
  }
  ErrnoOr<uint64_t> Seek(int64_t delta, Whence whence) override {
    absl::MutexLock lock(&fs_->mutex);
    uint64_t base = whence == Whence::kSet ? 0 : whence == Whence::kCur ? position_ : inode_->bytes.size();
    int64_t position;
    if (__builtin_add_overflow(static_cast<int64_t>(base), delta, &position) || position < 0) return Errno::kInval;
    position_ = static_cast<uint64_t>(position);
    return position_;
  }
  Errno SetSize(uint64_t size) override {
    if (size > kMaxFileSize) return Errno::kInval;
    absl::MutexLock lock(&fs_->mutex);
    inode_->bytes.Resize(size);
    Touch();
    return Errno::kSuccess;
  }
  Errno SetTimes(const TimeChanges& times) override {
    absl::MutexLock lock(&fs_->mutex);
    Apply(times, &inode_->stat);
    return Errno::kSuccess;
  }
  Errno SetAppend(bool append) override {
    absl::MutexLock lock(&fs_->mutex);
    append_ = append;
    return Errno::kSuccess;
  }
  Errno Advise(uint64_t, uint64_t, Advice) override { return Errno::kSuccess; }
  Errno Allocate(uint64_t offset, uint64_t size) override {
    if (size == 0) return Errno::kInval;
    if (offset > kMaxFileSize || size > kMaxFileSize - offset) return Errno::kFbig;
    absl::MutexLock lock(&fs_->mutex);
    WASI_RETURN_IF_ERROR(inode_->bytes.Reserve(offset, size));
    if (offset + size > inode_->bytes.size()) inode_->bytes.Resize(offset + size);
    return Errno::kSuccess;
  }
  uint64_t ReadableBytes() const override {
    absl::MutexLock lock(&fs_->mutex);
    uint64_t size = inode_->bytes.size();
    return size > position_ ? size - position_ : 0;
  }

 private:
  ErrnoOr<uint64_t> WriteLocked(uint64_t offset, Slices from) {
    ErrnoOr<uint64_t> size = inode_->bytes.Write(offset, from);
    if (size.ok()) Touch();
    return size;
  }
  void Touch() { inode_->stat.mtim = inode_->stat.ctim = TimeNow(); }

  const std::shared_ptr<MemoryFs> fs_;
  const std::shared_ptr<MemoryInode> inode_;
  uint64_t position_ = 0;  // this and append_: guarded by fs_->mutex
  bool append_;
};

}  // namespace

MemoryFs::MemoryFs(uint64_t max_bytes)
    : budget(std::make_shared<Budget>(max_bytes)), dev((uint64_t{1} << 63) | next_dev.fetch_add(1)) {}

Filestat MemoryFs::NewStat(Filetype type) {
  Filestat stat;
  stat.dev = dev;
  stat.ino = next_ino.fetch_add(1, std::memory_order_relaxed);
  stat.filetype = type;
  stat.nlink = 1;
  stat.atim = stat.mtim = stat.ctim = TimeNow();
  return stat;
}

Filestat MemoryInode::Stat() const {
  Filestat result = stat;
  result.size = stat.filetype == Filetype::kSymbolicLink ? link.size() : bytes.size();
  return result;
}

uint64_t TimeNow() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

void Apply(const TimeChanges& times, Filestat* stat) {
  auto apply = [](const TimeChange& change, uint64_t* time) {
    if (change.kind == TimeChange::kNow) *time = TimeNow();
    if (change.kind == TimeChange::kSet) *time = change.nanoseconds;
  };
  apply(times.access, &stat->atim);
  apply(times.modification, &stat->mtim);
  stat->ctim = TimeNow();
}

std::shared_ptr<File> OpenMemoryFile(std::shared_ptr<MemoryFs> fs, std::shared_ptr<MemoryInode> inode, bool append) {
  return std::make_shared<MemoryFile>(std::move(fs), std::move(inode), append);
}

}  // namespace umiak::wasi
