#include "wasi/fs/dir.h"

#include <optional>
#include <utility>

#include "wasi/errno_or.h"
#include "wasi/fs/path.h"
#include "wasi/fs/walk.h"
#include "wasi/host/host_directory.h"

namespace umiak::wasi {
namespace {

// For a path with a trailing slash: is a directory there?
Errno CheckIsDirectory(Directory& directory, const std::string& name) {
  if (name.empty()) return Errno::kSuccess;
  WASI_ASSIGN_OR_RETURN(Filestat stat, directory.StatEntry(name));
  return stat.filetype == Filetype::kDirectory ? Errno::kSuccess : Errno::kNotdir;
}

// For a new name with a trailing slash that only a directory may have.
Errno CheckNewName(Directory& directory, const std::string& name, bool must_be_dir) {
  if (name.empty()) return Errno::kExist;
  if (!must_be_dir) return Errno::kSuccess;
  WASI_RETURN_IF_ERROR(CheckIsDirectory(directory, name));
  return Errno::kExist;
}

// Whether what a walk found was replaced before the call by name: the walk is to look again.
bool WasReplaced(const Place& place, bool follow, Errno error) {
  if (place.name.empty()) return false;
  return (error == Errno::kLoop && follow) || (error == Errno::kIsdir && !place.must_be_dir);
}

}  // namespace

Dir::Dir(std::shared_ptr<Directory> directory, bool read_only)
    : directory_(std::move(directory)), host_(HostDirectory::Of(*directory_)), read_only_(read_only) {}

Errno Dir::SetTimes(const TimeChanges& times) const {
  return read_only_ ? Errno::kPerm : directory_->SetTimes(times);
}

ErrnoOr<Dir::Parent> Dir::ParentOf(const std::string& path) const {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  SplitPath split = Split(path);
  Parent parent{directory_, std::move(split.name), split.must_be_dir};
  if (split.above.empty()) return parent;
  if (host_ != nullptr) {
    if (auto found = host_->DirectoryAt(split.above)) {
      WASI_ASSIGN_OR_RETURN(parent.directory, *std::move(found));
      return parent;
    }
  }
  WASI_ASSIGN_OR_RETURN(Place place, Walk(directory_, split.above, /*follow=*/true));
  if (!place.name.empty()) {
    if (!place.node) return Errno::kNoent;
    if (place.node->type != Filetype::kDirectory) return Errno::kNotdir;
    parent.directory = std::move(place.node->directory);
  } else {
    parent.directory = std::move(place.directory);
  }
  return parent;
}

ErrnoOr<Opened> Dir::Open(const std::string& path, bool follow, const OpenOptions& options) const {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  if (read_only_ && (options.write || options.create || options.truncate)) return Errno::kPerm;
  if (host_ != nullptr) {
    if (auto found = host_->OpenAt(path, follow, options)) {
      WASI_ASSIGN_OR_RETURN(HostDirectory::FileOrDirectory opened, *std::move(found));
      if (opened.file != nullptr) return Opened(std::move(opened.file));
      return Opened(std::make_shared<Dir>(std::move(opened.directory), read_only_));
    }
  }
  if (options.create && options.exclusive) follow = false;
  for (int attempt = 0;; ++attempt) {
    WASI_ASSIGN_OR_RETURN(Place place, Walk(directory_, path, follow));
    ErrnoOr<Opened> opened = OpenPlace(place, options);
    if (opened.ok() || attempt >= kMaxLinks || !WasReplaced(place, follow, opened.error())) return opened;
  }
}

ErrnoOr<Opened> Dir::OpenPlace(const Place& place, const OpenOptions& options) const {
  bool exists = place.name.empty() || place.node.has_value();
  if (exists && options.create && options.exclusive) return Errno::kExist;
  if (place.name.empty() || (exists && place.node->type == Filetype::kDirectory)) {
    if (options.create || options.write || options.truncate) return Errno::kIsdir;
    return Opened(std::make_shared<Dir>(place.name.empty() ? place.directory : place.node->directory, read_only_));
  }
  if (!exists && !options.create) return Errno::kNoent;
  if (place.must_be_dir) return options.create ? Errno::kIsdir : Errno::kNotdir;
  if (exists && options.directory) return Errno::kNotdir;
  if (exists && place.node->type == Filetype::kSymbolicLink) return Errno::kLoop;
  WASI_ASSIGN_OR_RETURN(std::shared_ptr<File> file, place.directory->OpenFile(place.name, options));
  return Opened(std::move(file));
}

ErrnoOr<Filestat> Dir::StatAt(const std::string& path, bool follow) const {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  if (!follow && !EndsInDirectory(path)) {
    WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
    return parent.directory->StatEntry(parent.name);
  }
  if (host_ != nullptr) {
    if (auto found = host_->StatAt(path)) return *std::move(found);
  }
  for (int attempt = 0;; ++attempt) {
    WASI_ASSIGN_OR_RETURN(Place place, Walk(directory_, path, /*follow=*/true));
    if (place.name.empty()) return place.directory->Stat();
    WASI_ASSIGN_OR_RETURN(Filestat stat, place.directory->StatEntry(place.name));
    // A link now was none when the walk looked.
    bool replaced = stat.filetype == Filetype::kSymbolicLink;
    if (replaced && attempt < kMaxLinks) continue;
    if (replaced) return Errno::kLoop;
    if (place.must_be_dir && stat.filetype != Filetype::kDirectory) return Errno::kNotdir;
    return stat;
  }
}

Errno Dir::SetTimesAt(const std::string& path, bool follow, const TimeChanges& times) const {
  WASI_RETURN_IF_ERROR(CheckPath(path));
  if (read_only_) return Errno::kPerm;
  if (!follow && !EndsInDirectory(path)) {
    WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
    return parent.directory->SetEntryTimes(parent.name, times);
  }
  if (host_ != nullptr) {
    if (auto error = host_->SetTimesAt(path, times)) return *error;
  }
  WASI_ASSIGN_OR_RETURN(Place place, Walk(directory_, path, /*follow=*/true));
  if (place.name.empty()) return place.directory->SetTimes(times);
  if (!place.node) return Errno::kNoent;
  if (place.node->type == Filetype::kDirectory) return place.node->directory->SetTimes(times);
  if (place.must_be_dir) return Errno::kNotdir;
  return place.directory->SetEntryTimes(place.name, times);
}

Errno Dir::CreateDirectory(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
  if (read_only_) return Errno::kPerm;
  return parent.name.empty() ? Errno::kExist : parent.directory->CreateDirectory(parent.name);
}

Errno Dir::RemoveDirectory(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
  if (read_only_) return Errno::kPerm;
  return parent.name.empty() ? Errno::kInval : parent.directory->RemoveDirectory(parent.name);
}

Errno Dir::UnlinkFile(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
  if (read_only_) return Errno::kPerm;
  if (parent.must_be_dir) {
    WASI_RETURN_IF_ERROR(CheckIsDirectory(*parent.directory, parent.name));
    return Errno::kIsdir;
  }
  return parent.directory->UnlinkFile(parent.name);
}

ErrnoOr<std::string> Dir::ReadLink(const std::string& path) const {
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
  if (parent.must_be_dir) {
    WASI_RETURN_IF_ERROR(CheckIsDirectory(*parent.directory, parent.name));
    return Errno::kInval;
  }
  return parent.directory->ReadLink(parent.name);
}

Errno Dir::Symlink(const std::string& text, const std::string& path) const {
  // It could not be followed later: refuse it now.
  WASI_RETURN_IF_ERROR(CheckPath(text));
  WASI_ASSIGN_OR_RETURN(Parent parent, ParentOf(path));
  if (read_only_) return Errno::kPerm;
  WASI_RETURN_IF_ERROR(CheckNewName(*parent.directory, parent.name, parent.must_be_dir));
  return parent.directory->Symlink(text, parent.name);
}

Errno Dir::Link(const std::string& path, const Dir& to, const std::string& new_path) const {
  WASI_ASSIGN_OR_RETURN(Parent from, ParentOf(path));
  WASI_ASSIGN_OR_RETURN(Parent target, to.ParentOf(new_path));
  // A name in a writable directory would make a read-only file writable.
  if (read_only_ || to.read_only_) return Errno::kPerm;
  if (from.must_be_dir) WASI_RETURN_IF_ERROR(CheckIsDirectory(*from.directory, from.name));
  WASI_RETURN_IF_ERROR(CheckNewName(*target.directory, target.name, target.must_be_dir));
  if (from.name.empty()) return Errno::kPerm;
  return from.directory->Link(from.name, *target.directory, target.name);
}

Errno Dir::Rename(const std::string& path, const Dir& to, const std::string& new_path) const {
  WASI_ASSIGN_OR_RETURN(Parent from, ParentOf(path));
  WASI_ASSIGN_OR_RETURN(Parent target, to.ParentOf(new_path));
  if (read_only_ || to.read_only_) return Errno::kPerm;
  if (from.must_be_dir || target.must_be_dir) WASI_RETURN_IF_ERROR(CheckIsDirectory(*from.directory, from.name));
  if (from.name.empty() || target.name.empty()) return Errno::kBusy;
  return from.directory->Rename(from.name, *target.directory, target.name);
}

// Cookies: 1 is behind ".", 2 behind "..", the file system's own are moved up by 2.
Errno Dir::ReadEntries(uint64_t cookie, Directory::Visitor visit) const {
  constexpr uint64_t kBehindDots = 2;
  if (cookie < kBehindDots) {
    WASI_ASSIGN_OR_RETURN(Filestat stat, directory_->Stat());
    if (cookie == 0 && !visit({1, stat.ino, Filetype::kDirectory, "."})) return Errno::kSuccess;
    if (!visit({kBehindDots, stat.ino, Filetype::kDirectory, ".."})) return Errno::kSuccess;
  }
  uint64_t own = cookie <= kBehindDots ? 0 : cookie - kBehindDots;
  return directory_->ReadEntries(own, [&](const Directory::Listed& entry) {
    Directory::Listed moved = entry;
    moved.next += kBehindDots;
    return visit(moved);
  });
}

}  // namespace umiak::wasi
