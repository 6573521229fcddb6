// wasi_unstable: the same calls with the layouts of snapshot 0.
#include "tests/wasi/guest.h"
#include "umiak/linker.h"
#include "umiak/store.h"

namespace umiak::wasi {
namespace {

template <class Function, class... More>
Errno Run0(Guest& guest, Function function, More... more) {
  Call call = guest.call();
  call.snapshot0 = true;
  return function(call, more...);
}

}  // namespace

TEST_SUITE("wasi/snapshot0") {
  TEST_CASE("every function of preview 1 is there, sock_accept too") {
    Store store;
    Linker linker(&store);
    auto context = MakeWasiContext({});
    REQUIRE(context.ok());
    AddWasiUnstable(linker, *context);
    for (const char* name : {"fd_seek", "path_filestat_get", "poll_oneoff", "proc_exit"}) {
      CHECK(linker.Find("wasi_unstable", name).has_value());
      CHECK_FALSE(linker.Find("wasi_snapshot_preview1", name).has_value());
    }
  }

  TEST_CASE("whence counts cur, end, set") {
    TempDir dir;
    dir.Write("file", "0123456789");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    auto position = guest.New<uint64_t>();
    CHECK(Run0(guest, FdSeek, fd, uint64_t{4}, 2u, position) == Errno::kSuccess);
    CHECK(guest.Get(position) == 4);
    CHECK(Run0(guest, FdSeek, fd, uint64_t{1}, 0u, position) == Errno::kSuccess);
    CHECK(guest.Get(position) == 5);
    CHECK(Run0(guest, FdSeek, fd, uint64_t{0}, 1u, position) == Errno::kSuccess);
    CHECK(guest.Get(position) == 10);
    CHECK(Run0(guest, FdSeek, fd, uint64_t{0}, 3u, position) == Errno::kInval);
  }

  TEST_CASE("a filestat has 56 bytes") {
    TempDir dir;
    dir.Write("file", "0123456789");
    Guest guest = Guest::In(dir);
    Filestat stat;
    REQUIRE(guest.Stat("file", &stat) == Errno::kSuccess);
    uint32_t at = guest.Allocate(64);
    for (uint32_t i = 0; i < 64; ++i) guest.memory()[at + i] = 0xcc;
    REQUIRE(Run0(guest, PathFilestatGet, 3u, 0u, guest.Put("file"), 4u, GuestPtr<Filestat>{at}) == Errno::kSuccess);
    CHECK(guest.Get(GuestPtr<uint64_t>{at + 8}) == stat.ino);
    CHECK(guest.Get(GuestPtr<Filetype>{at + 16}) == Filetype::kRegularFile);
    CHECK(guest.Get(GuestPtr<uint32_t>{at + 20}) == 1);
    CHECK(guest.Get(GuestPtr<uint64_t>{at + 24}) == 10);
    CHECK(guest.Get(GuestPtr<uint64_t>{at + 40}) == stat.mtim);
    CHECK(guest.Get(GuestPtr<uint64_t>{at + 56}) == 0xcccccccccccccccc);
    // The last place where it fits.
    uint32_t last = static_cast<uint32_t>(guest.memory().size()) - 56;
    Fd fd = guest.Open("file", {});
    CHECK(Run0(guest, FdFilestatGet, fd, GuestPtr<Filestat>{last}) == Errno::kSuccess);
    CHECK(Run0(guest, FdFilestatGet, fd, GuestPtr<Filestat>{last + 1}) == Errno::kOutOfBounds);
  }

  TEST_CASE("a clock of poll_oneoff has a number of its own") {
    TempDir dir;
    dir.Write("file", "x");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    uint32_t in = guest.Allocate(112);
    std::fill_n(guest.memory().begin() + in, 112, uint8_t{0});
    guest.Set(GuestPtr<uint64_t>{in}, uint64_t{7});             // userdata; a clock
    guest.Set(GuestPtr<uint64_t>{in + 16}, uint64_t{99});       // its identifier
    guest.Set(GuestPtr<uint32_t>{in + 24}, uint32_t{1});        // monotonic
    guest.Set(GuestPtr<uint64_t>{in + 32}, uint64_t{1000});     // timeout
    auto events = guest.Allocate(64);
    auto fired = guest.New<uint32_t>();
    CHECK(Run0(guest, PollOneoff, GuestPtr<Subscription>{in}, GuestPtr<Event>{events}, 1u, fired) == Errno::kSuccess);
    CHECK(guest.Get(fired) == 1);
    CHECK(guest.Get(GuestPtr<Event>{events}).userdata == 7);
    guest.Set(GuestPtr<uint64_t>{in + 32}, uint64_t{3'600'000'000'000});
    guest.Set(GuestPtr<uint64_t>{in + 56}, uint64_t{8});
    guest.Set(GuestPtr<uint8_t>{in + 64}, uint8_t{1});          // fd_read
    guest.Set(GuestPtr<uint32_t>{in + 72}, fd);
    CHECK(Run0(guest, PollOneoff, GuestPtr<Subscription>{in}, GuestPtr<Event>{events}, 2u, fired) == Errno::kSuccess);
    CHECK(guest.Get(fired) == 1);
    CHECK(guest.Get(GuestPtr<Event>{events}).userdata == 8);
    // 56 bytes each: the second would leave the memory.
    uint32_t end = static_cast<uint32_t>(guest.memory().size());
    CHECK(Run0(guest, PollOneoff, GuestPtr<Subscription>{end - 111}, GuestPtr<Event>{events}, 2u, fired) ==
          Errno::kOutOfBounds);
  }
}

}  // namespace umiak::wasi
