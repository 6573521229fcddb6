// The seam to the host's files: File is anything with bytes, Dir a directory with everything beneath it.
//
// This header names no host function; posix_file.cc, posix_dir.cc and stdio.cc stand behind it. Nothing here knows
// guest memory or descriptors' numbers. Calls return the guest's errno.
#ifndef UMIAK_WASI_HOST_FILE_H_
#define UMIAK_WASI_HOST_FILE_H_

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "umiak/wasi.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

// One of the two times of a file, as fd_filestat_set_times changes it.
struct TimeChange {
  enum Kind : uint8_t { kKeep, kNow, kSet };
  Kind kind = kKeep;
  uint64_t nanoseconds = 0;  // kSet
};
struct TimeChanges {
  TimeChange access;
  TimeChange modification;
};

using Slices = absl::Span<const iovec>;

// An open file, pipe, terminal or stream. Thread-safe as far as the host's calls are. What a kind of file does not
// offer has the errno of the default implementation.
class File {
 public:
  virtual ~File() = default;
  virtual Filetype type() const = 0;
  // Of stdin, stdout, stderr: cannot seek, has no size.
  virtual bool is_stream() const { return false; }
  virtual ErrnoOr<Filestat> Stat() const = 0;
  // At the file's position, which moves; may transfer less than asked. Interrupted calls are repeated.
  virtual ErrnoOr<uint64_t> Read(Slices to) { (void)to; return Errno::kBadf; }
  virtual ErrnoOr<uint64_t> Write(Slices from) { (void)from; return Errno::kBadf; }
  // At an offset (below 2^63); the position stays.
  virtual ErrnoOr<uint64_t> ReadAt(Slices to, uint64_t offset) { (void)to; (void)offset; return Errno::kSpipe; }
  virtual ErrnoOr<uint64_t> WriteAt(Slices from, uint64_t offset) { (void)from; (void)offset; return Errno::kSpipe; }
  virtual ErrnoOr<uint64_t> Seek(int64_t delta, Whence whence) { (void)delta; (void)whence; return Errno::kSpipe; }
  virtual Errno SetSize(uint64_t size) { (void)size; return Errno::kInval; }
  virtual Errno SetTimes(const TimeChanges& times) { (void)times; return Errno::kNotsup; }
  virtual Errno SetAppend(bool append) { (void)append; return Errno::kSuccess; }
  virtual Errno Advise(uint64_t offset, uint64_t size, Advice advice) {
    (void)offset; (void)size; (void)advice;
    return Errno::kSpipe;
  }
  virtual Errno Allocate(uint64_t offset, uint64_t size) { (void)offset; (void)size; return Errno::kSpipe; }
  virtual Errno Sync(bool data_only) { (void)data_only; return Errno::kSuccess; }
  // The descriptor to poll before a call that may block; -1: it never blocks.
  virtual int pollable() const { return -1; }
  // What a read would get at once, as far as the host tells.
  virtual uint64_t ReadableBytes() const { return 1; }
};

// stdin (`input`), stdout or stderr.
absl::StatusOr<std::shared_ptr<File>> OpenStream(const WasiStream& stream, bool input);

struct OpenOptions {
  bool follow = false;     // the last component may be a symbolic link
  bool read = false;
  bool write = false;
  uint32_t oflags = 0;     // abi.h, oflags
  uint32_t fdflags = 0;    // abi.h, fdflags
};

class Dir;
using Opened = std::variant<std::shared_ptr<File>, std::shared_ptr<Dir>>;

// A directory, and by path everything beneath it. Paths are the guest's: they are resolved so that nothing outside
// is reached, whatever links lie there and whoever renames meanwhile. Where a call ends in a name, a symbolic link
// of that name is the object itself, unless `follow`.
class Dir {
 public:
  // A host directory that is granted.
  static absl::StatusOr<std::shared_ptr<Dir>> OpenHost(const std::string& path, bool read_only, bool use_openat2);
  Dir(UniqueFd fd, bool read_only, bool use_openat2, bool is_root)
      : fd_(std::move(fd)), read_only_(read_only), use_openat2_(use_openat2), is_root_(is_root) {}

  bool read_only() const { return read_only_; }
  ErrnoOr<Filestat> Stat() const;
  Errno SetTimes(const TimeChanges& times) const;
  Errno Sync(bool data_only) const;

  ErrnoOr<Opened> Open(const std::string& path, const OpenOptions& options) const;
  ErrnoOr<Filestat> StatAt(const std::string& path, bool follow) const;
  Errno SetTimesAt(const std::string& path, bool follow, const TimeChanges& times) const;
  Errno CreateDirectory(const std::string& path) const;
  Errno RemoveDirectory(const std::string& path) const;
  Errno UnlinkFile(const std::string& path) const;
  // Writes at most buffer.size() bytes of the link's text; returns how many.
  ErrnoOr<uint64_t> ReadLink(const std::string& path, absl::Span<uint8_t> buffer) const;
  Errno Symlink(const std::string& text, const std::string& path) const;
  Errno Link(const std::string& path, const Dir& to, const std::string& new_path) const;
  Errno Rename(const std::string& path, const Dir& to, const std::string& new_path) const;

  // Calls `visit` for the entries after the one whose `next` was `cookie` (0: all), until it returns false.
  using Visitor = absl::FunctionRef<bool(const Dirent& entry, absl::string_view name)>;
  Errno ReadEntries(uint64_t cookie, Visitor visit) const;

 private:
  struct Entry {
    uint64_t cookie;  // of the entry before
    Dirent dirent;
    std::string name;
  };
  Errno FillEntries(uint64_t cookie) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendEntry(uint64_t cookie, uint64_t next, uint64_t ino, uint8_t type, const char* name) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  UniqueFd fd_;
  bool read_only_;
  bool use_openat2_;
  bool is_root_;

  // What the host gave last, from cookie entries_[0].cookie on.
  mutable absl::Mutex mutex_;
  mutable UniqueFd listing_ ABSL_GUARDED_BY(mutex_);
  mutable std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_FILE_H_
