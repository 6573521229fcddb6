#include "wasi/fs/memory_directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {
namespace {

constexpr size_t kMaxNameLength = 255;

Errno NotThere(const std::string& name) {
  return name.size() > kMaxNameLength ? Errno::kNametoolong : Errno::kNoent;
}

// A lower file, open for reading: what would change it changes the copy of it.
class LowerFile final : public File {
 public:
  LowerFile(std::shared_ptr<File> file, std::shared_ptr<MemoryDirectory> directory, std::string name)
      : file_(std::move(file)), directory_(std::move(directory)), name_(std::move(name)) {}
  Filetype type() const override { return file_->type(); }
  bool is_stream() const override { return file_->is_stream(); }
  ErrnoOr<Filestat> Stat() const override { return file_->Stat(); }
  ErrnoOr<uint64_t> Read(Slices to) override { return file_->Read(to); }
  ErrnoOr<uint64_t> ReadAt(Slices to, uint64_t offset) override { return file_->ReadAt(to, offset); }
  ErrnoOr<uint64_t> Seek(int64_t delta, Whence whence) override { return file_->Seek(delta, whence); }
  Errno SetTimes(const TimeChanges& times) override { return directory_->SetLowerTimes(name_, times); }
  Errno Advise(uint64_t offset, uint64_t size, Advice advice) override { return file_->Advise(offset, size, advice); }
  int pollable() const override { return file_->pollable(); }
  bool gives_again() const override { return file_->gives_again(); }
  uint64_t ReadableBytes() const override { return file_->ReadableBytes(); }

 private:
  const std::shared_ptr<File> file_;
  const std::shared_ptr<MemoryDirectory> directory_;
  const std::string name_;
};

}  // namespace

// Not by recursion: a guest makes directories in directories as deep as it likes.
MemoryDirectory::~MemoryDirectory() {
  std::vector<std::shared_ptr<MemoryDirectory>> children;
  TakeChildren(&children);
  while (!children.empty()) {
    std::shared_ptr<MemoryDirectory> child = std::move(children.back());
    children.pop_back();
    if (child.use_count() == 1) child->TakeChildren(&children);
  }
}

void MemoryDirectory::TakeChildren(std::vector<std::shared_ptr<MemoryDirectory>>* children) {
  for (auto& [name, entry] : entries_) {
    fs_->budget->Give(MemoryFs::CostOf(name));
    if (entry.directory) children->push_back(std::move(entry.directory));
  }
  by_number_.clear();
  entries_.clear();
}

// --- Entries, its own and those that show through. ---

MemoryDirectory::Entry* MemoryDirectory::FindOwnLocked(const std::string& name) {
  auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

bool MemoryDirectory::LowerHasLocked(const std::string& name) { return lower_ && lower_->StatEntry(name).ok(); }

ErrnoOr<std::shared_ptr<MemoryDirectory>> MemoryDirectory::StandInLocked(const std::string& name,
                                                                         std::shared_ptr<Directory> lower) {
  if (stand_ins_.size() >= sweep_at_) {
    absl::erase_if(stand_ins_, [](const auto& item) { return item.second.expired(); });
    sweep_at_ = std::max<size_t>(64, 2 * stand_ins_.size());
  }
  std::weak_ptr<MemoryDirectory>& slot = stand_ins_[name];
  if (std::shared_ptr<MemoryDirectory> existing = slot.lock()) return existing;
  auto made = std::make_shared<MemoryDirectory>(fs_, std::move(lower));
  made->up_ = made->unpinned_from_ = shared_from_this();
  made->name_ = name;
  slot = made;
  return made;
}

ErrnoOr<MemoryDirectory::Entry> MemoryDirectory::TakeLocked(const std::string& name, bool empty_file) {
  if (Entry* own = FindOwnLocked(name)) {
    if (!own->exists()) return Errno::kNoent;
    return *own;
  }
  if (!lower_) return NotThere(name);
  WASI_ASSIGN_OR_RETURN(Node node, lower_->Lookup(name));
  Entry entry;
  if (node.type == Filetype::kDirectory) {
    WASI_ASSIGN_OR_RETURN(entry.directory, StandInLocked(name, std::move(node.directory)));
    return entry;
  }
  WASI_ASSIGN_OR_RETURN(Filestat stat, lower_->StatEntry(name));
  if (node.type == Filetype::kSymbolicLink) {
    WASI_ASSIGN_OR_RETURN(entry.inode, NewLinkLocked(stat, std::move(node.link)));
  } else {
    WASI_ASSIGN_OR_RETURN(entry.inode, CopyLocked(name, stat, empty_file));
  }
  return entry;
}

ErrnoOr<std::shared_ptr<MemoryInode>> MemoryDirectory::NewLinkLocked(const Filestat& stat, std::string text) {
  auto inode = std::make_shared<MemoryInode>(stat, fs_->budget);
  // So that the text costs what a file would.
  WASI_RETURN_IF_ERROR(inode->bytes.Reserve(0, text.size()));
  inode->link = std::move(text);
  return inode;
}

ErrnoOr<std::shared_ptr<MemoryInode>> MemoryDirectory::CopyLocked(const std::string& name, const Filestat& stat,
                                                                  bool empty_file) {
  if (stat.filetype != Filetype::kRegularFile) return Errno::kPerm;
  auto inode = std::make_shared<MemoryInode>(stat, fs_->budget);
  inode->stat.nlink = 1;
  if (empty_file) return inode;
  OpenOptions options;
  options.read = true;
  WASI_ASSIGN_OR_RETURN(std::shared_ptr<File> file, lower_->OpenFile(name, options));
  std::vector<uint8_t> buffer(64 << 10);
  while (true) {
    iovec slice = {buffer.data(), buffer.size()};
    WASI_ASSIGN_OR_RETURN(uint64_t size, file->ReadAt(Slices(&slice, 1), inode->bytes.size()));
    if (size == 0) return inode;
    slice.iov_len = size;
    WASI_ASSIGN_OR_RETURN(uint64_t written, inode->bytes.Write(inode->bytes.size(), Slices(&slice, 1)));
    if (written < size) return Errno::kNospc;
  }
}

ErrnoOr<Filestat> MemoryDirectory::StatSelfLocked() {
  if (stat_) return *stat_;
  return lower_->Stat();
}

ErrnoOr<Filestat> MemoryDirectory::StatLocked(const std::string& name) {
  if (Entry* own = FindOwnLocked(name)) {
    if (!own->exists()) return Errno::kNoent;
    if (own->inode) return own->inode->Stat();
    return own->directory->StatSelfLocked();
  }
  if (!lower_) return NotThere(name);
  return lower_->StatEntry(name);
}

// --- Changes. ---

Errno MemoryDirectory::TouchLocked() {
  if (!stat_) {
    WASI_ASSIGN_OR_RETURN(stat_, lower_->Stat());
  }
  stat_->mtim = stat_->ctim = TimeNow();
  return Errno::kSuccess;
}

Errno MemoryDirectory::PinLocked() {
  if (removed_) return Errno::kNoent;
  if (!unpinned_from_) return Errno::kSuccess;
  std::shared_ptr<MemoryDirectory> parent = unpinned_from_;
  Entry entry;
  entry.directory = shared_from_this();
  return parent->PutLocked(name_, std::move(entry));
}

Errno MemoryDirectory::PutLocked(const std::string& name, Entry entry) {
  if (name.size() > kMaxNameLength) return Errno::kNametoolong;
  WASI_RETURN_IF_ERROR(PinLocked());
  Entry* own = FindOwnLocked(name);
  if (own == nullptr) {
    if (!fs_->budget->Take(MemoryFs::CostOf(name))) return Errno::kNospc;
    auto at = entries_.emplace(name, Entry{}).first;
    at->second.number = next_number_++;
    by_number_.emplace(at->second.number, at);
    own = &at->second;
  }
  entry.number = own->number;
  *own = std::move(entry);
  if (own->directory) {
    own->directory->unpinned_from_ = nullptr;
    own->directory->up_ = weak_from_this();
    own->directory->name_ = name;
  }
  auto stand_in = stand_ins_.find(name);
  if (stand_in == stand_ins_.end()) return Errno::kSuccess;
  // Who still holds the directory that was here has one that is gone.
  std::shared_ptr<MemoryDirectory> old = stand_in->second.lock();
  if (old && old != own->directory) old->removed_ = true;
  stand_ins_.erase(stand_in);
  return Errno::kSuccess;
}

Errno MemoryDirectory::EraseLocked(const std::string& name) {
  if (LowerHasLocked(name)) return PutLocked(name, Entry{});
  auto found = entries_.find(name);
  if (found == entries_.end()) return Errno::kNoent;
  by_number_.erase(found->second.number);
  entries_.erase(found);
  fs_->budget->Give(MemoryFs::CostOf(name));
  return Errno::kSuccess;
}

Errno MemoryDirectory::CheckNewLocked(const std::string& name) {
  if (removed_) return Errno::kNoent;
  ErrnoOr<Filestat> there = StatLocked(name);
  if (there.ok()) return Errno::kExist;
  return there.error() == Errno::kNoent ? Errno::kSuccess : there.error();
}

ErrnoOr<bool> MemoryDirectory::IsEmptyLocked() {
  for (const auto& [name, entry] : entries_) {
    if (entry.exists()) return false;
  }
  if (!lower_) return true;
  bool empty = true;
  WASI_RETURN_IF_ERROR(lower_->ReadEntries(0, [&](const Listed& listed) {
    empty = FindOwnLocked(std::string(listed.name)) != nullptr;
    return empty;
  }));
  return empty;
}

bool MemoryDirectory::ContainsLocked(MemoryDirectory* directory) {
  for (std::shared_ptr<MemoryDirectory> at = directory->shared_from_this(); at; at = at->up_.lock()) {
    if (at.get() == this) return true;
  }
  return false;
}

// --- The interface. ---

ErrnoOr<Filestat> MemoryDirectory::Stat() {
  absl::MutexLock lock(&fs_->mutex);
  return StatSelfLocked();
}

Errno MemoryDirectory::SetTimes(const TimeChanges& times) {
  absl::MutexLock lock(&fs_->mutex);
  WASI_RETURN_IF_ERROR(PinLocked());
  WASI_RETURN_IF_ERROR(TouchLocked());
  Apply(times, &*stat_);
  return Errno::kSuccess;
}

ErrnoOr<Directory::Node> MemoryDirectory::Lookup(const std::string& name) {
  absl::MutexLock lock(&fs_->mutex);
  if (Entry* own = FindOwnLocked(name)) {
    if (!own->exists()) return Errno::kNoent;
    return Node{own->type(), own->directory, own->inode ? own->inode->link : ""};
  }
  if (!lower_) return NotThere(name);
  WASI_ASSIGN_OR_RETURN(Node node, lower_->Lookup(name));
  if (node.type == Filetype::kDirectory) {
    WASI_ASSIGN_OR_RETURN(node.directory, StandInLocked(name, std::move(node.directory)));
  }
  return node;
}

ErrnoOr<Filestat> MemoryDirectory::StatEntry(const std::string& name) {
  absl::MutexLock lock(&fs_->mutex);
  return StatLocked(name);
}

ErrnoOr<std::shared_ptr<File>> MemoryDirectory::OpenFile(const std::string& name, const OpenOptions& options) {
  absl::MutexLock lock(&fs_->mutex);
  ErrnoOr<Filestat> there = StatLocked(name);
  if (!there.ok()) {
    if (there.error() != Errno::kNoent || !options.create) return there.error();
    if (removed_) return Errno::kNoent;
    Entry entry;
    entry.inode = std::make_shared<MemoryInode>(fs_->NewStat(Filetype::kRegularFile), fs_->budget);
    std::shared_ptr<MemoryInode> inode = entry.inode;
    WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
    WASI_RETURN_IF_ERROR(TouchLocked());
    return OpenMemoryFile(fs_, std::move(inode), options.append);
  }
  if (options.create && options.exclusive) return Errno::kExist;
  if (there->filetype == Filetype::kDirectory) return Errno::kIsdir;
  if (there->filetype == Filetype::kSymbolicLink) return Errno::kLoop;
  Entry* own = FindOwnLocked(name);
  if (own == nullptr && !options.write && !options.truncate) {
    OpenOptions lower_options;
    lower_options.read = options.read;
    WASI_ASSIGN_OR_RETURN(std::shared_ptr<File> file, lower_->OpenFile(name, lower_options));
    return std::shared_ptr<File>(std::make_shared<LowerFile>(std::move(file), shared_from_this(), name));
  }
  WASI_ASSIGN_OR_RETURN(Entry entry, TakeLocked(name, options.truncate));
  std::shared_ptr<MemoryInode> inode = entry.inode;
  if (own == nullptr) WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
  if (options.truncate) {
    inode->bytes.Resize(0);
    inode->stat.mtim = inode->stat.ctim = TimeNow();
  }
  return OpenMemoryFile(fs_, std::move(inode), options.append);
}

ErrnoOr<std::string> MemoryDirectory::ReadLink(const std::string& name) {
  absl::MutexLock lock(&fs_->mutex);
  Entry* own = FindOwnLocked(name);
  if (own == nullptr) {
    if (lower_) return lower_->ReadLink(name);
    return Errno::kNoent;
  }
  if (!own->exists()) return Errno::kNoent;
  if (own->type() != Filetype::kSymbolicLink) return Errno::kInval;
  return own->inode->link;
}

Errno MemoryDirectory::SetEntryTimes(const std::string& name, const TimeChanges& times) {
  absl::MutexLock lock(&fs_->mutex);
  WASI_ASSIGN_OR_RETURN(Entry entry, TakeLocked(name, /*empty_file=*/false));
  std::shared_ptr<MemoryInode> inode = entry.inode;
  std::shared_ptr<MemoryDirectory> directory = entry.directory;
  WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
  if (directory) {
    WASI_RETURN_IF_ERROR(directory->TouchLocked());
    Apply(times, &*directory->stat_);
  } else {
    Apply(times, &inode->stat);
  }
  return Errno::kSuccess;
}

Errno MemoryDirectory::SetLowerTimes(const std::string& name, const TimeChanges& times) {
  {
    absl::MutexLock lock(&fs_->mutex);
    if (FindOwnLocked(name) != nullptr) return Errno::kSuccess;  // the old file has no name any more
  }
  return SetEntryTimes(name, times);
}

Errno MemoryDirectory::CreateDirectory(const std::string& name) {
  absl::MutexLock lock(&fs_->mutex);
  WASI_RETURN_IF_ERROR(CheckNewLocked(name));
  Entry entry;
  entry.directory = std::make_shared<MemoryDirectory>(fs_, fs_->NewStat(Filetype::kDirectory));
  entry.directory->replaced_ = true;
  WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
  return TouchLocked();
}

Errno MemoryDirectory::RemoveDirectory(const std::string& name) {
  std::shared_ptr<MemoryDirectory> directory;  // dies after the lock
  absl::MutexLock lock(&fs_->mutex);
  WASI_ASSIGN_OR_RETURN(Filestat stat, StatLocked(name));
  if (stat.filetype != Filetype::kDirectory) return Errno::kNotdir;
  WASI_ASSIGN_OR_RETURN(Entry entry, TakeLocked(name, /*empty_file=*/false));
  directory = std::move(entry.directory);
  WASI_ASSIGN_OR_RETURN(bool empty, directory->IsEmptyLocked());
  if (!empty) return Errno::kNotempty;
  WASI_RETURN_IF_ERROR(EraseLocked(name));
  directory->removed_ = true;
  return TouchLocked();
}

Errno MemoryDirectory::UnlinkFile(const std::string& name) {
  std::shared_ptr<MemoryInode> inode;
  absl::MutexLock lock(&fs_->mutex);
  WASI_ASSIGN_OR_RETURN(Filestat stat, StatLocked(name));
  if (stat.filetype == Filetype::kDirectory) return Errno::kIsdir;
  if (Entry* own = FindOwnLocked(name)) inode = own->inode;
  WASI_RETURN_IF_ERROR(EraseLocked(name));
  if (inode) --inode->stat.nlink;
  return TouchLocked();
}

Errno MemoryDirectory::Symlink(const std::string& text, const std::string& name) {
  absl::MutexLock lock(&fs_->mutex);
  WASI_RETURN_IF_ERROR(CheckNewLocked(name));
  Entry entry;
  WASI_ASSIGN_OR_RETURN(entry.inode, NewLinkLocked(fs_->NewStat(Filetype::kSymbolicLink), text));
  WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
  return TouchLocked();
}

Errno MemoryDirectory::Link(const std::string& name, Directory& to, const std::string& new_name) {
  MemoryDirectory* target = Of(to);
  if (target == nullptr || target->fs_ != fs_) return Errno::kXdev;
  absl::MutexLock lock(&fs_->mutex);
  WASI_ASSIGN_OR_RETURN(Filestat stat, StatLocked(name));
  if (stat.filetype == Filetype::kDirectory) return Errno::kPerm;
  WASI_RETURN_IF_ERROR(target->CheckNewLocked(new_name));
  WASI_ASSIGN_OR_RETURN(Entry entry, TakeLocked(name, /*empty_file=*/false));
  std::shared_ptr<MemoryInode> inode = entry.inode;
  Entry other;
  other.inode = inode;
  WASI_RETURN_IF_ERROR(PutLocked(name, std::move(entry)));
  WASI_RETURN_IF_ERROR(target->PutLocked(new_name, std::move(other)));
  ++inode->stat.nlink;
  return target->TouchLocked();
}

// Whether `source` may take the place of what has the new name.
Errno MemoryDirectory::CheckReplaceLocked(const Entry& source, const std::string& new_name) {
  ErrnoOr<Filestat> there = StatLocked(new_name);
  if (!there.ok()) return there.error() == Errno::kNoent ? Errno::kSuccess : there.error();
  bool onto_directory = there->filetype == Filetype::kDirectory;
  if (!source.directory) return onto_directory ? Errno::kIsdir : Errno::kSuccess;
  if (!onto_directory) return Errno::kNotdir;
  WASI_ASSIGN_OR_RETURN(Entry target, TakeLocked(new_name, /*empty_file=*/false));
  WASI_ASSIGN_OR_RETURN(bool empty, target.directory->IsEmptyLocked());
  return empty ? Errno::kSuccess : Errno::kNotempty;
}

Errno MemoryDirectory::Rename(const std::string& name, Directory& to, const std::string& new_name) {
  MemoryDirectory* target = Of(to);
  if (target == nullptr || target->fs_ != fs_) return Errno::kXdev;
  Entry source, replaced;  // die after the lock
  absl::MutexLock lock(&fs_->mutex);
  WASI_RETURN_IF_ERROR(StatLocked(name).error());
  if (target->removed_) return Errno::kNoent;
  if (target == this && name == new_name) return Errno::kSuccess;
  WASI_ASSIGN_OR_RETURN(source, TakeLocked(name, /*empty_file=*/false));
  if (source.directory && source.directory->ContainsLocked(target)) return Errno::kInval;
  WASI_RETURN_IF_ERROR(target->CheckReplaceLocked(source, new_name));
  if (Entry* own = target->FindOwnLocked(new_name)) {
    if (own->inode && own->inode == source.inode) return Errno::kSuccess;  // two names of one file
    replaced = *own;
  }
  // First room for a mark where it was, so that nothing is done by half: the entry becomes this directory's own.
  WASI_RETURN_IF_ERROR(PutLocked(name, source));
  WASI_RETURN_IF_ERROR(target->PutLocked(new_name, source));
  WASI_RETURN_IF_ERROR(EraseLocked(name));
  if (source.directory) source.directory->replaced_ = true;
  if (replaced.inode) --replaced.inode->stat.nlink;
  if (replaced.directory) replaced.directory->removed_ = true;
  WASI_RETURN_IF_ERROR(TouchLocked());
  return target->TouchLocked();
}

Errno MemoryDirectory::ReadEntries(uint64_t cookie, Visitor visit) {
  absl::MutexLock lock(&fs_->mutex);
  if (cookie == 0 || (cookie & kOwn) != 0) {
    for (auto at = by_number_.upper_bound(cookie & ~kOwn); at != by_number_.end(); ++at) {
      const auto& [name, entry] = *at->second;
      if (!entry.exists()) continue;
      ErrnoOr<Filestat> stat = StatLocked(name);
      if (!visit({kOwn | at->first, stat.ok() ? stat->ino : 0, entry.type(), name})) return Errno::kSuccess;
    }
    cookie = 0;
  }
  if (!lower_) return Errno::kSuccess;
  Errno error = Errno::kSuccess;
  WASI_RETURN_IF_ERROR(lower_->ReadEntries(cookie, [&](const Listed& listed) {
    if ((listed.next & kOwn) != 0) error = Errno::kOverflow;
    if (error != Errno::kSuccess) return false;
    return FindOwnLocked(std::string(listed.name)) != nullptr || visit(listed);
  }));
  return error;
}

std::vector<MemoryDirectory::Change> MemoryDirectory::Changes() {
  absl::MutexLock lock(&fs_->mutex);
  std::vector<Change> changes;
  for (const auto& [name, entry] : entries_) {
    Change change{name, Change::kNew, entry.directory};
    if (!entry.exists()) {
      change.kind = Change::kRemoved;
    } else if (entry.directory && !entry.directory->replaced_) {
      change.kind = Change::kMerged;
    } else if (entry.directory && LowerHasLocked(name)) {
      change.kind = Change::kReplaced;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

std::shared_ptr<Directory> MakeMemoryDirectory(uint64_t max_bytes) {
  auto fs = std::make_shared<MemoryFs>(max_bytes);
  Filestat stat = fs->NewStat(Filetype::kDirectory);
  return std::make_shared<MemoryDirectory>(std::move(fs), stat);
}

std::shared_ptr<Directory> MakeOverlay(std::shared_ptr<Directory> lower, uint64_t max_bytes) {
  return std::make_shared<MemoryDirectory>(std::make_shared<MemoryFs>(max_bytes), std::move(lower));
}

}  // namespace umiak::wasi
