// Resolution of a guest's path beneath a directory of the host: the wall of the sandbox.
//
// The kernel resolves it (openat2 with RESOLVE_BENEATH), or a walk over one component at a time where it can't. A
// path that reaches an *at() call otherwise is one component, without slash, and that call follows no link: a
// trailing slash would make the kernel follow in spite of O_NOFOLLOW.
#ifndef UMIAK_WASI_HOST_POSIX_PATH_H_
#define UMIAK_WASI_HOST_POSIX_PATH_H_

#include <sys/types.h>

#include <string>

#include "absl/strings/string_view.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

// Linux's PATH_MAX, and its limit of links in one path.
inline constexpr size_t kMaxPathLength = 4096;
inline constexpr int kMaxLinks = 40;
// Of the walk: each holds a descriptor.
inline constexpr size_t kMaxWalkDepth = 256;

// A granted directory and the way to resolve beneath it.
struct Root {
  int fd;
  bool use_openat2;
};

// The last component of a path and the directory it lies in.
struct Parent {
  UniqueFd owned;          // if it is not the root itself
  int fd = -1;
  std::string name;        // one component; "." where the path ends in "." or ".."
  bool must_be_dir = false;  // the path had a trailing slash, or ends in "." or ".."
};

// kNoent if empty, kPerm if absolute, kNametoolong, kInval with a NUL, kIlseq unless UTF-8.
Errno CheckPath(absl::string_view path);

// Every component but the last; links in them are followed. REQUIRES: CheckPath(path) is kSuccess.
ErrnoOr<Parent> ResolveParent(const Root& root, const std::string& path);

// Opens the object. `flags` are open(2)'s, without O_CLOEXEC, which is added; a path with a trailing slash is
// followed even with O_NOFOLLOW. REQUIRES: CheckPath(path) is kSuccess.
ErrnoOr<UniqueFd> OpenBeneath(const Root& root, const std::string& path, int flags, mode_t mode);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_POSIX_PATH_H_
