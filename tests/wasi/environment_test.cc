// What a guest finds at its start: arguments, environment, standard streams, clocks, random numbers.
#include <algorithm>
#include <array>

#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

template <class SizesGet, class StringsGet>
std::vector<std::string> Strings(Guest& guest, SizesGet sizes_get, StringsGet get) {
  auto count = guest.New<uint32_t>();
  auto size = guest.New<uint32_t>();
  REQUIRE(guest.Run(sizes_get, count, size) == Errno::kSuccess);
  GuestPtr<uint32_t> pointers{guest.Allocate(guest.Get(count) * 4)};
  GuestPtr<uint8_t> buffer{guest.Allocate(guest.Get(size))};
  REQUIRE(guest.Run(get, pointers, buffer) == Errno::kSuccess);
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < guest.Get(count); ++i) {
    uint32_t address = guest.Get(GuestPtr<uint32_t>{pointers.address + 4 * i});
    strings.emplace_back(reinterpret_cast<const char*>(guest.memory().data()) + address);
  }
  return strings;
}

}  // namespace

TEST_SUITE("wasi/args_environ") {
  TEST_CASE("arguments and variables arrive as they are") {
    WasiConfig config;
    config.args = {"program", "", "a b", "\"quoted\"\n", "\xff"};
    config.env = {{"EMPTY", ""}, {"A", "b=c\n'\""}};
    Guest guest(config);
    CHECK(Strings(guest, ArgsSizesGet, ArgsGet) == config.args);
    CHECK(Strings(guest, EnvironSizesGet, EnvironGet) == std::vector<std::string>{"EMPTY=", "A=b=c\n'\""});
  }

  TEST_CASE("nothing is inherited") {
    Guest guest;
    CHECK(Strings(guest, ArgsSizesGet, ArgsGet).empty());
    CHECK(Strings(guest, EnvironSizesGet, EnvironGet).empty());
  }

  TEST_CASE("a large environment arrives") {
    WasiConfig config;
    for (int i = 0; i < 1000; ++i) config.env.push_back({"V" + std::to_string(i), std::string(100, 'x')});
    Guest guest(config);
    CHECK(Strings(guest, EnvironSizesGet, EnvironGet).size() == 1000);
  }

  TEST_CASE("what cannot be passed is refused") {
    WasiConfig config;
    config.args = {std::string("a\0b", 3)};
    CHECK(MakeWasiContext(config).status().code() == absl::StatusCode::kInvalidArgument);
    for (const char* name : {"", "A=B"}) {
      config = {};
      config.env = {{name, ""}};
      CHECK(MakeWasiContext(config).status().code() == absl::StatusCode::kInvalidArgument);
    }
    config.env = {{"A", std::string("\0", 1)}};
    CHECK(MakeWasiContext(config).status().code() == absl::StatusCode::kInvalidArgument);
  }

  TEST_CASE("the lists must fit the memory") {
    WasiConfig config;
    config.args = {"program"};
    Guest guest(config);
    CHECK(guest.Run(ArgsGet, GuestPtr<uint32_t>{0}, GuestPtr<uint8_t>{Guest::kMemorySize - 7}) == Errno::kOutOfBounds);
    CHECK(guest.Run(ArgsGet, GuestPtr<uint32_t>{0}, GuestPtr<uint8_t>{Guest::kMemorySize - 8}) == Errno::kSuccess);
    CHECK(guest.Run(ArgsGet, GuestPtr<uint32_t>{Guest::kMemorySize - 3}, GuestPtr<uint8_t>{0}) == Errno::kOutOfBounds);
  }
}

TEST_SUITE("wasi/clock") {
  TEST_CASE("the host's clocks tell a plausible time") {
    Guest guest;
    auto time = guest.New<uint64_t>();
    CHECK(guest.Run(ClockTimeGet, 0u, uint64_t{0}, time) == Errno::kSuccess);
    CHECK(guest.Get(time) > uint64_t{1'700'000'000} * 1'000'000'000);
    CHECK(guest.Run(ClockTimeGet, 1u, uint64_t{1}, time) == Errno::kSuccess);
    uint64_t first = guest.Get(time);
    CHECK(guest.Run(ClockTimeGet, 1u, uint64_t{0}, time) == Errno::kSuccess);
    CHECK(guest.Get(time) >= first);
    for (uint32_t clock : {2u, 3u}) CHECK(guest.Run(ClockTimeGet, clock, uint64_t{0}, time) == Errno::kSuccess);
    for (uint32_t clock : {0u, 1u, 2u, 3u}) {
      CHECK(guest.Run(ClockResGet, clock, time) == Errno::kSuccess);
      CHECK(guest.Get(time) > 0);
    }
    for (uint32_t clock : {4u, 0xffffffffu}) {
      CHECK(guest.Run(ClockTimeGet, clock, uint64_t{0}, time) == Errno::kInval);
      CHECK(guest.Run(ClockResGet, clock, time) == Errno::kInval);
    }
  }

  TEST_CASE("the embedder's clocks and random numbers replace the host's") {
    WasiConfig config;
    config.realtime_clock = [] { return uint64_t{11}; };
    config.monotonic_clock = [] { return uint64_t{22}; };
    config.random = [](absl::Span<uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), 7); };
    Guest guest(config);
    auto time = guest.New<uint64_t>();
    CHECK(guest.Run(ClockTimeGet, 0u, uint64_t{0}, time) == Errno::kSuccess);
    CHECK(guest.Get(time) == 11);
    CHECK(guest.Run(ClockTimeGet, 1u, uint64_t{0}, time) == Errno::kSuccess);
    CHECK(guest.Get(time) == 22);
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{16}, 3u) == Errno::kSuccess);
    CHECK(guest.Text(16, 3) == "\7\7\7");
  }
}

TEST_SUITE("wasi/random_proc_sched") {
  TEST_CASE("random_get fills all that it is given") {
    Guest guest;
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{0}, 0u) == Errno::kSuccess);
    guest.memory().assign(8 << 20, 0);
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{0}, 8u << 20) == Errno::kSuccess);
    auto tail = guest.memory().end() - 4096;
    CHECK(std::count(tail, guest.memory().end(), 0) < 100);
  }

  TEST_CASE("sched_yield succeeds, proc_raise is not offered") {
    Guest guest;
    CHECK(guest.Run(SchedYield) == Errno::kSuccess);
    CHECK(guest.Run(ProcRaise, 6u) == Errno::kNotsup);
  }
}

TEST_SUITE("wasi/stdio") {
  TEST_CASE("without a grant stdin is at its end and stdout vanishes") {
    Guest guest;
    std::string text;
    CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
    CHECK(text == "");
    uint32_t written = 0;
    CHECK(guest.Write(1, "gone", &written) == Errno::kSuccess);
    CHECK(written == 4);
    CHECK(guest.Write(2, "gone") == Errno::kSuccess);
  }

  TEST_CASE("stdin can be bytes and stdout a function") {
    WasiConfig config;
    std::string out, err;
    config.stdin_stream = WasiStream::Input("some input");
    config.stdout_stream = WasiStream::Output([&](absl::string_view text) { out.append(text.data(), text.size()); });
    config.stderr_stream = WasiStream::Output([&](absl::string_view text) { err.append(text.data(), text.size()); });
    Guest guest(config);
    std::string text;
    CHECK(guest.Read(0, 4, &text) == Errno::kSuccess);
    CHECK(text == "some");
    CHECK(guest.Read(0, 40, &text) == Errno::kSuccess);
    CHECK(text == " input");
    CHECK(guest.Read(0, 40, &text) == Errno::kSuccess);
    CHECK(text == "");
    CHECK(guest.Write(1, "to out") == Errno::kSuccess);
    CHECK(guest.Write(2, "to err") == Errno::kSuccess);
    CHECK(out == "to out");
    CHECK(err == "to err");
  }

  TEST_CASE("stdin can be a function, stdout a buffer, both any file") {
    std::string left = "some input";
    auto buffer = std::make_shared<std::string>();
    WasiConfig config;
    config.stdin_stream = WasiStream::InputFrom([&](absl::Span<uint8_t> to) {
      size_t size = std::min({left.size(), to.size(), size_t{4}});
      std::memcpy(to.data(), left.data(), size);
      left.erase(0, size);
      return size;
    });
    config.stdout_stream = WasiStream::OutputTo(buffer);
    auto memory = MakeMemoryDirectory(1 << 20);
    OpenOptions options;
    options.read = options.write = options.create = true;
    auto file = memory->OpenFile("log", options);
    REQUIRE(file.ok());
    config.stderr_stream = WasiStream::FromFile(*file);
    config.preopens.push_back({"", "/", false, memory});
    Guest guest(config);
    std::string text, all;
    while (guest.Read(0, 100, &text) == Errno::kSuccess && !text.empty()) all += text;
    CHECK(all == "some input");
    CHECK(guest.Write(1, "one ") == Errno::kSuccess);
    CHECK(guest.Write(1, "two") == Errno::kSuccess);
    CHECK(*buffer == "one two");
    CHECK(guest.Write(2, "error") == Errno::kSuccess);
    CHECK(guest.ReadFile("log") == "error");
  }

  TEST_CASE("an input function that claims more than there was room for is an errno") {
    WasiConfig config;
    config.stdin_stream = WasiStream::InputFrom([](absl::Span<uint8_t> to) { return to.size() + 1; });
    Guest guest(config);
    std::string text;
    CHECK(guest.Read(0, 10, &text) == Errno::kIo);
  }

  TEST_CASE("what an input function gave before it failed is read") {
    WasiConfig config;
    config.stdin_stream = WasiStream::InputFrom([](absl::Span<uint8_t> to) { return to.size() == 4 ? 4 : to.size() + 1; });
    Guest guest(config);
    const uint32_t buffer = guest.Allocate(8);
    auto iovs = guest.New<std::array<Iovec, 2>>({{{buffer, 4}, {buffer + 4, 3}}});
    auto size = guest.New<uint32_t>();
    CHECK(guest.Run(FdRead, 0u, GuestPtr<Iovec>{iovs.address}, 2u, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 4);
  }

  TEST_CASE("a stream that makes no sense is refused") {
    WasiConfig config;
    config.stdin_stream = WasiStream::Output([](absl::string_view) {});
    CHECK_FALSE(MakeWasiContext(config).ok());
    config = {};
    config.stdout_stream = WasiStream::Input("x");
    CHECK_FALSE(MakeWasiContext(config).ok());
  }

  TEST_CASE("standard streams do not seek, have no size and one direction") {
    TempDir dir;
    dir.Write("in", "text");
    int fd = open((dir / "in").c_str(), O_RDWR | O_CLOEXEC);
    WasiConfig config;
    config.stdin_stream = WasiStream::FromHostFd(fd);
    config.stdout_stream = WasiStream::FromHostFd(fd);
    Guest guest(config);
    auto position = guest.New<uint64_t>();
    auto size = guest.New<uint32_t>();
    for (Fd stream : {0u, 1u}) {
      CHECK(guest.Run(FdSeek, stream, uint64_t{0}, 0u, position) == Errno::kSpipe);
      CHECK(guest.Run(FdTell, stream, position) == Errno::kSpipe);
      auto stat = guest.New<Filestat>();
      CHECK(guest.Run(FdFilestatGet, stream, stat) == Errno::kSuccess);
      CHECK(guest.Get(stat).size == 0);
      CHECK(guest.Get(stat).mtim == 0);
      auto fdstat = guest.New<Fdstat>();
      CHECK(guest.Run(FdFdstatGet, stream, fdstat) == Errno::kSuccess);
      CHECK(guest.Get(fdstat).filetype == Filetype::kUnknown);
      CHECK((guest.Get(fdstat).rights_base & (rights::kFdSeek | rights::kFdTell)) == 0);
    }
    CHECK(guest.Run(FdPread, 0u, guest.Slice(0, 1), 1u, uint64_t{0}, size) == Errno::kSpipe);
    CHECK(guest.Run(FdPwrite, 1u, guest.Slice(0, 1), 1u, uint64_t{0}, size) == Errno::kSpipe);
    std::string text;
    CHECK(guest.Read(1, 1, &text) == Errno::kBadf);
    CHECK(guest.Write(0, "x") == Errno::kBadf);
    CHECK(guest.Read(0, 4, &text) == Errno::kSuccess);
    CHECK(text == "text");
    close(fd);
  }

  TEST_CASE("/dev/null is no terminal") {
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    WasiConfig config;
    config.stdin_stream = WasiStream::FromHostFd(fd);
    Guest guest(config);
    auto fdstat = guest.New<Fdstat>();
    CHECK(guest.Run(FdFdstatGet, 0u, fdstat) == Errno::kSuccess);
    CHECK(guest.Get(fdstat).filetype == Filetype::kUnknown);
    close(fd);
  }

  TEST_CASE("a terminal is a character device without a position") {
    const int host = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(host >= 0);
    REQUIRE(grantpt(host) == 0);
    REQUIRE(unlockpt(host) == 0);
    const int terminal = open(ptsname(host), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(terminal >= 0);
    WasiConfig config;
    config.stdin_stream = WasiStream::FromHostFd(terminal);
    config.stdout_stream = WasiStream::FromHostFd(terminal);
    Guest guest(config);
    auto fdstat = guest.New<Fdstat>();
    for (Fd fd : {0u, 1u}) {
      CHECK(guest.Run(FdFdstatGet, fd, fdstat) == Errno::kSuccess);
      CHECK(guest.Get(fdstat).filetype == Filetype::kCharacterDevice);
      CHECK((guest.Get(fdstat).rights_base & (rights::kFdSeek | rights::kFdTell)) == 0);
    }
    close(terminal);
    close(host);
  }

  TEST_CASE("a standard stream can be closed and replaced by a file") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Fd file = guest.Open("log", {.oflags = oflags::kCreat});
    CHECK(guest.Run(FdRenumber, file, 1u) == Errno::kSuccess);
    CHECK(guest.Write(1, "to the file") == Errno::kSuccess);
    CHECK(dir.Read("log") == "to the file");
    CHECK(guest.Run(FdClose, 1u) == Errno::kSuccess);
    CHECK(guest.Write(1, "x") == Errno::kBadf);
    CHECK(guest.Open("other", {.oflags = oflags::kCreat}) == 4);
  }
}

}  // namespace umiak::wasi
