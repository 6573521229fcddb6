// poll_oneoff, and calls that wait: they end in time, when there is something, and when the guest is interrupted.
#include <signal.h>
#include <sys/eventfd.h>

#include <chrono>
#include <thread>

#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

Subscription Clock(uint64_t userdata, uint64_t timeout, uint32_t clock = 1, uint16_t flags = 0) {
  Subscription s = {};
  s.userdata = userdata;
  s.tag = 0;
  s.clock_or_fd = clock;
  s.timeout = timeout;
  s.flags = flags;
  return s;
}

Subscription OnFd(uint64_t userdata, Eventtype type, Fd fd) {
  Subscription s = {};
  s.userdata = userdata;
  s.tag = static_cast<uint8_t>(type);
  s.clock_or_fd = fd;
  return s;
}

struct Polled {
  Errno error;
  std::vector<Event> events;
  double milliseconds;
};

Polled Poll(Guest& guest, const std::vector<Subscription>& subscriptions) {
  uint32_t count = static_cast<uint32_t>(subscriptions.size());
  GuestPtr<Subscription> in{guest.Allocate(count * 48)};
  GuestPtr<Event> out{guest.Allocate(count * 32)};
  for (uint32_t i = 0; i < count; ++i) guest.Set(GuestPtr<Subscription>{in.address + i * 48}, subscriptions[i]);
  auto fired = guest.New<uint32_t>();
  auto start = std::chrono::steady_clock::now();
  Polled result{guest.Run(PollOneoff, in, out, count, fired), {}, 0};
  result.milliseconds = Milliseconds(std::chrono::steady_clock::now() - start).count();
  if (result.error != Errno::kSuccess) return result;
  for (uint32_t i = 0; i < guest.Get(fired); ++i) {
    result.events.push_back(guest.Get(GuestPtr<Event>{out.address + i * 32}));
  }
  return result;
}

// A pipe as stdin, another one as stdout.
struct Pipes {
  Pipes() {
    REQUIRE(pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  }
  ~Pipes() {
    for (int fd : {in[0], in[1], out[0], out[1]}) {
      if (fd >= 0) close(fd);
    }
  }
  Guest MakeGuest() const {
    WasiConfig config;
    config.stdin_stream = WasiStream::FromHostFd(in[0]);
    config.stdout_stream = WasiStream::FromHostFd(out[1]);
    return Guest(config);
  }
  void CloseEnd(int& fd) const {
    close(fd);
    fd = -1;
  }
  int in[2];
  int out[2];
};

constexpr uint64_t kMillisecond = 1'000'000;

}  // namespace

TEST_SUITE("wasi/poll") {
  TEST_CASE("a relative clock sleeps at least as long as told") {
    Guest guest;
    Polled polled = Poll(guest, {Clock(77, 20 * kMillisecond)});
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].userdata == 77);
    CHECK(polled.events[0].type == Eventtype::kClock);
    CHECK(polled.events[0].error == 0);
    CHECK(polled.milliseconds >= 20);
  }

  TEST_CASE("an absolute time that is past fires at once") {
    Guest guest;
    for (uint32_t clock : {0u, 1u}) {
      Polled polled = Poll(guest, {Clock(1, 1, clock, kSubclockAbstime)});
      CHECK(polled.events.size() == 1);
      CHECK(polled.milliseconds < 1000);
    }
  }

  TEST_CASE("an absolute time is that of the guest's clock") {
    WasiConfig config;
    config.monotonic_clock = [] { return uint64_t{1'000'000'000}; };
    Guest guest(config);
    Polled polled = Poll(guest, {Clock(1, 1'020'000'000, 1, kSubclockAbstime)});
    CHECK(polled.events.size() == 1);
    CHECK(polled.milliseconds >= 20);
  }

  TEST_CASE("of several clocks those fire whose time has come") {
    Guest guest;
    Polled polled = Poll(guest, {Clock(1, ~uint64_t{0}), Clock(2, 5 * kMillisecond), Clock(3, 0, 1, kSubclockAbstime),
                                 Clock(3, 1 * kMillisecond)});
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].userdata == 3);
  }

  TEST_CASE("bad subscriptions fail the call") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    CHECK(guest.Run(PollOneoff, GuestPtr<Subscription>{0}, GuestPtr<Event>{0}, 0u, guest.New<uint32_t>()) ==
          Errno::kInval);
    CHECK(Poll(guest, {OnFd(1, Eventtype::kFdRead, 99)}).error == Errno::kBadf);
    CHECK(Poll(guest, {OnFd(1, Eventtype::kFdRead, 3)}).error == Errno::kBadf);
    CHECK(Poll(guest, {OnFd(1, Eventtype::kFdRead, 1)}).error == Errno::kBadf);
    Subscription bad = Clock(1, 0);
    bad.tag = 3;
    CHECK(Poll(guest, {bad}).error == Errno::kInval);
    CHECK(Poll(guest, {Clock(1, 0, 9)}).error == Errno::kInval);
    CHECK(Poll(guest, {Clock(1, 0, 2)}).error == Errno::kNotsup);
    CHECK(Poll(guest, {Clock(1, 0, 1, 2)}).error == Errno::kInval);
    CHECK(guest.Run(PollOneoff, GuestPtr<Subscription>{0}, GuestPtr<Event>{0}, 0x10000000u, guest.New<uint32_t>()) ==
          Errno::kOutOfBounds);
  }

  TEST_CASE("one bad descriptor among others is an event at once") {
    Pipes pipes;
    TempDir dir;
    Guest guest = pipes.MakeGuest();
    std::vector<Subscription> all = {OnFd(1, Eventtype::kFdRead, 99), Clock(2, 3'600'000 * kMillisecond),
                                     OnFd(3, Eventtype::kFdRead, 0), OnFd(4, Eventtype::kFdRead, 1),
                                     OnFd(5, Eventtype::kFdWrite, 0)};
    Polled polled = Poll(guest, all);
    REQUIRE(polled.events.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      CHECK(polled.events[i].userdata == std::vector<uint64_t>{1, 4, 5}[i]);
      CHECK(polled.events[i].error == static_cast<uint16_t>(Errno::kBadf));
      CHECK(polled.events[i].nbytes == 0);
    }
    CHECK(polled.events[0].type == Eventtype::kFdRead);
    CHECK(polled.events[2].type == Eventtype::kFdWrite);
    CHECK(polled.milliseconds < 1000);
  }

  TEST_CASE("more subscriptions than one call may have are an errno") {
    Guest guest;
    guest.memory().resize(8 << 20);
    CHECK(guest.Run(PollOneoff, GuestPtr<Subscription>{0}, GuestPtr<Event>{0}, 100'000u, guest.New<uint32_t>()) ==
          Errno::kNomem);
  }

  TEST_CASE("files are ready at once") {
    TempDir dir;
    dir.Write("f", "text");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    Polled polled =
        Poll(guest, {OnFd(1, Eventtype::kFdRead, fd), OnFd(2, Eventtype::kFdWrite, fd), Clock(3, 3'600'000 * kMillisecond)});
    REQUIRE(polled.events.size() == 2);
    CHECK(polled.events[0].userdata == 1);
    CHECK(polled.events[0].nbytes == 4);
    CHECK(polled.events[1].type == Eventtype::kFdWrite);
  }

  TEST_CASE("an empty pipe waits for the clock, a filled one tells its bytes, a closed one hangs up") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    std::vector<Subscription> both = {OnFd(1, Eventtype::kFdRead, 0), Clock(2, 10 * kMillisecond)};
    Polled polled = Poll(guest, both);
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].userdata == 2);
    REQUIRE(write(pipes.in[1], "abc", 3) == 3);
    polled = Poll(guest, both);
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].userdata == 1);
    CHECK(polled.events[0].nbytes == 3);
    CHECK(polled.events[0].flags == 0);
    std::string text;
    CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
    pipes.CloseEnd(pipes.in[1]);
    polled = Poll(guest, both);
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].flags == kEventHangup);
    CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("a file at its end hangs up, however large files are counted") {
    TempDir dir;
    dir.Write("empty", "");
    Guest guest = Guest::In(dir);
    Fd empty = guest.Open("empty", {});
    Fd large = guest.Open("large", {.oflags = oflags::kCreat});
    REQUIRE(guest.Run(FdFilestatSetSize, large, uint64_t{5} << 30) == Errno::kSuccess);
    Polled polled = Poll(guest, {OnFd(1, Eventtype::kFdRead, empty), OnFd(2, Eventtype::kFdRead, large)});
    REQUIRE(polled.events.size() == 2);
    CHECK(polled.events[0].nbytes == 0);
    CHECK(polled.events[0].flags == kEventHangup);
    CHECK(polled.events[1].nbytes == uint64_t{5} << 30);
    CHECK(polled.events[1].flags == 0);
  }

  TEST_CASE("timeouts of centuries do not overflow") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    REQUIRE(write(pipes.in[1], "x", 1) == 1);
    for (uint64_t timeout : {~uint64_t{0}, uint64_t{1} << 63, (uint64_t{1} << 63) - 1}) {
      for (uint16_t flags : {uint16_t{0}, kSubclockAbstime}) {
        for (uint32_t clock : {0u, 1u}) {
          Polled polled = Poll(guest, {Clock(1, timeout, clock, flags), OnFd(2, Eventtype::kFdRead, 0)});
          REQUIRE(polled.events.size() == 1);
          CHECK(polled.events[0].userdata == 2);
        }
      }
    }
  }

  TEST_CASE("events may lie over the subscriptions") {
    Guest guest;
    GuestPtr<Subscription> in{guest.Allocate(4 * 48)};
    for (uint32_t i = 0; i < 4; ++i) guest.Set(GuestPtr<Subscription>{in.address + i * 48}, Clock(i, 0));
    auto fired = guest.New<uint32_t>();
    REQUIRE(guest.Run(PollOneoff, in, GuestPtr<Event>{in.address + 8}, 4u, fired) == Errno::kSuccess);
    REQUIRE(guest.Get(fired) == 4);
    for (uint32_t i = 0; i < 4; ++i) CHECK(guest.Get(GuestPtr<Event>{in.address + 8 + i * 32}).userdata == i);
  }

  TEST_CASE("a descriptor may be asked for more often than a process may have descriptors") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    REQUIRE(write(pipes.in[1], "x", 1) == 1);
    guest.memory().resize(8 << 20);
    constexpr uint32_t kCount = 60'000;
    GuestPtr<Subscription> in{0};
    GuestPtr<Event> out{4 << 20};
    for (uint32_t i = 0; i < kCount; ++i) {
      guest.Set(GuestPtr<Subscription>{i * 48}, OnFd(i, i % 2 == 0 ? Eventtype::kFdRead : Eventtype::kFdWrite, i % 2));
    }
    GuestPtr<uint32_t> fired{(8 << 20) - 4};
    REQUIRE(guest.Run(PollOneoff, in, out, kCount, fired) == Errno::kSuccess);
    CHECK(guest.Get(fired) == kCount);
    CHECK(guest.Get(GuestPtr<Event>{out.address + 59'999 * 32}).userdata == 59'999);
  }

  TEST_CASE("stdout is ready before a clock") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    Polled polled = Poll(guest, {OnFd(1, Eventtype::kFdWrite, 1), Clock(2, 200 * kMillisecond)});
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].userdata == 1);
  }

  TEST_CASE("a thousand zero timeouts take no time") {
    Guest guest;
    for (int i = 0; i < 1000; ++i) CHECK(Poll(guest, {Clock(1, 0)}).milliseconds < 1000);
  }
}

TEST_SUITE("wasi/waiting") {
  TEST_CASE("an interruption ends a sleep, a read and a write") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    int event = eventfd(0, EFD_CLOEXEC);
    guest.interrupt_fd = event;
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
    CHECK(interrupted([&] { return Poll(guest, {Clock(1, 3'600'000 * kMillisecond)}).error; }) == Errno::kInterrupted);
    std::string text;
    CHECK(interrupted([&] { return guest.Read(0, 1, &text); }) == Errno::kInterrupted);
    CHECK(interrupted([&] {
            Errno error = Errno::kSuccess;
            while (error == Errno::kSuccess) error = guest.Write(1, std::string(10'000, 'x'));
            return error;
          }) == Errno::kInterrupted);
    close(event);
  }

  TEST_CASE("NONBLOCK on a stream is the guest's alone") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    CHECK(guest.Run(FdFdstatSetFlags, 0u, fdflags::kNonblock) == Errno::kSuccess);
    std::string text;
    CHECK(guest.Read(0, 10, &text) == Errno::kAgain);
    CHECK((fcntl(pipes.in[0], F_GETFL) & O_NONBLOCK) == 0);
    REQUIRE(write(pipes.in[1], "abc", 3) == 3);
    CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
    CHECK(text == "abc");
    CHECK(guest.Run(FdFdstatSetFlags, 1u, fdflags::kNonblock) == Errno::kSuccess);
    Errno error = Errno::kSuccess;
    for (int i = 0; i < 100 && error == Errno::kSuccess; ++i) error = guest.Write(1, std::string(10'000, 'x'));
    CHECK(error == Errno::kAgain);
  }

  TEST_CASE("a host pipe that does not block blocks for the guest") {
    Pipes pipes;
    REQUIRE(fcntl(pipes.in[0], F_SETFL, O_NONBLOCK) == 0);
    Guest guest = pipes.MakeGuest();
    std::thread writer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      REQUIRE(write(pipes.in[1], "abc", 3) == 3);
    });
    std::string text;
    CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
    CHECK(text == "abc");
    writer.join();
  }

  TEST_CASE("a closed pipe is an errno, no signal") {
    Pipes pipes;
    Guest guest = pipes.MakeGuest();
    pipes.CloseEnd(pipes.out[0]);
    CHECK(guest.Write(1, "x") == Errno::kPipe);
    Polled polled = Poll(guest, {OnFd(1, Eventtype::kFdWrite, 1)});
    REQUIRE(polled.events.size() == 1);
    CHECK(polled.events[0].flags == kEventHangup);
  }
}

}  // namespace umiak::wasi
