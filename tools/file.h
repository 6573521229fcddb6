// Files as the command line reads them: whole, into memory of its own; and as modules, from either format.
#ifndef UMIAK_TOOLS_FILE_H_
#define UMIAK_TOOLS_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/load.h"
#include "umiak/module.h"

namespace umiak {

// A file that is longer is refused, and so is a device that never ends.
inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;

// The same bytes, as characters.
inline absl::string_view AsText(const ModuleBytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.span().data()), bytes.span().size()};
}

// Whether these are the bytes of a binary: its beginning says so.
bool IsBinary(const ModuleBytes& bytes);

// The bytes of the file, or of standard input where `path` is "-". Copied by read(), never mapped: a guest may
// write or truncate the file while it runs. Errors do not repeat the path.
absl::StatusOr<ModuleBytes> ReadFile(const std::string& path);

// Writes all of `text` to a descriptor. False, with errno, where that fails.
bool WriteAll(int fd, absl::string_view text);

// Writes all of the file, or to standard output where `path` is "-". Errors do not repeat the path.
absl::Status WriteFile(const std::string& path, absl::string_view contents);

// The bytes of the module in the file: a binary, or text that is assembled first: where the name ends in ".wat", and
// on standard input where it does not begin as binaries do.
absl::StatusOr<ModuleBytes> ReadModule(const std::string& path);
// The same, loaded.
absl::StatusOr<std::shared_ptr<const Module>> LoadFile(const std::string& path, const LoadOptions& options);

}  // namespace umiak

#endif  // UMIAK_TOOLS_FILE_H_
