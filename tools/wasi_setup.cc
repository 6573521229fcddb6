#include "tools/wasi_setup.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/listeners.h"
#include "tools/report.h"
#include "umiak/error.h"
#include "umiak/wasi.h"
#include "umiak/wasi_threads.h"

namespace umiak {
namespace {

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string ProgramName(const RunOptions& options) {
  return options.argv0.has_value() ? *options.argv0 : std::string(BaseName(options.file));
}

bool ImportsUnstable(const Module& module) {
  return std::any_of(module.imports.begin(), module.imports.end(),
                     [](const Import& import) { return import.module == "wasi_unstable"; });
}

}  // namespace

absl::StatusOr<std::shared_ptr<WasiContext>> MakeContext(const RunOptions& options, const Mounts& mounts,
                                                         Refusals* refusals) {
  WasiConfig config;
  if (options.inherit_stdin) config.stdin_stream = WasiStream::FromHostFd(STDIN_FILENO);
  if (options.inherit_stdout) config.stdout_stream = WasiStream::FromHostFd(STDOUT_FILENO);
  if (options.inherit_stderr) config.stderr_stream = WasiStream::FromHostFd(STDERR_FILENO);
  config.args.push_back(ProgramName(options));
  config.args.insert(config.args.end(), options.args.begin(), options.args.end());
  config.env = options.environment;
  RETURN_IF_ERROR(AddListeners(options, &config));
  config.preopens = mounts.preopens;
  if (options.trace.has_value()) {
    config.trace = PrintTrace;
    config.trace_filter = *options.trace;
  }
  config.on_refused = [refusals](const WasiRefusal& refusal) { refusals->Add(refusal); };
  return MakeWasiContext(config);
}

absl::Status CheckDenied(const RunOptions& options, const Module& module) {
  if (!options.threads && WasiThreads::IsWantedBy(module)) {
    return absl::FailedPreconditionError(
        "it wants threads (it imports thread-spawn or a shared memory), and -S threads=n does not let it have any");
  }
  if (!options.preview0 && ImportsUnstable(module)) {
    return absl::FailedPreconditionError("it imports wasi_unstable, and -S preview0=n does not let it have that");
  }
  return absl::OkStatus();
}

void DefineUnstable(const Module& module, const std::shared_ptr<WasiContext>& context, Linker* linker) {
  if (ImportsUnstable(module)) AddWasiUnstable(*linker, context);
}

void WarnOfMisplacedFlags(const RunOptions& options) {
  if (!options.directories.empty()) return;
  for (absl::string_view word : options.args) {
    const absl::string_view flag = word.substr(0, word.find('='));
    if (flag != "--dir" && flag != "--env" && flag != "--invoke") continue;
    Remark("warning", absl::StrCat(flag, " stands after ", BaseName(options.file),
                                   ", so the guest gets it; options of umiak come before the file"));
    return;
  }
}

}  // namespace umiak
