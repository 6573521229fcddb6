// sock_*, and fd_* on sockets: listeners that are granted, connections, and what goes wrong with either.
#include "wasi/host/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <thread>

#include "tests/wasi/server.h"

namespace umiak::wasi {

TEST_SUITE("wasi/sock") {
  TEST_CASE("a guest accepts and talks through sock_recv, sock_send, fd_read and fd_write") {
    Server server;
    Client client(server.port);
    Fd fd = server.Accept();
    CHECK(fd == 4);
    std::string text;
    client.Send("ping");
    CHECK(server.Recv(fd, 100, 0, &text) == Errno::kSuccess);
    CHECK(text == "ping");
    CHECK(server.Send(fd, "pong") == Errno::kSuccess);
    CHECK(client.Receive(4) == "pong");
    client.Send("again");
    CHECK(server.guest.Read(fd, 100, &text) == Errno::kSuccess);
    CHECK(text == "again");
    uint32_t written = 0;
    CHECK(server.guest.Write(fd, "and again", &written) == Errno::kSuccess);
    CHECK(written == 9);
    CHECK(client.Receive(9) == "and again");
    CHECK(server.guest.Run(FdClose, fd) == Errno::kSuccess);
    CHECK(client.Receive(1) == "");
    CHECK(server.Recv(fd, 1, 0, &text) == Errno::kBadf);
  }

  TEST_CASE("several slices are one transfer") {
    Server server;
    Client client(server.port);
    Fd fd = server.Accept();
    Guest& guest = server.guest;
    client.Send("abcdef");
    uint32_t first = guest.Allocate(2), second = guest.Allocate(10);
    GuestPtr<Iovec> iovs = guest.Slice(first, 2);
    guest.New(Iovec{0, 0});
    guest.New(Iovec{second, 10});
    auto size = guest.New<uint32_t>();
    auto flags = guest.New<uint16_t>();
    CHECK(guest.Run(SockRecv, fd, iovs, 3u, 0u, size, flags) == Errno::kSuccess);
    CHECK(guest.Get(size) == 6);
    CHECK(guest.Text(first, 2) == "ab");
    CHECK(guest.Text(second, 4) == "cdef");
    CHECK(guest.Run(SockSend, fd, iovs, 3u, 0u, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 12);
    CHECK(client.Receive(12).substr(0, 6) == "abcdef");
  }

  TEST_CASE("a peek leaves the bytes, waitall waits for them") {
    Server server;
    Client client(server.port);
    Fd fd = server.Accept();
    std::string text;
    uint16_t flags = 1;
    client.Send("abc");
    for (uint32_t peek : {riflags::kPeek, riflags::kPeek | riflags::kWaitall}) {
      CHECK(server.Recv(fd, 8, peek, &text, &flags) == Errno::kSuccess);
      CHECK(text == "abc");
      CHECK(flags == 0);
    }
    std::thread rest([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      client.Send("def");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      client.Send("gh");
    });
    CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kSuccess);
    CHECK(text == "abcdefgh");
    rest.join();
    client.Send("end");
    client.Close();
    CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kSuccess);
    CHECK(text == "end");
    CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("with NONBLOCK nothing waits") {
    Server server;
    Guest& guest = server.guest;
    CHECK(server.Stat(3).flags == 0);
    CHECK(guest.Run(FdFdstatSetFlags, Fd{3}, fdflags::kNonblock) == Errno::kSuccess);
    CHECK(server.Stat(3).flags == fdflags::kNonblock);
    Fd fd = 0;
    CHECK(server.TryAccept(&fd) == Errno::kAgain);
    Client client(server.port);
    fd = server.Accept(fdflags::kNonblock);
    CHECK(server.Stat(fd).flags == fdflags::kNonblock);
    std::string text;
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kAgain);
    CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kAgain);
    CHECK(guest.Read(fd, 8, &text) == Errno::kAgain);
    client.Send("abc");
    CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kSuccess);
    CHECK(text == "abc");
    // A peer that does not read: some fits, then nothing.
    const std::string block(100'000, 'x');
    Errno error = Errno::kSuccess;
    uint32_t sent = 0, short_sends = 0;
    for (int i = 0; i < 1000 && error == Errno::kSuccess; ++i) {
      error = server.Send(fd, block, 0, &sent);
      if (error == Errno::kSuccess && sent < block.size()) ++short_sends;
    }
    CHECK(error == Errno::kAgain);
    CHECK(short_sends >= 1);
    CHECK(guest.Write(fd, block) == Errno::kAgain);
    CHECK(guest.Run(FdFdstatSetFlags, fd, 0u) == Errno::kSuccess);
    CHECK(server.Stat(fd).flags == 0);
  }

  TEST_CASE("a blocking send to a slow reader sends all") {
    Server server;
    Client client(server.port);
    Fd fd = server.Accept();
    constexpr size_t kBlock = 200'000, kBlocks = 50;
    std::thread reader([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      CHECK(client.Receive(kBlock * kBlocks).size() == kBlock * kBlocks);
    });
    const std::string block(kBlock, 'x');
    for (size_t i = 0; i < kBlocks; ++i) {
      uint32_t sent = 0;
      REQUIRE((i % 2 == 0 ? server.Send(fd, block, 0, &sent) : server.guest.Write(fd, block, &sent)) == Errno::kSuccess);
      CHECK(sent == kBlock);
    }
    reader.join();
  }

  TEST_CASE("a peer that is gone is an errno, never a signal") {
    struct sigaction before;
    REQUIRE(sigaction(SIGPIPE, nullptr, &before) == 0);
    Server server;
    // Even where the process wants to die of it.
    struct sigaction die = {};
    die.sa_handler = SIG_DFL;
    REQUIRE(sigaction(SIGPIPE, &die, nullptr) == 0);
    const std::string block(100'000, 'x');
    for (bool reset : {false, true}) {
      Client client(server.port);
      Fd fd = server.Accept();
      reset ? client.Reset() : client.Close();
      Errno error = Errno::kSuccess;
      for (int i = 0; i < 100 && error == Errno::kSuccess; ++i) error = server.Send(fd, block);
      const bool told = error == Errno::kPipe || error == Errno::kConnreset;
      CHECK_MESSAGE(told, error);
      CHECK(server.Send(fd, "x") == Errno::kPipe);
      CHECK(server.guest.Write(fd, "x") == Errno::kPipe);
      CHECK(server.guest.Run(FdClose, fd) == Errno::kSuccess);
    }
    REQUIRE(sigaction(SIGPIPE, &before, nullptr) == 0);
  }

  TEST_CASE("a reset is told once, then the connection is at its end") {
    Server server;
    Client client(server.port);
    Fd fd = server.Accept();
    client.Reset();
    std::string text;
    CHECK(server.Recv(fd, 1, 0, &text) == Errno::kConnreset);
    CHECK(server.Recv(fd, 1, 0, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("a client that left before it was accepted is a connection at its end") {
    Server server;
    { Client client(server.port); }
    Fd fd = server.Accept();
    std::string text;
    CHECK(server.Recv(fd, 1, 0, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("shutdown ends one direction or both") {
    Server server;
    Guest& guest = server.guest;
    Client client(server.port);
    Fd fd = server.Accept();
    CHECK(guest.Run(SockShutdown, fd, 0u) == Errno::kInval);
    CHECK(guest.Run(SockShutdown, fd, 4u) == Errno::kInval);
    CHECK(guest.Run(SockShutdown, fd, sdflags::kWr) == Errno::kSuccess);
    CHECK(client.Receive(1) == "");
    CHECK(server.Send(fd, "x") == Errno::kPipe);
    client.Send("still heard");
    std::string text;
    CHECK(server.Recv(fd, 100, 0, &text) == Errno::kSuccess);
    CHECK(text == "still heard");
    CHECK(guest.Run(SockShutdown, fd, sdflags::kRd | sdflags::kWr) == Errno::kSuccess);
    CHECK(server.Recv(fd, 100, 0, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("what is no socket, no connection, no listener") {
    TempDir dir;
    WasiListener listener = Server::Bind();
    WasiConfig config = Server::Config(listener);
    config.preopens.push_back({dir.string(), "/"});
    dir.Write("f", "text");
    Guest guest(config);
    Fd file = guest.Open("f", {.dir = 4});
    auto size = guest.New<uint32_t>();
    auto flags = guest.New<uint16_t>();
    auto run = [&](Fd fd, Errno accept, Errno transfer, Errno shutdown) {
      GuestPtr<Iovec> iovs = guest.Slice(guest.Allocate(4), 4);
      CHECK(guest.Run(SockAccept, fd, 0u, size) == accept);
      CHECK(guest.Run(SockRecv, fd, iovs, 1u, 0u, size, flags) == transfer);
      CHECK(guest.Run(SockSend, fd, iovs, 1u, 0u, size) == transfer);
      CHECK(guest.Run(SockShutdown, fd, sdflags::kRd) == shutdown);
    };
    for (Fd fd : {Fd{0}, Fd{1}, Fd{2}, Fd{4}, file}) run(fd, Errno::kNotsock, Errno::kNotsock, Errno::kNotsock);
    for (Fd fd : {Fd{99}, Fd{0xffffffff}}) run(fd, Errno::kBadf, Errno::kBadf, Errno::kBadf);
    Client client(PortOf(listener.address()));
    REQUIRE(guest.Run(SockAccept, Fd{3}, 0u, size) == Errno::kSuccess);
    Fd connection = guest.Get(size);
    CHECK(guest.Run(SockAccept, connection, 0u, size) == Errno::kInval);
    // The listener may be shared with other processes: the guest cannot end it for them.
    GuestPtr<Iovec> iovs = guest.Slice(guest.Allocate(4), 4);
    CHECK(guest.Run(SockRecv, Fd{3}, iovs, 1u, 0u, size, flags) == Errno::kNotconn);
    CHECK(guest.Run(SockSend, Fd{3}, iovs, 1u, 0u, size) == Errno::kNotconn);
    CHECK(guest.Run(SockShutdown, Fd{3}, sdflags::kRd) == Errno::kNotconn);
    CHECK(guest.Run(FdRead, Fd{3}, iovs, 1u, size) == Errno::kNotconn);
    CHECK(guest.Run(FdWrite, Fd{3}, iovs, 1u, size) == Errno::kNotconn);
  }

  TEST_CASE("flags that there are not are inval") {
    Server server;
    Client client(server.port);
    Fd fd = 0;
    for (uint32_t flags : {fdflags::kAppend, fdflags::kSync | fdflags::kNonblock, 0x80000000u}) {
      CHECK(server.TryAccept(&fd, flags) == Errno::kInval);
    }
    fd = server.Accept();
    std::string text;
    CHECK(server.Recv(fd, 1, 4, &text) == Errno::kInval);
    CHECK(server.Send(fd, "x", 1) == Errno::kInval);
    for (uint32_t flags : {fdflags::kAppend, fdflags::kDsync, 32u}) {
      CHECK(server.guest.Run(FdFdstatSetFlags, fd, flags) == Errno::kInval);
    }
  }

  TEST_CASE("sockets are streams without a position, a size or times") {
    Server server;
    Guest& guest = server.guest;
    Client client(server.port);
    Fd fd = server.Accept();
    for (Fd socket : {Fd{3}, fd}) {
      auto position = guest.New<uint64_t>();
      auto size = guest.New<uint32_t>();
      auto stat = guest.New<Filestat>();
      GuestPtr<Iovec> iovs = guest.Slice(guest.Allocate(4), 4);
      CHECK(guest.Run(FdSeek, socket, uint64_t{0}, 0u, position) == Errno::kSpipe);
      CHECK(guest.Run(FdTell, socket, position) == Errno::kSpipe);
      CHECK(guest.Run(FdPread, socket, iovs, 1u, uint64_t{0}, size) == Errno::kSpipe);
      CHECK(guest.Run(FdPwrite, socket, iovs, 1u, uint64_t{0}, size) == Errno::kSpipe);
      CHECK(guest.Run(FdFilestatSetSize, socket, uint64_t{0}) == Errno::kInval);
      CHECK(guest.Run(FdSync, socket) == Errno::kInval);
      CHECK(guest.Run(FdAllocate, socket, uint64_t{0}, uint64_t{1}) == Errno::kSpipe);
      CHECK(guest.Run(FdFilestatGet, socket, stat) == Errno::kSuccess);
      CHECK(guest.Get(stat).filetype == Filetype::kSocketStream);
      CHECK(guest.Get(stat).size == 0);
      CHECK(server.Stat(socket).filetype == Filetype::kSocketStream);
    }
    CHECK(server.Stat(3).rights_base == rights::kListener);
    CHECK(server.Stat(fd).rights_base == rights::kConnection);
  }

  TEST_CASE("listeners stand before directories, and a search for directories goes past them") {
    TempDir dir;
    WasiConfig config = Server::Config(Server::Bind());
    config.listeners.push_back(Server::Bind());
    config.preopens.push_back({dir.string(), "/data"});
    Guest guest(config);
    // As wasi-libc searches: on from 3 to the first badf, tags that it does not know are passed over.
    std::vector<int> tags;
    auto prestat = guest.New<Prestat>();
    for (Fd fd = 3; guest.Run(FdPrestatGet, fd, prestat) == Errno::kSuccess; ++fd) tags.push_back(guest.Get(prestat).tag);
    CHECK(tags == std::vector<int>{kPreopenSocket, kPreopenSocket, kPreopenDir});
    CHECK(guest.Get(prestat).name_len == 5);
    CHECK(guest.Run(FdPrestatDirName, Fd{3}, guest.Put("      "), 6u) == Errno::kNotdir);
  }

  TEST_CASE("pointers out of bounds end the guest before anything is accepted or received") {
    Server server;
    Guest& guest = server.guest;
    Client client(server.port);
    const GuestPtr<uint32_t> outside{Guest::kMemorySize - 2};
    CHECK(guest.Run(SockAccept, Fd{3}, 0u, outside) == Errno::kOutOfBounds);
    Fd fd = server.Accept();
    client.Send("abc");
    auto size = guest.New<uint32_t>();
    auto flags = guest.New<uint16_t>();
    GuestPtr<Iovec> iovs = guest.Slice(guest.Allocate(4), 4);
    CHECK(guest.Run(SockRecv, fd, iovs, 1u, 0u, outside, flags) == Errno::kOutOfBounds);
    CHECK(guest.Run(SockRecv, fd, iovs, 1u, 0u, size, GuestPtr<uint16_t>{0xffffffff}) == Errno::kOutOfBounds);
    CHECK(guest.Run(SockRecv, fd, iovs, 0x20000000u, 0u, size, flags) == Errno::kOutOfBounds);
    CHECK(guest.Run(SockSend, fd, guest.Slice(0xfffffff0, 0x20), 1u, 0u, size) == Errno::kOutOfBounds);
    std::string text;
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kSuccess);
    CHECK(text == "abc");
  }

  TEST_CASE("poll_oneoff waits for clients, bytes and room, together with a clock") {
    Server server;
    Guest& guest = server.guest;
    auto poll = [&](const std::vector<std::pair<Eventtype, Fd>>& asked) {
      const uint32_t count = static_cast<uint32_t>(asked.size()) + 1;
      GuestPtr<Subscription> in{guest.Allocate(count * 48)};
      GuestPtr<Event> out{guest.Allocate(count * 32)};
      Subscription s = {};
      for (uint32_t i = 0; i < count - 1; ++i) {
        s.userdata = i + 1;
        s.tag = static_cast<uint8_t>(asked[i].first);
        s.clock_or_fd = asked[i].second;
        guest.Set(GuestPtr<Subscription>{in.address + i * 48}, s);
      }
      s = {};
      s.clock_or_fd = 1;
      s.timeout = 20'000'000;
      guest.Set(GuestPtr<Subscription>{in.address + (count - 1) * 48}, s);
      auto fired = guest.New<uint32_t>();
      REQUIRE(guest.Run(PollOneoff, in, out, count, fired) == Errno::kSuccess);
      std::vector<Event> events;
      for (uint32_t i = 0; i < guest.Get(fired); ++i) events.push_back(guest.Get(GuestPtr<Event>{out.address + i * 32}));
      return events;
    };
    const auto kRead = Eventtype::kFdRead, kWrite = Eventtype::kFdWrite;
    auto events = poll({{kRead, 3}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].type == Eventtype::kClock);
    Client client(server.port);
    events = poll({{kRead, 3}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].userdata == 1);
    CHECK(events[0].nbytes == 1);
    CHECK(events[0].flags == 0);
    Fd fd = server.Accept();
    events = poll({{kRead, 3}, {kRead, fd}, {kWrite, fd}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].userdata == 3);
    client.Send("abc");
    events = poll({{kRead, 3}, {kRead, fd}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].userdata == 2);
    CHECK(events[0].nbytes == 3);
    // The peer says no more, and still listens: at the end for reading, not for writing.
    REQUIRE(shutdown(client.fd(), SHUT_WR) == 0);
    std::string text;
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kSuccess);
    events = poll({{kRead, fd}, {kWrite, fd}});
    REQUIRE(events.size() == 2);
    CHECK(events[0].flags == kEventHangup);
    CHECK(events[1].flags == 0);
    client.Reset();
    events = poll({{kWrite, fd}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].flags == kEventHangup);
  }

  TEST_CASE("an interruption ends accept, receive and send") {
    Server server;
    int event = eventfd(0, EFD_CLOEXEC);
    server.guest.interrupt_fd = event;
    auto interrupted = [&](auto run) {
      std::thread interrupter([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        uint64_t one = 1;
        REQUIRE(write(event, &one, sizeof(one)) == sizeof(one));
      });
      Errno error = run();
      interrupter.join();
      uint64_t count;
      REQUIRE(read(event, &count, sizeof(count)) == sizeof(count));
      return error;
    };
    Fd fd = 0;
    CHECK(interrupted([&] { return server.TryAccept(&fd); }) == Errno::kInterrupted);
    Client client(server.port);
    fd = server.Accept();
    std::string text;
    CHECK(interrupted([&] { return server.Recv(fd, 8, 0, &text); }) == Errno::kInterrupted);
    // What was transferred before is told: the call after it ends.
    client.Send("abc");
    CHECK(interrupted([&] {
            CHECK(server.Recv(fd, 8, riflags::kWaitall, &text) == Errno::kSuccess);
            CHECK(text == "abc");
            return server.Recv(fd, 8, riflags::kWaitall, &text);
          }) == Errno::kInterrupted);
    const std::string block(200'000, 'x');
    size_t total = 0;
    CHECK(interrupted([&] {
            uint32_t sent = 0;
            Errno error = Errno::kSuccess;
            while ((error = server.Send(fd, block, 0, &sent)) == Errno::kSuccess) total += sent;
            return error;
          }) == Errno::kInterrupted);
    CHECK(client.Receive(total).size() == total);
    CHECK(server.Send(fd, "end") == Errno::kSuccess);
    CHECK(client.Receive(3) == "end");
    close(event);
  }

  TEST_CASE("accepting and closing leaves no descriptor behind") {
    Server server;
    { Client client(server.port); server.guest.Run(FdClose, server.Accept()); }
    const int before = OpenHostFds();
    for (int i = 0; i < 500; ++i) {
      Client client(server.port);
      Fd fd = server.Accept();
      CHECK(fd == 4);
      if (i % 3 == 0) client.Reset();
      CHECK(server.guest.Run(FdClose, fd) == Errno::kSuccess);
    }
    CHECK(OpenHostFds() == before);
  }

  TEST_CASE("with the guest's table full accept is mfile, and the client waits on") {
    Server server;
    Client client(server.port);
    client.Send("kept");
    while (server.guest.context().fds().Insert(std::make_shared<Descriptor>()).ok()) continue;
    Fd fd = 0;
    CHECK(server.TryAccept(&fd) == Errno::kMfile);
    CHECK(server.guest.Run(FdClose, Fd{77}) == Errno::kSuccess);
    CHECK(server.Accept() == 77);
    std::string text;
    CHECK(server.Recv(77, 8, 0, &text) == Errno::kSuccess);
    CHECK(text == "kept");
  }

  TEST_CASE("without descriptors left accept is mfile, and the client waits on") {
    Server server;
    Client client(server.port);
    rlimit before;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 3;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    Fd fd = 0;
    Errno error = server.TryAccept(&fd);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(error == Errno::kMfile);
    fd = server.Accept();
    client.Send("x");
    std::string text;
    CHECK(server.Recv(fd, 8, 0, &text) == Errno::kSuccess);
    CHECK(text == "x");
  }

  TEST_CASE("once the guest has closed its listener nobody listens") {
    auto listener = std::make_unique<WasiListener>(Server::Bind());
    Server server(*listener);
    listener.reset();
    CHECK(Client(server.port).connected);
    CHECK(server.guest.Run(FdClose, Fd{3}) == Errno::kSuccess);
    CHECK(!Client(server.port).connected);
    Fd fd = 0;
    CHECK(server.TryAccept(&fd) == Errno::kBadf);
  }
}

TEST_SUITE("wasi/listener") {
  TEST_CASE("addresses are numeric, or localhost") {
    for (const char* good : {"127.0.0.1:0", "localhost:0"}) {
      auto listener = WasiListener::Bind(good);
      REQUIRE_MESSAGE(listener.ok(), listener.status().ToString());
      CHECK(listener->address().substr(0, 10) == "127.0.0.1:");
      CHECK(PortOf(listener->address()) != 0);
    }
    if (auto listener = WasiListener::Bind("[::1]:0"); listener.ok()) {  // some machines have no IPv6
      CHECK(listener->address().substr(0, 6) == "[::1]:");
    }
    for (const char* bad : {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x",
                            "::1:80", "[::1]", "[127.0.0.1]:80", "example.org:80", "127.1:80", "[::1:80", "::1]:80"}) {
      auto listener = WasiListener::Bind(bad);
      CHECK_MESSAGE(listener.status().code() == absl::StatusCode::kInvalidArgument, bad);
    }
    // An address in use, and one that is not this machine's.
    WasiListener first = Server::Bind();
    CHECK(WasiListener::Bind(first.address()).status().message() == "Address already in use");
    CHECK(WasiListener::Bind("192.0.2.1:0").status().code() == absl::StatusCode::kInternal);
  }

  TEST_CASE("a descriptor must listen") {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK(WasiListener::FromHostFd(pair[0]).status().message() == "is a socket that does not listen");
    close(pair[0]);
    close(pair[1]);
    int pipes[2];
    REQUIRE(pipe2(pipes, O_CLOEXEC) == 0);
    CHECK(WasiListener::FromHostFd(pipes[0]).status().message() == "is no socket");
    close(pipes[0]);
    close(pipes[1]);
    CHECK(WasiListener::FromHostFd(-1).status().message() == "is not open");
  }

  TEST_CASE("a listener of Unix serves as well, and a record that is cut is told") {
    TempDir dir;
    int host = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::string path = (dir / "socket").string();
    REQUIRE(path.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.c_str(), path.size());
    REQUIRE(bind(host, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(listen(host, 1) == 0);
    auto listener = WasiListener::FromHostFd(host);
    REQUIRE(listener.ok());
    close(host);
    CHECK(listener->address() == path);
    Guest guest(Server::Config(*listener));
    int client = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    REQUIRE(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(send(client, "abcdef", 6, 0) == 6);
    auto result = guest.New<Fd>();
    REQUIRE(guest.Run(SockAccept, Fd{3}, 0u, result) == Errno::kSuccess);
    auto size = guest.New<uint32_t>();
    auto flags = guest.New<uint16_t>();
    uint32_t buffer = guest.Allocate(4);
    CHECK(guest.Run(SockRecv, guest.Get(result), guest.Slice(buffer, 4), 1u, 0u, size, flags) == Errno::kSuccess);
    CHECK(guest.Get(size) == 4);
    CHECK(guest.Get(flags) == kRecvDataTruncated);
    close(client);
  }
}

}  // namespace umiak::wasi
