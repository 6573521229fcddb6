#include "wasi/fd_table.h"

#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

DescriptorPtr New() { return std::make_shared<Descriptor>(); }

}  // namespace

TEST_SUITE("wasi/fd_table") {
  TEST_CASE("the lowest free number from 3 on is given") {
    FdTable table;
    CHECK(*table.Insert(New()) == 3);
    CHECK(*table.Insert(New()) == 4);
    CHECK(*table.Insert(New()) == 5);
    CHECK(table.Close(4) == Errno::kSuccess);
    CHECK(table.Close(3) == Errno::kSuccess);
    CHECK(*table.Insert(New()) == 3);
    CHECK(*table.Insert(New()) == 4);
    CHECK(*table.Insert(New()) == 6);
  }

  TEST_CASE("a closed standard stream's number is not given again") {
    FdTable table;
    table.InsertAt(0, New());
    CHECK(table.Close(0) == Errno::kSuccess);
    CHECK(table.Close(0) == Errno::kBadf);
    CHECK(*table.Insert(New()) == 3);
  }

  TEST_CASE("numbers that were never open are bad") {
    FdTable table;
    for (Fd fd : {0u, 3u, 0x7fffffffu, 0xffffffffu, static_cast<Fd>(-31337)}) {
      CHECK(table.Get(fd).error() == Errno::kBadf);
      CHECK(table.Close(fd) == Errno::kBadf);
      CHECK(table.Renumber(fd, fd) == Errno::kBadf);
    }
  }

  TEST_CASE("renumbering moves a descriptor onto an open one") {
    FdTable table;
    DescriptorPtr first = New(), second = New();
    (void)*table.Insert(first);
    (void)*table.Insert(second);
    std::weak_ptr<Descriptor> replaced = second;
    second.reset();
    CHECK(table.Renumber(3, 4) == Errno::kSuccess);
    CHECK(table.Get(3).error() == Errno::kBadf);
    CHECK(*table.Get(4) == first);
    CHECK(replaced.expired());
    CHECK(table.Renumber(4, 4) == Errno::kSuccess);
    CHECK(*table.Get(4) == first);
  }

  TEST_CASE("renumbering onto a number that is not open is bad") {
    FdTable table;
    (void)*table.Insert(New());
    CHECK(table.Renumber(3, 4) == Errno::kBadf);
    CHECK(table.Renumber(3, 0xffffffff) == Errno::kBadf);
    CHECK(table.Renumber(4, 3) == Errno::kBadf);
    CHECK(table.Get(3).ok());
  }

  TEST_CASE("a full table is an errno") {
    FdTable table;
    for (size_t i = 3; i < FdTable::kMaxDescriptors; ++i) REQUIRE(table.Insert(New()).ok());
    CHECK(table.Insert(New()).error() == Errno::kMfile);
    CHECK(table.Close(77) == Errno::kSuccess);
    CHECK(*table.Insert(New()) == 77);
  }

  TEST_CASE("where the table is full, nothing is created or truncated") {
    TempDir dir;
    dir.Write("file", "text");
    Guest guest = Guest::In(dir);
    while (guest.context().fds().Insert(New()).ok()) continue;
    CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat}) == Errno::kMfile);
    CHECK(guest.TryOpen("file", {.oflags = oflags::kTrunc}) == Errno::kMfile);
    CHECK_FALSE(std::filesystem::exists(dir / "new"));
    CHECK(dir.Read("file") == "text");
  }

  TEST_CASE("opening, renumbering and closing leaves no host descriptor behind") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    const int before = OpenHostFds();
    for (int i = 0; i < 100; ++i) {
      Fd a = guest.Open("a", {.oflags = oflags::kCreat});
      Fd b = guest.Open("a", {});
      CHECK(guest.Run(FdRenumber, a, b) == Errno::kSuccess);
      CHECK(guest.Run(FdClose, b) == Errno::kSuccess);
      CHECK(guest.Run(FdClose, b) == Errno::kBadf);
    }
    CHECK(OpenHostFds() == before);
  }

  TEST_CASE("host descriptors are closed on exec") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    guest.Open("a", {.oflags = oflags::kCreat});
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code error;
      auto target = std::filesystem::read_symlink(entry.path(), error).string();
      if (target.rfind(dir.string(), 0) != 0) continue;
      CHECK((fcntl(std::stoi(entry.path().filename().string()), F_GETFD) & FD_CLOEXEC) != 0);
    }
  }

  TEST_CASE("running out of host descriptors is an errno") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Errno error = Errno::kSuccess;
    for (int i = 0; i < 200'000 && error == Errno::kSuccess; ++i) {
      Fd fd;
      error = guest.TryOpen("a", {.oflags = oflags::kCreat}, &fd);
    }
    CHECK(error == Errno::kMfile);
    CHECK(guest.Run(FdClose, 4u) == Errno::kSuccess);
    CHECK(guest.TryOpen("a", {}) == Errno::kSuccess);
  }
}

}  // namespace umiak::wasi
