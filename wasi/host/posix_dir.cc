// Directories: opens beneath a grant, the calls by name, and listings.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wasi/host/errno.h"
#include "wasi/host/file.h"
#include "wasi/host/posix_file.h"
#include "wasi/host/posix_path.h"

namespace umiak::wasi {
namespace {

constexpr mode_t kFileMode = 0666;
constexpr mode_t kDirectoryMode = 0777;

Errno ToErrno(int result) { return result == 0 ? Errno::kSuccess : LastErrno(); }

ErrnoOr<Parent> ParentOf(const Root& root, const std::string& path) {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  return ResolveParent(root, path);
}

// The object a name stands for, no link followed.
ErrnoOr<struct stat> StatName(const Parent& parent) {
  struct stat stat;
  if (fstatat(parent.fd, parent.name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) return LastErrno();
  return stat;
}

// For a path with a trailing slash: is a directory there?
Errno CheckIsDirectory(const Parent& parent) {
  WASI_ASSIGN_OR_RETURN(struct stat stat, StatName(parent));
  return S_ISDIR(stat.st_mode) ? Errno::kSuccess : Errno::kNotdir;
}

// For a new name with a trailing slash that only a directory may have.
Errno CheckNewName(const Parent& parent) {
  if (!parent.must_be_dir) return Errno::kSuccess;
  WASI_RETURN_IF_ERROR(CheckIsDirectory(parent));
  return Errno::kExist;
}

int OpenFlags(const OpenOptions& options) {
  // O_NONBLOCK: a pipe without a writer must not hang the guest in open.
  int flags = O_NOCTTY | O_NONBLOCK;
  flags |= options.write ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (!options.follow) flags |= O_NOFOLLOW;
  if ((options.oflags & oflags::kCreat) != 0) flags |= O_CREAT;
  if ((options.oflags & oflags::kDirectory) != 0) flags |= O_DIRECTORY;
  if ((options.oflags & oflags::kExcl) != 0) flags |= O_EXCL;
  if ((options.oflags & oflags::kTrunc) != 0) flags |= O_TRUNC;
  if ((options.fdflags & fdflags::kAppend) != 0) flags |= O_APPEND;
  if ((options.fdflags & fdflags::kDsync) != 0) flags |= O_DSYNC;
  if ((options.fdflags & (fdflags::kSync | fdflags::kRsync)) != 0) flags |= O_SYNC;
  return flags;
}

// Of an object opened with O_PATH.
Errno SetTimesOfPath(int fd, const TimeChanges& times) {
  auto timespecs = ToTimespecs(times);
  if (utimensat(fd, "", timespecs.data(), AT_EMPTY_PATH) == 0) return Errno::kSuccess;
  if (errno != EINVAL) return LastErrno();
  // Linux before 5.8.
  char name[64];
  snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
  return ToErrno(utimensat(AT_FDCWD, name, timespecs.data(), 0));
}

}  // namespace

absl::StatusOr<std::shared_ptr<Dir>> Dir::OpenHost(const std::string& path, bool read_only, bool use_openat2) {
  UniqueFd fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) {
    int error = errno;
    std::string sentence = absl::StrCat("directory \"", path, "\" cannot be opened: ", strerror(error));
    if (error == ENOENT) return absl::NotFoundError(sentence);
    return absl::InvalidArgumentError(sentence);
  }
  return std::make_shared<Dir>(std::move(fd), read_only, use_openat2, /*is_root=*/true);
}

ErrnoOr<Filestat> Dir::Stat() const {
  struct stat stat;
  if (fstat(fd_.get(), &stat) != 0) return LastErrno();
  return ToFilestat(stat);
}

Errno Dir::SetTimes(const TimeChanges& times) const {
  if (read_only_) return Errno::kPerm;
  return ToErrno(utimensat(fd_.get(), ".", ToTimespecs(times).data(), 0));
}

Errno Dir::Sync(bool data_only) const {
  UniqueFd fd(openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return LastErrno();
  return ToErrno(data_only ? fdatasync(fd.get()) : fsync(fd.get()));
}

ErrnoOr<Opened> Dir::Open(const std::string& path, const OpenOptions& options) const {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  if (read_only_ && (options.write || (options.oflags & (oflags::kCreat | oflags::kTrunc)) != 0)) return Errno::kPerm;
  WASI_ASSIGN_OR_RETURN(UniqueFd fd, OpenBeneath({fd_.get(), use_openat2_}, path, OpenFlags(options), kFileMode));
  struct stat stat;
  if (fstat(fd.get(), &stat) != 0) return LastErrno();
  if (S_ISDIR(stat.st_mode)) {
    return Opened(std::make_shared<Dir>(std::move(fd), read_only_, use_openat2_, /*is_root=*/false));
  }
  return Opened(MakePosixFile(std::move(fd), stat, (options.fdflags & fdflags::kAppend) != 0));
}

ErrnoOr<Filestat> Dir::StatAt(const std::string& path, bool follow) const {
  Root root{fd_.get(), use_openat2_};
  if (!follow) {
    WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(root, path));
    if (!parent.must_be_dir) {
      WASI_ASSIGN_OR_RETURN(struct stat stat, StatName(parent));
      return ToFilestat(stat);
    }
  }
  WASI_RETURN_IF_ERROR(CheckPath(path));
  WASI_ASSIGN_OR_RETURN(UniqueFd fd, OpenBeneath(root, path, O_PATH, 0));
  struct stat stat;
  if (fstat(fd.get(), &stat) != 0) return LastErrno();
  return ToFilestat(stat);
}

Errno Dir::SetTimesAt(const std::string& path, bool follow, const TimeChanges& times) const {
  Root root{fd_.get(), use_openat2_};
  WASI_RETURN_IF_ERROR(CheckPath(path));
  if (read_only_) return Errno::kPerm;
  if (!follow) {
    WASI_ASSIGN_OR_RETURN(Parent parent, ResolveParent(root, path));
    if (!parent.must_be_dir) {
      return ToErrno(utimensat(parent.fd, parent.name.c_str(), ToTimespecs(times).data(), AT_SYMLINK_NOFOLLOW));
    }
  }
  WASI_ASSIGN_OR_RETURN(UniqueFd fd, OpenBeneath(root, path, O_PATH, 0));
  return SetTimesOfPath(fd.get(), times);
}

Errno Dir::CreateDirectory(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf({fd_.get(), use_openat2_}, path));
  if (read_only_) return Errno::kPerm;
  return ToErrno(mkdirat(parent.fd, parent.name.c_str(), kDirectoryMode));
}

Errno Dir::RemoveDirectory(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf({fd_.get(), use_openat2_}, path));
  if (read_only_) return Errno::kPerm;
  return ToErrno(unlinkat(parent.fd, parent.name.c_str(), AT_REMOVEDIR));
}

Errno Dir::UnlinkFile(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf({fd_.get(), use_openat2_}, path));
  if (read_only_) return Errno::kPerm;
  if (parent.must_be_dir) {
    WASI_RETURN_IF_ERROR(CheckIsDirectory(parent));
    return Errno::kIsdir;
  }
  return ToErrno(unlinkat(parent.fd, parent.name.c_str(), 0));
}

ErrnoOr<uint64_t> Dir::ReadLink(const std::string& path, absl::Span<uint8_t> buffer) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf({fd_.get(), use_openat2_}, path));
  if (parent.must_be_dir) {
    WASI_RETURN_IF_ERROR(CheckIsDirectory(parent));
    return Errno::kInval;
  }
  // readlinkat wants room for a byte; with none, all there is to say is whether it is a link.
  char text[kMaxPathLength];
  ssize_t size = readlinkat(parent.fd, parent.name.c_str(), text, sizeof(text));
  if (size < 0) return LastErrno();
  size_t used = std::min(static_cast<size_t>(size), buffer.size());
  std::copy_n(text, used, buffer.begin());
  return uint64_t{used};
}

Errno Dir::Symlink(const std::string& text, const std::string& path) const {
  // It could not be followed later: refuse it now.
  WASI_RETURN_IF_ERROR(CheckPath(text));
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf({fd_.get(), use_openat2_}, path));
  if (read_only_) return Errno::kPerm;
  WASI_RETURN_IF_ERROR(CheckNewName(parent));
  return ToErrno(symlinkat(text.c_str(), parent.fd, parent.name.c_str()));
}

Errno Dir::Link(const std::string& path, const Dir& to, const std::string& new_path) const {
  WASI_ASSIGN_OR_RETURN(Parent from, ParentOf({fd_.get(), use_openat2_}, path));
  WASI_ASSIGN_OR_RETURN(Parent target, ParentOf({to.fd_.get(), to.use_openat2_}, new_path));
  // A name in a writable directory would make a read-only file writable.
  if (read_only_ || to.read_only_) return Errno::kPerm;
  if (from.must_be_dir) WASI_RETURN_IF_ERROR(CheckIsDirectory(from));
  WASI_RETURN_IF_ERROR(CheckNewName(target));
  return ToErrno(linkat(from.fd, from.name.c_str(), target.fd, target.name.c_str(), 0));
}

Errno Dir::Rename(const std::string& path, const Dir& to, const std::string& new_path) const {
  WASI_ASSIGN_OR_RETURN(Parent from, ParentOf({fd_.get(), use_openat2_}, path));
  WASI_ASSIGN_OR_RETURN(Parent target, ParentOf({to.fd_.get(), to.use_openat2_}, new_path));
  if (read_only_ || to.read_only_) return Errno::kPerm;
  if (from.must_be_dir || target.must_be_dir) WASI_RETURN_IF_ERROR(CheckIsDirectory(from));
  return ToErrno(renameat(from.fd, from.name.c_str(), target.fd, target.name.c_str()));
}

// --- Listings. A cookie is the host's position after an entry, so nothing is kept that it could outgrow. ---

Errno Dir::ReadEntries(uint64_t cookie, Visitor visit) const {
  absl::MutexLock lock(&mutex_);
  auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.cookie == cookie; });
  // From the start: what has changed since is to be seen.
  if (cookie == 0 || known == entries_.end()) {
    WASI_RETURN_IF_ERROR(FillEntries(cookie));
    known = entries_.begin();
  }
  while (!entries_.empty()) {
    for (; known != entries_.end(); ++known) {
      if (!visit(known->dirent, known->name)) return Errno::kSuccess;
    }
    WASI_RETURN_IF_ERROR(FillEntries(entries_.back().dirent.next));
    known = entries_.begin();
  }
  return Errno::kSuccess;
}

Errno Dir::FillEntries(uint64_t cookie) const {
  // Of getdents64(2).
  struct HostEntry {
    uint64_t ino;
    uint64_t next;
    uint16_t size;
    uint8_t type;
  };
  constexpr size_t kNameOffset = 19;
  constexpr size_t kBatchBytes = 32 << 10;

  entries_.clear();
  if (!listing_.valid()) listing_ = UniqueFd(openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing_.valid()) return LastErrno();
  if (lseek(listing_.get(), static_cast<off_t>(cookie), SEEK_SET) < 0) return LastErrno();
  std::vector<char> buffer(kBatchBytes);
  long size = syscall(SYS_getdents64, listing_.get(), buffer.data(), buffer.size());
  if (size < 0) return errno == ENOENT ? Errno::kSuccess : LastErrno();  // it was removed
  for (size_t at = 0; at + kNameOffset < static_cast<size_t>(size);) {
    HostEntry entry;
    memcpy(&entry, buffer.data() + at, kNameOffset);
    AppendEntry(cookie, entry.next, entry.ino, entry.type, buffer.data() + at + kNameOffset);
    cookie = entry.next;
    at += entry.size;
  }
  return Errno::kSuccess;
}

void Dir::AppendEntry(uint64_t cookie, uint64_t next, uint64_t ino, uint8_t type, const char* name) const {
  Entry entry{cookie, {}, name};
  entry.dirent.next = next;
  entry.dirent.ino = ino;
  entry.dirent.namlen = static_cast<uint32_t>(entry.name.size());
  entry.dirent.type = FiletypeOf(static_cast<mode_t>(DTTOIF(type)));
  struct stat stat;
  if (entry.name == ".." && is_root_) {
    // As in "/": what lies above a grant is none of the guest's business.
    if (fstat(fd_.get(), &stat) == 0) entry.dirent.ino = stat.st_ino;
  } else if (type == DT_UNKNOWN && fstatat(fd_.get(), name, &stat, AT_SYMLINK_NOFOLLOW) == 0) {
    entry.dirent.type = FiletypeOf(stat.st_mode);
  }
  entries_.push_back(std::move(entry));
}

}  // namespace umiak::wasi
