// A directory in memory, by itself or over another one whose entries show through where it has none of its own.
#ifndef UMIAK_WASI_FS_MEMORY_DIRECTORY_H_
#define UMIAK_WASI_FS_MEMORY_DIRECTORY_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "umiak/wasi_fs.h"
#include "wasi/fs/memory_file.h"

namespace umiak::wasi {

// A directory over a lower one exists as long as somebody holds it, and for good (its parent "pins" it) once something
// in it has changed: so what is only read costs nothing. Methods take the file system's mutex, those named *Locked are
// called with it.
class MemoryDirectory final : public Directory, public std::enable_shared_from_this<MemoryDirectory> {
 public:
  MemoryDirectory(std::shared_ptr<MemoryFs> fs, const Filestat& stat) : fs_(std::move(fs)), stat_(stat) {}
  MemoryDirectory(std::shared_ptr<MemoryFs> fs, std::shared_ptr<Directory> lower)
      : fs_(std::move(fs)), lower_(std::move(lower)) {}
  ~MemoryDirectory() override;
  static MemoryDirectory* Of(Directory& directory) { return dynamic_cast<MemoryDirectory*>(&directory); }

  ErrnoOr<Filestat> Stat() override;
  Errno SetTimes(const TimeChanges& times) override;
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
  // Cookies: kOwn with the number of an entry of its own; these come first. Then the lower directory's.
  Errno ReadEntries(uint64_t cookie, Visitor visit) override;

  // Changes the times of an entry that an open file of the lower directory stands for, if it still does.
  Errno SetLowerTimes(const std::string& name, const TimeChanges& times);

  // For ExportChanges: what is this directory's own, as it is now.
  struct Change {
    std::string name;
    enum Kind {
      kRemoved,
      kMerged,    // a directory that the lower one shows through
      kReplaced,  // a directory where the lower has something of that name
      kNew,       // all else
    } kind = kNew;
    std::shared_ptr<MemoryDirectory> directory;
  };
  std::vector<Change> Changes();

 private:
  static constexpr uint64_t kOwn = uint64_t{1} << 63;

  // At most one of the two is set; none: a lower entry of this name was removed.
  struct Entry {
    uint64_t number = 0;
    std::shared_ptr<MemoryInode> inode;
    std::shared_ptr<MemoryDirectory> directory;
    bool exists() const { return inode != nullptr || directory != nullptr; }
    Filetype type() const { return directory ? Filetype::kDirectory : inode->stat.filetype; }
  };
  using Entries = std::map<std::string, Entry>;

  Entry* FindOwnLocked(const std::string& name);
  // The entry, made this file system's own: a lower file is copied, a lower directory gets its stand-in. Not yet
  // pinned. kNoent.
  ErrnoOr<Entry> TakeLocked(const std::string& name, bool empty_file);
  ErrnoOr<std::shared_ptr<MemoryInode>> NewLinkLocked(const Filestat& stat, std::string text);
  ErrnoOr<std::shared_ptr<MemoryInode>> CopyLocked(const std::string& name, const Filestat& stat, bool empty_file);
  ErrnoOr<std::shared_ptr<MemoryDirectory>> StandInLocked(const std::string& name, std::shared_ptr<Directory> lower);
  ErrnoOr<Filestat> StatSelfLocked();
  ErrnoOr<Filestat> StatLocked(const std::string& name);
  // Puts an entry where none or another was, and pins this directory.
  Errno PutLocked(const std::string& name, Entry entry);
  // Removes it; leaves a mark if something of the lower directory would show.
  Errno EraseLocked(const std::string& name);
  Errno PinLocked();
  Errno CheckNewLocked(const std::string& name);
  ErrnoOr<bool> IsEmptyLocked();
  Errno CheckReplaceLocked(const Entry& source, const std::string& new_name);
  Errno TouchLocked();
  bool LowerHasLocked(const std::string& name);
  bool ContainsLocked(MemoryDirectory* directory);
  void TakeChildren(std::vector<std::shared_ptr<MemoryDirectory>>* children);

  const std::shared_ptr<MemoryFs> fs_;
  const std::shared_ptr<Directory> lower_;  // null: nothing shows through
  // Everything below: guarded by fs_->mutex.
  std::optional<Filestat> stat_;  // empty: as the lower one
  Entries entries_;
  std::map<uint64_t, Entries::iterator> by_number_;
  uint64_t next_number_ = 1;
  bool removed_ = false;
  bool replaced_ = false;  // it has not the name that the lower directory has
  // The way up. Until it is pinned, it keeps its parent; then its parent keeps it.
  std::weak_ptr<MemoryDirectory> up_;
  std::shared_ptr<MemoryDirectory> unpinned_from_;
  std::string name_;
  // Stand-ins of lower directories that are not pinned.
  absl::flat_hash_map<std::string, std::weak_ptr<MemoryDirectory>> stand_ins_;
  size_t sweep_at_ = 64;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_MEMORY_DIRECTORY_H_
