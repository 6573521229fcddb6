// What `umiak run` says after a guest that failed for want of something: what it asked for, what it was granted, and
// the option that would have helped.
#ifndef UMIAK_TOOLS_HINTS_H_
#define UMIAK_TOOLS_HINTS_H_

#include <vector>

#include "absl/status/status.h"
#include "tools/run_options.h"
#include "umiak/module.h"
#include "umiak/wasi.h"

namespace umiak {

// The first of what a guest was refused.
class Refusals {
 public:
  void Add(const WasiRefusal& refusal);
  const std::vector<WasiRefusal>& all() const { return all_; }

 private:
  std::vector<WasiRefusal> all_;
};

// Says what may have been the reason, on stderr. `end`: how it failed. `imports_paths`: it can ask for files at all.
void GiveHints(const RunOptions& options, const absl::Status& end, const Refusals& refusals, bool imports_paths);

}  // namespace umiak

#endif  // UMIAK_TOOLS_HINTS_H_
