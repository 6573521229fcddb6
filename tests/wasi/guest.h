// A guest without an interpreter: a context, some bytes for its memory, and calls as its libc would make them.
#ifndef UMIAK_TESTS_WASI_GUEST_H_
#define UMIAK_TESTS_WASI_GUEST_H_

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "umiak/wasi.h"
#include "wasi/context.h"
#include "wasi/functions.h"

namespace umiak::wasi {

inline std::ostream& operator<<(std::ostream& out, Errno error) { return out << "errno " << static_cast<int>(error); }

// A directory that goes with its object.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "umiak-wasi-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string string() const { return path_.string(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

 private:
  std::filesystem::path path_;
};

// The descriptors that this process has open.
inline int OpenHostFds() {
  auto all = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<int>(std::distance(begin(all), end(all)));
}

class Guest {
 public:
  static constexpr uint32_t kMemorySize = 1 << 18;
  static constexpr uint64_t kReadWrite = rights::kFdRead | rights::kFdWrite;

  explicit Guest(const WasiConfig& config = {}) : memory_(kMemorySize) {
    auto context = MakeWasiContext(config);
    REQUIRE_MESSAGE(context.ok(), context.status().ToString());
    context_ = *std::move(context);
  }
  // With `dir` as descriptor 3.
  static Guest In(const TempDir& dir, bool use_openat2 = true, bool read_only = false) {
    WasiConfig config;
    config.preopens.push_back({dir.string(), "/", read_only});
    config.use_openat2 = use_openat2;
    return Guest(config);
  }

  // With a file system of any kind as descriptor 3.
  static Guest In(std::shared_ptr<Directory> directory, bool read_only = false) {
    WasiConfig config;
    config.preopens.push_back({"", "/", read_only, std::move(directory)});
    return Guest(config);
  }

  Call call() { return Call{*context_, GuestMemory(absl::MakeSpan(memory_)), interrupt_fd}; }
  WasiContext& context() { return *context_; }
  std::vector<uint8_t>& memory() { return memory_; }

  // Room in memory; the old one is reused after a while.
  uint32_t Allocate(uint32_t size) {
    if (next_ + size > kMemorySize) next_ = 16;
    uint32_t address = next_;
    REQUIRE(address + size <= kMemorySize);
    next_ = (address + size + 7) & ~7u;
    return address;
  }
  template <class T>
  GuestPtr<T> New(const T& value = T{}) {
    GuestPtr<T> pointer{Allocate(sizeof(T))};
    Set(pointer, value);
    return pointer;
  }
  template <class T>
  void Set(GuestPtr<T> pointer, const T& value) { std::memcpy(memory_.data() + pointer.address, &value, sizeof(T)); }
  template <class T>
  T Get(GuestPtr<T> pointer) {
    T value;
    std::memcpy(&value, memory_.data() + pointer.address, sizeof(T));
    return value;
  }
  GuestPtr<uint8_t> Put(const std::string& text) {
    GuestPtr<uint8_t> pointer{Allocate(static_cast<uint32_t>(text.size()) + 1)};
    std::memcpy(memory_.data() + pointer.address, text.data(), text.size());
    return pointer;
  }
  std::string Text(uint32_t address, size_t size) {
    return std::string(reinterpret_cast<const char*>(memory_.data()) + address, size);
  }

  // Runs a function on a path.
  template <class Function, class... More>
  Errno At(Function function, Fd fd, const std::string& path, More... more) {
    Call c = call();
    return function(c, fd, Put(path), static_cast<uint32_t>(path.size()), more...);
  }
  template <class Function, class... More>
  Errno Run(Function function, More... more) {
    Call c = call();
    return function(c, more...);
  }

  struct OpenArgs {
    uint32_t oflags = 0;
    uint64_t rights = kReadWrite;
    uint32_t fdflags = 0;
    bool follow = true;
    Fd dir = 3;
  };
  Errno TryOpen(const std::string& path, const OpenArgs& args, Fd* fd = nullptr) {
    auto result = New<Fd>();
    Errno error = Run(PathOpen, args.dir, args.follow ? kLookupSymlinkFollow : 0, Put(path),
                      static_cast<uint32_t>(path.size()), args.oflags, args.rights, uint64_t{0}, args.fdflags, result);
    if (fd != nullptr) *fd = Get(result);
    // Not to be kept: what matters is the errno.
    if (fd == nullptr && error == Errno::kSuccess) Run(FdClose, Get(result));
    return error;
  }
  Fd Open(const std::string& path, const OpenArgs& args) {
    Fd fd = 0;
    REQUIRE(TryOpen(path, args, &fd) == Errno::kSuccess);
    return fd;
  }
  Fd OpenDir(const std::string& path, Fd dir = 3) {
    return Open(path, {.oflags = oflags::kDirectory, .rights = rights::kFdRead, .dir = dir});
  }

  GuestPtr<Iovec> Slice(uint32_t address, uint32_t size) { return New(Iovec{address, size}); }
  Errno Write(Fd fd, const std::string& text, uint32_t* written = nullptr) {
    auto size = New<uint32_t>();
    Errno error = Run(FdWrite, fd, Slice(Put(text).address, static_cast<uint32_t>(text.size())), 1u, size);
    if (written != nullptr) *written = Get(size);
    return error;
  }
  Errno Read(Fd fd, uint32_t most, std::string* text) {
    auto size = New<uint32_t>();
    uint32_t buffer = Allocate(most);
    Errno error = Run(FdRead, fd, Slice(buffer, most), 1u, size);
    *text = error == Errno::kSuccess ? Text(buffer, Get(size)) : "";
    return error;
  }
  std::string ReadFile(const std::string& path, Fd dir = 3) {
    Fd fd = 0;
    if (TryOpen(path, {.rights = rights::kFdRead, .dir = dir}, &fd) != Errno::kSuccess) return "(not there)";
    std::string text;
    Read(fd, 1 << 12, &text);
    Run(FdClose, fd);
    return text;
  }
  void WriteFile(const std::string& path, const std::string& text, Fd dir = 3) {
    Fd fd = Open(path, {.oflags = oflags::kCreat | oflags::kTrunc, .dir = dir});
    REQUIRE(Write(fd, text) == Errno::kSuccess);
    Run(FdClose, fd);
  }
  bool Exists(const std::string& path, Fd dir = 3) { return Stat(path, nullptr, false, dir) == Errno::kSuccess; }
  std::string LinkText(const std::string& path) {
    auto used = New<uint32_t>();
    uint32_t buffer = Allocate(256);
    if (At(PathReadlink, 3, path, GuestPtr<uint8_t>{buffer}, 256u, used) != Errno::kSuccess) return "";
    return Text(buffer, Get(used));
  }
  Errno Stat(const std::string& path, Filestat* stat = nullptr, bool follow = false, Fd dir = 3) {
    auto result = New<Filestat>();
    Errno error = Run(PathFilestatGet, dir, follow ? kLookupSymlinkFollow : 0, Put(path),
                      static_cast<uint32_t>(path.size()), result);
    if (stat != nullptr) *stat = Get(result);
    return error;
  }
  Errno Rename(const std::string& from, const std::string& to, Fd dir = 3, Fd new_dir = 3) {
    return At(PathRename, dir, from, new_dir, Put(to), static_cast<uint32_t>(to.size()));
  }
  Errno Symlink(const std::string& text, const std::string& path, Fd dir = 3) {
    return Run(PathSymlink, Put(text), static_cast<uint32_t>(text.size()), dir, Put(path),
               static_cast<uint32_t>(path.size()));
  }
  Errno Link(const std::string& from, const std::string& to, uint32_t lookup = 0, Fd dir = 3, Fd new_dir = 3) {
    return Run(PathLink, dir, lookup, Put(from), static_cast<uint32_t>(from.size()), new_dir, Put(to),
               static_cast<uint32_t>(to.size()));
  }

  int interrupt_fd = -1;

 private:
  std::shared_ptr<WasiContext> context_;
  std::vector<uint8_t> memory_;
  uint32_t next_ = 16;
};

// Both ways to resolve a path must hold.
inline constexpr bool kBothResolvers[] = {true, false};

}  // namespace umiak::wasi

#endif  // UMIAK_TESTS_WASI_GUEST_H_
