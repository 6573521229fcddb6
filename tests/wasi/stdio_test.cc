// Descriptors of the process as standard streams: they block, and a guest must not.
#include "wasi/host/stdio.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "wasi/host/unique_fd.h"

namespace umiak::wasi {
namespace {

std::shared_ptr<File> Open(int fd, bool input) {
  auto file = OpenStream(WasiStream::FromHostFd(fd), input);
  REQUIRE(file.ok());
  return *file;
}

ErrnoOr<uint64_t> Write(File& file, size_t size) {
  std::vector<char> bytes(size, 'x');
  const iovec slices[] = {{bytes.data(), size / 2}, {bytes.data(), size - size / 2}};
  return file.Write(slices);
}

ErrnoOr<uint64_t> Read(File& file) {
  char bytes[16];
  const iovec slices[] = {{bytes, sizeof(bytes)}};
  return file.Read(slices);
}

struct Pipe {
  UniqueFd out, in;  // where it is read, and written
  Pipe() {
    int fds[2];
    REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
    out = UniqueFd(fds[0]);
    in = UniqueFd(fds[1]);
  }
};

TEST_SUITE("wasi/stdio") {
  TEST_CASE("a pipe takes what there is room for, and a full one asks to try again") {
    const Pipe pipe;
    const auto file = Open(pipe.in.get(), /*input=*/false);
    CHECK(file->gives_again());
    // At once where the host writes without waiting, by PIPE_BUF elsewhere (qemu-user).
    uint64_t taken = 0;
    auto written = Write(*file, size_t{1} << 20);
    for (; written.ok(); written = Write(*file, size_t{1} << 20)) taken += *written;
    CHECK(written.error() == Errno::kAgain);
    CHECK(taken == static_cast<uint64_t>(fcntl(pipe.in.get(), F_GETPIPE_SZ)));
    CHECK((fcntl(pipe.in.get(), F_GETFL) & O_NONBLOCK) == 0);  // it is others' too
  }

  TEST_CASE("a pipe that somebody else has emptied asks to try again") {
    const Pipe pipe;
    const auto file = Open(pipe.out.get(), /*input=*/true);
    REQUIRE(write(pipe.in.get(), "abc", 3) == 3);
    CHECK(*Read(*file) == 3);
    CHECK(Read(*file).error() == Errno::kAgain);
  }

  TEST_CASE("a terminal, of which the kernel cannot ask that, neither") {
    const UniqueFd host(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(grantpt(host.get()) == 0);
    REQUIRE(unlockpt(host.get()) == 0);
    const UniqueFd terminal(open(ptsname(host.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(terminal.valid());
    const auto in = Open(terminal.get(), /*input=*/true);
    CHECK(Read(*in).error() == Errno::kAgain);
    REQUIRE(write(host.get(), "abc\n", 4) == 4);
    CHECK(*Read(*in) == 4);
    CHECK(Read(*in).error() == Errno::kAgain);
    const auto out = Open(terminal.get(), /*input=*/false);
    CHECK(*Write(*out, 10'000) <= 4096);
  }
}

}  // namespace
}  // namespace umiak::wasi
