// What --dir and --tmpfs say, and that the kernel's wall stands where it is built.
#include "tools/mounts.h"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tools/landlock.h"

namespace umiak {
namespace {

bool Opens(const std::string& path, int flags) {
  int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

// What a confined child finds: bits of what does not hold.
int Probe(const std::string& root) {
  int wrong = 0, bit = 1;
  auto expect = [&](bool holds) {
    if (!holds) wrong |= bit;
    bit <<= 1;
  };
  if (!ConfineTo({{root + "/rw", true}, {root + "/ro", false}}).ok()) return 0x80;
  expect(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  expect(Opens(root + "/rw/new", O_CREAT | O_RDWR | O_TRUNC) && Opens(root + "/ro/file", O_RDONLY));
  expect(!Opens(root + "/ro/file", O_WRONLY) && !Opens(root + "/ro/new", O_CREAT | O_RDWR));
  expect(!Opens(root + "/outside", O_RDONLY) && !Opens("/etc/passwd", O_RDONLY));
  expect(!Opens(root + "/rw/../outside", O_RDONLY) && !Opens(root + "/rw/link", O_RDONLY));
  // Between directories, which Landlock could not tell before version 2.
  expect(mkdir((root + "/rw/dir").c_str(), 0700) == 0 &&
         rename((root + "/rw/new").c_str(), (root + "/rw/dir/moved").c_str()) == 0);
  expect(rename((root + "/rw/dir/moved").c_str(), (root + "/ro/moved").c_str()) != 0);
  return wrong;
}

}  // namespace

TEST_SUITE("tools/mounts") {
  TEST_CASE("--dir takes a guest's name and a kind") {
    struct { const char* text; const char* host; const char* guest; DirectoryGrant::Kind kind; uint64_t max_bytes; } cases[] = {
        {".", ".", ".", DirectoryGrant::kReadWrite, 0},
        {"a::/b", "a", "/b", DirectoryGrant::kReadWrite, 0},
        {"a::ro", "a", "a", DirectoryGrant::kReadOnly, 0},
        {"a::/b::ro", "a", "/b", DirectoryGrant::kReadOnly, 0},
        {"a::overlay", "a", "a", DirectoryGrant::kOverlay, 1 << 30},
        {"a::/b::overlay=64M", "a", "/b", DirectoryGrant::kOverlay, 64 << 20},
        {"a:b::/c", "a:b", "/c", DirectoryGrant::kReadWrite, 0},
    };
    for (const auto& c : cases) {
      CAPTURE(c.text);
      auto grant = ParseDirectory(c.text);
      REQUIRE(grant.ok());
      CHECK(grant->host == c.host);
      CHECK(grant->guest == c.guest);
      CHECK(grant->kind == c.kind);
      CHECK(grant->max_bytes == c.max_bytes);
    }
    for (const char* bad : {"", "::", "a::", "::a", "::ro", "a::b::c", "a::b::c::ro", "a::overlay=", "a::overlay=1T",
                            "a::overlay=99999999999G"}) {
      CAPTURE(bad);
      CHECK_FALSE(ParseDirectory(bad).ok());
    }
  }

  TEST_CASE("--dir does not take a kind that is spelled as other engines do for a guest's name") {
    const struct { const char* text; const char* meant; } cases[] = {
        {"a::/b:ro", "--dir a::/b::ro?"},     {"a::/b::readonly", "--dir a::/b::ro?"},
        {"a::readonly", "--dir a::ro?"},      {"a::/b:read-only", "--dir a::/b::ro?"},
        {"a::/b:rw", "--dir a::/b?"},         {"a::rw", "--dir a?"},
        {"a::/b:overlay=1M", "--dir a::/b::overlay=1M?"}};
    for (const auto& c : cases) {
      CAPTURE(c.text);
      const absl::Status status = ParseDirectory(c.text).status();
      CHECK(absl::IsInvalidArgument(status));
      CHECK(std::string(status.message()).find(std::string("did you mean ") + c.meant) != std::string::npos);
    }
    // Whoever wants the name says a kind too, or a path.
    CHECK(ParseDirectory("a::ro::ro")->guest == "ro");
    CHECK(ParseDirectory("a::./readonly")->guest == "./readonly");
    CHECK(ParseDirectory("a::/b:c")->guest == "/b:c");
  }

  TEST_CASE("--tmpfs takes a size") {
    CHECK(ParseTmpfs("/tmp")->max_bytes == 1 << 30);
    CHECK(ParseTmpfs("/tmp::10K")->max_bytes == 10 << 10);
    CHECK(ParseTmpfs("/tmp::2G")->max_bytes == uint64_t{2} << 30);
    CHECK(ParseTmpfs("/tmp::5")->guest == "/tmp");
    for (const char* bad : {"", "::5", "/tmp::", "/tmp::x"}) CHECK_FALSE(ParseTmpfs(bad).ok());
  }
}

TEST_SUITE("tools/landlock") {
  TEST_CASE("a confined process has its directories, in their kind, and no others") {
    if (LandlockVersion() < 3) {
      MESSAGE("no Landlock of version 3 here");
      return;
    }
    std::string root = (std::filesystem::temp_directory_path() / "umiak-landlock-XXXXXX").string();
    REQUIRE(mkdtemp(root.data()) != nullptr);
    for (const char* name : {"/rw", "/ro"}) REQUIRE(mkdir((root + name).c_str(), 0700) == 0);
    REQUIRE(Opens(root + "/outside", O_CREAT | O_WRONLY));
    REQUIRE(Opens(root + "/ro/file", O_CREAT | O_WRONLY));
    REQUIRE(symlink("../outside", (root + "/rw/link").c_str()) == 0);
    pid_t child = fork();
    if (child == 0) _exit(Probe(root));
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    std::filesystem::remove_all(root);
  }

  TEST_CASE("a path that is not there confines nothing") {
    pid_t child = fork();
    if (child == 0) {
      bool refused = !ConfineTo({{"/nowhere/at/all", true}}).ok();
      _exit(refused && Opens("/etc/passwd", O_RDONLY) && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}

}  // namespace umiak
