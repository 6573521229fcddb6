// A guest that listens on the loopback, and its clients.
#ifndef UMIAK_TESTS_WASI_SERVER_H_
#define UMIAK_TESTS_WASI_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <string>
#include <utility>

#include "tests/wasi/guest.h"

namespace umiak::wasi {

inline int PortOf(const std::string& address) { return std::stoi(address.substr(address.rfind(':') + 1)); }

// A client of the host's, connected to a port of the loopback.
class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // A test that fails must not hang.
    const timeval limit = {20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    connected = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { Close(); }
  Client(const Client&) = delete;

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  // With a reset rather than an end.
  void Reset() {
    const linger now = {1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    Close();
  }
  void Send(const std::string& text) const {
    REQUIRE(send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  // Up to `most` bytes, or to the end.
  std::string Receive(size_t most) const {
    std::string text(most, '\0');
    size_t size = 0;
    while (size < most) {
      ssize_t n = recv(fd_, text.data() + size, most - size, 0);
      if (n <= 0) break;
      size += static_cast<size_t>(n);
    }
    text.resize(size);
    return text;
  }
  int fd() const { return fd_; }
  bool connected;

 private:
  int fd_;
};

// A guest with a listener on the loopback as its descriptor 3.
struct Server {
  static WasiConfig Config(const WasiListener& listener) {
    WasiConfig config;
    config.listeners.push_back(listener);
    return config;
  }
  static WasiListener Bind() {
    auto listener = WasiListener::Bind("127.0.0.1:0");
    REQUIRE_MESSAGE(listener.ok(), listener.status().ToString());
    return *std::move(listener);
  }
  Server() : Server(Bind()) {}
  explicit Server(const WasiListener& listener) : guest(Config(listener)), port(PortOf(listener.address())) {}

  Errno TryAccept(Fd* fd, uint32_t flags = 0) {
    auto result = guest.New<Fd>();
    Errno error = guest.Run(SockAccept, Fd{3}, flags, result);
    *fd = guest.Get(result);
    return error;
  }
  Fd Accept(uint32_t flags = 0) {
    Fd fd = 0;
    REQUIRE(TryAccept(&fd, flags) == Errno::kSuccess);
    return fd;
  }
  Errno Recv(Fd fd, uint32_t most, uint32_t flags, std::string* text, uint16_t* result_flags = nullptr) {
    auto size = guest.New<uint32_t>();
    auto truncated = guest.New<uint16_t>(uint16_t{0xffff});
    uint32_t buffer = guest.Allocate(most);
    Errno error = guest.Run(SockRecv, fd, guest.Slice(buffer, most), 1u, flags, size, truncated);
    *text = error == Errno::kSuccess ? guest.Text(buffer, guest.Get(size)) : "";
    if (result_flags != nullptr) *result_flags = guest.Get(truncated);
    return error;
  }
  Errno Send(Fd fd, const std::string& text, uint32_t flags = 0, uint32_t* sent = nullptr) {
    auto size = guest.New<uint32_t>();
    Errno error = guest.Run(SockSend, fd, guest.Slice(guest.Put(text).address, static_cast<uint32_t>(text.size())), 1u,
                            flags, size);
    if (sent != nullptr) *sent = guest.Get(size);
    return error;
  }
  Fdstat Stat(Fd fd) {
    auto stat = guest.New<Fdstat>();
    REQUIRE(guest.Run(FdFdstatGet, fd, stat) == Errno::kSuccess);
    return guest.Get(stat);
  }

  Guest guest;
  int port;
};

}  // namespace umiak::wasi

#endif  // UMIAK_TESTS_WASI_SERVER_H_
