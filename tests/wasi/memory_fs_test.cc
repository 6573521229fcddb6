// Directories in memory and overlays: their bounds, and that the lower directory stays as it is.
#include <map>
#include <set>

#include "tests/wasi/guest.h"
#include "wasi/fs/paged_bytes.h"

namespace umiak::wasi {
namespace {

namespace fs = std::filesystem;

std::set<std::string> Names(Guest& guest, Fd fd) {
  std::set<std::string> names;
  auto used = guest.New<uint32_t>();
  uint32_t buffer = guest.Allocate(1 << 14);
  uint64_t cookie = 0;
  while (true) {
    REQUIRE(guest.Run(FdReaddir, fd, GuestPtr<uint8_t>{buffer}, 1u << 14, cookie, used) == Errno::kSuccess);
    uint32_t size = guest.Get(used), at = 0;
    while (at + sizeof(Dirent) <= size) {
      Dirent dirent = guest.Get(GuestPtr<Dirent>{buffer + at});
      if (at + sizeof(Dirent) + dirent.namlen > size) break;
      CHECK(names.insert(guest.Text(buffer + at + 24, dirent.namlen)).second);
      at += 24 + dirent.namlen;
      cookie = dirent.next;
    }
    if (size < (1 << 14)) return names;
  }
}

// A directory of the host under an overlay, and what it held before.
class Lower {
 public:
  Lower() {
    fs::create_directories(dir_ / "dir/deep");
    dir_.Write("file", "lower");
    dir_.Write("dir/inner", "inner");
    dir_.Write("dir/deep/leaf", "leaf");
    fs::create_symlink("file", dir_ / "link");
    before_ = Snapshot();
  }
  std::shared_ptr<Directory> Overlay(uint64_t max_bytes = 1 << 20) const {
    auto lower = OpenHostDirectory(dir_.string());
    REQUIRE(lower.ok());
    return MakeOverlay(*lower, max_bytes);
  }
  bool IsUntouched() const { return Snapshot() == before_; }
  const TempDir& dir() const { return dir_; }

 private:
  std::map<std::string, std::string> Snapshot() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.string())) {
      struct stat stat;
      lstat(entry.path().c_str(), &stat);
      std::string text = std::to_string(stat.st_mtim.tv_sec) + "." + std::to_string(stat.st_mtim.tv_nsec) + " ";
      if (entry.is_regular_file() && !entry.is_symlink()) text += dir_.Read(fs::relative(entry.path(), dir_.string()));
      all[entry.path()] = text;
    }
    return all;
  }
  TempDir dir_;
  std::map<std::string, std::string> before_;
};

}  // namespace

TEST_SUITE("wasi/memory_fs") {
  TEST_CASE("contents have holes, and shrinking forgets what was there") {
    PagedBytes bytes(std::make_shared<Budget>(1 << 20));
    char text[] = "abcdef";
    iovec slice = {text, 6};
    CHECK(*bytes.Write(4094, Slices(&slice, 1)) == 6);
    CHECK(bytes.size() == 4100);
    bytes.Resize(4096);
    bytes.Resize(5000);
    char out[8] = {};
    slice = {out, 8};
    CHECK(*ErrnoOr<uint64_t>(bytes.Read(4093, Slices(&slice, 1))) == 8);
    CHECK(std::string(out, 8) == std::string("\0ab\0\0\0\0\0", 8));
    slice = {text, 1};
    CHECK(*bytes.Write((uint64_t{1} << 62), Slices(&slice, 1)) == 1);
    CHECK(bytes.Write((uint64_t{1} << 63) - 1, Slices(&slice, 1)).error() == Errno::kFbig);
    CHECK(bytes.Reserve(0, uint64_t{1} << 62) == Errno::kNospc);
  }

  TEST_CASE("it is full at its size, and what is removed makes room") {
    Guest guest = Guest::In(MakeMemoryDirectory(64 << 10));
    std::string block(4096, 'x');
    for (int round = 0; round < 3; ++round) {
      Fd fd = guest.Open("file", {.oflags = oflags::kCreat | oflags::kTrunc});
      int blocks = 0;
      Errno error;
      while ((error = guest.Write(fd, block)) == Errno::kSuccess && blocks < 100) ++blocks;
      CHECK(error == Errno::kNospc);
      CHECK(blocks == 15);
      CHECK(guest.Run(FdAllocate, fd, uint64_t{0}, uint64_t{1} << 40) == Errno::kNospc);
      CHECK(guest.At(PathUnlinkFile, 3, "file") == Errno::kSuccess);
      guest.Run(FdClose, fd);
    }
    // Names cost too: no endless number of empty files, links or directories.
    int made = 0;
    while (guest.At(PathCreateDirectory, 3, "d" + std::to_string(made)) == Errno::kSuccess && made < 1000) ++made;
    CHECK(made > 10);
    CHECK(made < 200);
    CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat}) == Errno::kNospc);
    CHECK(guest.Symlink(std::string(4000, 'a'), "link") == Errno::kNospc);
  }

  TEST_CASE("a chain of a hundred thousand directories is made and dropped") {
    Guest guest = Guest::In(MakeMemoryDirectory(1 << 30));
    Fd at = 3;
    for (int i = 0; i < 100'000; ++i) {
      REQUIRE(guest.At(PathCreateDirectory, at, "d") == Errno::kSuccess);
      Fd next = guest.OpenDir("d", at);
      if (at != 3) guest.Run(FdClose, at);
      at = next;
    }
  }

  TEST_CASE("a listing goes on behind its cookie whatever changes meanwhile") {
    Guest guest = Guest::In(MakeMemoryDirectory(1 << 20));
    for (int i = 0; i < 50; ++i) guest.WriteFile("f" + std::to_string(i), "");
    auto used = guest.New<uint32_t>();
    uint32_t buffer = guest.Allocate(24 * 3 + 1 + 2 + 2);
    REQUIRE(guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{buffer}, 77u, uint64_t{0}, used) == Errno::kSuccess);
    uint64_t cookie = guest.Get(GuestPtr<Dirent>{buffer + 24 + 1 + 24 + 2}).next;  // of f0
    CHECK(guest.At(PathUnlinkFile, 3, "f0") == Errno::kSuccess);
    CHECK(guest.At(PathUnlinkFile, 3, "f1") == Errno::kSuccess);
    uint32_t big = guest.Allocate(4096);
    REQUIRE(guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{big}, 4096u, cookie, used) == Errno::kSuccess);
    CHECK(guest.Text(big + 24, 2) == "f2");
    CHECK(Names(guest, 3).size() == 50);
  }

  TEST_CASE("a directory does not move into itself, nor a name out of its file system") {
    TempDir dir;
    dir.Write("host", "x");
    WasiConfig config;
    config.preopens = {{"", "/a", false, MakeMemoryDirectory(1 << 20)}, {"", "/b", false, MakeMemoryDirectory(1 << 20)},
                       {dir.string(), "/c"}};
    Guest guest(config);
    CHECK(guest.At(PathCreateDirectory, 3, "d") == Errno::kSuccess);
    CHECK(guest.At(PathCreateDirectory, 3, "d/e") == Errno::kSuccess);
    CHECK(guest.Rename("d", "d/e/f") == Errno::kInval);
    CHECK(guest.Rename("d", "d/f") == Errno::kInval);
    CHECK(guest.Rename("d", "d") == Errno::kSuccess);
    guest.WriteFile("file", "x");
    for (Fd other : {4u, 5u}) {
      CHECK(guest.Rename("file", "file", 3, other) == Errno::kXdev);
      CHECK(guest.Link("file", "file", 0, 3, other) == Errno::kXdev);
      CHECK(guest.Rename("host", "stolen", 5, 3) == Errno::kXdev);
    }
  }

  TEST_CASE("an open file outlives its name, a removed directory takes nothing") {
    Guest guest = Guest::In(MakeMemoryDirectory(1 << 20));
    guest.WriteFile("file", "text");
    Fd fd = guest.Open("file", {});
    CHECK(guest.At(PathUnlinkFile, 3, "file") == Errno::kSuccess);
    std::string text;
    CHECK(guest.Read(fd, 10, &text) == Errno::kSuccess);
    CHECK(text == "text");
    CHECK(guest.At(PathCreateDirectory, 3, "d") == Errno::kSuccess);
    Fd d = guest.OpenDir("d");
    CHECK(guest.At(PathRemoveDirectory, 3, "d") == Errno::kSuccess);
    CHECK(guest.TryOpen("x", {.oflags = oflags::kCreat, .dir = d}) == Errno::kNoent);
    CHECK(guest.At(PathCreateDirectory, d, "x") == Errno::kNoent);
    CHECK(guest.Symlink("a", "x", d) == Errno::kNoent);
  }
}

TEST_SUITE("wasi/overlay") {
  TEST_CASE("nothing that the guest does reaches the lower directory") {
    Lower lower;
    Guest guest = Guest::In(lower.Overlay());
    Filestat before, after;
    CHECK(guest.Stat("file", &before) == Errno::kSuccess);
    Fd reading = guest.Open("file", {.rights = rights::kFdRead});
    Fd inner = guest.Open("dir/inner", {.rights = rights::kFdRead});
    Fd dir = guest.OpenDir("dir");
    CHECK(guest.Run(FdFilestatSetTimes, inner, uint64_t{1}, uint64_t{5}, fstflags::kMtim) == Errno::kSuccess);
    CHECK(guest.Run(FdFilestatSetTimes, dir, uint64_t{1}, uint64_t{6}, fstflags::kMtim) == Errno::kSuccess);
    CHECK(guest.Stat("dir/inner", &after) == Errno::kSuccess);
    CHECK(after.mtim == 5);
    CHECK(guest.Stat("dir", &after) == Errno::kSuccess);
    CHECK(after.mtim == 6);
    Fd writing = guest.Open("file", {});
    CHECK(guest.Write(writing, "UPPER") == Errno::kSuccess);
    CHECK(guest.ReadFile("file") == "UPPER");
    CHECK(guest.ReadFile("link") == "UPPER");
    // Also through what was opened before.
    CHECK(guest.Run(FdFilestatSetTimes, reading, uint64_t{1}, uint64_t{5}, fstflags::kMtim) == Errno::kSuccess);
    CHECK(guest.Write(reading, "x") == Errno::kBadf);
    CHECK(guest.Run(FdFilestatSetSize, reading, uint64_t{0}) == Errno::kBadf);
    CHECK(guest.Stat("file", &after) == Errno::kSuccess);
    CHECK(after.ino == before.ino);
    CHECK(guest.At(PathUnlinkFile, 3, "dir/inner") == Errno::kSuccess);
    CHECK(guest.Rename("dir", "moved") == Errno::kSuccess);
    CHECK(guest.Link("link", "other") == Errno::kSuccess);
    CHECK(guest.At(PathUnlinkFile, 3, "link") == Errno::kSuccess);
    CHECK(guest.TryOpen("file", {.oflags = oflags::kTrunc}) == Errno::kSuccess);
    CHECK(Names(guest, 3) == std::set<std::string>{".", "..", "file", "moved", "other"});
    CHECK(lower.IsUntouched());
  }

  TEST_CASE("a directory held open stays the one that was renamed or removed") {
    Lower lower;
    Guest guest = Guest::In(lower.Overlay());
    Fd deep = guest.OpenDir("dir/deep");
    Fd again = guest.OpenDir("dir/deep");
    guest.WriteFile("new", "n", deep);
    CHECK(guest.ReadFile("new", again) == "n");
    CHECK(guest.Rename("dir", "moved") == Errno::kSuccess);
    guest.WriteFile("newer", "m", deep);
    CHECK(guest.ReadFile("moved/deep/newer") == "m");
    CHECK(guest.ReadFile("moved/deep/leaf") == "leaf");
    CHECK_FALSE(guest.Exists("dir"));
    CHECK(guest.At(PathCreateDirectory, 3, "dir") == Errno::kSuccess);
    CHECK(Names(guest, guest.OpenDir("dir")) == std::set<std::string>{".", ".."});
    for (const char* name : {"moved/deep/leaf", "moved/deep/new", "moved/deep/newer"}) {
      CHECK(guest.At(PathUnlinkFile, 3, name) == Errno::kSuccess);
    }
    CHECK(guest.At(PathRemoveDirectory, 3, "moved/deep") == Errno::kSuccess);
    CHECK(guest.TryOpen("x", {.oflags = oflags::kCreat, .dir = deep}) == Errno::kNoent);
    CHECK(lower.IsUntouched());
  }

  TEST_CASE("a directory that takes the place of another one is not mixed with it") {
    Lower lower;
    fs::create_directory(lower.dir() / "empty");
    Guest guest = Guest::In(lower.Overlay());
    Fd old = guest.OpenDir("empty");
    CHECK(guest.Rename("dir", "empty") == Errno::kSuccess);
    // The directory that was replaced is gone; what is put into it appears nowhere.
    CHECK(guest.TryOpen("x", {.oflags = oflags::kCreat, .dir = old}) == Errno::kNoent);
    CHECK(guest.ReadFile("empty/inner") == "inner");
    CHECK_FALSE(guest.Exists("dir"));
  }

  TEST_CASE("a lower file that is too large is not copied, and nothing has happened") {
    Lower lower;
    lower.dir().Write("large", std::string(100'000, 'x'));
    Guest guest = Guest::In(lower.Overlay(50'000));
    CHECK(guest.TryOpen("large", {}) == Errno::kNospc);
    CHECK(guest.Rename("large", "other") == Errno::kNospc);
    CHECK(guest.Exists("large"));
    CHECK(guest.TryOpen("large", {.oflags = oflags::kTrunc}) == Errno::kSuccess);
    CHECK(guest.ReadFile("large") == "");
  }

  TEST_CASE("pipes are read, never written or moved") {
    Lower lower;
    REQUIRE(mkfifo((lower.dir() / "pipe").c_str(), 0600) == 0);
    Guest guest = Guest::In(lower.Overlay());
    CHECK(guest.TryOpen("pipe", {.rights = rights::kFdRead}) == Errno::kSuccess);
    CHECK(guest.TryOpen("pipe", {.rights = rights::kFdWrite}) == Errno::kPerm);
    CHECK(guest.Rename("pipe", "other") == Errno::kPerm);
    CHECK(guest.At(PathUnlinkFile, 3, "pipe") == Errno::kSuccess);
    CHECK(fs::exists(lower.dir() / "pipe"));
  }

  TEST_CASE("reading a tree of many directories holds none of them open") {
    TempDir dir;
    for (int i = 0; i < 300; ++i) fs::create_directory(dir / ("d" + std::to_string(i)));
    auto lower = OpenHostDirectory(dir.string());
    REQUIRE(lower.ok());
    Guest guest = Guest::In(MakeOverlay(*lower, 1 << 20));
    const int before = OpenHostFds();
    for (int i = 0; i < 300; ++i) {
      Fd fd = guest.OpenDir("d" + std::to_string(i));
      CHECK(Names(guest, fd).size() == 2);
      guest.Run(FdClose, fd);
    }
    CHECK(OpenHostFds() == before);
  }

  TEST_CASE("its walls are those of the host's directories") {
    Lower lower;
    fs::create_symlink("..", lower.dir() / "up");
    fs::create_symlink("/etc", lower.dir() / "absolute");
    Guest guest = Guest::In(lower.Overlay());
    for (const char* way : {"up", "up/", "..", "absolute", "absolute/passwd", "up/x", "dir/../.."}) {
      CAPTURE(way);
      CHECK(guest.TryOpen(way, {.rights = rights::kFdRead}) == Errno::kPerm);
      CHECK(guest.Stat(way, nullptr, true) == Errno::kPerm);
    }
    CHECK(guest.TryOpen("up/new", {.oflags = oflags::kCreat}) == Errno::kPerm);
  }
}

// --- A file system of the embedder: one file, read only. ---

namespace {

class Motd final : public Directory {
 public:
  ErrnoOr<Filestat> Stat() override {
    Filestat stat;
    stat.filetype = Filetype::kDirectory;
    stat.ino = 1;
    return stat;
  }
  ErrnoOr<Node> Lookup(const std::string& name) override {
    if (name != "motd") return Errno::kNoent;
    Node node;
    node.type = Filetype::kRegularFile;
    return node;
  }
  ErrnoOr<Filestat> StatEntry(const std::string& name) override {
    if (name != "motd") return Errno::kNoent;
    Filestat stat;
    stat.filetype = Filetype::kRegularFile;
    stat.ino = 2;
    return stat;
  }
  ErrnoOr<std::shared_ptr<File>> OpenFile(const std::string& name, const OpenOptions& options) override {
    if (options.write || options.create) return Errno::kRofs;
    if (name != "motd") return Errno::kNoent;
    class Text final : public File {
     public:
      Filetype type() const override { return Filetype::kRegularFile; }
      ErrnoOr<Filestat> Stat() const override { return Filestat{}; }
      ErrnoOr<uint64_t> Read(Slices to) override {
        if (done_ || to.empty()) return uint64_t{0};
        done_ = true;
        std::memcpy(to[0].iov_base, "hi", 2);
        return uint64_t{2};
      }
      bool done_ = false;
    };
    return std::shared_ptr<File>(std::make_shared<Text>());
  }
  Errno ReadEntries(uint64_t cookie, Visitor visit) override {
    if (cookie == 0) visit({1, 2, Filetype::kRegularFile, "motd"});
    return Errno::kSuccess;
  }
};

}  // namespace

TEST_SUITE("wasi/custom_fs") {
  TEST_CASE("an embedder's directory is read by its names and refuses the rest") {
    Guest guest = Guest::In(std::make_shared<Motd>());
    CHECK(guest.ReadFile("motd") == "hi");
    CHECK(guest.ReadFile("./../motd") == "(not there)");
    CHECK(Names(guest, 3) == std::set<std::string>{".", "..", "motd"});
    CHECK(guest.Stat("motd/") == Errno::kNotdir);
    CHECK(guest.TryOpen("new", {.oflags = oflags::kCreat}) == Errno::kRofs);
    CHECK(guest.At(PathCreateDirectory, 3, "new") == Errno::kRofs);
    CHECK(guest.At(PathUnlinkFile, 3, "motd") == Errno::kRofs);
    CHECK(guest.Rename("motd", "x") == Errno::kRofs);
    CHECK(guest.Link("motd", "x") == Errno::kRofs);
    CHECK(guest.Symlink("motd", "x") == Errno::kRofs);
  }

  TEST_CASE("it can lie under an overlay") {
    Guest guest = Guest::In(MakeOverlay(std::make_shared<Motd>(), 1 << 20));
    CHECK(guest.ReadFile("motd") == "hi");
    guest.WriteFile("new", "x");
    CHECK(Names(guest, 3) == std::set<std::string>{".", "..", "motd", "new"});
    CHECK(guest.At(PathUnlinkFile, 3, "motd") == Errno::kSuccess);
    CHECK(Names(guest, 3) == std::set<std::string>{".", "..", "new"});
  }
}

}  // namespace umiak::wasi
