#include "wasi/host/posix_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <vector>

#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto byte = [&](size_t at) { return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0}; };
    uint8_t first = byte(i);
    int more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    if (more < 0) return false;
    for (int k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, beyond U+10FFFF.
    uint8_t second = byte(i + 1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second >= 0x90)) {
      return false;
    }
    i += static_cast<size_t>(more) + 1;
  }
  return true;
}

// What the trailing part of a path asks for.
bool EndsInDirectory(absl::string_view path) {
  size_t slash = path.rfind('/');
  absl::string_view last = slash == absl::string_view::npos ? path : path.substr(slash + 1);
  return last.empty() || last == "." || last == "..";
}

// --- The kernel's resolution. ---

// Whether this kernel, or a filter before it, has no openat2: asked once.
std::atomic<bool> openat2_is_missing{false};

// Empty: resolve by walking.
std::optional<ErrnoOr<UniqueFd>> KernelOpen(const Root& root, const std::string& path, int flags, mode_t mode) {
  if (!root.use_openat2 || openat2_is_missing.load(std::memory_order_relaxed)) return std::nullopt;
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  constexpr int kAttempts = 4;
  for (int attempt = 0; attempt < kAttempts;) {
    UniqueFd fd(static_cast<int>(syscall(SYS_openat2, root.fd, path.c_str(), &how, sizeof(how))));
    if (fd.valid()) return fd;
    switch (errno) {
      case EINTR: break;
      // Something was renamed on the way, so that the kernel cannot tell whether `..` stayed beneath.
      case EAGAIN: ++attempt; break;
      case ENOSYS: openat2_is_missing.store(true, std::memory_order_relaxed); return std::nullopt;
      // A filter's word, or the object's: the walk finds out.
      case EPERM: return std::nullopt;
      case EXDEV: return ErrnoOr<UniqueFd>(Errno::kPerm);  // it leads out
      default: return ErrnoOr<UniqueFd>(LastErrno());
    }
  }
  return std::nullopt;
}

// --- The walk. ---

// Goes down from the root and holds a descriptor of each directory on the way: `..` returns to the one before, never
// to what the file system now calls the parent.
class Walker {
 public:
  explicit Walker(int root) : root_(root) {}

  // Where the path leads: a directory and one component in it, which is no symbolic link if `follow`.
  ErrnoOr<Parent> Walk(absl::string_view path, bool follow) {
    Push(path);
    must_be_dir_ = EndsInDirectory(path);
    while (!todo_.empty()) {
      std::string name = std::move(todo_.back());
      todo_.pop_back();
      if (name == "..") {
        WASI_RETURN_IF_ERROR(Ascend());
        continue;
      }
      if (todo_.empty() && !follow && !must_be_dir_) return Finish(std::move(name));
      WASI_ASSIGN_OR_RETURN(bool finished, Step(name));
      if (finished) return Finish(std::move(name));
    }
    must_be_dir_ = true;
    return Finish(".");
  }

 private:
  int top() const { return stack_.empty() ? root_ : stack_.back().get(); }

  // The components of a path or of a link's text, before what is still to do.
  void Push(absl::string_view path) {
    while (!path.empty()) {
      size_t slash = path.rfind('/');
      absl::string_view last = slash == absl::string_view::npos ? path : path.substr(slash + 1);
      if (!last.empty() && last != ".") todo_.emplace_back(last.data(), last.size());
      path = slash == absl::string_view::npos ? absl::string_view() : path.substr(0, slash);
    }
  }

  Errno Ascend() {
    // The kernel would want to search the directory that it leaves.
    if (faccessat(top(), ".", X_OK, 0) != 0) return LastErrno();
    if (stack_.empty()) return Errno::kPerm;
    stack_.pop_back();
    return Errno::kSuccess;
  }

  // One component: true if the walk ends with it, else it has gone down or put a link's text before the rest.
  ErrnoOr<bool> Step(const std::string& name) {
    bool last = todo_.empty();
    UniqueFd fd(openat(top(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.valid()) {
      // It may be created, or the caller's own call finds out.
      if (last && errno == ENOENT) return true;
      return LastErrno();
    }
    struct stat stat;
    if (fstat(fd.get(), &stat) != 0) return LastErrno();
    if (S_ISLNK(stat.st_mode)) {
      WASI_RETURN_IF_ERROR(Splice(fd.get(), last));
      return false;
    }
    if (last) return true;
    if (!S_ISDIR(stat.st_mode)) return Errno::kNotdir;
    if (stack_.size() >= kMaxWalkDepth) return Errno::kNametoolong;
    stack_.push_back(std::move(fd));
    return false;
  }

  Errno Splice(int link, bool last) {
    if (++links_ > kMaxLinks) return Errno::kLoop;
    char text[kMaxPathLength];
    ssize_t size = readlinkat(link, "", text, sizeof(text));
    if (size < 0) return LastErrno();
    absl::string_view target(text, static_cast<size_t>(size));
    if (target.empty()) return Errno::kNoent;
    if (target.size() == sizeof(text)) return Errno::kNametoolong;
    if (target[0] == '/') return Errno::kPerm;
    if (last && EndsInDirectory(target)) must_be_dir_ = true;
    Push(target);
    return Errno::kSuccess;
  }

  Parent Finish(std::string name) {
    Parent parent;
    parent.fd = root_;
    if (!stack_.empty()) {
      parent.owned = std::move(stack_.back());
      parent.fd = parent.owned.get();
    }
    parent.name = std::move(name);
    parent.must_be_dir = must_be_dir_;
    return parent;
  }

  int root_;
  std::vector<UniqueFd> stack_;
  std::vector<std::string> todo_;  // the next component is at the back
  bool must_be_dir_ = false;
  int links_ = 0;
};

ErrnoOr<UniqueFd> WalkOpen(const Root& root, const std::string& path, int flags, mode_t mode) {
  bool follow = (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
  // A link put there after the walk looked makes the open fail: it is looked at again.
  for (int attempt = 0;; ++attempt) {
    WASI_ASSIGN_OR_RETURN(Parent parent, Walker(root.fd).Walk(path, follow));
    if (parent.must_be_dir && (flags & O_CREAT) != 0) return Errno::kIsdir;  // as the kernel says
    int exact = flags | O_NOFOLLOW | O_CLOEXEC | (parent.must_be_dir ? O_DIRECTORY : 0);
    UniqueFd fd(openat(parent.fd, parent.name.c_str(), exact, mode));
    if (fd.valid()) {
      // O_PATH opens a link itself.
      struct stat stat;
      if (!follow || (flags & O_PATH) == 0) return fd;
      if (fstat(fd.get(), &stat) != 0) return LastErrno();
      if (!S_ISLNK(stat.st_mode)) return fd;
    } else if (errno != EINTR && (errno != ELOOP || !follow)) {
      return LastErrno();
    }
    if (attempt >= kMaxLinks) return Errno::kLoop;
  }
}

}  // namespace

Errno CheckPath(absl::string_view path) {
  if (path.empty()) return Errno::kNoent;
  if (path.size() >= kMaxPathLength) return Errno::kNametoolong;
  if (path.find('\0') != absl::string_view::npos) return Errno::kInval;
  if (!IsUtf8(path)) return Errno::kIlseq;
  if (path[0] == '/') return Errno::kPerm;
  return Errno::kSuccess;
}

ErrnoOr<UniqueFd> OpenBeneath(const Root& root, const std::string& path, int flags, mode_t mode) {
  if (auto result = KernelOpen(root, path, flags, mode)) return *std::move(result);
  return WalkOpen(root, path, flags, mode);
}

ErrnoOr<Parent> ResolveParent(const Root& root, const std::string& path) {
  Parent parent;
  parent.must_be_dir = EndsInDirectory(path);
  size_t end = path.find_last_not_of('/') + 1;
  size_t slash = path.rfind('/', end - 1);
  size_t start = slash == std::string::npos ? 0 : slash + 1;
  parent.name = path.substr(start, end - start);
  std::string above = path.substr(0, start);
  if (parent.name == "." || parent.name == "..") {
    above = path;
    parent.name = ".";
  }
  parent.fd = root.fd;
  if (above.empty()) return parent;
  WASI_ASSIGN_OR_RETURN(parent.owned, OpenBeneath(root, above, O_PATH | O_DIRECTORY, 0));
  parent.fd = parent.owned.get();
  return parent;
}

}  // namespace umiak::wasi
