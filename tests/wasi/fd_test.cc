// Descriptors: their bytes, positions, flags, and what they say of themselves.
#include <limits>

#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

constexpr uint32_t kCreate = oflags::kCreat;

uint64_t Tell(Guest& guest, Fd fd) {
  auto position = guest.New<uint64_t>();
  REQUIRE(guest.Run(FdTell, fd, position) == Errno::kSuccess);
  return guest.Get(position);
}

Errno Seek(Guest& guest, Fd fd, int64_t delta, uint32_t whence) {
  return guest.Run(FdSeek, fd, static_cast<uint64_t>(delta), whence, guest.New<uint64_t>());
}

Fdstat StatOf(Guest& guest, Fd fd) {
  auto stat = guest.New<Fdstat>();
  REQUIRE(guest.Run(FdFdstatGet, fd, stat) == Errno::kSuccess);
  return guest.Get(stat);
}

}  // namespace

TEST_SUITE("wasi/fd") {
  TEST_CASE("what is written is read, also by another descriptor, at once") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Fd a = guest.Open("f", {.oflags = kCreate});
    Fd b = guest.Open("f", {});
    CHECK(a > 2);
    uint32_t written = 0;
    CHECK(guest.Write(a, "hello", &written) == Errno::kSuccess);
    CHECK(written == 5);
    std::string text;
    CHECK(guest.Read(b, 3, &text) == Errno::kSuccess);
    CHECK(text == "hel");
    CHECK(guest.Read(b, 10, &text) == Errno::kSuccess);
    CHECK(text == "lo");
    CHECK(guest.Read(b, 10, &text) == Errno::kSuccess);
    CHECK(text == "");
  }

  TEST_CASE("several slices are filled in order, empty ones skipped") {
    TempDir dir;
    dir.Write("f", "abcdef");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    uint32_t buffer = guest.Put("........").address;
    auto iovs = guest.New(Iovec{buffer + 4, 2});
    guest.New(Iovec{buffer, 0});
    guest.New(Iovec{buffer, 3});
    auto size = guest.New<uint32_t>();
    CHECK(guest.Run(FdRead, fd, iovs, 3u, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 5);
    CHECK(guest.Text(buffer, 8) == "cde.ab..");
    CHECK(guest.Run(FdRead, fd, GuestPtr<Iovec>{0}, 0u, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 0);
  }

  TEST_CASE("64 KiB are written in one call") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {.oflags = kCreate});
    uint32_t written = 0;
    CHECK(guest.Write(fd, std::string(65536, 'x'), &written) == Errno::kSuccess);
    CHECK(written == 65536);
  }

  TEST_CASE("fd_pread and fd_pwrite leave the position") {
    TempDir dir;
    dir.Write("f", "0123456789");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    auto size = guest.New<uint32_t>();
    uint32_t buffer = guest.Allocate(4);
    CHECK(guest.Run(FdPread, fd, guest.Slice(buffer, 4), 1u, uint64_t{6}, size) == Errno::kSuccess);
    CHECK(guest.Text(buffer, 4) == "6789");
    CHECK(guest.Run(FdPwrite, fd, guest.Slice(guest.Put("AB").address, 2), 1u, uint64_t{1}, size) == Errno::kSuccess);
    CHECK(Tell(guest, fd) == 0);
    CHECK(dir.Read("f") == "0AB3456789");
    CHECK(guest.Run(FdPread, fd, guest.Slice(buffer, 4), 1u, ~uint64_t{0}, size) == Errno::kInval);
  }

  TEST_CASE("fd_seek moves past the end but not before the start") {
    TempDir dir;
    dir.Write("f", "0123456789");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    CHECK(Seek(guest, fd, 5, 0) == Errno::kSuccess);
    CHECK(Seek(guest, fd, -2, 1) == Errno::kSuccess);
    CHECK(Tell(guest, fd) == 3);
    CHECK(Seek(guest, fd, -4, 1) == Errno::kInval);
    CHECK(Tell(guest, fd) == 3);
    CHECK(Seek(guest, fd, 100, 2) == Errno::kSuccess);
    CHECK(Tell(guest, fd) == 110);
    CHECK(Seek(guest, fd, 0, 3) == Errno::kInval);
    CHECK(Seek(guest, 77, 0, 0) == Errno::kBadf);
  }

  TEST_CASE("a file read-only or write-only is that") {
    TempDir dir;
    dir.Write("f", "text");
    Guest guest = Guest::In(dir);
    Fd reader = guest.Open("f", {.rights = rights::kFdRead});
    Fd writer = guest.Open("f", {.rights = rights::kFdWrite});
    Fd neither = guest.Open("f", {.rights = 0});
    std::string text;
    CHECK(guest.Write(reader, "x") == Errno::kBadf);
    CHECK(guest.Read(writer, 1, &text) == Errno::kBadf);
    CHECK(guest.Read(neither, 1, &text) == Errno::kBadf);
    CHECK((StatOf(guest, reader).rights_base & Guest::kReadWrite) == rights::kFdRead);
    CHECK((StatOf(guest, writer).rights_base & Guest::kReadWrite) == rights::kFdWrite);
  }

  TEST_CASE("APPEND can be set and cleared while a file is open") {
    TempDir dir;
    dir.Write("f", "12345");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {.fdflags = fdflags::kAppend});
    CHECK(StatOf(guest, fd).flags == fdflags::kAppend);
    CHECK(guest.Write(fd, "67") == Errno::kSuccess);
    CHECK(Tell(guest, fd) == 7);
    CHECK(guest.Run(FdFdstatSetFlags, fd, 0u) == Errno::kSuccess);
    CHECK(Seek(guest, fd, 0, 0) == Errno::kSuccess);
    CHECK(guest.Write(fd, "AB") == Errno::kSuccess);
    CHECK(dir.Read("f") == "AB34567");
    CHECK(guest.Run(FdFdstatSetFlags, fd, fdflags::kAppend) == Errno::kSuccess);
    CHECK(guest.Write(fd, "C") == Errno::kSuccess);
    CHECK(dir.Read("f") == "AB34567C");
    CHECK(guest.Run(FdFdstatSetFlags, fd, fdflags::kSync) == Errno::kInval);
    CHECK(guest.Run(FdFdstatSetFlags, fd, 32u) == Errno::kInval);
  }

  TEST_CASE("directories have no bytes and no position") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    for (Fd fd : {Fd{3}, guest.OpenDir(".")}) {
      auto size = guest.New<uint32_t>();
      auto iov = guest.Slice(0, 1);
      CHECK(guest.Run(FdRead, fd, iov, 1u, size) == Errno::kIsdir);
      CHECK(guest.Run(FdWrite, fd, iov, 1u, size) == Errno::kIsdir);
      CHECK(guest.Run(FdPread, fd, iov, 1u, uint64_t{0}, size) == Errno::kIsdir);
      CHECK(guest.Run(FdPwrite, fd, iov, 1u, uint64_t{0}, size) == Errno::kIsdir);
      CHECK(Seek(guest, fd, 0, 0) == Errno::kIsdir);
      CHECK(guest.Run(FdTell, fd, guest.New<uint64_t>()) == Errno::kIsdir);
      CHECK(guest.Run(FdAllocate, fd, uint64_t{0}, uint64_t{1}) == Errno::kIsdir);
      CHECK(guest.Run(FdFilestatSetSize, fd, uint64_t{0}) == Errno::kIsdir);
      CHECK(guest.Run(FdAdvise, fd, uint64_t{0}, uint64_t{0}, 0u) == Errno::kBadf);
      CHECK(guest.Run(FdSync, fd) == Errno::kSuccess);
      CHECK(guest.Run(FdDatasync, fd) == Errno::kSuccess);
      auto times = [&] { return guest.Run(FdFilestatSetTimes, fd, uint64_t{5}, uint64_t{6}, fstflags::kMtim); };
      CHECK(times() == Errno::kSuccess);
      auto stat = guest.New<Filestat>();
      CHECK(guest.Run(FdFilestatGet, fd, stat) == Errno::kSuccess);
      CHECK(guest.Get(stat).mtim == 6);
      CHECK(guest.Get(stat).filetype == Filetype::kDirectory);
      Fdstat fdstat = StatOf(guest, fd);
      CHECK(fdstat.filetype == Filetype::kDirectory);
      CHECK(fdstat.flags == 0);
      CHECK((fdstat.rights_base & (rights::kFdSeek | rights::kFdFilestatSetSize)) == 0);
      CHECK((fdstat.rights_inheriting & Guest::kReadWrite) == Guest::kReadWrite);
    }
  }

  TEST_CASE("fd_filestat_set_size and fd_allocate change the size") {
    TempDir dir;
    dir.Write("f", "12345");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    CHECK(guest.Run(FdFilestatSetSize, fd, uint64_t{2}) == Errno::kSuccess);
    CHECK(dir.Read("f") == "12");
    CHECK(guest.Run(FdFilestatSetSize, fd, uint64_t{1} << 63) == Errno::kInval);
    Errno error = guest.Run(FdAllocate, fd, uint64_t{1}, uint64_t{9});
    CHECK((error == Errno::kSuccess || error == Errno::kNotsup));
    if (error == Errno::kSuccess) CHECK(dir.Read("f").size() == 10);
    CHECK(guest.Run(FdAllocate, fd, ~uint64_t{0}, uint64_t{9}) == Errno::kFbig);
    CHECK(guest.Run(FdAllocate, fd, uint64_t{9}, ~uint64_t{0}) == Errno::kFbig);
    CHECK(guest.Run(FdAdvise, fd, uint64_t{0}, uint64_t{9}, 3u) == Errno::kSuccess);
    CHECK(guest.Run(FdAdvise, fd, uint64_t{0}, uint64_t{9}, 6u) == Errno::kInval);
    CHECK(guest.Run(FdAdvise, fd, ~uint64_t{0}, uint64_t{9}, 0u) == Errno::kInval);
    CHECK(guest.Run(FdFdstatSetRights, fd, uint64_t{0}, uint64_t{0}) == Errno::kNotsup);
    CHECK(guest.Run(FdFdstatSetRights, 77u, uint64_t{0}, uint64_t{0}) == Errno::kBadf);
  }

  TEST_CASE("fd_filestat_set_times changes one time and keeps the other") {
    TempDir dir;
    dir.Write("f", "");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("f", {});
    auto stat = guest.New<Filestat>();
    CHECK(guest.Run(FdFilestatGet, fd, stat) == Errno::kSuccess);
    uint64_t atim = guest.Get(stat).atim;
    CHECK(guest.Run(FdFilestatSetTimes, fd, uint64_t{9}, uint64_t{7}, fstflags::kMtim) == Errno::kSuccess);
    CHECK(guest.Run(FdFilestatSetTimes, fd, uint64_t{9}, uint64_t{8}, fstflags::kMtim | fstflags::kMtimNow) ==
          Errno::kInval);
    CHECK(guest.Run(FdFilestatGet, fd, stat) == Errno::kSuccess);
    CHECK(guest.Get(stat).mtim == 7);
    CHECK(guest.Get(stat).atim == atim);
  }

  TEST_CASE("a bad descriptor is told before its pointers are looked at") {
    Guest guest;
    GuestPtr<Iovec> wild{0xfffffff0};
    GuestPtr<uint32_t> size{0xfffffff0};
    CHECK(guest.Run(FdWrite, static_cast<Fd>(-31337), wild, 9u, size) == Errno::kBadf);
    CHECK(guest.Run(FdRead, 9u, wild, 9u, size) == Errno::kBadf);
  }

  TEST_CASE("sock_* knows no socket") {
    Guest guest;
    CHECK(guest.Run(SockShutdown, 1u, 3u) == Errno::kNotsock);
    CHECK(guest.Run(SockShutdown, 9u, 3u) == Errno::kBadf);
    CHECK(guest.Run(SockAccept, 0u, 0u, guest.New<Fd>()) == Errno::kNotsock);
  }
}

TEST_SUITE("wasi/prestat") {
  TEST_CASE("grants are found from 3 on, under their guest's names") {
    TempDir a, b;
    WasiConfig config;
    config.preopens = {{a.string(), "/"}, {b.string(), "data/b"}};
    Guest guest(config);
    auto prestat = guest.New<Prestat>();
    CHECK(guest.Run(FdPrestatGet, 4u, prestat) == Errno::kSuccess);
    CHECK(guest.Get(prestat).tag == 0);
    CHECK(guest.Get(prestat).name_len == 6);
    auto buffer = guest.Put("????????");
    CHECK(guest.Run(FdPrestatDirName, 4u, buffer, 8u) == Errno::kSuccess);
    CHECK(guest.Text(buffer.address, 8) == "data/b??");
    CHECK(guest.Run(FdPrestatDirName, 4u, buffer, 5u) == Errno::kNametoolong);
    CHECK(guest.Run(FdPrestatGet, 5u, prestat) == Errno::kBadf);
    CHECK(guest.Run(FdPrestatGet, 1u, prestat) == Errno::kBadf);
    CHECK(guest.Run(FdPrestatDirName, 1u, buffer, 8u) == Errno::kNotdir);
    CHECK(guest.Run(FdClose, 3u) == Errno::kSuccess);
    CHECK(guest.Run(FdPrestatGet, 3u, prestat) == Errno::kBadf);
    CHECK(guest.TryOpen("x", {}) == Errno::kBadf);
  }

  TEST_CASE("a directory that is missing, or a file, is refused with a sentence") {
    TempDir dir;
    dir.Write("file", "");
    WasiConfig config;
    config.preopens = {{dir / "none", "/"}};
    auto context = MakeWasiContext(config);
    CHECK(context.status().code() == absl::StatusCode::kNotFound);
    config.preopens = {{dir / "file", "/"}};
    context = MakeWasiContext(config);
    CHECK(context.status().message() ==
          "directory \"" + dir.string() + "/file\" cannot be opened: Not a directory");
    config.preopens = {{dir.string(), ""}};
    CHECK_FALSE(MakeWasiContext(config).ok());
  }
}

}  // namespace umiak::wasi
