// sock_*: accepting from listeners that are granted, and talking to who comes.
#include "wasi/functions.h"
#include "wasi/host/socket.h"
#include "wasi/transfer.h"

namespace umiak::wasi {
namespace {

// A descriptor of a socket; kNotsock for any other.
ErrnoOr<DescriptorPtr> GetSocket(Call& call, Fd fd) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  if (descriptor->socket == nullptr) return Errno::kNotsock;
  return descriptor;
}

// What a connection has; with `all` until the slices are full, the peer has no more, or nothing is waiting and the
// guest does not want to block.
ErrnoOr<Socket::Received> Receive(Call& call, const Descriptor& descriptor, SliceVector* slices, bool peek, bool all) {
  Socket& socket = *descriptor.socket;
  const uint64_t wanted = SizeOf(*slices);
  Socket::Received total;
  do {
    bool truncated = false;
    ErrnoOr<uint64_t> size = Transferring(call, descriptor, POLLIN, [&]() -> ErrnoOr<uint64_t> {
      WASI_ASSIGN_OR_RETURN(Socket::Received received, socket.Receive(*slices, peek));
      truncated = received.truncated;
      return received.size;
    });
    // An error or interruption after some bytes is left for the next call to find.
    if (!size.ok() && total.size == 0) return size.error();
    if (!size.ok() || *size == 0) break;
    total.size += *size;
    total.truncated |= truncated;
    if (total.size < wanted) DropFront(slices, *size);
  } while (all && total.size < wanted && !total.truncated);
  return total;
}

}  // namespace

DescriptorPtr MakeDescriptor(std::shared_ptr<Socket> socket) {
  auto descriptor = std::make_shared<Descriptor>();
  descriptor->socket = socket.get();
  descriptor->file = std::move(socket);
  descriptor->readable = true;
  descriptor->writable = true;
  return descriptor;
}

Errno SockAccept(Call& call, Fd fd, uint32_t flags, GuestPtr<Fd> result) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr listener, GetSocket(call, fd));
  if ((flags & ~fdflags::kNonblock) != 0) return Errno::kInval;
  // Before there is a connection to lose.
  WASI_RETURN_IF_ERROR(call.memory.Read(result).error());
  WASI_RETURN_IF_ERROR(call.context.fds().CheckRoom());
  std::shared_ptr<Socket> connection;
  WASI_RETURN_IF_ERROR(Transferring(call, *listener, POLLIN, [&]() -> ErrnoOr<uint64_t> {
                         WASI_ASSIGN_OR_RETURN(connection, listener->socket->Accept());
                         return uint64_t{0};
                       }).error());
  DescriptorPtr descriptor = MakeDescriptor(std::move(connection));
  descriptor->flags.store(flags, std::memory_order_relaxed);
  WASI_ASSIGN_OR_RETURN(Fd number, call.context.fds().Insert(std::move(descriptor)));
  return call.memory.Write(result, number);
}

Errno SockRecv(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size,
               GuestPtr<uint16_t> result_flags) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSocket(call, fd));
  if ((flags & ~riflags::kAll) != 0) return Errno::kInval;
  const bool peek = (flags & riflags::kPeek) != 0;
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, kMaxTransfer, &slices));
  WASI_RETURN_IF_ERROR(call.memory.Read(size).error());
  WASI_RETURN_IF_ERROR(call.memory.Read(result_flags).error());
  // As POSIX has it, a peek does not wait for all: what it sees stays in the way of what it waits for.
  const bool all = (flags & riflags::kWaitall) != 0 && !peek;
  WASI_ASSIGN_OR_RETURN(Socket::Received received, Receive(call, *descriptor, &slices, peek, all));
  WASI_RETURN_IF_ERROR(call.memory.Write(size, static_cast<uint32_t>(received.size)));
  return call.memory.Write(result_flags, received.truncated ? kRecvDataTruncated : uint16_t{0});
}

Errno SockSend(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSocket(call, fd));
  if (flags != 0) return Errno::kInval;
  SliceVector slices;
  WASI_RETURN_IF_ERROR(Gather(call, iovs, count, kMaxTransfer, &slices));
  WASI_RETURN_IF_ERROR(call.memory.Read(size).error());
  WASI_ASSIGN_OR_RETURN(uint64_t sent, WriteAll(call, *descriptor, &slices));
  return call.memory.Write(size, static_cast<uint32_t>(sent));
}

Errno SockShutdown(Call& call, Fd fd, uint32_t how) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, GetSocket(call, fd));
  if (how == 0 || (how & ~sdflags::kAll) != 0) return Errno::kInval;
  return descriptor->socket->Shutdown((how & sdflags::kRd) != 0, (how & sdflags::kWr) != 0);
}

}  // namespace umiak::wasi
