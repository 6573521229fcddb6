// The walk: a path resolved one component at a time, by the names that directories know. The wall of the sandbox
// where the kernel does not resolve.
#ifndef UMIAK_WASI_FS_WALK_H_
#define UMIAK_WASI_FS_WALK_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "umiak/wasi_fs.h"

namespace umiak::wasi {

// Linux's limit of links in one path.
inline constexpr int kMaxLinks = 40;
// Directories on the way down; a host's hold a descriptor each.
inline constexpr size_t kMaxWalkDepth = 256;

// Where a path leads.
struct Place {
  std::shared_ptr<Directory> directory;
  std::string name;                     // in `directory`; empty: it is the directory itself
  std::optional<Directory::Node> node;  // what has this name; empty: nothing
  bool must_be_dir = false;             // the path, or a link that it ends in, has a slash behind it
};

// Goes down from `root`, follows links, and goes up only to where it came from: never to what the file system calls
// the parent, and never above `root` (kPerm). A link at the end is followed with `follow`, or with a slash behind it.
// An absolute link is kPerm, too many are kLoop. REQUIRES: CheckPath(path) is kSuccess.
ErrnoOr<Place> Walk(const std::shared_ptr<Directory>& root, absl::string_view path, bool follow);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FS_WALK_H_
