// path_*: names beneath a directory. Everything about resolution is in fs/dir.h.
#include <algorithm>
#include <utility>

#include "wasi/functions.h"
#include "wasi/snapshot0.h"

namespace umiak::wasi {
namespace {

// Copied once, so that another thread of the guest cannot change it between check and use.
ErrnoOr<std::string> ReadPath(Call& call, GuestPtr<uint8_t> path, uint32_t size) {
  WASI_RETURN_IF_ERROR(call.memory.Array(path, size).error());
  if (size >= kMaxPathLength) return Errno::kNametoolong;
  return call.memory.ReadString(path.address, size);
}

ErrnoOr<bool> Follows(uint32_t lookup) {
  if ((lookup & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  return (lookup & kLookupSymlinkFollow) != 0;
}

// The three calls with a directory and a path.
Errno WithPath(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size, Errno (Dir::*run)(const std::string&) const) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  return (*dir->dir.*run)(name);
}

ErrnoOr<OpenOptions> ToOpenOptions(uint32_t open_flags, uint64_t rights_base, uint32_t fd_flags) {
  if ((open_flags & ~oflags::kAll) != 0 || (fd_flags & ~fdflags::kAll) != 0) return Errno::kInval;
  if ((open_flags & oflags::kCreat) != 0 && (open_flags & oflags::kDirectory) != 0) return Errno::kInval;
  OpenOptions options;
  options.read = (rights_base & rights::kFdRead) != 0;
  options.write = (rights_base & rights::kFdWrite) != 0;
  options.create = (open_flags & oflags::kCreat) != 0;
  options.exclusive = (open_flags & oflags::kExcl) != 0;
  options.truncate = (open_flags & oflags::kTrunc) != 0;
  options.directory = (open_flags & oflags::kDirectory) != 0;
  options.append = (fd_flags & fdflags::kAppend) != 0;
  options.dsync = (fd_flags & fdflags::kDsync) != 0;
  options.sync = (fd_flags & (fdflags::kSync | fdflags::kRsync)) != 0;
  return options;
}

}  // namespace

Errno PathCreateDirectory(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size) {
  return WithPath(call, fd, path, size, &Dir::CreateDirectory);
}

Errno PathRemoveDirectory(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size) {
  return WithPath(call, fd, path, size, &Dir::RemoveDirectory);
}

Errno PathUnlinkFile(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size) {
  return WithPath(call, fd, path, size, &Dir::UnlinkFile);
}

Errno PathFilestatGet(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size,
                      GuestPtr<Filestat> result) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(bool follow, Follows(lookup));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  WASI_ASSIGN_OR_RETURN(Filestat stat, dir->dir->StatAt(name, follow));
  return WriteFilestat(call, result, stat);
}

Errno PathFilestatSetTimes(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size, uint64_t atim,
                           uint64_t mtim, uint32_t fst_flags) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(bool follow, Follows(lookup));
  WASI_ASSIGN_OR_RETURN(TimeChanges times, ToTimeChanges(atim, mtim, fst_flags));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  return dir->dir->SetTimesAt(name, follow, times);
}

Errno PathLink(Call& call, Fd old_fd, uint32_t lookup, GuestPtr<uint8_t> old_path, uint32_t old_size, Fd new_fd,
               GuestPtr<uint8_t> new_path, uint32_t new_size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr from, call.context.fds().GetDir(old_fd));
  WASI_ASSIGN_OR_RETURN(DescriptorPtr to, call.context.fds().GetDir(new_fd));
  // Following is not offered: a link is linked itself.
  if (lookup != 0) return Errno::kInval;
  WASI_ASSIGN_OR_RETURN(std::string old_name, ReadPath(call, old_path, old_size));
  WASI_ASSIGN_OR_RETURN(std::string new_name, ReadPath(call, new_path, new_size));
  return from->dir->Link(old_name, *to->dir, new_name);
}

Errno PathOpen(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size, uint32_t open_flags,
               uint64_t rights_base, uint64_t rights_inheriting, uint32_t fd_flags, GuestPtr<Fd> result) {
  (void)rights_inheriting;
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(OpenOptions options, ToOpenOptions(open_flags, rights_base, fd_flags));
  WASI_ASSIGN_OR_RETURN(bool follow, Follows(lookup));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  // Before anything is created.
  WASI_RETURN_IF_ERROR(call.memory.Read(result).error());
  WASI_RETURN_IF_ERROR(call.context.fds().CheckRoom());
  WASI_ASSIGN_OR_RETURN(Opened opened, dir->dir->Open(name, follow, options));
  auto descriptor = std::make_shared<Descriptor>();
  if (auto* opened_dir = std::get_if<std::shared_ptr<Dir>>(&opened)) {
    descriptor->dir = std::move(*opened_dir);
  } else {
    descriptor->file = std::get<std::shared_ptr<File>>(std::move(opened));
  }
  descriptor->readable = options.read;
  descriptor->writable = options.write;
  descriptor->read_only = dir->read_only;
  descriptor->flags.store(fd_flags, std::memory_order_relaxed);
  WASI_ASSIGN_OR_RETURN(Fd number, call.context.fds().Insert(std::move(descriptor)));
  return call.memory.Write(result, number);
}

Errno PathReadlink(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size, GuestPtr<uint8_t> buffer,
                   uint32_t buffer_size, GuestPtr<uint32_t> used) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(buffer.address, buffer_size));
  WASI_ASSIGN_OR_RETURN(std::string text, dir->dir->ReadLink(name));
  size_t length = std::min(text.size(), bytes.size());
  CopyGuestBytes(bytes.data(), text.data(), length);
  return call.memory.Write(used, static_cast<uint32_t>(length));
}

Errno PathRename(Call& call, Fd old_fd, GuestPtr<uint8_t> old_path, uint32_t old_size, Fd new_fd,
                 GuestPtr<uint8_t> new_path, uint32_t new_size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr from, call.context.fds().GetDir(old_fd));
  WASI_ASSIGN_OR_RETURN(DescriptorPtr to, call.context.fds().GetDir(new_fd));
  WASI_ASSIGN_OR_RETURN(std::string old_name, ReadPath(call, old_path, old_size));
  WASI_ASSIGN_OR_RETURN(std::string new_name, ReadPath(call, new_path, new_size));
  return from->dir->Rename(old_name, *to->dir, new_name);
}

Errno PathSymlink(Call& call, GuestPtr<uint8_t> text, uint32_t text_size, Fd fd, GuestPtr<uint8_t> path,
                  uint32_t size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr dir, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(std::string target, ReadPath(call, text, text_size));
  WASI_ASSIGN_OR_RETURN(std::string name, ReadPath(call, path, size));
  return dir->dir->Symlink(target, name);
}

}  // namespace umiak::wasi
