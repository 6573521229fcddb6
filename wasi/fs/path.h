// A guest's path as text: what is refused before anything is looked up, and how it is cut.
#ifndef UMIAK_WASI_FS_PATH_H_
#define UMIAK_WASI_FS_PATH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "umiak/wasi_fs.h"

namespace umiak::wasi {

// kNoent if empty, kPerm if absolute, kNametoolong, kInval with a NUL, kIlseq unless UTF-8.
Errno CheckPath(absl::string_view path);

// Whether what it leads to must be a directory: a trailing slash, or "." or ".." at the end.
bool EndsInDirectory(absl::string_view path);

// The path of the directory that the last component is in (empty: where the path begins), and that component
// without slashes. Where the path ends in "." or "..", all of it is `above` and `name` is empty.
struct SplitPath {
  std::string above;
  std::string name;
  bool must_be_dir = false;
};
// REQUIRES: CheckPath(path) is kSuccess.
SplitPath Split(absl::string_view path);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_PATH_H_
