// Files and directories as WASI guests see them, for hosts that bring their own.
//
// A Directory is one directory of a file system: it knows its entries by name and no path. Everything about paths
// (links, `..`, trailing slashes, what lies outside of a grant, read-only grants) is done by umiak on top, in one way
// for all file systems. Hand one to a guest with WasiPreopen::directory.
//
// A guest's threads may call at the same time: implementations are thread-safe. Nothing may throw.
// spec: wasi_snapshot_preview1, typenames.witx
#ifndef UMIAK_WASI_FS_H_
#define UMIAK_WASI_FS_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace umiak::wasi {

enum class Errno : uint16_t {
  kSuccess, k2big, kAcces, kAddrinuse, kAddrnotavail, kAfnosupport, kAgain, kAlready, kBadf, kBadmsg,
  kBusy, kCanceled, kChild, kConnaborted, kConnrefused, kConnreset, kDeadlk, kDestaddrreq, kDom, kDquot,
  kExist, kFault, kFbig, kHostunreach, kIdrm, kIlseq, kInprogress, kIntr, kInval, kIo,
  kIsconn, kIsdir, kLoop, kMfile, kMlink, kMsgsize, kMultihop, kNametoolong, kNetdown, kNetreset,
  kNetunreach, kNfile, kNobufs, kNodev, kNoent, kNoexec, kNolck, kNolink, kNomem, kNomsg,
  kNoprotoopt, kNospc, kNosys, kNotconn, kNotdir, kNotempty, kNotrecoverable, kNotsock, kNotsup, kNotty,
  kNxio, kOverflow, kOwnerdead, kPerm, kPipe, kProto, kProtonosupport, kPrototype, kRange, kRofs,
  kSpipe, kSrch, kStale, kTimedout, kTxtbsy, kXdev, kNotcapable,

  // Never seen by a guest: the call ends it.
  kOutOfBounds = 0xfffe,  // a pointer leaves the memory: a trap
  kInterrupted = 0xffff,  // the store was interrupted while the call waited
};
static_assert(static_cast<int>(Errno::kExist) == 20 && static_cast<int>(Errno::kIsconn) == 30);
static_assert(static_cast<int>(Errno::kNetunreach) == 40 && static_cast<int>(Errno::kNoprotoopt) == 50);
static_assert(static_cast<int>(Errno::kNxio) == 60 && static_cast<int>(Errno::kNotcapable) == 76);

// A value, or the errno that the guest gets.
template <class T>
class [[nodiscard]] ErrnoOr {
 public:
  ErrnoOr(Errno error) : error_(error) {}                 // NOLINT: implicit by intent. REQUIRES: not kSuccess
  ErrnoOr(T value) : value_(std::move(value)) {}          // NOLINT
  bool ok() const { return value_.has_value(); }
  Errno error() const { return error_; }                  // kSuccess if ok()
  T& operator*() & { return *value_; }                    // REQUIRES: ok()
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Errno error_ = Errno::kSuccess;
  std::optional<T> value_;
};

enum class Filetype : uint8_t {
  kUnknown, kBlockDevice, kCharacterDevice, kDirectory, kRegularFile, kSocketDgram, kSocketStream, kSymbolicLink,
};

enum class Whence : uint8_t { kSet, kCur, kEnd };
enum class Advice : uint8_t { kNormal, kSequential, kRandom, kWillneed, kDontneed, kNoreuse };

// As it lies in guest memory. Times are nanoseconds since 1970; dev and ino together name a file.
struct Filestat {
  uint64_t dev = 0;
  uint64_t ino = 0;
  Filetype filetype = Filetype::kUnknown;
  uint8_t padding[7] = {};
  uint64_t nlink = 0;
  uint64_t size = 0;
  uint64_t atim = 0;
  uint64_t mtim = 0;
  uint64_t ctim = 0;
};
static_assert(sizeof(Filestat) == 64 && offsetof(Filestat, nlink) == 24 && offsetof(Filestat, ctim) == 56);

// One of the two times of a file, as it is to change.
struct TimeChange {
  enum Kind : uint8_t { kKeep, kNow, kSet };
  Kind kind = kKeep;
  uint64_t nanoseconds = 0;  // kSet
};
struct TimeChanges {
  TimeChange access;
  TimeChange modification;
};

// Where bytes are to go or to come from: the guest's own memory. None is empty; valid during the call.
using Slices = absl::Span<const iovec>;

// An open file, pipe, terminal, socket or stream. What a kind of file does not offer has the errno of the default.
// Whether it was opened for reading or writing is checked before a call.
class File {
 public:
  virtual ~File() = default;
  virtual Filetype type() const = 0;
  // Has neither a position nor a size: stdin, stdout, stderr, sockets.
  virtual bool is_stream() const { return false; }
  virtual ErrnoOr<Filestat> Stat() const = 0;
  // At the file's position, which moves; may transfer less than asked, 0 is the end. Interrupted calls are repeated.
  virtual ErrnoOr<uint64_t> Read(Slices to) { (void)to; return Errno::kBadf; }
  virtual ErrnoOr<uint64_t> Write(Slices from) { (void)from; return Errno::kBadf; }
  // At an offset (below 2^63); the position stays.
  virtual ErrnoOr<uint64_t> ReadAt(Slices to, uint64_t offset) { (void)to; (void)offset; return Errno::kSpipe; }
  virtual ErrnoOr<uint64_t> WriteAt(Slices from, uint64_t offset) { (void)from; (void)offset; return Errno::kSpipe; }
  // Returns the new position; kInval before 0, and the position stays.
  virtual ErrnoOr<uint64_t> Seek(int64_t delta, Whence whence) { (void)delta; (void)whence; return Errno::kSpipe; }
  virtual Errno SetSize(uint64_t size) { (void)size; return Errno::kInval; }
  virtual Errno SetTimes(const TimeChanges& times) { (void)times; return Errno::kNotsup; }
  // From now on writes go to the end, or to the position again.
  virtual Errno SetAppend(bool append) { (void)append; return Errno::kSuccess; }
  virtual Errno Advise(uint64_t offset, uint64_t size, Advice advice) {
    (void)offset; (void)size; (void)advice;
    return Errno::kSpipe;
  }
  // Grows the file to offset + size if it is smaller, and makes room for these bytes.
  virtual Errno Allocate(uint64_t offset, uint64_t size) { (void)offset; (void)size; return Errno::kSpipe; }
  virtual Errno Sync(bool data_only) { (void)data_only; return Errno::kSuccess; }
  // The host descriptor to poll before a call that may block; -1: it never blocks.
  virtual int pollable() const { return -1; }
  // Read and Write never block but are kAgain: there is no need to poll first.
  virtual bool gives_again() const { return false; }
  // What a read would get at once, as far as the host tells.
  virtual uint64_t ReadableBytes() const { return 1; }
};

struct OpenOptions {
  bool read = false;
  bool write = false;
  bool create = false;
  bool exclusive = false;  // with create: kExist if it is there
  bool truncate = false;
  bool directory = false;  // kNotdir unless it is one
  bool append = false;
  bool dsync = false;
  bool sync = false;
};

// One directory. Names are one component: not empty, not "." or "..", no slash and no NUL in them, at most
// kMaxPathLength bytes. No call follows a symbolic link: a link is an entry like another. An implementation that is
// only read needs Stat, Lookup, StatEntry, OpenFile and ReadEntries; the rest answers kRofs.
class Directory {
 public:
  virtual ~Directory() = default;

  // --- The directory itself. ---
  virtual ErrnoOr<Filestat> Stat() = 0;
  // kAcces where its entries may not be used by name.
  virtual Errno Search() { return Errno::kSuccess; }
  virtual Errno SetTimes(const TimeChanges& times) { (void)times; return Errno::kRofs; }
  virtual Errno Sync(bool data_only) { (void)data_only; return Errno::kSuccess; }

  // --- Its entries; kNoent for a name that is not there. ---
  struct Node {
    Filetype type = Filetype::kUnknown;
    std::shared_ptr<Directory> directory;  // kDirectory
    std::string link;                      // kSymbolicLink: its text
  };
  virtual ErrnoOr<Node> Lookup(const std::string& name) = 0;
  virtual ErrnoOr<Filestat> StatEntry(const std::string& name) = 0;
  // A file: kIsdir for a directory, kLoop for a link. Each call makes a File with a position of its own.
  virtual ErrnoOr<std::shared_ptr<File>> OpenFile(const std::string& name, const OpenOptions& options) = 0;
  virtual ErrnoOr<std::string> ReadLink(const std::string& name) { (void)name; return Errno::kInval; }
  virtual Errno SetEntryTimes(const std::string& name, const TimeChanges& times) {
    (void)name; (void)times;
    return Errno::kRofs;
  }
  virtual Errno CreateDirectory(const std::string& name) { (void)name; return Errno::kRofs; }
  virtual Errno RemoveDirectory(const std::string& name) { (void)name; return Errno::kRofs; }
  virtual Errno UnlinkFile(const std::string& name) { (void)name; return Errno::kRofs; }
  virtual Errno Symlink(const std::string& text, const std::string& name) {
    (void)text; (void)name;
    return Errno::kRofs;
  }
  // `to` may be of another file system: kXdev.
  virtual Errno Link(const std::string& name, Directory& to, const std::string& new_name) {
    (void)name; (void)to; (void)new_name;
    return Errno::kRofs;
  }
  virtual Errno Rename(const std::string& name, Directory& to, const std::string& new_name) {
    (void)name; (void)to; (void)new_name;
    return Errno::kRofs;
  }

  // --- Listing. ---
  struct Listed {
    uint64_t next = 0;  // the cookie with which a listing goes on behind this entry: not 0, below 2^63
    uint64_t ino = 0;   // as StatEntry has it
    Filetype type = Filetype::kUnknown;
    absl::string_view name;
  };
  using Visitor = absl::FunctionRef<bool(const Listed& entry)>;
  // Calls `visit` for the entries behind the one whose `next` was `cookie` (0: for all, as they are now), until it
  // returns false. "." and ".." are left out. A cookie that was never given ends in kInval or in nothing.
  virtual Errno ReadEntries(uint64_t cookie, Visitor visit) = 0;
};

// --- The file systems that umiak has. ---

// A directory of the host. The error is a sentence that names the path.
absl::StatusOr<std::shared_ptr<Directory>> OpenHostDirectory(const std::string& path);
// An empty directory in memory. Contents, names and bookkeeping have at most `max_bytes`: kNospc beyond.
std::shared_ptr<Directory> MakeMemoryDirectory(uint64_t max_bytes);
// `lower` as it is, but what is changed stays in memory, at most `max_bytes` of it: a file that is opened for writing is
// copied there. Files opened before that keep reading the old one. Devices, pipes and sockets are only read.
// REQUIRES: `lower` is no overlay itself.
std::shared_ptr<Directory> MakeOverlay(std::shared_ptr<Directory> lower, uint64_t max_bytes);
// Writes what has changed in an overlay (all, of a memory directory) beneath `target`, which is empty. As in layers of
// container images: an empty file .wh.NAME says that NAME was removed, one .wh..wh..opq in a directory that nothing of the
// lower one shows through. REQUIRES: `changed` is of MakeOverlay or MakeMemoryDirectory.
Errno ExportChanges(Directory& changed, Directory& target);

// Linux's PATH_MAX: the bytes of a path, with its end.
inline constexpr size_t kMaxPathLength = 4096;

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_H_
