// umiak wast.
#include "absl/strings/str_cat.h"
#include "spec-tests/runner.h"
#include "tools/commands.h"
#include "tools/file.h"
#include "tools/report.h"
#include "tools/run_options.h"
#include "tools/settings.h"
#include "umiak/error.h"

namespace umiak {
namespace {

constexpr Option kOptions[] = {
    {'W', 'W', "wasm", "KEY[=VALUE],...", "features of the scripts' modules; -W help lists them"},
    {'c', 0, "checked", nullptr, "compare addresses instead of having the hardware find them out of bounds"},
    {'m', 0, "metered", nullptr, "run the code that can be stopped and counts fuel"},
};

// One script. False if anything in it failed.
absl::StatusOr<bool> RunFile(const std::string& path, const RunOptions& options) {
  ASSIGN_OR_RETURN(const ModuleBytes text, ReadFile(path));
  if (IsBinary(text)) {
    return absl::InvalidArgumentError("it is a binary, not a script: `umiak validate` checks it, `umiak run` runs it");
  }
  const spec::Result result = spec::RunScript(AsText(text), {options.store, options.load.features});
  std::string out;
  for (const spec::Failure& failure : result.failures) {
    absl::StrAppend(&out, path, ":", failure.line, ": ", failure.text, "\n");
  }
  absl::StrAppend(&out, path, ": ", result.passed, " passed, ", result.failed, " failed, ", result.skipped,
                  " skipped\n");
  if (PrintOut(out) != kExitOk) return false;
  if (result.passed + result.failed + result.skipped == 0 && result.failures.empty()) {
    Remark("hint", absl::StrCat(path, " holds no assertion, so nothing was compared: its modules and commands gave no "
                                "error, no more; `umiak run` runs a program"));
  }
  return result.failures.empty();
}

}  // namespace

int CommandWast(Arguments args) {
  const absl::StatusOr<ParsedOptions> parsed = ParseOptions(kOptions, args);
  if (!parsed.ok()) return ReportUsage("wast", parsed.status().message());
  RunOptions options;
  for (const OptionUse& use : parsed->options) {
    if (use.id == 'c') options.store.bounds = BoundsMode::kChecked;
    if (use.id == 'm') options.store.metered = true;
  }
  if (const std::optional<int> code = ApplyWasmSettings("wast", *parsed, 'W', &options)) return *code;
  if (parsed->rest.empty()) return ReportUsage("wast", "no script to run");
  int code = kExitOk;
  for (const char* path : parsed->rest) {
    const absl::StatusOr<bool> good = RunFile(path, options);
    if (!good.ok()) Report(path, good.status());
    if (!good.ok() || !*good) code = kExitError;
  }
  return code;
}

std::string HelpWast() {
  return absl::StrCat(
      "usage: umiak wast [OPTION...] SCRIPT...\n\n"
      "Runs scripts (.wast) of the specification's test suite: a line for each failure, a line with each script's\n"
      "count of assertions. Exit code 1 if anything failed.\n\n",
      DescribeOptions(kOptions));
}

}  // namespace umiak
