// A directory of the host: a descriptor, and system calls of one component that follow no link.
#ifndef UMIAK_WASI_HOST_HOST_DIRECTORY_H_
#define UMIAK_WASI_HOST_HOST_DIRECTORY_H_

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "umiak/wasi_fs.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

class HostDirectory final : public Directory {
 public:
  // A directory that is granted. `use_openat2`: the kernel may resolve whole paths beneath.
  static absl::StatusOr<std::shared_ptr<HostDirectory>> Open(const std::string& path, bool use_openat2);
  // `device`: what the directory lies on, or its ancestors did (stat.st_dev), and it is not procfs.
  HostDirectory(UniqueFd fd, dev_t device, bool use_openat2)
      : fd_(std::move(fd)), device_(device), use_openat2_(use_openat2) {}
  // Null if it is something else.
  static HostDirectory* Of(Directory& directory) { return dynamic_cast<HostDirectory*>(&directory); }

  // --- Whole paths, resolved by the kernel; empty where it can't: walk then. Both forms are as strict. A link at the
  // end is followed where nothing else is said. REQUIRES: CheckPath(path) is kSuccess. ---
  struct FileOrDirectory {
    std::shared_ptr<File> file;
    std::shared_ptr<Directory> directory;
  };
  std::optional<ErrnoOr<FileOrDirectory>> OpenAt(const std::string& path, bool follow, const OpenOptions& options);
  std::optional<ErrnoOr<std::shared_ptr<Directory>>> DirectoryAt(const std::string& path);
  std::optional<ErrnoOr<Filestat>> StatAt(const std::string& path);
  std::optional<Errno> SetTimesAt(const std::string& path, const TimeChanges& times);

  ErrnoOr<Filestat> Stat() override;
  Errno Search() override;
  Errno SetTimes(const TimeChanges& times) override;
  Errno Sync(bool data_only) override;
  ErrnoOr<Node> Lookup(const std::string& name) override;
  ErrnoOr<Filestat> StatEntry(const std::string& name) override;
  ErrnoOr<std::shared_ptr<File>> OpenFile(const std::string& name, const OpenOptions& options) override;
  ErrnoOr<std::string> ReadLink(const std::string& name) override;
  Errno SetEntryTimes(const std::string& name, const TimeChanges& times) override;
  Errno CreateDirectory(const std::string& name) override;
  Errno RemoveDirectory(const std::string& name) override;
  Errno UnlinkFile(const std::string& name) override;
  Errno Symlink(const std::string& text, const std::string& name) override;
  Errno Link(const std::string& name, Directory& to, const std::string& new_name) override;
  Errno Rename(const std::string& name, Directory& to, const std::string& new_name) override;
  // Cookies are the host's positions, so nothing is kept that they could outgrow.
  Errno ReadEntries(uint64_t cookie, Visitor visit) override;

 private:
  // What was opened, with its fstat(2).
  struct Opened {
    UniqueFd fd;
    struct stat stat;
  };
  // SAFETY: every descriptor that a path or a name leads to comes from one of these, and neither gives one on procfs.
  std::optional<ErrnoOr<Opened>> OpenPath(const std::string& path, int flags) const;
  ErrnoOr<Opened> OpenName(const std::string& name, int flags) const;
  ErrnoOr<Opened> Check(UniqueFd fd) const;
  Errno FillListing(uint64_t cookie);  // REQUIRES: mutex_ is held

  const UniqueFd fd_;
  const dev_t device_;
  const bool use_openat2_;

  // What the host listed last: getdents64(2)'s records, the first of them behind `cookie`.
  std::mutex mutex_;  // guards what follows
  UniqueFd listing_fd_;
  struct {
    uint64_t cookie = 0;
    std::vector<char> records;
    size_t size = 0;
  } listing_;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_HOST_DIRECTORY_H_
