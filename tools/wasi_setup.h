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

// What the guest is granted, which all of its threads share. What it is refused goes to `refusals`, which outlives it.
// kInvalidArgument where an option's value is wrong.
absl::StatusOr<std::shared_ptr<WasiContext>> MakeContext(const RunOptions& options, const Mounts& mounts,
                                                         Refusals* refusals);

// An error where the module imports what an option took away: the option is named, where the linker would only miss it.
absl::Status CheckDenied(const RunOptions& options, const Module& module);

// Defines wasi_unstable in the linker, if the module imports it.
void DefineUnstable(const Module& module, const std::shared_ptr<WasiContext>& context, Linker* linker);

// Says on stderr what is likely meant otherwise: flags for umiak that stand after the file, where the guest gets them.
void WarnOfMisplacedFlags(const RunOptions& options);

}  // namespace umiak

#endif  // UMIAK_TOOLS_WASI_SETUP_H_
