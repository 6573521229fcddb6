// umiak validate.
#include "absl/strings/str_cat.h"
#include "tools/commands.h"
#include "tools/file.h"
#include "tools/report.h"
#include "tools/run_options.h"
#include "tools/settings.h"

namespace umiak {
namespace {

constexpr Option kOptions[] = {
    {'W', 'W', "wasm", "KEY[=VALUE],...", "features; -W help lists them"},
};

}  // namespace

int CommandValidate(Arguments args) {
  const absl::StatusOr<ParsedOptions> parsed = ParseOptions(kOptions, args);
  if (!parsed.ok()) return ReportUsage("validate", parsed.status().message());
  RunOptions options;
  if (const std::optional<int> code = ApplyWasmSettings("validate", *parsed, 'W', &options)) return *code;
  if (parsed->rest.empty()) return ReportUsage("validate", "no file to validate");
  options.load.defer_bodies = false;  // there is no run that they could be left to
  int code = kExitOk;
  for (const char* file : parsed->rest) {
    const absl::Status status = LoadFile(file, options.load).status();
    if (!status.ok()) code = Report(file, status);
  }
  return code;
}

std::string HelpValidate() {
  return absl::StrCat(
      "usage: umiak validate [OPTION...] FILE...\n\n"
      "Says nothing where all files are valid modules; else one line for each that is not, and exit code 1.\n\n",
      DescribeOptions(kOptions));
}

}  // namespace umiak
