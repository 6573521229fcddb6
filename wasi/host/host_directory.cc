#include "wasi/host/host_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wasi/errno_or.h"
#include "wasi/host/errno.h"
#include "wasi/host/openat2.h"
#include "wasi/host/posix_file.h"

namespace umiak::wasi {
namespace {

constexpr mode_t kFileMode = 0666;
constexpr mode_t kDirectoryMode = 0777;
constexpr int kDirectoryHandle = O_PATH | O_DIRECTORY | O_CLOEXEC;

Errno ToErrno(int result) { return result == 0 ? Errno::kSuccess : LastErrno(); }

// procfs hands out the host process itself: `self/mem` is umiak's memory, to be read and written; `self/environ`,
// `self/fd` and other processes' files are like it. So no grant covers it, `--dir /` neither. What can't be told is
// taken for procfs.
bool IsProcfs(int fd) {
  struct statfs filesystem;
  return fstatfs(fd, &filesystem) != 0 || filesystem.f_type == PROC_SUPER_MAGIC;
}

int OpenFlags(const OpenOptions& options, bool follow) {
  // O_NONBLOCK: a pipe without a writer must not hang the guest in open.
  int flags = O_NOCTTY | O_NONBLOCK;
  flags |= options.write ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (!follow) flags |= O_NOFOLLOW;
  if (options.create) flags |= O_CREAT;
  if (options.directory) flags |= O_DIRECTORY;
  if (options.exclusive) flags |= O_EXCL;
  if (options.truncate) flags |= O_TRUNC;
  if (options.append) flags |= O_APPEND;
  if (options.dsync) flags |= O_DSYNC;
  if (options.sync) flags |= O_SYNC;
  return flags;
}

// An entry of a directory.
ErrnoOr<UniqueFd> OpenEntry(int directory, const char* name, int flags) {
  WASI_ASSIGN_OR_RETURN(uint64_t fd, Retry([&] { return openat(directory, name, flags | O_CLOEXEC, kFileMode); }));
  return UniqueFd(static_cast<int>(fd));
}

// A directory itself, to be listed or synchronized.
ErrnoOr<UniqueFd> Reopen(int directory) { return OpenEntry(directory, ".", O_RDONLY | O_DIRECTORY); }

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

ErrnoOr<std::string> ReadLinkAt(int fd, const char* name) {
  char text[kMaxPathLength];
  ssize_t size = readlinkat(fd, name, text, sizeof(text));
  if (size < 0) return LastErrno();
  return std::string(text, static_cast<size_t>(size));
}

// A record of getdents64(2), without its name.
struct HostEntry {
  uint64_t ino;
  uint64_t next;
  uint16_t size;
  uint8_t type;
};
constexpr size_t kNameOffset = 19;
constexpr size_t kListingBytes = 32 << 10;

HostEntry ReadRecord(const char* record) {
  HostEntry entry;
  memcpy(&entry, record, kNameOffset);
  return entry;
}

}  // namespace

absl::StatusOr<std::shared_ptr<HostDirectory>> HostDirectory::Open(const std::string& path, bool use_openat2) {
  UniqueFd fd(open(path.c_str(), kDirectoryHandle));
  if (!fd.valid()) {
    int error = errno;
    std::string sentence = absl::StrCat("directory \"", path, "\" cannot be opened: ", strerror(error));
    if (error == ENOENT) return absl::NotFoundError(sentence);
    return absl::InvalidArgumentError(sentence);
  }
  struct stat stat;
  if (fstat(fd.get(), &stat) != 0 || IsProcfs(fd.get())) {
    return absl::InvalidArgumentError(absl::StrCat("directory \"", path, "\" cannot be granted: it is procfs, through "
                                                   "which a guest would reach the memory of umiak itself"));
  }
  return std::make_shared<HostDirectory>(std::move(fd), stat.st_dev, use_openat2);
}

absl::StatusOr<std::shared_ptr<Directory>> OpenHostDirectory(const std::string& path) {
  return HostDirectory::Open(path, /*use_openat2=*/true);
}

// --- Descriptors. ---

ErrnoOr<HostDirectory::Opened> HostDirectory::Check(UniqueFd fd) const {
  Opened opened{std::move(fd), {}};
  if (fstat(opened.fd.get(), &opened.stat) != 0) return LastErrno();
  // PERF: statfs only where a mount was crossed.
  if (opened.stat.st_dev != device_ && IsProcfs(opened.fd.get())) return Errno::kPerm;
  return opened;
}

std::optional<ErrnoOr<HostDirectory::Opened>> HostDirectory::OpenPath(const std::string& path, int flags) const {
  if (!use_openat2_) return std::nullopt;
  auto fd = OpenBeneath(fd_.get(), path, flags, kFileMode);
  if (!fd) return std::nullopt;
  if (!fd->ok()) return fd->error();
  return Check(std::move(**fd));
}

ErrnoOr<HostDirectory::Opened> HostDirectory::OpenName(const std::string& name, int flags) const {
  WASI_ASSIGN_OR_RETURN(UniqueFd fd, OpenEntry(fd_.get(), name.c_str(), flags));
  return Check(std::move(fd));
}

// --- Whole paths. ---

std::optional<ErrnoOr<HostDirectory::FileOrDirectory>> HostDirectory::OpenAt(const std::string& path, bool follow,
                                                                             const OpenOptions& options) {
  auto opened = OpenPath(path, OpenFlags(options, follow));
  if (!opened) return std::nullopt;
  if (!opened->ok()) return opened->error();
  auto& [fd, stat] = **opened;
  if (S_ISDIR(stat.st_mode)) {
    return FileOrDirectory{nullptr, std::make_shared<HostDirectory>(std::move(fd), stat.st_dev, use_openat2_)};
  }
  return FileOrDirectory{MakePosixFile(std::move(fd), stat, options.append), nullptr};
}

std::optional<ErrnoOr<std::shared_ptr<Directory>>> HostDirectory::DirectoryAt(const std::string& path) {
  auto opened = OpenPath(path, kDirectoryHandle);
  if (!opened) return std::nullopt;
  if (!opened->ok()) return opened->error();
  auto& [fd, stat] = **opened;
  return std::shared_ptr<Directory>(std::make_shared<HostDirectory>(std::move(fd), stat.st_dev, use_openat2_));
}

std::optional<ErrnoOr<Filestat>> HostDirectory::StatAt(const std::string& path) {
  auto opened = OpenPath(path, O_PATH);
  if (!opened) return std::nullopt;
  if (!opened->ok()) return opened->error();
  return ToFilestat((*opened)->stat);
}

std::optional<Errno> HostDirectory::SetTimesAt(const std::string& path, const TimeChanges& times) {
  auto opened = OpenPath(path, O_PATH);
  if (!opened) return std::nullopt;
  return opened->ok() ? SetTimesOfPath((*opened)->fd.get(), times) : opened->error();
}

// --- The directory itself. ---

ErrnoOr<Filestat> HostDirectory::Stat() {
  struct stat stat;
  if (fstat(fd_.get(), &stat) != 0) return LastErrno();
  return ToFilestat(stat);
}

Errno HostDirectory::Search() { return ToErrno(faccessat(fd_.get(), ".", X_OK, 0)); }

Errno HostDirectory::SetTimes(const TimeChanges& times) {
  return ToErrno(utimensat(fd_.get(), ".", ToTimespecs(times).data(), 0));
}

Errno HostDirectory::Sync(bool data_only) {
  WASI_ASSIGN_OR_RETURN(UniqueFd fd, Reopen(fd_.get()));
  return Retry([&] { return data_only ? fdatasync(fd.get()) : fsync(fd.get()); }).error();
}

// --- Its entries. ---

ErrnoOr<Directory::Node> HostDirectory::Lookup(const std::string& name) {
  WASI_ASSIGN_OR_RETURN(Opened opened, OpenName(name, O_PATH | O_NOFOLLOW));
  auto& [fd, stat] = opened;
  Node node;
  node.type = FiletypeOf(stat.st_mode);
  if (node.type == Filetype::kSymbolicLink) {
    WASI_ASSIGN_OR_RETURN(node.link, ReadLinkAt(fd.get(), ""));
  } else if (node.type == Filetype::kDirectory) {
    node.directory = std::make_shared<HostDirectory>(std::move(fd), stat.st_dev, use_openat2_);
  }
  return node;
}

ErrnoOr<Filestat> HostDirectory::StatEntry(const std::string& name) {
  struct stat stat;
  if (fstatat(fd_.get(), name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) return LastErrno();
  // Something is mounted there: is it procfs?
  if (stat.st_dev != device_) WASI_RETURN_IF_ERROR(OpenName(name, O_PATH | O_NOFOLLOW).error());
  return ToFilestat(stat);
}

ErrnoOr<std::shared_ptr<File>> HostDirectory::OpenFile(const std::string& name, const OpenOptions& options) {
  WASI_ASSIGN_OR_RETURN(Opened opened, OpenName(name, OpenFlags(options, /*follow=*/false)));
  auto& [fd, stat] = opened;
  if (S_ISDIR(stat.st_mode)) return Errno::kIsdir;
  return MakePosixFile(std::move(fd), stat, options.append);
}

ErrnoOr<std::string> HostDirectory::ReadLink(const std::string& name) { return ReadLinkAt(fd_.get(), name.c_str()); }

Errno HostDirectory::SetEntryTimes(const std::string& name, const TimeChanges& times) {
  return ToErrno(utimensat(fd_.get(), name.c_str(), ToTimespecs(times).data(), AT_SYMLINK_NOFOLLOW));
}

Errno HostDirectory::CreateDirectory(const std::string& name) {
  return ToErrno(mkdirat(fd_.get(), name.c_str(), kDirectoryMode));
}

Errno HostDirectory::RemoveDirectory(const std::string& name) {
  return ToErrno(unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR));
}

Errno HostDirectory::UnlinkFile(const std::string& name) { return ToErrno(unlinkat(fd_.get(), name.c_str(), 0)); }

Errno HostDirectory::Symlink(const std::string& text, const std::string& name) {
  return ToErrno(symlinkat(text.c_str(), fd_.get(), name.c_str()));
}

Errno HostDirectory::Link(const std::string& name, Directory& to, const std::string& new_name) {
  HostDirectory* target = Of(to);
  if (target == nullptr) return Errno::kXdev;
  return ToErrno(linkat(fd_.get(), name.c_str(), target->fd_.get(), new_name.c_str(), 0));
}

Errno HostDirectory::Rename(const std::string& name, Directory& to, const std::string& new_name) {
  HostDirectory* target = Of(to);
  if (target == nullptr) return Errno::kXdev;
  return ToErrno(renameat(fd_.get(), name.c_str(), target->fd_.get(), new_name.c_str()));
}

// --- Listing. ---

Errno HostDirectory::FillListing(uint64_t cookie) {
  listing_.cookie = cookie;
  listing_.size = 0;
  listing_.records.resize(kListingBytes);
  if (!listing_fd_.valid()) {
    WASI_ASSIGN_OR_RETURN(listing_fd_, Reopen(fd_.get()));
  }
  if (lseek(listing_fd_.get(), static_cast<off_t>(cookie), SEEK_SET) < 0) return LastErrno();
  long size = syscall(SYS_getdents64, listing_fd_.get(), listing_.records.data(), listing_.records.size());
  if (size < 0) return errno == ENOENT ? Errno::kSuccess : LastErrno();  // it was removed
  listing_.size = static_cast<size_t>(size);
  return Errno::kSuccess;
}

Errno HostDirectory::ReadEntries(uint64_t cookie, Visitor visit) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t at = 0;
  uint64_t behind = listing_.cookie;
  while (behind != cookie && at < listing_.size) {
    HostEntry entry = ReadRecord(&listing_.records[at]);
    behind = entry.next;
    at += entry.size;
  }
  // From the start: what has changed since is to be seen.
  if (cookie == 0 || behind != cookie || listing_.size == 0) {
    WASI_RETURN_IF_ERROR(FillListing(cookie));
    at = 0;
  }
  while (listing_.size > 0) {
    while (at < listing_.size) {
      HostEntry entry = ReadRecord(&listing_.records[at]);
      const char* name = &listing_.records[at] + kNameOffset;
      at += entry.size;
      cookie = entry.next;
      if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
      Listed listed{entry.next, entry.ino, FiletypeOf(static_cast<mode_t>(DTTOIF(entry.type))), name};
      struct stat stat;
      if (entry.type == DT_UNKNOWN && fstatat(fd_.get(), name, &stat, AT_SYMLINK_NOFOLLOW) == 0) {
        listed.type = FiletypeOf(stat.st_mode);
      }
      if (!visit(listed)) return Errno::kSuccess;
    }
    WASI_RETURN_IF_ERROR(FillListing(cookie));
    at = 0;
  }
  return Errno::kSuccess;
}

}  // namespace umiak::wasi
