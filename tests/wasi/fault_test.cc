// What the host's calls may do wrong: each fault is an errno, a retry or the other resolver, and never more.
//
// Errors come from a seccomp filter on a thread of its own; interruptions and short transfers, which a filter cannot
// make, from the functions below (call_plan.h).
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/wasi/call_plan.h"
#include "tests/wasi/guest.h"
#include "tests/wasi/with_fault.h"

extern "C" {
using umiak::wasi::Fails;
using umiak::wasi::NextCall;
using umiak::wasi::Transfer;

ssize_t read(int fd, void* bytes, size_t size) {
  static auto real = NextCall<ssize_t (*)(int, void*, size_t)>("read");
  const iovec slice = {bytes, size};
  return Transfer([&](iovec* s, size_t) { return real(fd, s->iov_base, s->iov_len); }, &slice, 1);
}
ssize_t write(int fd, const void* bytes, size_t size) {
  static auto real = NextCall<ssize_t (*)(int, const void*, size_t)>("write");
  const iovec slice = {const_cast<void*>(bytes), size};
  return Transfer([&](iovec* s, size_t) { return real(fd, s->iov_base, s->iov_len); }, &slice, 1);
}
ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  static auto real = NextCall<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  const iovec slice = {bytes, size};
  return Transfer([&](iovec* s, size_t) { return real(fd, s->iov_base, s->iov_len, offset); }, &slice, 1);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static auto real = NextCall<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  const iovec slice = {const_cast<void*>(bytes), size};
  return Transfer([&](iovec* s, size_t) { return real(fd, s->iov_base, s->iov_len, offset); }, &slice, 1);
}
ssize_t readv(int fd, const iovec* slices, int count) {
  static auto real = NextCall<ssize_t (*)(int, const iovec*, int)>("readv");
  return Transfer([&](iovec* s, size_t n) { return real(fd, s, static_cast<int>(n)); }, slices, count);
}
ssize_t writev(int fd, const iovec* slices, int count) {
  static auto real = NextCall<ssize_t (*)(int, const iovec*, int)>("writev");
  return Transfer([&](iovec* s, size_t n) { return real(fd, s, static_cast<int>(n)); }, slices, count);
}
ssize_t preadv(int fd, const iovec* slices, int count, off_t offset) {
  static auto real = NextCall<ssize_t (*)(int, const iovec*, int, off_t)>("preadv");
  return Transfer([&](iovec* s, size_t n) { return real(fd, s, static_cast<int>(n), offset); }, slices, count);
}
ssize_t pwritev(int fd, const iovec* slices, int count, off_t offset) {
  static auto real = NextCall<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
  return Transfer([&](iovec* s, size_t n) { return real(fd, s, static_cast<int>(n), offset); }, slices, count);
}
int openat(int directory, const char* name, int flags, ...) {
  static auto real = NextCall<int (*)(int, const char*, int, mode_t)>("openat");
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return Fails() ? -1 : real(directory, name, flags, mode);
}
int ftruncate(int fd, off_t size) noexcept {
  static auto real = NextCall<int (*)(int, off_t)>("ftruncate");
  return Fails() ? -1 : real(fd, size);
}
int fallocate(int fd, int mode, off_t offset, off_t size) {
  static auto real = NextCall<int (*)(int, int, off_t, off_t)>("fallocate");
  return Fails() ? -1 : real(fd, mode, offset, size);
}
int fsync(int fd) {
  static auto real = NextCall<int (*)(int)>("fsync");
  return Fails() ? -1 : real(fd);
}
int fdatasync(int fd) {
  static auto real = NextCall<int (*)(int)>("fdatasync");
  return Fails() ? -1 : real(fd);
}
}

namespace umiak::wasi {

TEST_SUITE("wasi/fault") {
  // One slice and several go by different calls of the host.
  TEST_CASE("an interrupted transfer is made again") {
    TempDir dir;
    for (uint32_t slices : {1u, 2u}) {
      CAPTURE(slices);
      dir.Write("file", "0123456789");
      Guest guest = Guest::In(dir);
      const Fd fd = guest.Open("file", {});
      auto size = guest.New<uint32_t>();
      const uint32_t buffer = guest.Allocate(8);
      // Of `all` bytes the second slice has half.
      const auto iovs = [&](uint32_t all) {
        const uint32_t first = slices == 1 ? all : all / 2;
        return GuestPtr<Iovec>{guest.New<std::array<Iovec, 2>>({{{buffer, first}, {buffer + first, all - first}}}).address};
      };
      plan.interruptions = 3;
      CHECK(guest.Run(FdRead, fd, iovs(4), slices, size) == Errno::kSuccess);
      CHECK(guest.Text(buffer, 4) == "0123");
      plan.interruptions = 1;
      std::memcpy(guest.memory().data() + buffer, "ab", 2);
      CHECK(guest.Run(FdWrite, fd, iovs(2), slices, size) == Errno::kSuccess);
      plan.interruptions = 2;
      CHECK(guest.Run(FdPread, fd, iovs(8), slices, uint64_t{2}, size) == Errno::kSuccess);
      CHECK(guest.Text(buffer, 8) == "23ab6789");
      plan.interruptions = 2;
      CHECK(guest.Run(FdPwrite, fd, iovs(2), slices, uint64_t{8}, size) == Errno::kSuccess);
      CHECK(plan.done());
      CHECK(dir.Read("file") == "0123ab6723");
    }
  }

  TEST_CASE("an interrupted change of a file's size, or sync, is made again") {
    TempDir dir;
    dir.Write("file", "0123456789");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    plan.interruptions = 2;
    CHECK(guest.Run(FdFilestatSetSize, fd, uint64_t{4}) == Errno::kSuccess);
    plan.interruptions = 2;
    CHECK(guest.Run(FdAllocate, fd, uint64_t{0}, uint64_t{6}) == Errno::kSuccess);
    plan.interruptions = 2;
    CHECK(guest.Run(FdSync, fd) == Errno::kSuccess);
    plan.interruptions = 2;
    CHECK(guest.Run(FdDatasync, fd) == Errno::kSuccess);
    CHECK(plan.interruptions == 0);
    CHECK(dir.Read("file").size() == 6);
  }

  TEST_CASE("an interrupted open, listing or sync of a directory is made again") {
    TempDir dir;
    std::filesystem::create_directory(dir / "sub");
    dir.Write("sub/file", "text");
    Guest guest = Guest::In(dir, /*use_openat2=*/false);
    plan.interruptions = 3;
    CHECK(guest.TryOpen("sub/file", {}) == Errno::kSuccess);
    CHECK(plan.done());
    plan.interruptions = 2;
    auto used = guest.New<uint32_t>();
    CHECK(guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{1 << 16}, 4096u, uint64_t{0}, used) == Errno::kSuccess);
    CHECK(guest.Get(used) == 3 * sizeof(Dirent) + std::strlen("." ".." "sub"));
    CHECK(plan.done());
    plan.interruptions = 2;
    CHECK(guest.Run(FdSync, 3u) == Errno::kSuccess);
    CHECK(plan.done());
  }

  TEST_CASE("signals shorten no sleep and no wait") {
    struct sigaction before, nothing = {};
    nothing.sa_handler = [](int) {};  // without SA_RESTART
    REQUIRE(sigaction(SIGUSR1, &nothing, &before) == 0);
    std::atomic<bool> stop{false};
    const pthread_t here = pthread_self();
    std::thread disturber([&] {
      while (!stop) {
        pthread_kill(here, SIGUSR1);
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    });
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    WasiConfig config;
    config.stdin_stream = WasiStream::FromHostFd(ends[0]);
    Guest guest(config);
    Subscription sleep = {};
    sleep.clock_or_fd = static_cast<uint32_t>(ClockId::kMonotonic);
    sleep.timeout = 20'000'000;
    const auto start = std::chrono::steady_clock::now();
    auto fired = guest.New<uint32_t>();
    CHECK(guest.Run(PollOneoff, guest.New(sleep), guest.New<Event>(), 1u, fired) == Errno::kSuccess);
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(20));
    std::thread writer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      CHECK(write(ends[1], "x", 1) == 1);
    });
    std::string text;
    CHECK(guest.Read(0, 8, &text) == Errno::kSuccess);
    CHECK(text == "x");
    writer.join();
    stop = true;
    disturber.join();
    sigaction(SIGUSR1, &before, nullptr);
    close(ends[0]);
    close(ends[1]);
  }

  TEST_CASE("a wait that the host cannot make is an errno of the call, and nothing else happens") {
    Guest guest;
    Subscription sleep = {};
    sleep.clock_or_fd = static_cast<uint32_t>(ClockId::kMonotonic);
    sleep.timeout = 1'000'000;
    auto fired = guest.New<uint32_t>(77u);
    for (auto [error, expected] : {std::pair{ENOMEM, Errno::kNomem}, std::pair{EPERM, Errno::kPerm}}) {
      Errno result = expected;
      WithFault({SYS_ppoll}, error,
                [&] { result = guest.Run(PollOneoff, guest.New(sleep), guest.New<Event>(), 1u, fired); });
      CHECK(result == expected);
      CHECK(guest.Get(fired) == 77);
    }
    CHECK(guest.Run(PollOneoff, guest.New(sleep), guest.New<Event>(), 1u, fired) == Errno::kSuccess);
    CHECK(guest.Get(fired) == 1);
  }

  TEST_CASE("a short transfer is told as it is") {
    TempDir dir;
    dir.Write("file", "0123456789");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    plan.most = 3;
    std::string text;
    uint32_t written = 0;
    CHECK(guest.Read(fd, 8, &text) == Errno::kSuccess);
    CHECK(text == "012");
    CHECK(guest.Write(fd, "abcdef", &written) == Errno::kSuccess);
    CHECK(written == 3);
    // Of two slices not even the first, and the second is not tried.
    const uint32_t buffer = guest.Put("ABCDEFGH").address;
    auto iovs = guest.New<std::array<Iovec, 2>>({{{buffer, 4}, {buffer + 4, 4}}});
    auto size = guest.New<uint32_t>();
    CHECK(guest.Run(FdWrite, fd, GuestPtr<Iovec>{iovs.address}, 2u, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 3);
    CHECK(guest.Run(FdPread, fd, GuestPtr<Iovec>{iovs.address}, 2u, uint64_t{0}, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 3);
    CHECK(guest.Text(buffer, 8) == "012DEFGH");
    plan.most = 0;
    CHECK(guest.Read(fd, 8, &text) == Errno::kSuccess);
    CHECK(text == "9");
    CHECK(dir.Read("file") == "012abcABC9");
  }

  TEST_CASE("without openat2, forbidden or unsure, the walk is as strict") {
    // ENOSYS is remembered by the process: in a child.
    for (int error : {EPERM, EAGAIN, ENOSYS}) {
      CAPTURE(error);
      pid_t child = fork();
      if (child == 0) {
        bool held = true;
        bool filtered = WithFault({SYS_openat2}, error, [&] {
          TempDir dir;
          std::filesystem::create_directories(dir / "root/sub");
          dir.Write("secret", "s");
          std::filesystem::create_symlink("../secret", dir / "root/out");
          std::filesystem::create_symlink("..", dir / "root/up");
          WasiConfig config;
          config.preopens.push_back({dir / "root", "/"});
          Guest guest(config);
          for (int round = 0; round < 2; ++round) {
            held &= guest.TryOpen("sub/../new", {.oflags = oflags::kCreat}) == Errno::kSuccess;
            held &= guest.TryOpen("out", {}) == Errno::kPerm && guest.TryOpen("up/", {.rights = 0}) == Errno::kPerm;
            held &= guest.Stat("up/secret", nullptr, true) == Errno::kPerm;
            held &= guest.At(PathUnlinkFile, 3, "up/secret") == Errno::kPerm && dir.Read("secret") == "s";
          }
        });
        _exit(filtered && !held ? 1 : 0);
      }
      int status = -1;
      REQUIRE(waitpid(child, &status, 0) == child);
      CHECK(status == 0);
    }
  }

  TEST_CASE("an error of the host is the guest's errno, by both resolvers") {
    struct Case {
      std::initializer_list<long> calls;
      int error;
      Errno expected;
      Errno (*run)(Guest&);
    };
    auto open = [](Guest& guest) { return guest.TryOpen("sub/new", {.oflags = oflags::kCreat}); };
    const Case cases[] = {
        {{SYS_openat, SYS_openat2}, EMFILE, Errno::kMfile, open},
        {{SYS_openat, SYS_openat2}, ENFILE, Errno::kNfile, open},
        {{SYS_openat, SYS_openat2}, ENOSPC, Errno::kNospc, open},
        {{SYS_openat, SYS_openat2}, EROFS, Errno::kRofs, open},
        {{SYS_mkdirat}, ENOSPC, Errno::kNospc, [](Guest& guest) { return guest.At(PathCreateDirectory, 3, "new"); }},
        {{SYS_mkdirat}, EDQUOT, Errno::kDquot, [](Guest& guest) { return guest.At(PathCreateDirectory, 3, "new"); }},
        {{SYS_unlinkat}, EBUSY, Errno::kBusy, [](Guest& guest) { return guest.At(PathUnlinkFile, 3, "file"); }},
        {{SYS_unlinkat}, EIO, Errno::kIo, [](Guest& guest) { return guest.At(PathRemoveDirectory, 3, "sub"); }},
        {{SYS_renameat, SYS_renameat2}, EXDEV, Errno::kXdev, [](Guest& guest) { return guest.Rename("file", "x"); }},
        {{SYS_linkat}, EMLINK, Errno::kMlink, [](Guest& guest) { return guest.Link("file", "x"); }},
        {{SYS_symlinkat}, ENOSPC, Errno::kNospc, [](Guest& guest) { return guest.Symlink("a", "x"); }},
        {{SYS_readlinkat}, EIO, Errno::kIo,
         [](Guest& guest) {
           return guest.At(PathReadlink, 3, "link", GuestPtr<uint8_t>{64}, 8u, guest.New<uint32_t>());
         }},
        {{SYS_utimensat}, EACCES, Errno::kAcces,
         [](Guest& guest) {
           return guest.Run(PathFilestatSetTimes, 3u, 1u, guest.Put("file"), 4u, uint64_t{1}, uint64_t{1},
                            fstflags::kMtim);
         }},
        {{SYS_getdents64}, EIO, Errno::kIo,
         [](Guest& guest) {
           return guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{1 << 16}, 4096u, uint64_t{0}, guest.New<uint32_t>());
         }},
        {{SYS_write, SYS_writev}, ENOSPC, Errno::kNospc, [](Guest& guest) { return guest.Write(4, "x"); }},
        {{SYS_read, SYS_readv}, EIO, Errno::kIo,
         [](Guest& guest) {
           std::string text;
           return guest.Read(4, 8, &text);
         }},
        {{SYS_pwrite64}, ENOSPC, Errno::kNospc,
         [](Guest& guest) {
           return guest.Run(FdPwrite, 4u, guest.Slice(64, 8), 1u, uint64_t{0}, guest.New<uint32_t>());
         }},
        {{SYS_pread64}, EIO, Errno::kIo,
         [](Guest& guest) {
           return guest.Run(FdPread, 4u, guest.Slice(64, 8), 1u, uint64_t{0}, guest.New<uint32_t>());
         }},
        {{SYS_fstat, SYS_newfstatat}, EIO, Errno::kIo, [](Guest& guest) { return guest.TryOpen("sub", {.rights = 0}); }},
        {{SYS_fstat, SYS_newfstatat}, EIO, Errno::kIo, [](Guest& guest) { return guest.TryOpen("file", {}); }},
        {{SYS_fstat, SYS_newfstatat}, EIO, Errno::kIo, [](Guest& guest) { return guest.Stat("sub/../file", nullptr, true); }},
        {{SYS_fstat, SYS_newfstatat}, EIO, Errno::kIo,
         [](Guest& guest) { return guest.Run(FdFilestatGet, 4u, guest.New<Filestat>()); }},
        {{SYS_fcntl}, EPERM, Errno::kPerm,
         [](Guest& guest) { return guest.Run(FdFdstatSetFlags, 4u, uint32_t{fdflags::kAppend}); }},
        {{SYS_fadvise64}, EINVAL, Errno::kInval,
         [](Guest& guest) { return guest.Run(FdAdvise, 4u, uint64_t{0}, uint64_t{1}, 0u); }},
        {{SYS_getrandom}, ENOSYS, Errno::kNosys,
         [](Guest& guest) { return guest.Run(RandomGet, GuestPtr<uint8_t>{64}, 8u); }},
        {{SYS_ftruncate}, EFBIG, Errno::kFbig, [](Guest& guest) { return guest.Run(FdFilestatSetSize, 4u, uint64_t{9}); }},
        {{SYS_fallocate}, EOPNOTSUPP, Errno::kNotsup,
         [](Guest& guest) { return guest.Run(FdAllocate, 4u, uint64_t{0}, uint64_t{9}); }},
        {{SYS_fsync}, EIO, Errno::kIo, [](Guest& guest) { return guest.Run(FdSync, 4u); }},
        {{SYS_fdatasync}, EIO, Errno::kIo, [](Guest& guest) { return guest.Run(FdDatasync, 4u); }},
        {{SYS_lseek}, EOVERFLOW, Errno::kOverflow,
         [](Guest& guest) { return guest.Run(FdTell, 4u, guest.New<uint64_t>()); }},
    };
    for (bool openat2 : kBothResolvers) {
      for (const Case& c : cases) {
        CAPTURE(openat2);
        CAPTURE(*c.calls.begin());
        CAPTURE(c.error);
        TempDir dir;
        dir.Write("file", "text");
        std::filesystem::create_directory(dir / "sub");
        std::filesystem::create_symlink("file", dir / "link");
        Guest guest = Guest::In(dir, openat2);
        REQUIRE(guest.Open("file", {}) == 4);
        const int before = OpenHostFds();
        Errno error = c.expected;
        WithFault(c.calls, c.error, [&] { error = c.run(guest); });
        CHECK(error == c.expected);
        // A listing keeps its descriptor; nothing else is left behind.
        CHECK(OpenHostFds() <= before + (c.calls.begin()[0] == SYS_getdents64 ? 1 : 0));
        CHECK(guest.ReadFile("file") == "text");
      }
    }
  }

  TEST_CASE("lengths of gigabytes cost the host nothing") {
    TempDir dir;
    dir.Write("file", "text");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    auto size = guest.New<uint32_t>();
    for (uint32_t length : {0x10000000u, 0x7fffffffu, 0xffffffffu}) {
      CHECK(guest.Run(FdRead, fd, GuestPtr<Iovec>{16}, length, size) == Errno::kOutOfBounds);
      CHECK(guest.Run(FdWrite, fd, GuestPtr<Iovec>{16}, length, size) == Errno::kOutOfBounds);
      CHECK(guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{16}, length, uint64_t{0}, size) == Errno::kOutOfBounds);
      CHECK(guest.Run(PathUnlinkFile, 3u, GuestPtr<uint8_t>{16}, length) == Errno::kOutOfBounds);
      CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{16}, length) == Errno::kOutOfBounds);
      CHECK(guest.Run(FdPrestatDirName, 3u, GuestPtr<uint8_t>{0x30000}, length) == Errno::kSuccess);
    }
    // All within the memory, and still no more than a bounded number of slices and bytes of a path are copied.
    CHECK(guest.Run(FdRead, fd, GuestPtr<Iovec>{0x10000}, 20'000u, size) == Errno::kSuccess);
    CHECK(guest.Run(PathUnlinkFile, 3u, GuestPtr<uint8_t>{16}, 200'000u) == Errno::kNametoolong);
    CHECK(guest.Run(PathSymlink, GuestPtr<uint8_t>{16}, 200'000u, 3u, guest.Put("x"), 1u) == Errno::kNametoolong);
  }

  TEST_CASE("pipes, sockets and devices in a directory hang nobody") {
    TempDir dir;
    REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink("pipe", dir / "to_pipe");
    for (bool openat2 : kBothResolvers) {
      Guest guest = Guest::In(dir, openat2);
      for (const char* name : {"pipe", "to_pipe"}) {
        Fd fd = guest.Open(name, {.rights = rights::kFdRead});
        std::string text = "before";
        CHECK(guest.Read(fd, 8, &text) == Errno::kSuccess);  // nobody writes: the end
        CHECK(text == "");
        // Nor where the guest can be interrupted: threads, a timeout.
        int never[2];
        REQUIRE(pipe2(never, O_CLOEXEC) == 0);
        guest.interrupt_fd = never[0];
        text = "before";
        CHECK(guest.Read(fd, 8, &text) == Errno::kSuccess);
        CHECK(text == "");
        guest.interrupt_fd = -1;
        close(never[0]);
        close(never[1]);
        guest.Run(FdClose, fd);
        CHECK(guest.TryOpen(name, {.rights = rights::kFdWrite}) == Errno::kNxio);
        CHECK(guest.TryOpen(name, {.oflags = oflags::kTrunc | oflags::kCreat, .rights = rights::kFdRead}) ==
              Errno::kSuccess);
        Filestat stat;
        CHECK(guest.Stat(name, &stat, true) == Errno::kSuccess);
        CHECK(stat.filetype == Filetype::kUnknown);
      }
    }
  }

  TEST_CASE("empty slices, however many, are neither an end nor in the way") {
    TempDir dir;
    dir.Write("file", "text");
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {});
    constexpr uint32_t kEmpty = 5000;
    const uint32_t iovs = guest.Allocate((kEmpty + 1) * sizeof(Iovec));
    std::memset(guest.memory().data() + iovs, 0, kEmpty * sizeof(Iovec));
    const uint32_t buffer = guest.Allocate(8);
    guest.Set(GuestPtr<Iovec>{iovs + kEmpty * static_cast<uint32_t>(sizeof(Iovec))}, Iovec{buffer, 8});
    auto size = guest.New<uint32_t>();
    CHECK(guest.Run(FdRead, fd, GuestPtr<Iovec>{iovs}, kEmpty + 1, size) == Errno::kSuccess);
    CHECK(guest.Get(size) == 4);
    CHECK(guest.Text(buffer, 4) == "text");
  }

  TEST_CASE("gigabytes of random bytes can be interrupted") {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    REQUIRE(write(ends[1], "x", 1) == 1);
    Guest guest;
    guest.memory().resize(64 << 20);
    guest.interrupt_fd = ends[0];
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{0}, 64u << 20) == Errno::kInterrupted);
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{0}, 64u) == Errno::kSuccess);
    close(ends[0]);
    close(ends[1]);
  }

  TEST_CASE("names that are no UTF-8 are listed as they are and cannot be asked for") {
    TempDir dir;
    dir.Write("\xff\xfe", "x");
    Guest guest = Guest::In(dir);
    auto used = guest.New<uint32_t>();
    uint32_t buffer = guest.Allocate(256);
    REQUIRE(guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{buffer}, 256u, uint64_t{2}, used) == Errno::kSuccess);
    CHECK(guest.Text(buffer + 24, 2) == "\xff\xfe");
    CHECK(guest.Stat("\xff\xfe") == Errno::kIlseq);
  }
}

}  // namespace umiak::wasi
