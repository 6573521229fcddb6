#include "wasi/host/openat2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

// Whether this kernel, or a filter before it, has no openat2: asked once.
std::atomic<bool> openat2_is_missing{false};

}  // namespace

std::optional<ErrnoOr<UniqueFd>> OpenBeneath(int directory, const std::string& path, int flags, mode_t mode) {
  if (openat2_is_missing.load(std::memory_order_relaxed)) return std::nullopt;
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  constexpr int kAttempts = 4;
  for (int attempt = 0; attempt < kAttempts;) {
    UniqueFd fd(static_cast<int>(syscall(SYS_openat2, directory, path.c_str(), &how, sizeof(how))));
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

}  // namespace umiak::wasi
