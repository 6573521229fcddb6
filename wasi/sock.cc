// sock_*: no socket is granted to a guest so far, so that every descriptor is something else.
#include "wasi/functions.h"

namespace umiak::wasi {
namespace {

Errno NotASocket(Call& call, Fd fd) {
  WASI_RETURN_IF_ERROR(call.context.fds().Get(fd).error());
  return Errno::kNotsock;
}

}  // namespace

Errno SockAccept(Call& call, Fd fd, uint32_t flags, GuestPtr<Fd> result) {
  (void)flags;
  (void)result;
  return NotASocket(call, fd);
}

Errno SockRecv(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size,
               GuestPtr<uint16_t> result_flags) {
  (void)iovs;
  (void)count;
  (void)flags;
  (void)size;
  (void)result_flags;
  return NotASocket(call, fd);
}

Errno SockSend(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size) {
  (void)iovs;
  (void)count;
  (void)flags;
  (void)size;
  return NotASocket(call, fd);
}

Errno SockShutdown(Call& call, Fd fd, uint32_t how) {
  (void)how;
  return NotASocket(call, fd);
}

}  // namespace umiak::wasi
