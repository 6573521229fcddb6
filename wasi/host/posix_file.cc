#include "wasi/host/posix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

constexpr uint64_t kMaxOffset = std::numeric_limits<int64_t>::max();
constexpr uint64_t kNanosPerSecond = 1'000'000'000;

uint64_t ToNanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  uint64_t nanoseconds;
  if (__builtin_mul_overflow(static_cast<uint64_t>(time.tv_sec), kNanosPerSecond, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, static_cast<uint64_t>(time.tv_nsec), &nanoseconds)) {
    return 0;
  }
  return nanoseconds;
}

timespec ToTimespec(const TimeChange& change) {
  timespec time = {};
  switch (change.kind) {
    case TimeChange::kKeep: time.tv_nsec = UTIME_OMIT; break;
    case TimeChange::kNow: time.tv_nsec = UTIME_NOW; break;
    case TimeChange::kSet:
      time.tv_sec = static_cast<time_t>(change.nanoseconds / kNanosPerSecond);
      time.tv_nsec = static_cast<long>(change.nanoseconds % kNanosPerSecond);
      break;
  }
  return time;
}

int AdviceOf(Advice advice) {
  switch (advice) {
    case Advice::kNormal: return POSIX_FADV_NORMAL;
    case Advice::kSequential: return POSIX_FADV_SEQUENTIAL;
    case Advice::kRandom: return POSIX_FADV_RANDOM;
    case Advice::kWillneed: return POSIX_FADV_WILLNEED;
    case Advice::kDontneed: return POSIX_FADV_DONTNEED;
    case Advice::kNoreuse: return POSIX_FADV_NOREUSE;
  }
  return POSIX_FADV_NORMAL;
}

// Regular files, devices, pipes and sockets that lie in a directory.
class PosixFile final : public File {
 public:
  PosixFile(UniqueFd fd, Filetype type) : fd_(std::move(fd)), type_(type) {}

  Filetype type() const override { return type_; }
  ErrnoOr<Filestat> Stat() const override {
    struct stat stat;
    if (fstat(fd_.get(), &stat) != 0) return LastErrno();
    return ToFilestat(stat);
  }
  ErrnoOr<uint64_t> Read(Slices to) override { return ReadSlices(fd_.get(), to); }
  ErrnoOr<uint64_t> Write(Slices from) override { return WriteSlices(fd_.get(), from); }
  ErrnoOr<uint64_t> ReadAt(Slices to, uint64_t offset) override {
    const auto at = static_cast<off_t>(offset);
    if (to.size() == 1) return Retry([&] { return pread(fd_.get(), to[0].iov_base, to[0].iov_len, at); });
    return Retry([&] { return preadv(fd_.get(), to.data(), CountOf(to), at); });
  }
  ErrnoOr<uint64_t> WriteAt(Slices from, uint64_t offset) override {
    const auto at = static_cast<off_t>(offset);
    if (from.size() == 1) return Retry([&] { return pwrite(fd_.get(), from[0].iov_base, from[0].iov_len, at); });
    return Retry([&] { return pwritev(fd_.get(), from.data(), CountOf(from), at); });
  }
  ErrnoOr<uint64_t> Seek(int64_t delta, Whence whence) override {
    constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    off_t position = lseek(fd_.get(), delta, kWhence[static_cast<int>(whence)]);
    if (position < 0) return LastErrno();
    return static_cast<uint64_t>(position);
  }
  Errno SetSize(uint64_t size) override {
    if (size > kMaxOffset) return Errno::kInval;
    return Retry([&] { return ftruncate(fd_.get(), static_cast<off_t>(size)); }).error();
  }
  Errno SetTimes(const TimeChanges& times) override {
    return futimens(fd_.get(), ToTimespecs(times).data()) == 0 ? Errno::kSuccess : LastErrno();
  }
  Errno SetAppend(bool append) override {
    return fcntl(fd_.get(), F_SETFL, (append ? O_APPEND : 0) | NonblockFlag()) == 0 ? Errno::kSuccess : LastErrno();
  }
  Errno Advise(uint64_t offset, uint64_t size, Advice advice) override {
    if (offset > kMaxOffset || size > kMaxOffset) return Errno::kInval;
    return ToErrno(posix_fadvise(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(size), AdviceOf(advice)));
  }
  Errno Allocate(uint64_t offset, uint64_t size) override {
    if (size == 0) return Errno::kInval;
    if (offset > kMaxOffset || size > kMaxOffset - offset) return Errno::kFbig;
    // Not posix_fallocate: where the file system cannot, it writes every block.
    return Retry([&] { return fallocate(fd_.get(), 0, static_cast<off_t>(offset), static_cast<off_t>(size)); }).error();
  }
  Errno Sync(bool data_only) override {
    return Retry([&] { return data_only ? fdatasync(fd_.get()) : fsync(fd_.get()); }).error();
  }
  int pollable() const override { return type_ == Filetype::kRegularFile ? -1 : fd_.get(); }
  // A pipe. One that nobody has open for writing is at its end, yet poll would wait for it.
  bool gives_again() const override { return type_ == Filetype::kUnknown; }
  uint64_t ReadableBytes() const override { return BytesWaiting(fd_.get()); }

  // Regular files block as they always do; of others the guest's flag is kept in its descriptor.
  int NonblockFlag() const { return type_ == Filetype::kRegularFile ? 0 : O_NONBLOCK; }

 private:
  static Errno ToErrno(int error) { return error == 0 ? Errno::kSuccess : FromHostErrno(error); }

  UniqueFd fd_;
  Filetype type_;
};

}  // namespace

Filetype FiletypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK: return Filetype::kBlockDevice;
    case S_IFCHR: return Filetype::kCharacterDevice;
    case S_IFDIR: return Filetype::kDirectory;
    case S_IFREG: return Filetype::kRegularFile;
    case S_IFSOCK: return Filetype::kSocketStream;
    case S_IFLNK: return Filetype::kSymbolicLink;
    default: return Filetype::kUnknown;
  }
}

Filestat ToFilestat(const struct stat& stat) {
  Filestat result;
  result.dev = stat.st_dev;
  result.ino = stat.st_ino;
  result.filetype = FiletypeOf(stat.st_mode);
  result.nlink = stat.st_nlink;
  result.size = static_cast<uint64_t>(stat.st_size);
  result.atim = ToNanoseconds(stat.st_atim);
  result.mtim = ToNanoseconds(stat.st_mtim);
  result.ctim = ToNanoseconds(stat.st_ctim);
  return result;
}

std::array<timespec, 2> ToTimespecs(const TimeChanges& times) {
  return {ToTimespec(times.access), ToTimespec(times.modification)};
}

std::shared_ptr<File> MakePosixFile(UniqueFd fd, const struct stat& stat, bool append) {
  auto file = std::make_shared<PosixFile>(std::move(fd), FiletypeOf(stat.st_mode));
  // It was opened without blocking, lest a pipe nobody writes to hang the guest.
  if (append || file->NonblockFlag() == 0) (void)file->SetAppend(append);
  return file;
}

int CountOf(Slices slices) { return static_cast<int>(std::min<size_t>(slices.size(), IOV_MAX)); }

ErrnoOr<uint64_t> ReadSlices(int fd, Slices to) {
  if (to.size() == 1) return Retry([&] { return read(fd, to[0].iov_base, to[0].iov_len); });
  return Retry([&] { return readv(fd, to.data(), CountOf(to)); });
}

ErrnoOr<uint64_t> WriteSlices(int fd, Slices from) {
  if (from.size() == 1) return Retry([&] { return write(fd, from[0].iov_base, from[0].iov_len); });
  return Retry([&] { return writev(fd, from.data(), CountOf(from)); });
}

uint64_t BytesWaiting(int fd) {
  struct stat stat;
  if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
    const off_t at = lseek(fd, 0, SEEK_CUR);  // FIONREAD has no more than 31 bits
    return at >= 0 && stat.st_size > at ? static_cast<uint64_t>(stat.st_size - at) : 0;
  }
  int count = 0;
  if (ioctl(fd, FIONREAD, &count) != 0) return 1;
  return count > 0 ? static_cast<uint64_t>(count) : 0;
}

}  // namespace umiak::wasi
