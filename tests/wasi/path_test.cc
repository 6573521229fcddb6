// Names beneath a directory: what each path_* function makes of files, directories, links and trailing slashes.
#include <limits>

#include "tests/wasi/guest.h"
#include "wasi/host/posix_file.h"

namespace umiak::wasi {
namespace {

namespace fs = std::filesystem;

void MakeTree(const TempDir& dir) {
  fs::create_directories(dir / "dir/nested");
  fs::create_directory(dir / "empty");
  dir.Write("file", "text");
  dir.Write("dir/nested/file", "nested");
  fs::create_symlink("file", dir / "link");
  fs::create_symlink("dir", dir / "dir_link");
  fs::create_symlink("nothing", dir / "dangling");
}

// The same tree, by the guest's hands.
void MakeTree(Guest& guest) {
  for (const char* path : {"dir", "dir/nested", "empty"}) {
    REQUIRE(guest.At(PathCreateDirectory, 3, path) == Errno::kSuccess);
  }
  guest.WriteFile("file", "text");
  guest.WriteFile("dir/nested/file", "nested");
  REQUIRE(guest.Symlink("file", "link") == Errno::kSuccess);
  REQUIRE(guest.Symlink("dir", "dir_link") == Errno::kSuccess);
  REQUIRE(guest.Symlink("nothing", "dangling") == Errno::kSuccess);
}

// One tree and one guest per resolver of host directories.
template <class Test>
void ForBothResolvers(Test test) {
  for (bool openat2 : kBothResolvers) {
    CAPTURE(openat2);
    TempDir dir;
    MakeTree(dir);
    Guest guest = Guest::In(dir, openat2);
    test(dir, guest);
  }
}

// The same rules for all: host directories by both resolvers, memory, an overlay.
template <class Test>
void ForAllFileSystems(Test test) {
  ForBothResolvers([&](const TempDir&, Guest& guest) { test(guest); });
  Guest memory = Guest::In(MakeMemoryDirectory(1 << 20));
  MakeTree(memory);
  test(memory);
  TempDir dir;
  MakeTree(dir);
  auto lower = OpenHostDirectory(dir.string());
  REQUIRE(lower.ok());
  Guest overlay = Guest::In(MakeOverlay(*lower, 1 << 20));
  test(overlay);
  Guest untouched = Guest::In(dir);
  CHECK(untouched.ReadFile("file") == "text");
  CHECK(untouched.ReadFile("dir/nested/file") == "nested");
}

}  // namespace

TEST_SUITE("wasi/path") {
  TEST_CASE("path_open takes interesting paths") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.TryOpen("dir/.//nested/../../dir/nested/../nested///./file", {}) == Errno::kSuccess);
      CHECK(guest.TryOpen("/dir/nested/file", {}) == Errno::kPerm);
      CHECK(guest.TryOpen(std::string("dir/nested/file\0", 16), {}) == Errno::kInval);
      CHECK(guest.TryOpen("dir/nested/file/", {}) == Errno::kNotdir);
      CHECK(guest.TryOpen("dir/nested/file///", {}) == Errno::kNotdir);
      CHECK(guest.TryOpen("dir/nested/", {.rights = 0}) == Errno::kSuccess);
      CHECK(guest.TryOpen("dir/nested/../../..", {.rights = 0}) == Errno::kPerm);
      CHECK(guest.TryOpen("", {}) == Errno::kNoent);
      CHECK(guest.TryOpen(std::string(5000, 'a'), {}) == Errno::kNametoolong);
      CHECK(guest.TryOpen(std::string(300, 'a'), {}) == Errno::kNametoolong);
      CHECK(guest.TryOpen("file/../dir", {.rights = 0}) == Errno::kNotdir);
    });
  }

  TEST_CASE("path_open opens, creates and truncates as its flags say") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.TryOpen("missing", {}) == Errno::kNoent);
      CHECK(guest.TryOpen("file", {.oflags = oflags::kCreat | oflags::kExcl}) == Errno::kExist);
      CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat | oflags::kExcl}) == Errno::kSuccess);
      CHECK(guest.Exists("new"));
      CHECK(guest.TryOpen("new2/", {.oflags = oflags::kCreat}) == Errno::kIsdir);
      CHECK(guest.TryOpen("file", {.oflags = oflags::kDirectory, .rights = 0}) == Errno::kNotdir);
      CHECK(guest.TryOpen("x", {.oflags = oflags::kCreat | oflags::kDirectory}) == Errno::kInval);
      CHECK(guest.TryOpen("file", {.oflags = 16}) == Errno::kInval);
      CHECK(guest.TryOpen("file", {.fdflags = 32}) == Errno::kInval);
      CHECK(guest.TryOpen("file", {.rights = ~uint64_t{0}}) == Errno::kSuccess);
      CHECK(guest.TryOpen("file", {.oflags = oflags::kTrunc}) == Errno::kSuccess);
      CHECK(guest.ReadFile("file") == "");
      CHECK(guest.TryOpen("x", {.dir = guest.Open("file", {})}) == Errno::kNotdir);
      CHECK(guest.TryOpen("x", {.dir = 99}) == Errno::kBadf);
    });
  }

  TEST_CASE("path_open opens directories for reading alone") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.TryOpen(".", {.rights = 0}) == Errno::kSuccess);
      CHECK(guest.TryOpen(".", {.oflags = oflags::kDirectory, .rights = rights::kFdRead}) == Errno::kSuccess);
      CHECK(guest.TryOpen(".", {.oflags = oflags::kDirectory}) == Errno::kIsdir);
      CHECK(guest.TryOpen(".", {.rights = 0, .fdflags = fdflags::kNonblock}) == Errno::kSuccess);
    });
  }

  TEST_CASE("path_open follows a link only where it is told to") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.TryOpen("link", {}) == Errno::kSuccess);
      CHECK(guest.TryOpen("link", {.follow = false}) == Errno::kLoop);
      CHECK(guest.TryOpen("dangling", {}) == Errno::kNoent);
      CHECK(guest.TryOpen("dangling", {.follow = false}) == Errno::kLoop);
      CHECK(guest.TryOpen("dir_link/nested/file", {.follow = false}) == Errno::kSuccess);
      Errno error = guest.TryOpen("dir_link", {.oflags = oflags::kDirectory, .rights = 0, .follow = false});
      CHECK((error == Errno::kNotdir || error == Errno::kLoop));
      CHECK(guest.TryOpen("dangling", {.oflags = oflags::kCreat}) == Errno::kSuccess);
      CHECK(guest.Exists("nothing"));
    });
  }

  TEST_CASE("path_open of a pipe nobody writes to returns at once") {
    ForBothResolvers([](const TempDir& dir, Guest& guest) {
      REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
      CHECK(guest.TryOpen("pipe", {.rights = rights::kFdRead}) == Errno::kSuccess);
      CHECK(guest.TryOpen("pipe", {.rights = rights::kFdWrite}) == Errno::kNxio);
    });
  }

  TEST_CASE("path_create_directory and path_remove_directory take a trailing slash") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.At(PathCreateDirectory, 3, "new/") == Errno::kSuccess);
      CHECK(guest.At(PathCreateDirectory, 3, "new") == Errno::kExist);
      CHECK(guest.At(PathCreateDirectory, 3, "file") == Errno::kExist);
      CHECK(guest.At(PathCreateDirectory, 3, "none/new") == Errno::kNoent);
      CHECK(guest.At(PathCreateDirectory, 3, ".") == Errno::kExist);
      CHECK(guest.At(PathRemoveDirectory, 3, "new/") == Errno::kSuccess);
      CHECK_FALSE(guest.Exists("new"));
      CHECK(guest.At(PathRemoveDirectory, 3, "dir") == Errno::kNotempty);
      CHECK(guest.At(PathRemoveDirectory, 3, "file") == Errno::kNotdir);
      CHECK(guest.At(PathRemoveDirectory, 3, "file/") == Errno::kNotdir);
      CHECK(guest.At(PathRemoveDirectory, 3, "none") == Errno::kNoent);
      CHECK(guest.At(PathRemoveDirectory, 3, "empty/.") == Errno::kInval);
    });
  }

  TEST_CASE("path_unlink_file removes files and links, no directory") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.At(PathUnlinkFile, 3, "dir") == Errno::kIsdir);
      CHECK(guest.At(PathUnlinkFile, 3, "dir/") == Errno::kIsdir);
      CHECK(guest.At(PathUnlinkFile, 3, "file/") == Errno::kNotdir);
      CHECK(guest.At(PathUnlinkFile, 3, "none/") == Errno::kNoent);
      CHECK(guest.At(PathUnlinkFile, 3, "link") == Errno::kSuccess);
      CHECK(guest.Exists("file"));
      CHECK(guest.At(PathUnlinkFile, 3, "file") == Errno::kSuccess);
      CHECK(guest.At(PathUnlinkFile, 3, "file") == Errno::kNoent);
    });
  }

  TEST_CASE("path_rename replaces what may be replaced") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.Rename("empty", "dir") == Errno::kNotempty);
      CHECK(guest.Rename("empty", "file") == Errno::kNotdir);
      CHECK(guest.Rename("file", "empty") == Errno::kIsdir);
      CHECK(guest.Rename("none", "x") == Errno::kNoent);
      CHECK(guest.Rename("file", "x/") == Errno::kNotdir);
      CHECK(guest.Rename("file/", "x") == Errno::kNotdir);
      CHECK(guest.Rename("dir", "empty") == Errno::kSuccess);
      CHECK(guest.Rename("empty/", "a") == Errno::kSuccess);
      CHECK(guest.Rename("a", "b/") == Errno::kSuccess);
      CHECK(guest.Rename("b/", "c/") == Errno::kSuccess);
      CHECK(guest.Rename("file", "link") == Errno::kSuccess);
      CHECK(guest.ReadFile("link") == "text");
      CHECK(guest.ReadFile("c/nested/file") == "nested");
      CHECK(guest.Rename("nested/file", "up", guest.OpenDir("c"), 3) == Errno::kSuccess);
      CHECK(guest.ReadFile("up") == "nested");
    });
  }

  TEST_CASE("path_link links files and the links themselves") {
    ForAllFileSystems([](Guest& guest) {
      Filestat a, b;
      CHECK(guest.Link("file", "hard") == Errno::kSuccess);
      CHECK(guest.Stat("file", &a) == Errno::kSuccess);
      CHECK(guest.Stat("hard", &b) == Errno::kSuccess);
      CHECK(a.ino == b.ino);
      CHECK(b.nlink == 2);
      CHECK(guest.Link("file", "hard") == Errno::kExist);
      CHECK(guest.Link("file", "file") == Errno::kExist);
      CHECK(guest.Link("file", "dir") == Errno::kExist);
      CHECK(guest.Link("file", "dangling") == Errno::kExist);
      CHECK(guest.Link("file", "new/") == Errno::kNoent);
      CHECK(guest.Link("dir", "new") == Errno::kPerm);
      CHECK(guest.Link("none", "new") == Errno::kNoent);
      CHECK(guest.Link("file", "new", kLookupSymlinkFollow) == Errno::kInval);
      CHECK(guest.Link("dangling", "hard_link") == Errno::kSuccess);
      CHECK(!guest.LinkText("hard_link").empty());
    });
  }

  TEST_CASE("path_symlink refuses absolute texts and minds trailing slashes") {
    ForAllFileSystems([](Guest& guest) {
      CHECK(guest.Symlink("../anywhere", "new") == Errno::kSuccess);
      CHECK(guest.LinkText("new") == "../anywhere");
      CHECK(guest.Symlink("/etc", "absolute") == Errno::kPerm);
      CHECK(guest.Symlink("", "absolute") == Errno::kNoent);
      CHECK(guest.Symlink("x", "file") == Errno::kExist);
      CHECK(guest.Symlink("x", "none/") == Errno::kNoent);
      CHECK(guest.Symlink("x", "dir/") == Errno::kExist);
      CHECK(guest.Symlink("x", "file/") == Errno::kNotdir);
      CHECK(guest.Symlink("x", "") == Errno::kNoent);
    });
  }

  TEST_CASE("path_readlink cuts to the buffer and leaves the rest of it") {
    ForAllFileSystems([](Guest& guest) {
      auto used = guest.New<uint32_t>();
      GuestPtr<uint8_t> buffer = guest.Put("????????????");
      CHECK(guest.At(PathReadlink, 3, "dangling", buffer, 12u, used) == Errno::kSuccess);
      CHECK(guest.Get(used) == 7);
      CHECK(guest.Text(buffer.address, 12) == "nothing?????");
      buffer = guest.Put("????????????");
      CHECK(guest.At(PathReadlink, 3, "dangling", buffer, 4u, used) == Errno::kSuccess);
      CHECK(guest.Get(used) == 4);
      CHECK(guest.Text(buffer.address, 12) == "noth????????");
      CHECK(guest.At(PathReadlink, 3, "dangling", buffer, 0u, used) == Errno::kSuccess);
      CHECK(guest.Get(used) == 0);
      CHECK(guest.At(PathReadlink, 3, "file", buffer, 4u, used) == Errno::kInval);
      CHECK(guest.At(PathReadlink, 3, "none", buffer, 4u, used) == Errno::kNoent);
    });
  }

  TEST_CASE("path_filestat_get describes a link or what it leads to") {
    ForAllFileSystems([](Guest& guest) {
      Filestat stat;
      CHECK(guest.Stat("file", &stat) == Errno::kSuccess);
      CHECK(stat.filetype == Filetype::kRegularFile);
      CHECK(stat.size == 4);
      CHECK(guest.Stat("link", &stat) == Errno::kSuccess);
      CHECK(stat.filetype == Filetype::kSymbolicLink);
      CHECK(guest.Stat("link", &stat, true) == Errno::kSuccess);
      CHECK(stat.size == 4);
      CHECK(guest.Stat("dangling", &stat, true) == Errno::kNoent);
      CHECK(guest.Stat(".", &stat) == Errno::kSuccess);
      CHECK(stat.filetype == Filetype::kDirectory);
      CHECK(guest.Stat("file/") == Errno::kNotdir);
      CHECK(guest.Stat("dir/") == Errno::kSuccess);
      Filestat other;
      CHECK(guest.Stat("dir/nested/file", &other) == Errno::kSuccess);
      CHECK(guest.Stat("file", &stat) == Errno::kSuccess);
      CHECK(other.ino != stat.ino);
      CHECK(other.dev == stat.dev);
    });
  }

  TEST_CASE("path_filestat_set_times changes what its flags name") {
    ForAllFileSystems([](Guest& guest) {
      auto set = [&](const char* path, bool follow, uint32_t flags) {
        return guest.Run(PathFilestatSetTimes, 3u, follow ? 1u : 0u, guest.Put(path), static_cast<uint32_t>(strlen(path)),
                         uint64_t{1'000'000'007}, uint64_t{2'000'000'009}, flags);
      };
      Filestat before, stat;
      CHECK(guest.Stat("file", &before) == Errno::kSuccess);
      CHECK(set("file", true, fstflags::kAtim | fstflags::kAtimNow) == Errno::kInval);
      CHECK(set("file", true, fstflags::kMtim | fstflags::kMtimNow | fstflags::kAtim) == Errno::kInval);
      CHECK(set("file", true, 16) == Errno::kInval);
      CHECK(guest.Stat("file", &stat) == Errno::kSuccess);
      CHECK(stat.mtim == before.mtim);
      CHECK(stat.atim == before.atim);
      CHECK(set("link", true, fstflags::kMtim) == Errno::kSuccess);
      CHECK(guest.Stat("file", &stat) == Errno::kSuccess);
      CHECK(stat.mtim == 2'000'000'009);
      CHECK(stat.atim == before.atim);
      CHECK(set("link", false, fstflags::kMtim | fstflags::kAtim) == Errno::kSuccess);
      CHECK(guest.Stat("link", &stat) == Errno::kSuccess);
      CHECK(stat.mtim == 2'000'000'009);
      CHECK(stat.atim == 1'000'000'007);
      CHECK(set("dir/", false, fstflags::kMtim) == Errno::kSuccess);
      CHECK(guest.Stat("dir", &stat) == Errno::kSuccess);
      CHECK(stat.mtim == 2'000'000'009);
      CHECK(set("dir", true, fstflags::kMtimNow) == Errno::kSuccess);
      CHECK(guest.Stat("dir", &stat) == Errno::kSuccess);
      CHECK(stat.mtim > 2'000'000'009);
    });
  }

  TEST_CASE("times that do not fit are 0") {
    TempDir dir;
    MakeTree(dir);
    timespec times[2] = {{-5, 0}, {-5, 0}};
    REQUIRE(utimensat(AT_FDCWD, (dir / "file").c_str(), times, 0) == 0);
    Guest guest = Guest::In(dir);
    Filestat stat;
    CHECK(guest.Stat("file", &stat) == Errno::kSuccess);
    CHECK(stat.mtim == 0);
    // Not every host's file system holds them: 2554, the last second of u64 nanoseconds, and beyond.
    struct stat host = {};
    host.st_mtim = {18'446'744'072, 999'999'999};
    CHECK(ToFilestat(host).mtim == 18'446'744'072'999'999'999u);
    for (time_t seconds : {time_t{18'446'744'074}, std::numeric_limits<time_t>::max(), std::numeric_limits<time_t>::min()}) {
      host.st_mtim = {seconds, 999'999'999};
      CHECK(ToFilestat(host).mtim == 0);
    }
  }

  TEST_CASE("a read-only grant refuses every mutation") {
    for (bool openat2 : kBothResolvers) {
      CAPTURE(openat2);
      TempDir dir, writable;
      MakeTree(dir);
      WasiConfig config;
      config.preopens = {{dir.string(), "/ro", true}, {writable.string(), "/rw", false}};
      config.use_openat2 = openat2;
      Guest guest(config);
      for (Fd fd : {Fd{3}, guest.OpenDir("dir/..")}) {
        CHECK(guest.TryOpen("file", {.dir = fd}) == Errno::kPerm);
        CHECK(guest.TryOpen("file", {.rights = rights::kFdWrite, .dir = fd}) == Errno::kPerm);
        CHECK(guest.TryOpen("file", {.oflags = oflags::kTrunc, .rights = rights::kFdRead, .dir = fd}) == Errno::kPerm);
        CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat, .rights = rights::kFdRead, .dir = fd}) == Errno::kPerm);
        CHECK(guest.At(PathCreateDirectory, fd, "new") == Errno::kPerm);
        CHECK(guest.At(PathRemoveDirectory, fd, "empty") == Errno::kPerm);
        CHECK(guest.At(PathUnlinkFile, fd, "file") == Errno::kPerm);
        CHECK(guest.Symlink("text", "new", fd) == Errno::kPerm);
        CHECK(guest.Rename("file", "new", fd, fd) == Errno::kPerm);
        CHECK(guest.Rename("file", "new", fd, 4) == Errno::kPerm);
        CHECK(guest.Rename("file", "new", 4, fd) != Errno::kSuccess);
        CHECK(guest.Link("file", "new", 0, fd, fd) == Errno::kPerm);
        CHECK(guest.Link("file", "new", 0, fd, 4) == Errno::kPerm);
        CHECK(guest.Run(PathFilestatSetTimes, fd, 0u, guest.Put("file"), 4u, uint64_t{1}, uint64_t{1},
                        fstflags::kMtim) == Errno::kPerm);
        CHECK(guest.Run(FdFilestatSetTimes, fd, uint64_t{1}, uint64_t{1}, fstflags::kMtim) == Errno::kPerm);
        Fd file = guest.Open("file", {.rights = rights::kFdRead, .dir = fd});
        std::string text;
        CHECK(guest.Read(file, 10, &text) == Errno::kSuccess);
        CHECK(text == "text");
        CHECK(guest.Write(file, "x") == Errno::kBadf);
        CHECK(guest.Run(FdFilestatSetSize, file, uint64_t{0}) == Errno::kBadf);
        CHECK(guest.Run(FdAllocate, file, uint64_t{0}, uint64_t{100}) == Errno::kBadf);
        CHECK(guest.Run(FdFilestatSetTimes, file, uint64_t{1}, uint64_t{1}, fstflags::kMtim) == Errno::kPerm);
        CHECK(guest.Run(FdFdstatSetFlags, file, fdflags::kAppend) == Errno::kSuccess);
        CHECK(guest.Write(file, "x") == Errno::kBadf);
      }
      CHECK(guest.ReadFile("file") == "text");
      CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat, .dir = 4}) == Errno::kSuccess);
    }
  }
}

}  // namespace umiak::wasi
