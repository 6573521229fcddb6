// fd_read, fd_write, fd_pread, fd_pwrite: bytes between guest memory and the host, without a copy.
#include <limits>

#include "wasi/functions.h"
#include "wasi/transfer.h"

namespace umiak::wasi {
namespace {

// So much a pipe that is ready takes without blocking (POSIX: PIPE_BUF).
constexpr uint64_t kPipeTransfer = 4096;

uint64_t WriteLimit(const Call& call, const Descriptor& descriptor) {
  if (descriptor.file->gives_again() || descriptor.file->pollable() < 0) return kMaxTransfer;
  return descriptor.is_nonblocking() || call.interrupt_fd >= 0 ? kPipeTransfer : kMaxTransfer;
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
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, kMaxTransfer, &slices));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, Transferring(call, *descriptor, POLLIN, [&] { return descriptor->file->Read(slices); }));
}

Errno FdWrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetWritable(call, fd));
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, WriteLimit(call, *descriptor), &slices));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  if (descriptor->file->gives_again()) return WriteResult(call, size, WriteAll(call, *descriptor, &slices));
  return WriteResult(call, size,
                     Transferring(call, *descriptor, POLLOUT, [&] { return descriptor->file->Write(slices); }));
}

Errno FdPread(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetReadable(call, fd));
  WASI_RETURN_IF_ERROR(CheckOffset(*descriptor, offset));
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, kMaxTransfer, &slices));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, descriptor->file->ReadAt(slices, offset));
}

Errno FdPwrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetWritable(call, fd));
  WASI_RETURN_IF_ERROR(CheckOffset(*descriptor, offset));
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, kMaxTransfer, &slices));
  WASI_RETURN_IF_ERROR(CheckResult(call, size));
  return WriteResult(call, size, descriptor->file->WriteAt(slices, offset));
}

}  // namespace umiak::wasi
