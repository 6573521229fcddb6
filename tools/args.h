// Command-line options: a table says which there are, one function reads them.
//
// Spelled as wasmtime has them: "--name VALUE", "--name=VALUE", "-W VALUE", "-WVALUE". Options end at the first word
// that is none, or after "--".
#ifndef UMIAK_TOOLS_ARGS_H_
#define UMIAK_TOOLS_ARGS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace umiak {

// The words after the name of the command.
using Arguments = absl::Span<char* const>;

struct Option {
  int id;            // the command's own
  char letter;       // "-W"; 0 where there is none
  const char* name;  // "--wasm"
  const char* value; // what the help calls its value; null where it takes none
  const char* help;  // one line; null: not listed
};

struct OptionUse {
  int id;
  absl::string_view value;
};

struct ParsedOptions {
  std::vector<OptionUse> options;
  Arguments rest;  // the words after them
};

// Fails on an option that the table lacks and on one without its value. `advice`: a sentence on such an option; null, or
// where it gives null, the nearest one of the table is named.
absl::StatusOr<ParsedOptions> ParseOptions(absl::Span<const Option> table, Arguments args,
                                           const char* (*advice)(absl::string_view word) = nullptr);
// The table as help text, two columns.
std::string DescribeOptions(absl::Span<const Option> table);

// One element of "KEY[=VALUE],...".
struct Setting {
  absl::string_view key;
  std::optional<absl::string_view> value;
};
std::vector<Setting> ParseSettings(absl::string_view list);

// The values of settings. Numbers are decimal or 0x, underscores may stand between digits; durations are "2"
// (seconds), "2s", "300ms", "5us", "7ns"; booleans y, yes, true, n, no, false, or no value for true.
absl::StatusOr<uint64_t> ParseNumber(absl::string_view text);
absl::StatusOr<std::chrono::nanoseconds> ParseDuration(absl::string_view text);
absl::StatusOr<bool> ParseBool(std::optional<absl::string_view> text);

}  // namespace umiak

#endif  // UMIAK_TOOLS_ARGS_H_
