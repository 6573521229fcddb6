#include "wasi/host/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "wasi/host/errno.h"
#include "wasi/host/posix_file.h"

namespace umiak::wasi {
namespace {

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

template <class T>
T As(const sockaddr_storage& storage) {
  T address;
  memcpy(&address, &storage, sizeof(T));
  return address;
}

template <class T>
Address ToAddress(const T& address) {
  Address result;
  memcpy(&result.storage, &address, sizeof(T));
  result.size = sizeof(T);
  return result;
}

// "127.0.0.1:80", "[::1]:80", "localhost:80". No names are looked up: that is a matter of libraries and servers.
std::optional<Address> Parse(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return std::nullopt;
  }
  absl::string_view host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]")) {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(port));
    if (inet_pton(AF_INET6, std::string(host).c_str(), &v6.sin6_addr) != 1) return std::nullopt;
    return ToAddress(v6);
  }
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) != 1) return std::nullopt;
  return ToAddress(v4);
}

// Where a socket is bound, as text.
std::string NameOf(int fd) {
  Address address;
  if (getsockname(fd, address.get(), &address.size) != 0) return "";
  char text[INET6_ADDRSTRLEN] = "";
  switch (address.storage.ss_family) {
    case AF_INET: {
      const auto v4 = As<sockaddr_in>(address.storage);
      inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
      return absl::StrCat(text, ":", ntohs(v4.sin_port));
    }
    case AF_INET6: {
      const auto v6 = As<sockaddr_in6>(address.storage);
      inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
      return absl::StrCat("[", text, "]:", ntohs(v6.sin6_port));
    }
    case AF_UNIX: {
      const auto unix_address = As<sockaddr_un>(address.storage);
      const size_t most = address.size - std::min<size_t>(address.size, offsetof(sockaddr_un, sun_path));
      return std::string(unix_address.sun_path, strnlen(unix_address.sun_path, most));
    }
    default:
      return "";
  }
}

absl::Status HostError() { return absl::InternalError(strerror(errno)); }

// The value of an integer option; nullopt for what is no socket.
std::optional<int> OptionOf(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof(value);
  if (getsockopt(fd, SOL_SOCKET, option, &value, &size) != 0) return std::nullopt;
  return value;
}

msghdr ToMessage(Slices slices) {
  msghdr message = {};
  // The interface is that of C: nothing is written through the pointer.
  message.msg_iov = const_cast<iovec*>(slices.data());
  message.msg_iovlen = std::min<size_t>(slices.size(), IOV_MAX);
  return message;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Socket>> Socket::Listen(absl::string_view address) {
  std::optional<Address> parsed = Parse(address);
  if (!parsed.has_value()) {
    return absl::InvalidArgumentError("wants ADDRESS:PORT, as in 127.0.0.1:8080 or [::1]:8080");
  }
  UniqueFd fd(::socket(parsed->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return HostError();
  // A server that starts again need not wait for its last connections to be forgotten.
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd.get(), parsed->get(), parsed->size) != 0 || listen(fd.get(), SOMAXCONN) != 0) return HostError();
  std::string name = NameOf(fd.get());
  return std::make_shared<Socket>(std::move(fd), /*listens=*/true, std::move(name));
}

absl::StatusOr<std::shared_ptr<Socket>> Socket::FromListening(int host_fd) {
  UniqueFd fd(fcntl(host_fd, F_DUPFD_CLOEXEC, 3));
  if (!fd.valid()) return errno == EBADF ? absl::InvalidArgumentError("is not open") : HostError();
  const std::optional<int> listens = OptionOf(fd.get(), SO_ACCEPTCONN);
  if (!listens.has_value()) return absl::InvalidArgumentError("is no socket");
  if (*listens == 0) return absl::InvalidArgumentError("is a socket that does not listen");
  const int flags = fcntl(fd.get(), F_GETFL);
  if (flags < 0 || fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) return HostError();
  std::string name = NameOf(fd.get());
  return std::make_shared<Socket>(std::move(fd), /*listens=*/true, std::move(name));
}

ErrnoOr<std::shared_ptr<Socket>> Socket::Accept() {
  if (!listens_) return Errno::kInval;
  const ErrnoOr<uint64_t> fd = Retry([&] { return accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC); });
  if (!fd.ok()) return fd.error();
  return std::make_shared<Socket>(UniqueFd(static_cast<int>(*fd)), /*listens=*/false, name_);
}

ErrnoOr<Socket::Received> Socket::Receive(Slices to, bool peek) {
  if (listens_) return Errno::kNotconn;
  msghdr message = ToMessage(to);
  WASI_ASSIGN_OR_RETURN(uint64_t size, Retry([&] {
                          return recvmsg(fd_.get(), &message, MSG_DONTWAIT | (peek ? MSG_PEEK : 0));
                        }));
  return Received{size, (message.msg_flags & MSG_TRUNC) != 0};
}

ErrnoOr<uint64_t> Socket::Read(Slices to) {
  WASI_ASSIGN_OR_RETURN(Received received, Receive(to, /*peek=*/false));
  return received.size;
}

ErrnoOr<uint64_t> Socket::Send(Slices from) {
  if (listens_) return Errno::kNotconn;
  const msghdr message = ToMessage(from);
  return Retry([&] { return sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL); });
}

Errno Socket::Shutdown(bool receiving, bool sending) {
  if (listens_) return Errno::kNotconn;
  const int how = receiving && sending ? SHUT_RDWR : receiving ? SHUT_RD : SHUT_WR;
  return shutdown(fd_.get(), how) == 0 ? Errno::kSuccess : LastErrno();
}

uint64_t Socket::ReadableBytes() const { return listens_ ? 1 : BytesWaiting(fd_.get()); }

}  // namespace umiak::wasi
