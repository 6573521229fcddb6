#include "tools/convert.h"

#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/report.h"

namespace umiak {
namespace {

constexpr Option kOptions[] = {
    {0, 'o', "output", "FILE", "where to write; - or nothing is standard output"},
};

}  // namespace

int Convert(const char* command, Arguments args, bool is_binary,
            absl::StatusOr<std::string> (*convert)(const std::string& path)) {
  // Options may stand behind the file, as they do with every assembler.
  std::string output = "-";
  std::vector<std::string> files;
  while (!args.empty()) {
    const absl::StatusOr<ParsedOptions> parsed = ParseOptions(kOptions, args);
    if (!parsed.ok()) return ReportUsage(command, parsed.status().message());
    for (const OptionUse& use : parsed->options) output = std::string(use.value);
    args = parsed->rest;
    if (args.empty()) break;
    files.push_back(args[0]);
    args = args.subspan(1);
  }
  if (files.size() != 1) {
    return ReportUsage(command, files.empty() ? absl::StrCat("no file to ", command) : "more than one file");
  }
  if (is_binary && output == "-" && isatty(STDOUT_FILENO)) {
    return ReportUsage(command, "standard output is a terminal: say -o FILE");
  }
  const absl::StatusOr<std::string> converted = convert(files[0]);
  if (!converted.ok()) return Report(files[0], converted.status());
  return Report(output, WriteFile(output, *converted));
}

std::string DescribeConvert() { return DescribeOptions(kOptions); }

}  // namespace umiak
