// The trace of a guest's calls, and what is told of refusals.
#include "wasi/trace.h"

#include "absl/strings/str_split.h"
#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

// Runs calls of a guest under a watcher, as preview1.cc does.
struct Watched {
  explicit Watched(Guest g, const std::string& filter = "")
      : guest(std::move(g)),
        watcher([this](absl::string_view text) { this->text.append(text.data(), text.size()); },
                *TraceFilter::Parse(filter), [this](const WasiRefusal& refusal) { refusals.push_back(refusal); }) {}

  template <class... Params, class... Args>
  Errno Run(const char* name, Errno (*function)(Call&, Params...), Args... args) {
    Call call = guest.call();
    const uint64_t values[] = {Value(args)..., 0};
    const auto passed = absl::MakeConstSpan(values, sizeof...(args));
    if (!watcher.Watches(name)) return function(call, args...);
    watcher.Enter(call, name, passed);
    const Errno error = function(call, args...);
    watcher.Leave(call, name, passed, error);
    return error;
  }
  template <class T>
  static uint64_t Value(GuestPtr<T> pointer) { return pointer.address; }
  static uint64_t Value(uint64_t value) { return value; }

  Fd Open(const std::string& path, uint32_t open_flags, uint64_t rights = Guest::kReadWrite) {
    auto result = guest.New<Fd>();
    Run("path_open", PathOpen, Fd{3}, 1u, guest.Put(path), static_cast<uint32_t>(path.size()), open_flags, rights,
        uint64_t{0}, 0u, result);
    return guest.Get(result);
  }
  std::string Taken() { return std::exchange(text, ""); }

  Guest guest;
  std::string text;
  std::vector<WasiRefusal> refusals;
  CallWatcher watcher;
};

}  // namespace

TEST_SUITE("wasi/trace") {
  TEST_CASE("every function has a row that describes all of its arguments") {
#define WASI_FUNCTION(name, signature, function) \
  CHECK_MESSAGE(CountArguments(TraceRow(#name)) == static_cast<int>(sizeof(signature) - 1), #name);
#include "wasi/preview1.def"
#undef WASI_FUNCTION
    CHECK(CountArguments(TraceRow("proc_exit")) == 1);
    CHECK(CountArguments("fd nonsense") == -1);
  }

  TEST_CASE("arguments are decoded: descriptors, paths, flags, rights, and what came of it") {
    TempDir dir;
    Watched watched(Guest::In(dir));
    Guest& guest = watched.guest;
    Fd fd = watched.Open("a\n.txt", oflags::kCreat | oflags::kExcl);
    CHECK(watched.Taken() ==
          "path_open(3</>, SYMLINK_FOLLOW, \"a\\n.txt\", CREAT|EXCL, FD_READ|FD_WRITE, 0, 0) = success, 4</a\n.txt>\n");
    watched.Open("a\n.txt", oflags::kCreat | oflags::kExcl | 0x40, 1ull << 40);
    CHECK(watched.Taken() ==
          "path_open(3</>, SYMLINK_FOLLOW, \"a\\n.txt\", CREAT|EXCL|0x40, 0x10000000000, 0, 0) = inval\n");
    const std::string text = "line\n" + std::string(100, 'x');
    auto size = guest.New<uint32_t>();
    watched.Run("fd_write", FdWrite, fd, guest.Slice(guest.Put(text).address, 105), 1u, size);
    CHECK(watched.Taken() == "fd_write(4</a\n.txt>, [\"line\\n" + std::string(27, 'x') + "\"...]) = success, 105\n");
    watched.Run("fd_seek", FdSeek, fd, static_cast<uint64_t>(-103), 2u, guest.New<uint64_t>());
    CHECK(watched.Taken() == "fd_seek(4</a\n.txt>, -103, END) = success, 2\n");
    watched.Run("fd_read", FdRead, fd, guest.Slice(guest.Allocate(8), 4), 1u, size);
    CHECK(watched.Taken() == "fd_read(4</a\n.txt>, [4]) = success, 4 \"ne\\nx\"\n");
    watched.Run("fd_close", FdClose, fd);
    CHECK(watched.Taken() == "fd_close(4</a\n.txt>) = success\n");
    watched.Run("fd_close", FdClose, fd);
    CHECK(watched.Taken() == "fd_close(4) = badf\n");
    watched.Run("fd_close", FdClose, Fd{0xffffffff});
    CHECK(watched.Taken() == "fd_close(-1) = badf\n");
  }

  TEST_CASE("sets of rights are shown by the name of the nearest set where that is shorter") {
    TempDir dir;
    Watched watched(Guest::In(dir));
    auto shown = [&](uint64_t rights) {
      watched.Taken();
      watched.Open("missing", 0, rights);
      const std::string text = watched.Taken();
      const size_t begin = text.find("0, ") + 3;
      return text.substr(begin, text.find(", 0, 0)") - begin);
    };
    CHECK(shown(0) == "0");
    CHECK(shown(rights::kFdRead | rights::kFdSeek) == "FD_READ|FD_SEEK");
    CHECK(shown((1u << 30) - 1) == "all");
    CHECK(shown(((1u << 30) - 1) | 1ull << 40) == "all|0x10000000000");
    CHECK(shown(rights::kFile) == "all-files");
    CHECK(shown(rights::kDirectoryBase) == "all-directories");
    CHECK(shown(rights::kDirectoryInheriting) == "all-files-and-directories");
    // What wasi-libc asks for to read.
    CHECK(shown(rights::kDirectoryInheriting & ~(rights::kFdWrite | rights::kFdAllocate)) ==
          "all-files-and-directories except FD_WRITE|FD_ALLOCATE");
    CHECK(shown((rights::kFile & ~rights::kFdAdvise) | rights::kPathOpen) == "all-files|PATH_OPEN except FD_ADVISE");
  }

  TEST_CASE("poll_oneoff tells what it waits for and what happened") {
    Watched watched{Guest()};
    Guest& guest = watched.guest;
    GuestPtr<Subscription> in{guest.Allocate(96)};
    Subscription s = {};
    s.clock_or_fd = 1;
    s.timeout = 5;
    guest.Set(in, s);
    s.tag = 1;
    s.clock_or_fd = 0;
    guest.Set(GuestPtr<Subscription>{in.address + 48}, s);
    watched.Run("poll_oneoff", PollOneoff, in, GuestPtr<Event>{guest.Allocate(64)}, 2u, guest.New<uint32_t>());
    CHECK(watched.Taken().find("poll_oneoff([CLOCK MONOTONIC +5 ns, FD_READ 0<stdin>]) = success, [") == 0);
  }

  TEST_CASE("pointers that leave the memory are numbers") {
    Watched watched{Guest()};
    Guest& guest = watched.guest;
    const GuestPtr<uint32_t> outside{0xfffffff0};
    watched.Run("fd_write", FdWrite, Fd{1}, GuestPtr<Iovec>{0xfffffff0}, 2u, outside);
    CHECK(watched.Taken() == "fd_write(1<stdout>, 0xfffffff0[2]) = trap: out of bounds memory access\n");
    watched.Run("fd_write", FdWrite, Fd{1}, guest.Slice(0xfffffff0, 0x100), 1u, guest.New<uint32_t>());
    CHECK(watched.Taken() == "fd_write(1<stdout>, [0xfffffff0[256]]) = trap: out of bounds memory access\n");
    watched.Run("path_unlink_file", PathUnlinkFile, Fd{3}, GuestPtr<uint8_t>{0xfffffff0}, 0xffffffffu);
    CHECK(watched.Taken() == "path_unlink_file(3, 0xfffffff0[4294967295]) = badf\n");
    watched.Run("poll_oneoff", PollOneoff, GuestPtr<Subscription>{0}, GuestPtr<Event>{0}, 0x10000000u, outside);
    CHECK(watched.Taken() == "poll_oneoff(0x0[268435456]) = trap: out of bounds memory access\n");
  }

  TEST_CASE("a filter names functions, classes, failures, and what to leave out") {
    TempDir dir;
    dir.Write("f", "");
    auto shown = [&](const std::string& filter) {
      Watched watched(Guest::In(dir), filter);
      watched.Run("fd_close", FdClose, watched.Open("f", 0));
      watched.Open("missing", 0);
      watched.Run("sched_yield", SchedYield);
      std::string names;
      for (absl::string_view line : absl::StrSplit(watched.text, '\n', absl::SkipEmpty())) {
        names += std::string(line.substr(0, line.find('('))) + (line.find("noent") != line.npos ? "! " : " ");
      }
      return names;
    };
    CHECK(shown("") == "path_open fd_close path_open! sched_yield ");
    CHECK(shown("path_open") == "path_open path_open! ");
    CHECK(shown("fd,sched") == "fd_close sched_yield ");
    CHECK(shown("!path") == "fd_close sched_yield ");
    CHECK(shown("fd,path,!fd_close") == "path_open path_open! ");
    CHECK(shown("failed") == "path_open! ");
    CHECK(shown("fd,failed") == "");
    for (const char* bad : {"nothing", "pat", "path_", "!failed", "fd_read,path_opened"}) {
      CHECK_MESSAGE(!TraceFilter::Parse(bad).ok(), bad);
    }
  }

  TEST_CASE("refusals are told with the path as the guest sees it") {
    TempDir dir;
    dir.Write("f", "");
    Watched outside(Guest::In(dir), "sched");
    outside.Open("../secret", 0);
    outside.Open("missing", 0);
    outside.Run("path_symlink", PathSymlink, outside.guest.Put("/etc"), 4u, Fd{3}, outside.guest.Put("link"), 4u);
    REQUIRE(outside.refusals.size() >= 1);
    CHECK(outside.refusals[0].path == "/../secret");
    CHECK(outside.refusals[0].function == "path_open");
    CHECK(outside.refusals[0].reason == WasiRefusal::kOutside);
    CHECK(outside.text == "");
    Watched read_only(Guest::In(dir, true, /*read_only=*/true));
    read_only.Open("new", oflags::kCreat);
    read_only.Open("../new", oflags::kCreat);
    REQUIRE(read_only.refusals.size() == 2);
    CHECK(read_only.refusals[0].reason == WasiRefusal::kReadOnly);
    CHECK(read_only.refusals[1].reason == WasiRefusal::kOutside);
  }

  TEST_CASE("a path in descriptor -1 is a refusal, as of a library that found no grant; one in another that is not open is none") {
    Watched watched{Guest()};
    for (const Fd fd : {~Fd{0}, Fd{77}}) {
      watched.Run("path_unlink_file", PathUnlinkFile, fd, watched.guest.Put("tmp/x"), 5u);
    }
    REQUIRE(watched.refusals.size() == 1);
    CHECK(watched.refusals[0].reason == WasiRefusal::kNoGrant);
    CHECK(watched.refusals[0].path == "tmp/x");
  }
}

}  // namespace umiak::wasi
