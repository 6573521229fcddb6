// Nothing outside of a grant is reached, whichever way paths are resolved.
#include <errno.h>
#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "tests/wasi/guest.h"
#include "tests/wasi/with_fault.h"
#include "wasi/fs/path.h"
#include "wasi/fs/walk.h"
#include "wasi/host/host_directory.h"

namespace umiak::wasi {
namespace {

namespace fs = std::filesystem;

// out/ is what a guest in root/ must not reach: root/ has every kind of link to it.
class Hostile {
 public:
  Hostile() {
    fs::create_directories(dir_ / "root/sub/deep");
    fs::create_directories(dir_ / "out/dir");
    dir_.Write("out/secret", "secret");
    dir_.Write("root/file", "inside");
    dir_.Write("root/sub/inner", "inner");
    fs::path root = dir_ / "root";
    fs::create_symlink("..", root / "up");
    fs::create_symlink("../out", root / "out_dir");
    fs::create_symlink("../out/", root / "out_slash");
    fs::create_symlink("../out/secret", root / "out_file");
    fs::create_symlink("../out/new", root / "dangling_out");
    fs::create_symlink(dir_ / "out", root / "absolute");
    fs::create_symlink(dir_ / "out/secret", root / "absolute_file");
    fs::create_symlink("/", root / "slash");
    fs::create_symlink("/proc/self/root", root / "magic");
    fs::create_symlink("out_dir/", root / "chain");
    fs::create_symlink("../../out", root / "sub/out");
    fs::create_symlink("sub/../../out", root / "winding");
    fs::create_symlink("loop_b", root / "loop_a");
    fs::create_symlink("loop_a", root / "loop_b");
  }
  Guest MakeGuest(bool use_openat2) const {
    WasiConfig config;
    config.preopens.push_back({dir_ / "root", "/"});
    config.use_openat2 = use_openat2;
    return Guest(config);
  }
  const TempDir& dir() const { return dir_; }
  bool OutsideIsUntouched() const {
    int entries = 0;
    for (const auto& entry : fs::recursive_directory_iterator(dir_ / "out")) (void)entry, ++entries;
    return entries == 2 && dir_.Read("out/secret") == "secret";
  }

 private:
  TempDir dir_;
};

const char* const kWaysOut[] = {"up", "out_dir", "out_slash", "absolute", "slash", "magic", "chain", "sub/out",
                                "winding", "..", "sub/../..", "sub/deep/../../..", "./..", "sub/../../root/.."};

bool Refused(Errno error) {
  return error == Errno::kPerm || error == Errno::kLoop || error == Errno::kNotdir || error == Errno::kNotcapable;
}

}  // namespace

TEST_SUITE("wasi/sandbox") {
  TEST_CASE("a grant of the whole machine does not cover procfs, where umiak's own memory is a file") {
    for (bool openat2 : kBothResolvers) {
      WasiConfig config;
      config.preopens.push_back({"/", "/"});
      config.use_openat2 = openat2;
      Guest guest(config);
      for (std::string path : {"proc", "proc/", "proc/self/mem", "proc/thread-self/mem", "proc/self/environ",
                               "proc/self/task", "proc/1/mem", "proc/cpuinfo"}) {
        CAPTURE(openat2);
        CAPTURE(path);
        // Where the kernel refuses before us, it has words of its own.
        CHECK(guest.TryOpen(path, {.rights = rights::kFdRead}) != Errno::kSuccess);
        CHECK(guest.TryOpen(path, {.rights = Guest::kReadWrite}) != Errno::kSuccess);
        CHECK(guest.TryOpen(path, {.oflags = oflags::kDirectory, .rights = 0}) != Errno::kSuccess);
        CHECK(guest.Stat(path) == Errno::kPerm);
      }
      for (std::string link : {"proc/self", "proc/self/exe", "proc/self/cwd", "proc/self/fd/0"}) {
        CHECK(guest.LinkText(link) == "");
      }
      CHECK(guest.Stat("usr") == Errno::kSuccess);
    }
  }

  TEST_CASE("procfs is not granted") {
    for (const char* path : {"/proc", "/proc/self", "/proc/self/fd"}) {
      auto directory = OpenHostDirectory(path);
      REQUIRE_FALSE(directory.ok());
      CHECK(std::string(directory.status().message()).find("it is procfs") != std::string::npos);
    }
  }

  TEST_CASE("no way out opens, is described or listed") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      for (std::string way : kWaysOut) {
        for (const char* tail : {"", "/", "/.", "//", "/./"}) {
          for (bool follow : {true, false}) {
            std::string path = way + tail;
            CAPTURE(openat2);
            CAPTURE(path);
            CAPTURE(follow);
            CHECK(Refused(guest.TryOpen(path, {.rights = rights::kFdRead, .follow = follow})));
            CHECK(Refused(guest.TryOpen(path, {.oflags = oflags::kDirectory, .rights = 0, .follow = follow})));
            // The link itself may be described, what it leads to not.
            Filestat stat;
            Errno error = guest.Stat(path, &stat, follow);
            if (error == Errno::kSuccess) {
              CHECK_FALSE(follow);
              CHECK(stat.filetype == Filetype::kSymbolicLink);
            } else {
              CHECK(Refused(error));
            }
          }
        }
      }
    }
  }

  TEST_CASE("nothing is reached through a way out") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      for (std::string way : kWaysOut) {
        CAPTURE(openat2);
        CAPTURE(way);
        std::string out = way == "out_dir" || way == "out_slash" || way == "absolute" || way == "chain" ||
                                  way == "sub/out" || way == "winding"
                              ? way
                              : way + "/out";
        CHECK(Refused(guest.TryOpen(out + "/secret", {.rights = rights::kFdRead})));
        CHECK(Refused(guest.TryOpen(out + "/new", {.oflags = oflags::kCreat})));
        CHECK(Refused(guest.TryOpen(out + "/secret", {.oflags = oflags::kTrunc})));
        CHECK(Refused(guest.Stat(out + "/secret")));
        CHECK(Refused(guest.At(PathCreateDirectory, 3, out + "/new")));
        CHECK(Refused(guest.At(PathUnlinkFile, 3, out + "/secret")));
        CHECK(Refused(guest.At(PathRemoveDirectory, 3, out + "/dir")));
        CHECK(Refused(guest.Rename(out + "/secret", "stolen")));
        CHECK(Refused(guest.Rename("file", out + "/new")));
        CHECK(Refused(guest.Link(out + "/secret", "stolen")));
        CHECK(Refused(guest.Link("file", out + "/new")));
        CHECK(Refused(guest.Symlink("text", out + "/new")));
        CHECK(Refused(guest.At(PathReadlink, 3, out + "/secret", GuestPtr<uint8_t>{0}, 8u, guest.New<uint32_t>())));
      }
    }
    CHECK(tree.OutsideIsUntouched());
    CHECK(tree.dir().Read("root/file") == "inside");
  }

  TEST_CASE("links to files outside are neither read, truncated, created through nor touched") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      for (const char* link : {"out_file", "absolute_file", "dangling_out"}) {
        CAPTURE(openat2);
        CAPTURE(link);
        CHECK(Refused(guest.TryOpen(link, {.rights = rights::kFdRead})));
        CHECK(Refused(guest.TryOpen(link, {.oflags = oflags::kCreat})));
        CHECK(Refused(guest.TryOpen(link, {.oflags = oflags::kCreat | oflags::kTrunc})));
        CHECK(guest.TryOpen(link, {.oflags = oflags::kCreat | oflags::kExcl}) == Errno::kExist);
        CHECK(guest.TryOpen(link, {.follow = false}) == Errno::kLoop);
        CHECK(Refused(guest.Stat(link, nullptr, /*follow=*/true)));
        CHECK(Refused(guest.Run(PathFilestatSetTimes, 3u, kLookupSymlinkFollow, guest.Put(link),
                                static_cast<uint32_t>(strlen(link)), uint64_t{1}, uint64_t{1}, fstflags::kMtim)));
      }
    }
    CHECK(tree.OutsideIsUntouched());
  }

  TEST_CASE("mutations act on a link itself, with a slash behind it on nothing") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      CHECK(guest.At(PathRemoveDirectory, 3, "out_dir") == Errno::kNotdir);
      CHECK(guest.At(PathRemoveDirectory, 3, "out_dir/") == Errno::kNotdir);
      CHECK(guest.At(PathUnlinkFile, 3, "out_dir/") == Errno::kNotdir);
      CHECK(guest.At(PathCreateDirectory, 3, "out_dir/") == Errno::kExist);
      CHECK(guest.At(PathCreateDirectory, 3, "dangling_out/") == Errno::kExist);
      CHECK(guest.Rename("out_dir/", "moved") == Errno::kNotdir);
      CHECK(guest.Rename("sub/", "out_dir/") == Errno::kNotdir);
      CHECK(guest.Link("out_dir/", "linked") == Errno::kNotdir);
      CHECK(guest.Symlink("text", "out_dir/") == Errno::kNotdir);
    }
    CHECK(tree.OutsideIsUntouched());
  }

  TEST_CASE("a loop of links is told") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      CHECK(guest.TryOpen("loop_a", {}) == Errno::kLoop);
      CHECK(guest.TryOpen("loop_a/x", {}) == Errno::kLoop);
      CHECK(guest.TryOpen("loop_a", {.follow = false}) == Errno::kLoop);
      CHECK(guest.Stat("loop_a/", nullptr, true) == Errno::kLoop);
      CHECK(guest.Stat("loop_a") == Errno::kSuccess);
    }
  }

  TEST_CASE("links that stay inside are followed") {
    Hostile tree;
    fs::create_symlink("sub/../file", tree.dir() / "root/good");
    fs::create_symlink("../sub/inner", tree.dir() / "root/sub/round");
    fs::create_symlink("sub/", tree.dir() / "root/sub_link");
    for (bool openat2 : kBothResolvers) {
      CAPTURE(openat2);
      Guest guest = tree.MakeGuest(openat2);
      std::string text;
      CHECK(guest.Read(guest.Open("good", {.rights = rights::kFdRead}), 100, &text) == Errno::kSuccess);
      CHECK(text == "inside");
      CHECK(guest.Read(guest.Open("sub_link/round", {.rights = rights::kFdRead}), 100, &text) == Errno::kSuccess);
      CHECK(text == "inner");
      CHECK(guest.TryOpen("sub_link", {.oflags = oflags::kDirectory, .rights = 0}) == Errno::kSuccess);
      CHECK(guest.TryOpen("sub_link/", {.rights = 0, .follow = false}) == Errno::kSuccess);
      CHECK(guest.TryOpen("sub_link/./deep/..//inner", {}) == Errno::kSuccess);
    }
  }

  TEST_CASE("a directory's descriptor is a wall of its own") {
    Hostile tree;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      Fd sub = guest.OpenDir("sub");
      CHECK(guest.TryOpen("../file", {.dir = sub}) == Errno::kPerm);
      CHECK(guest.TryOpen("inner", {.dir = sub}) == Errno::kSuccess);
      CHECK(guest.TryOpen("deep/../inner", {.dir = sub}) == Errno::kSuccess);
      // It was moved up meanwhile: still no way to its parent.
      CHECK(guest.At(PathCreateDirectory, 3, "sub/deep/er") == Errno::kSuccess);
      Fd deeper = guest.OpenDir("sub/deep/er");
      CHECK(guest.Rename("sub/deep/er", "er") == Errno::kSuccess);
      CHECK(guest.TryOpen("..", {.rights = 0, .dir = deeper}) == Errno::kPerm);
      CHECK(guest.At(PathRemoveDirectory, 3, "er") == Errno::kSuccess);
    }
  }

  TEST_CASE("without a grant every path is bad") {
    Guest guest;
    CHECK(guest.TryOpen("x", {}) == Errno::kBadf);
    CHECK(guest.TryOpen("x", {.dir = 0}) == Errno::kNotdir);
    CHECK(guest.Stat("/etc/passwd") == Errno::kBadf);
    CHECK(guest.Run(FdPrestatGet, 3u, guest.New<Prestat>()) == Errno::kBadf);
  }

  TEST_CASE("where the kernel refuses to resolve, the walk does") {
    Hostile tree;
    for (int error : {EPERM, EAGAIN}) {
      WithFault({SYS_openat2}, error, [&] {
        Guest guest = tree.MakeGuest(/*use_openat2=*/true);
        CHECK(guest.TryOpen("sub/deep/../inner", {}) == Errno::kSuccess);
        CHECK(guest.TryOpen("sub/out/secret", {}) == Errno::kPerm);
        CHECK(guest.TryOpen("out_dir/", {.rights = 0, .follow = false}) == Errno::kPerm);
        CHECK(guest.Stat("up/out/secret") == Errno::kPerm);
      });
    }
    CHECK(tree.OutsideIsUntouched());
  }

  // UMIAK_RACE_OPENS=1000000 is the long form.
  TEST_CASE("an open holds against a directory that turns into a link and back") {
    Hostile tree;
    fs::path root = tree.dir() / "root";
    fs::create_directory(root / "d");
    fs::create_symlink("../out", root / "e");
    tree.dir().Write("root/d/secret", "harmless");
    std::atomic<bool> stop{false};
    std::thread swapper([&] {
      std::string a = root / "d", b = root / "e";
      while (!stop) syscall(SYS_renameat2, AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), 2 /* RENAME_EXCHANGE */);
    });
    const char* asked = getenv("UMIAK_RACE_OPENS");
    int opens = asked != nullptr ? atoi(asked) : 20'000;
    int opened = 0, escaped = 0;
    for (bool openat2 : kBothResolvers) {
      Guest guest = tree.MakeGuest(openat2);
      for (int i = 0; i < opens / 5; ++i) {
        // What is outside is never described or changed either.
        Filestat stat;
        if (guest.Stat("d/dir", &stat) == Errno::kSuccess) ++escaped;
        guest.At(PathUnlinkFile, 3, "d/dir/nothing");
        for (const char* path : {"d/secret", "e/secret", "d/", "d/../d/secret", "e/"}) {
          Fd fd;
          if (guest.TryOpen(path, {.rights = rights::kFdRead}, &fd) != Errno::kSuccess) continue;
          ++opened;
          std::string text;
          guest.Read(fd, 16, &text);
          if (text == "secret") ++escaped;
          // A directory: is it the one outside?
          if (path[1] == '/' && path[2] == 0 && guest.Stat("dir", nullptr, false, fd) == Errno::kSuccess) ++escaped;
          guest.Run(FdClose, fd);
        }
      }
    }
    stop = true;
    swapper.join();
    CHECK(opened > 0);
    CHECK(escaped == 0);
    CHECK(tree.OutsideIsUntouched());
  }
}

TEST_SUITE("wasi/path_text") {
  TEST_CASE("a path is checked before it is used") {
    CHECK(CheckPath("") == Errno::kNoent);
    CHECK(CheckPath("/") == Errno::kPerm);
    CHECK(CheckPath("/etc") == Errno::kPerm);
    CHECK(CheckPath(absl::string_view("a\0", 2)) == Errno::kInval);
    CHECK(CheckPath(std::string(4096, 'a')) == Errno::kNametoolong);
    CHECK(CheckPath("gr\xc3\xbc\xc3\x9f" "e") == Errno::kSuccess);
    for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80", "\xe2\x82"}) {
      CHECK(CheckPath(bad) == Errno::kIlseq);
    }
  }

  TEST_CASE("cutting a path leaves one component without a slash") {
    struct { const char* path; const char* above; const char* name; bool must_be_dir; } cases[] = {
        {"x", "", "x", false},       {"a/x", "a/", "x", false},     {"a//x//", "a//", "x", true},
        {"./x/", "./", "x", true},   {".", ".", "", true},          {"a/.", "a/.", "", true},
        {"a/b/..", "a/b/..", "", true}, {"a/b/../x", "a/b/../", "x", false}, {"a/../", "a/../", "", true},
        {"..x", "", "..x", false}};
    for (const auto& c : cases) {
      CAPTURE(c.path);
      SplitPath split = Split(c.path);
      CHECK(split.above == c.above);
      CHECK(split.name == c.name);
      CHECK(split.must_be_dir == c.must_be_dir);
    }
  }

  TEST_CASE("the walk bounds its depth and its links") {
    TempDir dir;
    std::string path;
    int at = open(dir.string().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 300; ++i) {
      mkdirat(at, "d", 0777);
      int next = openat(at, "d", O_PATH | O_CLOEXEC);
      close(at);
      at = next;
      path += "d/";
    }
    close(at);
    Guest kernel = Guest::In(dir, /*use_openat2=*/true);
    Guest walk = Guest::In(dir, /*use_openat2=*/false);
    // Where there is no openat2 both walk.
    const bool has_openat2 = syscall(SYS_openat2, -1, "", nullptr, 0) < 0 && errno != ENOSYS;
    CHECK(kernel.Stat(path) == (has_openat2 ? Errno::kSuccess : Errno::kNametoolong));
    CHECK(walk.Stat(path) == Errno::kNametoolong);
    std::string swing;
    for (int i = 0; i < 500; ++i) swing += "d/../";
    CHECK(walk.Stat(swing) == Errno::kSuccess);
  }
}

}  // namespace umiak::wasi
