// From the options of `umiak run` to what the guest may do through WASI.
#ifndef UMIAK_TOOLS_WASI_SETUP_H_
#define UMIAK_TOOLS_WASI_SETUP_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/hints.h"
#include "tools/mounts.h"
#include "tools/run_options.h"
#include "umiak/linker.h"
#include "umiak/module.h"
#include "umiak/wasi.h"

namespace umiak {

// Defines the WASI that the module imports in the linker. What all threads of the guest share. What the guest is refused
// goes to `refusals`, which outlives it.
absl::StatusOr<std::shared_ptr<WasiContext>> DefineWasi(const RunOptions& options, const Mounts& mounts,
                                                         const Module& module, Refusals* refusals, Linker* linker);

// Says on stderr what is likely meant otherwise: flags for umiak that stand after the file, where the guest gets them.
void WarnOfMisplacedFlags(const RunOptions& options);

}  // namespace umiak

#endif  // UMIAK_TOOLS_WASI_SETUP_H_
