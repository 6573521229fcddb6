// fd_read, fd_write, fd_pread, fd_pwrite: bytes between guest memory and the host, without a copy.
#include <algorithm>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "wasi/functions.h"
#include "wasi/host/wait.h"

namespace umiak::wasi {
namespace {

// A call may transfer less than asked: of longer arrays the first ones count, and no more bytes than a u32 tells.
constexpr uint32_t kMaxSlices = 1024;
constexpr uint64_t kMaxTransfer = 1u << 30;
// So much a pipe that is ready takes without blocking (POSIX: PIPE_BUF).
constexpr uint64_t kPipeTransfer = 4096;

using SliceVector = absl::InlinedVector<iovec, 8>;

// The guest's slices, every one checked; at most `limit` bytes.
ErrnoOr<SliceVector> Gather(Call& call, GuestPtr<Iovec> iovs, uint32_t count, uint64_t limit) {
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> array, call.memory.Array(iovs, count));
  SliceVector slices;
  for (uint32_t i = 0; i < std::min(count, kMaxSlices); ++i) {
    Iovec iov = ReadElement<Iovec>(array, i);
    WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(iov.buf, iov.len));
    size_t size = std::min<uint64_t>(bytes.size(), limit);
    if (size == 0) continue;
    limit -= size;
    // SAFETY: checked just now; neither moves nor shrinks during the call.
    slices.push_back({bytes.data(), size});
  }
  return slices;
}

// Runs `transfer`, after waiting where it may block: not longer than the guest's NONBLOCK flag and the interruption
// of the store allow.
template <class Transfer>
ErrnoOr<uint64_t> Transferring(Call& call, const Descriptor& descriptor, short events, Transfer transfer) {
  int fd = descriptor.file->pollable();
  bool nonblocking = descriptor.is_nonblocking();
  bool wait = fd >= 0 && (nonblocking || call.interrupt_fd >= 0);
  while (true) {
    if (wait) {
      WASI_ASSIGN_OR_RETURN(bool ready, WaitFor(fd, events, nonblocking ? 0 : kForever, call.interrupt_fd));
      if (!ready) return Errno::kAgain;
    }
    ErrnoOr<uint64_t> size = transfer();
    if (size.ok() || size.error() != Errno::kAgain || nonblocking || fd < 0) return size;
    wait = true;  // the host's descriptor does not block; the guest's does
  }
}

uint64_t WriteLimit(const Call& call, const Descriptor& descriptor) {
  bool must_not_block = descriptor.is_nonblocking() || call.interrupt_fd >= 0;
  return descriptor.file->pollable() >= 0 && must_not_block ? kPipeTransfer : kMaxTransfer;
}

ErrnoOr<DescriptorPtr> GetReadable(Call& call, Fd fd) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().GetFile(fd));
  if (!descriptor->readable) return Errno::kBadf;
  return descriptor;
}

ErrnoOr<DescriptorPtr> GetWritable(Call& call, Fd fd) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().GetFile(fd));
  if (!descriptor->writable) return Errno::kBadf;
  return descriptor;
}

Errno CheckOffset(const Descriptor& descriptor, uint64_t offset) {
  if (descriptor.file->is_stream()) return Errno::kSpipe;
  return offset > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ? Errno::kInval : Errno::kSuccess;
}

// Where a result goes, before anything is transferred.
Errno CheckResult(Call& call, GuestPtr<uint32_t> size) { return call.memory.Read(size).error(); }

Errno WriteResult(Call& call, GuestPtr<uint32_t> size, const ErrnoOr<uint64_t>& result) {
  if (!result.ok()) return result.error();
  return call.memory.Write(size, static_cast<uint32_t>(*result));
}

}  // namespace

Errno FdRead(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetReadable(call, fd));
  WASI_ASSIGN_OR_RETURN(SliceVector slices, Gather(call, iovs, count, kMaxTransfer));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, Transferring(call, *descriptor, POLLIN, [&] { return descriptor->file->Read(slices); }));
}

Errno FdWrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetWritable(call, fd));
  WASI_ASSIGN_OR_RETURN(SliceVector slices, Gather(call, iovs, count, WriteLimit(call, *descriptor)));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size,
                     Transferring(call, *descriptor, POLLOUT, [&] { return descriptor->file->Write(slices); }));
}

Errno FdPread(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetReadable(call, fd));
  WASI_RETURN_IF_ERROR(CheckOffset(*descriptor, offset));
  WASI_ASSIGN_OR_RETURN(SliceVector slices, Gather(call, iovs, count, kMaxTransfer));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, descriptor->file->ReadAt(slices, offset));
}

Errno FdPwrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetWritable(call, fd));
  WASI_RETURN_IF_ERROR(CheckOffset(*descriptor, offset));
  WASI_ASSIGN_OR_RETURN(SliceVector slices, Gather(call, iovs, count, kMaxTransfer));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, descriptor->file->WriteAt(slices, offset));
}

}  // namespace umiak::wasi
