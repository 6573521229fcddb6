// What `umiak run` and `umiak validate` are asked to do, read from their words.
#ifndef UMIAK_TOOLS_RUN_OPTIONS_H_
#define UMIAK_TOOLS_RUN_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/args.h"
#include "tools/mounts.h"
#include "umiak/load.h"
#include "umiak/store.h"

namespace umiak {

struct RunOptions {
  std::vector<DirectoryGrant> directories;
  std::optional<std::string> overlay_export;
  bool landlock = true;
  bool verbose = false;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> tcplisten;  // addresses
  bool listenfd = false;               // sockets that the parent process passed on
  bool inherit_stdin = true;
  bool inherit_stdout = true;
  bool inherit_stderr = true;
  bool preview0 = true;                // wasi_unstable is there
  std::optional<std::string> trace;    // which calls to show
  std::optional<std::string> argv0;
  std::optional<std::string> invoke;
  LoadOptions load = {.threads = 0};
  StoreOptions store;
  bool unknown_imports_trap = false;     // functions that nobody defines trap when they are called
  bool unknown_imports_default = false;  // and these return zeros
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<uint64_t> fuel;
  bool threads = true;             // a guest that imports wasi.thread-spawn may
  uint32_t max_threads = 1024;     // at once
  char settings_help = 0;          // 'W': "-W help" was asked for
  std::vector<std::string> notes;  // what is to be said of the options

  std::string file;  // "-" is standard input
  Arguments args;    // of the guest, without its name

  // A variable of the guest: the last of a name counts.
  void SetVariable(absl::string_view name, absl::string_view value);
};

// The words of `umiak run`. `file` stays empty where there is none.
absl::StatusOr<RunOptions> ParseRunOptions(Arguments args);
// Options as help text.
std::string DescribeRunOptions();

}  // namespace umiak

#endif  // UMIAK_TOOLS_RUN_OPTIONS_H_
