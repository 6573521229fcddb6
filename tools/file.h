// Files as the command line reads them: whole, into memory of its own.
#ifndef UMIAK_TOOLS_FILE_H_
#define UMIAK_TOOLS_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "umiak/module.h"

namespace umiak {

// A file that is longer is refused: offsets in a module are 32 bits wide.
inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 31;

// The bytes of the file, or of standard input where `path` is "-". Copied by read(), never mapped: a guest may
// write or truncate the file while it runs. Errors do not repeat the path.
absl::StatusOr<ModuleBytes> ReadFile(const std::string& path);

}  // namespace umiak

#endif  // UMIAK_TOOLS_FILE_H_
