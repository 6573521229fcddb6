// A second wall around the process: Landlock (Linux 5.19 and newer) confines it to what the guest was granted.
#ifndef UMIAK_TOOLS_LANDLOCK_H_
#define UMIAK_TOOLS_LANDLOCK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace umiak {

// A directory of the host that is still needed, with all beneath it.
struct LandlockPath {
  std::string path;
  bool write = false;
};

// The newest rules that the kernel knows; 0: none.
int LandlockVersion();

// From now on this thread, and those it starts, open nothing but beneath `paths`, execute nothing, make no TCP
// connection, and gain no privileges by any execve. What is open stays open. Unavailable where the kernel has no
// Landlock or one that cannot tell renames (before version 2), and where a path takes no rule: nothing is confined then.
// Cannot be undone. REQUIRES: no other thread runs.
absl::Status ConfineTo(const std::vector<LandlockPath>& paths);

}  // namespace umiak

#endif  // UMIAK_TOOLS_LANDLOCK_H_
