// The standard streams: a descriptor of the process, given bytes, a function of the embedder, or nothing.
#include "wasi/host/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "umiak/guest_races.h"
#include "wasi/host/errno.h"
#include "wasi/host/posix_file.h"
#include "wasi/host/wait.h"

namespace umiak::wasi {
namespace {

class Stream : public File {
 public:
  Filetype type() const override { return Filetype::kUnknown; }
  bool is_stream() const override { return true; }
  ErrnoOr<Filestat> Stat() const override {
    Filestat stat;
    stat.filetype = type();
    return stat;
  }
};

class NullStream final : public Stream {
 public:
  ErrnoOr<uint64_t> Read(Slices) override { return uint64_t{0}; }
  ErrnoOr<uint64_t> Write(Slices from) override {
    uint64_t total = 0;
    for (const iovec& slice : from) total += slice.iov_len;
    return total;
  }
  uint64_t ReadableBytes() const override { return 0; }
};

class BytesStream final : public Stream {
 public:
  explicit BytesStream(std::string bytes) : bytes_(std::move(bytes)) {}
  ErrnoOr<uint64_t> Read(Slices to) override {
    std::lock_guard<std::mutex> lock(mutex_);
    uint64_t total = 0;
    for (const iovec& slice : to) {
      size_t count = std::min(slice.iov_len, bytes_.size() - position_);
      CopyGuestBytes(slice.iov_base, bytes_.data() + position_, count);
      position_ += count;
      total += count;
    }
    return total;
  }
  uint64_t ReadableBytes() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return bytes_.size() - position_;
  }

 private:
  const std::string bytes_;
  mutable std::mutex mutex_;
  size_t position_ = 0;
};

class SinkStream final : public Stream {
 public:
  explicit SinkStream(std::function<void(absl::string_view)> write) : write_(std::move(write)) {}
  ErrnoOr<uint64_t> Write(Slices from) override {
    std::lock_guard<std::mutex> lock(mutex_);
    uint64_t total = 0;
    for (const iovec& slice : from) {
      write_(absl::string_view(static_cast<const char*>(slice.iov_base), slice.iov_len));
      total += slice.iov_len;
    }
    return total;
  }

 private:
  std::mutex mutex_;
  std::function<void(absl::string_view)> write_;
};

class ReaderStream final : public Stream {
 public:
  explicit ReaderStream(std::function<size_t(absl::Span<uint8_t>)> read) : read_(std::move(read)) {}
  // Until one slice is not filled: more might have to be waited for.
  ErrnoOr<uint64_t> Read(Slices to) override {
    absl::MutexLock lock(&mutex_);
    uint64_t total = 0;
    for (const iovec& slice : to) {
      size_t size = read_(absl::MakeSpan(static_cast<uint8_t*>(slice.iov_base), slice.iov_len));
      if (size > slice.iov_len && total == 0) return Errno::kIo;
      if (size > slice.iov_len) break;
      total += size;
      if (size < slice.iov_len) break;
    }
    return total;
  }

 private:
  absl::Mutex mutex_;
  std::function<size_t(absl::Span<uint8_t>)> read_ ABSL_GUARDED_BY(mutex_);
};

// The first slices, as many as a pipe that is ready takes without blocking (POSIX: PIPE_BUF).
absl::InlinedVector<iovec, 8> FirstPage(Slices slices) {
  size_t left = PIPE_BUF;
  absl::InlinedVector<iovec, 8> first;
  for (const iovec& slice : slices) {
    if (left == 0) break;
    first.push_back({slice.iov_base, std::min(slice.iov_len, left)});
    left -= first.back().iov_len;
  }
  return first;
}

// Shares its open file with other processes: flags and position are left alone, and so the file blocks. It is asked not
// to with each transfer; where the kernel cannot (terminals), one thread at a time transfers what is ready. A guest that
// waits for others to read or write can be stopped in this way.
class HostStream final : public Stream {
 public:
  HostStream(UniqueFd fd, bool input, bool may_block)
      : fd_(std::move(fd)), input_(input), may_block_(may_block), is_terminal_(isatty(fd_.get()) == 1) {}

  // A guest takes a character device for a terminal; /dev/null is none.
  Filetype type() const override { return is_terminal_ ? Filetype::kCharacterDevice : Filetype::kUnknown; }
  ErrnoOr<uint64_t> Read(Slices to) override {
    if (!input_) return Errno::kBadf;
    if (!may_block_) return ReadSlices(fd_.get(), to);
    if (auto size = AtOnce(preadv2, to)) return *size;
    std::lock_guard<std::mutex> lock(mutex_);
    WASI_ASSIGN_OR_RETURN(bool ready, WaitFor(fd_.get(), POLLIN, /*deadline=*/0, /*interrupt_fd=*/-1));
    if (!ready) return Errno::kAgain;
    return ReadSlices(fd_.get(), to);
  }
  ErrnoOr<uint64_t> Write(Slices from) override {
    if (input_) return Errno::kBadf;
    if (!may_block_) return WriteSlices(fd_.get(), from);
    if (auto size = AtOnce(pwritev2, from)) return *size;
    std::lock_guard<std::mutex> lock(mutex_);
    WASI_ASSIGN_OR_RETURN(bool ready, WaitFor(fd_.get(), POLLOUT, /*deadline=*/0, /*interrupt_fd=*/-1));
    if (!ready) return Errno::kAgain;
    return WriteSlices(fd_.get(), FirstPage(from));
  }
  int pollable() const override { return may_block_ ? fd_.get() : -1; }
  bool gives_again() const override { return may_block_; }
  uint64_t ReadableBytes() const override { return BytesWaiting(fd_.get()); }

 private:
  using Transfer = ssize_t (*)(int, const iovec*, int, off_t, int);
  // Empty where the kernel cannot transfer without blocking.
  std::optional<ErrnoOr<uint64_t>> AtOnce(Transfer transfer, Slices slices) {
    if (!takes_nowait_.load(std::memory_order_relaxed)) return std::nullopt;
    constexpr off_t kAtPosition = -1;
    auto size = Retry([&] {
      return transfer(fd_.get(), slices.data(), CountOf(slices), kAtPosition, RWF_NOWAIT);
    });
    if (size.ok() || (size.error() != Errno::kNotsup && size.error() != Errno::kNosys)) return size;
    takes_nowait_.store(false, std::memory_order_relaxed);
    return std::nullopt;
  }

  UniqueFd fd_;
  bool input_;
  bool may_block_;
  bool is_terminal_;
  std::atomic<bool> takes_nowait_{true};
  std::mutex mutex_;  // of two threads that found it ready, one would block
};

absl::StatusOr<std::shared_ptr<File>> OpenHostStream(int host_fd, bool input) {
  UniqueFd fd(fcntl(host_fd, F_DUPFD_CLOEXEC, 3));
  if (!fd.valid()) {
    // A process may be started with its standard streams closed; so is the guest then.
    if (errno == EBADF) return std::make_shared<NullStream>();
    return absl::InternalError(absl::StrCat("descriptor ", host_fd, " cannot be duplicated: ", strerror(errno)));
  }
  struct stat stat;
  bool may_block = fstat(fd.get(), &stat) != 0 || !S_ISREG(stat.st_mode);
  return std::make_shared<HostStream>(std::move(fd), input, may_block);
}

}  // namespace

absl::StatusOr<std::shared_ptr<File>> OpenStream(const WasiStream& stream, bool input) {
  if (auto* host = std::get_if<WasiStream::HostFd>(&stream.source())) return OpenHostStream(host->fd, input);
  if (auto* bytes = std::get_if<WasiStream::Bytes>(&stream.source())) {
    if (!input) return absl::InvalidArgumentError("stdout and stderr cannot be input bytes");
    return std::make_shared<BytesStream>(bytes->bytes);
  }
  if (auto* sink = std::get_if<WasiStream::Sink>(&stream.source())) {
    if (input || sink->write == nullptr) return absl::InvalidArgumentError("stdin cannot be an output function");
    return std::make_shared<SinkStream>(sink->write);
  }
  if (auto* reader = std::get_if<WasiStream::Reader>(&stream.source())) {
    if (!input || reader->read == nullptr) return absl::InvalidArgumentError("stdout and stderr cannot be an input function");
    return std::make_shared<ReaderStream>(reader->read);
  }
  if (auto* custom = std::get_if<WasiStream::Custom>(&stream.source())) {
    if (custom->file == nullptr) return absl::InvalidArgumentError("a standard stream cannot be no file");
    return custom->file;
  }
  return std::make_shared<NullStream>();
}

}  // namespace umiak::wasi
