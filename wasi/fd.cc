// fd_*: what a descriptor is and has; its bytes are in fd_io.cc, its entries in fd_dir.cc.
#include <algorithm>
#include <limits>

#include "wasi/functions.h"
#include "wasi/snapshot0.h"
#include "wasi/host/socket.h"

namespace umiak::wasi {
namespace {

// A regular file for fd_seek and the like; a stream has no position.
ErrnoOr<DescriptorPtr> GetSeekable(Call& call, Fd fd) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().GetFile(fd));
  if (descriptor->file->is_stream()) return Errno::kSpipe;
  return descriptor;
}

Errno Sync(Call& call, Fd fd, bool data_only) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  return descriptor->dir ? descriptor->dir->Sync(data_only) : descriptor->file->Sync(data_only);
}

uint64_t RightsOf(const Descriptor& descriptor) {
  if (descriptor.socket != nullptr) {
    return descriptor.socket->listens() ? rights::kListener : rights::kConnection;
  }
  uint64_t all = descriptor.file->is_stream() ? rights::kStream : rights::kFile;
  if (!descriptor.readable) all &= ~rights::kFdRead;
  if (!descriptor.writable) all &= ~(rights::kFdWrite | rights::kFdAllocate | rights::kFdFilestatSetSize);
  return all;
}

}  // namespace

Errno FdAdvise(Call& call, Fd fd, uint64_t offset, uint64_t size, uint32_t advice) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  if (descriptor->dir) return Errno::kBadf;
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (advice > static_cast<uint32_t>(Advice::kNoreuse) || offset > kMax || size > kMax - offset) return Errno::kInval;
  return descriptor->file->Advise(offset, size, static_cast<Advice>(advice));
}

Errno FdAllocate(Call& call, Fd fd, uint64_t offset, uint64_t size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSeekable(call, fd));
  if (!descriptor->writable) return Errno::kBadf;
  return descriptor->file->Allocate(offset, size);
}

Errno FdClose(Call& call, Fd fd) { return call.context.fds().Close(fd); }

Errno FdDatasync(Call& call, Fd fd) { return Sync(call, fd, /*data_only=*/true); }

Errno FdSync(Call& call, Fd fd) { return Sync(call, fd, /*data_only=*/false); }

Errno FdFdstatGet(Call& call, Fd fd, GuestPtr<Fdstat> result) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  Fdstat stat;
  stat.flags = static_cast<uint16_t>(descriptor->flags.load(std::memory_order_relaxed));
  if (descriptor->dir) {
    stat.filetype = Filetype::kDirectory;
    stat.flags = 0;
    // The same under a read-only grant: wasi-libc takes from a request what is not inherited, and a file that was
    // to be written would open for reading.
    stat.rights_base = rights::kDirectoryBase;
    stat.rights_inheriting = rights::kDirectoryInheriting;
  } else {
    stat.filetype = descriptor->file->type();
    stat.rights_base = RightsOf(*descriptor);
  }
  return call.memory.Write(result, stat);
}

Errno FdFdstatSetFlags(Call& call, Fd fd, uint32_t flags) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  uint32_t before = descriptor->flags.load(std::memory_order_relaxed);
  // How a file is synchronised was decided when it was opened; saying the same again is no change.
  if ((flags & ~fdflags::kAll) != 0 || (flags & fdflags::kAnySync & ~before) != 0) return Errno::kInval;
  if (descriptor->file && ((flags ^ before) & fdflags::kAppend) != 0) {
    WASI_RETURN_IF_ERROR(descriptor->file->SetAppend((flags & fdflags::kAppend) != 0));
  }
  descriptor->flags.store(flags | (before & fdflags::kAnySync), std::memory_order_relaxed);
  return Errno::kSuccess;
}

Errno FdFdstatSetRights(Call& call, Fd fd, uint64_t base, uint64_t inheriting) {
  (void)base;
  (void)inheriting;
  WASI_RETURN_IF_ERROR(call.context.fds().Get(fd).error());
  return Errno::kNotsup;
}

Errno FdFilestatGet(Call& call, Fd fd, GuestPtr<Filestat> result) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  WASI_ASSIGN_OR_RETURN(Filestat stat, descriptor->dir ? descriptor->dir->Stat() : descriptor->file->Stat());
  return WriteFilestat(call, result, stat);
}

Errno FdFilestatSetSize(Call& call, Fd fd, uint64_t size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().GetFile(fd));
  if (!descriptor->writable) return Errno::kBadf;
  return descriptor->file->SetSize(size);
}

Errno FdFilestatSetTimes(Call& call, Fd fd, uint64_t atim, uint64_t mtim, uint32_t fst_flags) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  WASI_ASSIGN_OR_RETURN(TimeChanges times, ToTimeChanges(atim, mtim, fst_flags));
  if (descriptor->read_only) return Errno::kPerm;
  return descriptor->dir ? descriptor->dir->SetTimes(times) : descriptor->file->SetTimes(times);
}

Errno FdRenumber(Call& call, Fd from, Fd to) { return call.context.fds().Renumber(from, to); }

Errno FdSeek(Call& call, Fd fd, uint64_t delta, uint32_t whence, GuestPtr<uint64_t> position) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSeekable(call, fd));
  WASI_ASSIGN_OR_RETURN(Whence from, ToWhence(call, whence));
  WASI_RETURN_IF_ERROR(call.memory.Read(position).error());  // before the position moves
  WASI_ASSIGN_OR_RETURN(uint64_t now, descriptor->file->Seek(static_cast<int64_t>(delta), from));
  return call.memory.Write(position, now);
}

Errno FdTell(Call& call, Fd fd, GuestPtr<uint64_t> position) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSeekable(call, fd));
  WASI_ASSIGN_OR_RETURN(uint64_t now, descriptor->file->Seek(0, Whence::kCur));
  return call.memory.Write(position, now);
}

}  // namespace umiak::wasi
