// fd_readdir: every entry once, whatever the buffer, and from any cookie that was given.
#include <map>
#include <set>

#include "tests/wasi/guest.h"

namespace umiak::wasi {
namespace {

struct Entry {
  Dirent dirent;
  std::string name;
};

// The whole entries in one call's buffer.
std::vector<Entry> Once(Guest& guest, Fd fd, uint32_t size, uint64_t cookie, uint32_t* used) {
  auto result = guest.New<uint32_t>();
  uint32_t buffer = guest.Allocate(size);
  REQUIRE(guest.Run(FdReaddir, fd, GuestPtr<uint8_t>{buffer}, size, cookie, result) == Errno::kSuccess);
  *used = guest.Get(result);
  REQUIRE(*used <= size);
  std::vector<Entry> entries;
  for (uint32_t at = 0; at + sizeof(Dirent) <= *used;) {
    Dirent dirent = guest.Get(GuestPtr<Dirent>{buffer + at});
    if (at + sizeof(Dirent) + dirent.namlen > *used) break;
    entries.push_back({dirent, guest.Text(buffer + at + sizeof(Dirent), dirent.namlen)});
    at += static_cast<uint32_t>(sizeof(Dirent)) + dirent.namlen;
  }
  return entries;
}

std::vector<Entry> All(Guest& guest, Fd fd, uint32_t size, uint64_t cookie = 0) {
  std::vector<Entry> all;
  uint32_t used = size;
  while (used == size) {
    auto some = Once(guest, fd, size, cookie, &used);
    if (used == size) REQUIRE_FALSE(some.empty());
    for (Entry& entry : some) {
      cookie = entry.dirent.next;
      all.push_back(std::move(entry));
    }
  }
  return all;
}

}  // namespace

TEST_SUITE("wasi/fd_dir") {
  TEST_CASE("an empty directory has . and ..") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    auto entries = All(guest, 3, 4096);
    REQUIRE(entries.size() == 2);
    auto stat = guest.New<Filestat>();
    CHECK(guest.Run(FdFilestatGet, 3u, stat) == Errno::kSuccess);
    for (const Entry& entry : entries) {
      CHECK((entry.name == "." || entry.name == ".."));
      CHECK(entry.dirent.type == Filetype::kDirectory);
      CHECK(entry.dirent.ino == guest.Get(stat).ino);  // above a grant there is nothing
    }
  }

  TEST_CASE("entries have the type and inode that path_filestat_get tells") {
    TempDir dir;
    dir.Write("file", "");
    std::filesystem::create_directory(dir / "sub");
    std::filesystem::create_symlink("file", dir / "link");
    Guest guest = Guest::In(dir);
    std::map<std::string, Dirent> found;
    for (const Entry& entry : All(guest, 3, 4096)) found[entry.name] = entry.dirent;
    CHECK(found.size() == 5);
    for (const char* name : {"file", "sub", "link"}) {
      CAPTURE(name);
      Filestat stat;
      CHECK(guest.Stat(name, &stat) == Errno::kSuccess);
      CHECK(found[name].ino == stat.ino);
      CHECK(found[name].type == stat.filetype);
    }
  }

  TEST_CASE("many entries are all seen once, through buffers of any size") {
    TempDir dir;
    std::set<std::string> names = {".", ".."};
    for (int i = 0; i < 1500; ++i) {
      std::string name = "file-" + std::to_string(i * 7919);
      dir.Write(name, "");
      names.insert(name);
    }
    Guest guest = Guest::In(dir);
    for (uint32_t size : {64u, 100u, 256u, 4096u, 65536u}) {
      CAPTURE(size);
      auto entries = All(guest, 3, size);
      std::set<std::string> seen;
      for (const Entry& entry : entries) seen.insert(entry.name);
      CHECK(entries.size() == names.size());
      CHECK(seen == names);
    }
  }

  TEST_CASE("a cookie resumes behind its entry, in any order") {
    TempDir dir;
    for (char c = 'a'; c <= 'z'; ++c) dir.Write(std::string(1, c), "");
    Guest guest = Guest::In(dir);
    auto entries = All(guest, 3, 4096);
    for (size_t i : {20u, 3u, 11u, 27u}) {
      auto rest = All(guest, 3, 4096, entries[i].dirent.next);
      REQUIRE(rest.size() == entries.size() - i - 1);
      if (!rest.empty()) CHECK(rest[0].name == entries[i + 1].name);
    }
    dir.Write("new", "");
    CHECK(All(guest, 3, 4096).size() == entries.size() + 1);
  }

  TEST_CASE("the last entry is cut where the buffer ends") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    for (uint32_t size : {0u, 1u, 24u, 25u, 30u}) {
      uint32_t used = 0;
      Once(guest, 3, size, 0, &used);
      CHECK(used == size);
    }
  }

  TEST_CASE("cookies never given end in an errno or in nothing") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    for (uint64_t cookie : {uint64_t{12345}, uint64_t{1} << 62, (uint64_t{1} << 63) - 1, uint64_t{1} << 63, ~uint64_t{0}}) {
      Errno error = guest.Run(FdReaddir, 3u, GuestPtr<uint8_t>{0}, 4096u, cookie, guest.New<uint32_t>());
      CHECK((error == Errno::kSuccess || error == Errno::kInval));
    }
    CHECK(All(guest, 3, 4096).size() == 2);
  }

  TEST_CASE("only directories are listed, also after they are gone") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Fd file = guest.Open("f", {.oflags = oflags::kCreat});
    auto used = guest.New<uint32_t>();
    CHECK(guest.Run(FdReaddir, file, GuestPtr<uint8_t>{0}, 64u, uint64_t{0}, used) == Errno::kNotdir);
    CHECK(guest.Run(FdReaddir, 99u, GuestPtr<uint8_t>{0}, 64u, uint64_t{0}, used) == Errno::kBadf);
    CHECK(guest.At(PathCreateDirectory, 3, "sub") == Errno::kSuccess);
    Fd sub = guest.OpenDir("sub");
    CHECK(guest.At(PathRemoveDirectory, 3, "sub") == Errno::kSuccess);
    Errno error = guest.Run(FdReaddir, sub, GuestPtr<uint8_t>{0}, 64u, uint64_t{0}, used);
    CHECK((error == Errno::kSuccess || error == Errno::kNoent));
  }
}

}  // namespace umiak::wasi
