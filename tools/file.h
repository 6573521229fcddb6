// Files as the command line reads them: whole, into memory of its own; and as modules, from either format.
#ifndef UMIAK_TOOLS_FILE_H_
#define UMIAK_TOOLS_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "umiak/load.h"
#include "umiak/module.h"

namespace umiak {

// A file that is longer is refused, and so is a device that never ends.
inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;

// The bytes of the file, or of standard input where `path` is "-". Copied by read(), never mapped: a guest may
// write or truncate the file while it runs. Errors do not repeat the path.
absl::StatusOr<ModuleBytes> ReadFile(const std::string& path);

// The module in the file: a binary, or, where the name ends in ".wat", text.
absl::StatusOr<std::shared_ptr<const Module>> LoadFile(const std::string& path, const LoadOptions& options);

}  // namespace umiak

#endif  // UMIAK_TOOLS_FILE_H_
