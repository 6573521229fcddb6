// A directory that the guest has open, and by path everything beneath it: the rules of paths over any Directory.
#ifndef UMIAK_WASI_FS_DIR_H_
#define UMIAK_WASI_FS_DIR_H_

#include <memory>
#include <string>
#include <variant>

#include "umiak/wasi_fs.h"

namespace umiak::wasi {

class Dir;
class HostDirectory;
struct Place;
using Opened = std::variant<std::shared_ptr<File>, std::shared_ptr<Dir>>;

// Paths are the guest's: they are resolved so that nothing outside is reached, whatever links lie there and whoever
// renames meanwhile. Where a call ends in a name, a symbolic link of that name is the object itself, unless `follow`.
// Thread-safe.
class Dir {
 public:
  // `read_only`: all that changes something, here or beneath, is kPerm.
  Dir(std::shared_ptr<Directory> directory, bool read_only);

  ErrnoOr<Filestat> Stat() const { return directory_->Stat(); }
  Errno SetTimes(const TimeChanges& times) const;
  Errno Sync(bool data_only) const { return directory_->Sync(data_only); }

  ErrnoOr<Opened> Open(const std::string& path, bool follow, const OpenOptions& options) const;
  ErrnoOr<Filestat> StatAt(const std::string& path, bool follow) const;
  Errno SetTimesAt(const std::string& path, bool follow, const TimeChanges& times) const;
  Errno CreateDirectory(const std::string& path) const;
  Errno RemoveDirectory(const std::string& path) const;
  Errno UnlinkFile(const std::string& path) const;
  ErrnoOr<std::string> ReadLink(const std::string& path) const;
  Errno Symlink(const std::string& text, const std::string& path) const;
  Errno Link(const std::string& path, const Dir& to, const std::string& new_path) const;
  Errno Rename(const std::string& path, const Dir& to, const std::string& new_path) const;

  // Directory::ReadEntries, and before them "." and "..", which both have this directory's inode: what lies above a
  // grant is none of the guest's business.
  Errno ReadEntries(uint64_t cookie, Directory::Visitor visit) const;

 private:
  // The last component of a path and the directory it lies in.
  struct Parent {
    std::shared_ptr<Directory> directory;
    std::string name;          // empty: the directory itself
    bool must_be_dir = false;  // the path ends in a slash, "." or ".."
  };
  ErrnoOr<Parent> ParentOf(const std::string& path) const;
  ErrnoOr<Opened> OpenPlace(const Place& place, const OpenOptions& options) const;

  std::shared_ptr<Directory> directory_;
  HostDirectory* host_;  // directory_ where it can resolve whole paths, else null
  bool read_only_;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_DIR_H_
