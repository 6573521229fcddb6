// What the host's calls for sockets may do wrong. Errors come from a seccomp filter; interruptions, and descriptors that
// are ready and then are not, from the functions below (call_plan.h).
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>

#include "tests/wasi/call_plan.h"
#include "tests/wasi/server.h"
#include "tests/wasi/with_fault.h"

extern "C" {
using umiak::wasi::Fails;
using umiak::wasi::NextCall;
using umiak::wasi::Transfer;

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  static auto real = NextCall<int (*)(int, sockaddr*, socklen_t*, int)>("accept4");
  return Fails() ? -1 : real(fd, address, size, flags);
}
ssize_t recvmsg(int fd, msghdr* message, int flags) {
  static auto real = NextCall<ssize_t (*)(int, msghdr*, int)>("recvmsg");
  return Transfer([&](iovec* s, size_t n) { return message->msg_iov = s, message->msg_iovlen = n, real(fd, message, flags); },
                  message->msg_iov, message->msg_iovlen);
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto real = NextCall<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
  msghdr cut = *message;
  return Transfer([&](iovec* s, size_t n) { return cut.msg_iov = s, cut.msg_iovlen = n, real(fd, &cut, flags); },
                  message->msg_iov, message->msg_iovlen);
}
}

namespace umiak::wasi {

TEST_SUITE("wasi/sock_fault") {
  TEST_CASE("an interrupted accept, receive or send is made again, one too early waits") {
    Server server;
    Client client(server.port);
    plan = {2, 2};
    const Fd fd = server.Accept();
    CHECK(plan.done());
    client.Send("ping");
    std::string text;
    plan = {2, 2};
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kSuccess);
    CHECK(text == "ping");
    CHECK(plan.done());
    uint32_t sent = 0;
    plan = {2, 2};
    CHECK(server.Send(fd, "pong", 0, &sent) == Errno::kSuccess);
    CHECK(sent == 4);
    CHECK(plan.done());
    client.Send("more");
    plan = {2, 2};
    CHECK(server.guest.Read(fd, 8, &text) == Errno::kSuccess);
    CHECK(text == "more");
    plan = {2, 2};
    CHECK(server.guest.Write(fd, "!", &sent) == Errno::kSuccess);
    CHECK(plan.done());
    CHECK(client.Receive(5) == "pong!");
  }

  TEST_CASE("with NONBLOCK a call too early is again, an interrupted one is not") {
    Server server;
    CHECK(server.guest.Run(FdFdstatSetFlags, Fd{3}, uint32_t{fdflags::kNonblock}) == Errno::kSuccess);
    Client client(server.port);
    Fd fd = 0;
    plan = {0, 1};
    CHECK(server.TryAccept(&fd) == Errno::kAgain);
    plan = {3, 0};
    CHECK(server.TryAccept(&fd, fdflags::kNonblock) == Errno::kSuccess);
    client.Send("x");
    std::string text;
    plan = {1, 1};
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kAgain);
    plan = {1, 1};
    CHECK(server.Send(fd, "y") == Errno::kAgain);
    plan = {1, 0};
    CHECK(server.Send(fd, "y") == Errno::kSuccess);
    CHECK(client.Receive(1) == "y");
  }

  TEST_CASE("an error after some bytes is the next call's, and the bytes are told") {
    Server server;
    Client client(server.port);
    const Fd fd = server.Accept();
    client.Send("0123456789");
    const uint32_t buffer = server.guest.Allocate(16);
    auto iovs = server.guest.New<std::array<Iovec, 2>>({{{buffer, 3}, {buffer + 8, 5}}});
    auto size = server.guest.New<uint32_t>();
    auto flags = server.guest.New<uint16_t>();
    const auto receive = [&](uint32_t how = riflags::kWaitall) {
      return server.guest.Run(SockRecv, fd, GuestPtr<Iovec>{iovs.address}, 2u, how, size, flags);
    };
    const auto send = [&] { return server.guest.Run(SockSend, fd, GuestPtr<Iovec>{iovs.address}, 2u, 0u, size); };
    const auto write = [&] { return server.guest.Run(FdWrite, fd, GuestPtr<Iovec>{iovs.address}, 2u, size); };
    for (auto [error, expected] : {std::pair{EIO, Errno::kIo}, std::pair{ECONNRESET, Errno::kConnreset}}) {
      CAPTURE(error);
      plan = {.interruptions = 1, .successes = 2, .error = error, .most = 2};
      CHECK(receive() == Errno::kSuccess);
      CHECK(server.guest.Get(size) == 3);  // two of the first slice, and then its last
      CHECK(receive() == expected);
      plan = {.agains = 1, .successes = 3, .error = error, .most = 2};
      CHECK(send() == Errno::kSuccess);
      CHECK(server.guest.Get(size) == 5);
      CHECK(send() == expected);
      plan = {.successes = 1, .error = error, .most = 2};
      CHECK(write() == Errno::kSuccess);
      CHECK(server.guest.Get(size) == 2);
      CHECK(write() == expected);
      plan = {};
    }
    CHECK(server.guest.Text(buffer, 3) == "345");
    CHECK(client.Receive(14).size() == 14);
    CHECK(receive(0) == Errno::kSuccess);  // nothing was lost on the way
    CHECK(server.guest.Text(buffer, 3) + server.guest.Text(buffer + 8, 1) == "6789");
  }

  TEST_CASE("an error of the host is the guest's errno, and the socket stays as it was") {
    struct Case {
      long call;
      int error;
      Errno expected;
    };
    const Case cases[] = {
        {SYS_accept4, EMFILE, Errno::kMfile},       {SYS_accept4, ENFILE, Errno::kNfile},
        {SYS_accept4, ECONNABORTED, Errno::kConnaborted}, {SYS_accept4, ENOBUFS, Errno::kNobufs},
        {SYS_accept4, EPERM, Errno::kPerm},         {SYS_recvmsg, ECONNRESET, Errno::kConnreset},
        {SYS_recvmsg, ETIMEDOUT, Errno::kTimedout}, {SYS_recvmsg, ENOMEM, Errno::kNomem},
        {SYS_sendmsg, EPIPE, Errno::kPipe},         {SYS_sendmsg, ECONNRESET, Errno::kConnreset},
        {SYS_sendmsg, ENOBUFS, Errno::kNobufs},     {SYS_shutdown, ENOTCONN, Errno::kNotconn},
    };
    for (const Case& c : cases) {
      CAPTURE(c.call);
      CAPTURE(c.error);
      Server server;
      Client client(server.port);
      const Fd fd = server.Accept();
      client.Send("kept");
      Client second(server.port);
      Errno error = c.expected;
      WithFault({c.call}, c.error, [&] {
        Fd other;
        std::string text;
        error = c.call == SYS_accept4   ? server.TryAccept(&other)
                : c.call == SYS_recvmsg ? server.Recv(fd, 8, 0, &text)
                : c.call == SYS_sendmsg ? server.Send(fd, "x")
                                        : server.guest.Run(SockShutdown, fd, sdflags::kWr);
      });
      CHECK(error == c.expected);
      std::string text;
      CHECK(server.Recv(fd, 8, 0, &text) == Errno::kSuccess);
      CHECK(text == "kept");
      CHECK(server.Send(fd, "y") == Errno::kSuccess);
      CHECK(client.Receive(1) == "y");
      CHECK(server.Accept() > fd);
    }
  }
}

}  // namespace umiak::wasi
