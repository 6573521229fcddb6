// The keys of -W, -S, -O, -C and -D, as wasmtime has them.
#ifndef UMIAK_TOOLS_SETTINGS_H_
#define UMIAK_TOOLS_SETTINGS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/args.h"
#include "tools/run_options.h"

namespace umiak {

// Applies one list ("simd=n,fuel=1000") of the option with that letter. The key `help` sets `settings_help`. An error
// names the option and the key.
absl::Status ApplySettings(char letter, absl::string_view list, RunOptions* options);

// Of a command with -W as an option of that id: applies all uses of it. An exit code where nothing is left to be done: the
// help was asked for (and is printed), or an error was reported.
std::optional<int> ApplyWasmSettings(absl::string_view command, const ParsedOptions& parsed, int id, RunOptions* options);

// The keys of that option as help text.
std::string DescribeSettings(char letter);

}  // namespace umiak

#endif  // UMIAK_TOOLS_SETTINGS_H_
