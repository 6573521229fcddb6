// Bytes between guest memory and a descriptor, without a copy: what fd_io.cc and sock.cc share.
#ifndef UMIAK_WASI_TRANSFER_H_
#define UMIAK_WASI_TRANSFER_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "wasi/context.h"
#include "wasi/host/wait.h"

namespace umiak::wasi {

// A call may transfer less than asked: of longer arrays the first slices that are not empty count, and no more bytes than
// a u32 tells.
inline constexpr uint32_t kMaxSlices = 1024;
inline constexpr uint64_t kMaxTransfer = 1u << 30;

using SliceVector = absl::InlinedVector<iovec, 8>;

// Appends the guest's slices, every one of them checked, without the empty ones; at most `limit` bytes and kMaxSlices.
Errno Gather(Call& call, GuestPtr<Iovec> iovs, uint32_t count, uint64_t limit, SliceVector* slices);
uint64_t SizeOf(const SliceVector& slices);
// Takes the first `size` bytes away. REQUIRES: there are as many.
void DropFront(SliceVector* slices, uint64_t size);

// Runs `transfer` until it is not kAgain, and waits for `events` in between: no longer than the guest's NONBLOCK flag
// and the interruption of the store allow.
template <class Transfer>
ErrnoOr<uint64_t> Transferring(Call& call, const Descriptor& descriptor, short events, Transfer transfer) {
  const int fd = descriptor.file->pollable();
  const bool nonblocking = descriptor.is_nonblocking();
  bool wait = fd >= 0 && !descriptor.file->gives_again() && (nonblocking || call.interrupt_fd >= 0);
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

// Writes to a file that gives_again(): all of it, unless the guest's NONBLOCK flag says what there is room for. An
// error or interruption after some bytes is left for the next call to find.
ErrnoOr<uint64_t> WriteAll(Call& call, const Descriptor& descriptor, SliceVector* slices);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_TRANSFER_H_
