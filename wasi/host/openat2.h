// The kernel's own resolution beneath a directory: openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS.
#ifndef UMIAK_WASI_HOST_OPENAT2_H_
#define UMIAK_WASI_HOST_OPENAT2_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "umiak/wasi_fs.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

// Opens what `path` leads to beneath `directory`; one that leads out is kPerm. `flags` are open(2)'s, without
// O_CLOEXEC, which is added. Empty: the kernel has no openat2, a filter forbids it, or it cannot tell (something
// was renamed meanwhile); walk then. REQUIRES: CheckPath(path) is kSuccess.
std::optional<ErrnoOr<UniqueFd>> OpenBeneath(int directory, const std::string& path, int flags, mode_t mode);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_OPENAT2_H_
