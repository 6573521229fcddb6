#include "tools/wasi_setup.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/listeners.h"
#include "tools/report.h"
#include "umiak/error.h"
#include "umiak/wasi.h"

namespace umiak {
namespace {

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string ProgramName(const RunOptions& options) {
  return options.argv0.has_value() ? *options.argv0 : std::string(BaseName(options.file));
}

}  // namespace

absl::StatusOr<std::shared_ptr<WasiContext>> DefineWasi(const RunOptions& options, const Mounts& mounts,
                                                         const Module& module, Refusals* refusals, Linker* linker) {
  WasiConfig config;
  config.InheritStdio();
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
  ASSIGN_OR_RETURN(std::shared_ptr<WasiContext> context, MakeWasiContext(config));
  AddWasiPreview1(*linker, context);
  const bool imports_unstable = std::any_of(module.imports.begin(), module.imports.end(),
                                            [](const Import& import) { return import.module == "wasi_unstable"; });
  if (imports_unstable) AddWasiUnstable(*linker, context);
  return context;
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
