// --dir, --tmpfs, --overlay-export: what the guest sees as directories.
#ifndef UMIAK_TOOLS_MOUNTS_H_
#define UMIAK_TOOLS_MOUNTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/wasi.h"

namespace umiak {

// A directory that the guest sees under a name.
struct DirectoryGrant {
  enum Kind {
    kReadWrite,
    kReadOnly,
    kOverlay,  // of the host's, what is changed stays in memory
    kMemory,   // of none of the host's
  };
  Kind kind = kReadWrite;
  std::string host;
  std::string guest;
  bool has_guest = false;  // the guest's name was given
  uint64_t max_bytes = 0;  // kOverlay, kMemory
};

// "HOST[::GUEST][::ro|::overlay[=SIZE]]".
absl::StatusOr<DirectoryGrant> ParseDirectory(absl::string_view value);
// "GUEST[::SIZE]".
absl::StatusOr<DirectoryGrant> ParseTmpfs(absl::string_view value);

// The granted directories, open.
struct Mounts {
  std::vector<WasiPreopen> preopens;
  // Where the changes of the one overlay are to go after the run; null: they are dropped.
  std::shared_ptr<wasi::Directory> overlay;
  std::shared_ptr<wasi::Directory> export_target;
};
// An error names the flag and the path, and what may be meant. `export_path`: made if it is not there; it must be
// empty, and there must be one overlay.
absl::StatusOr<Mounts> OpenMounts(const std::vector<DirectoryGrant>& grants,
                                  const std::optional<std::string>& export_path);
// After the run.
absl::Status ExportOverlay(const Mounts& mounts);

// Confines the process to the granted directories (tools/landlock.h).
absl::Status ConfineToMounts(const std::vector<DirectoryGrant>& grants, const std::optional<std::string>& export_path);

}  // namespace umiak

#endif  // UMIAK_TOOLS_MOUNTS_H_
