// The sockets that `umiak run` grants: bound to an address, or passed on by systemd.
#ifndef UMIAK_TOOLS_LISTENERS_H_
#define UMIAK_TOOLS_LISTENERS_H_

#include "absl/status/status.h"
#include "tools/run_options.h"
#include "umiak/wasi.h"

namespace umiak {

// Adds the listeners to the configuration, those that were passed on first, with the variables LISTEN_FDS and
// LISTEN_FDNAMES for the guest; says on stderr which port was chosen where none was named. An error names the option.
absl::Status AddListeners(const RunOptions& options, WasiConfig* config);

}  // namespace umiak

#endif  // UMIAK_TOOLS_LISTENERS_H_
