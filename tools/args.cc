#include "tools/args.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/suggest.h"

namespace umiak {
namespace {

// An option as it stands in a word, and the value in the same word.
struct Word {
  const Option* option = nullptr;
  std::optional<absl::string_view> value;
};

Word FindOption(absl::Span<const Option> table, absl::string_view word) {
  Word found;
  if (absl::ConsumePrefix(&word, "--")) {
    const size_t equals = word.find('=');
    if (equals != absl::string_view::npos) found.value = word.substr(equals + 1);
    const absl::string_view name = word.substr(0, equals);
    for (const Option& option : table) {
      if (name == option.name) found.option = &option;
    }
    return found;
  }
  for (const Option& option : table) {
    if (option.letter != 0 && word[1] == option.letter) found.option = &option;
  }
  if (word.size() > 2) found.value = word.substr(2);
  return found;
}

absl::Status NoOption(absl::Span<const Option> table, absl::string_view word,
                      const char* (*advice)(absl::string_view word)) {
  if (const char* sentence = advice == nullptr ? nullptr : advice(word); sentence != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no option ", word, "; ", sentence));
  }
  std::vector<std::string> names;
  for (const Option& option : table) names.push_back(absl::StrCat("--", option.name));
  const std::string near = DidYouMean(word.substr(0, word.find('=')), names);
  return absl::InvalidArgumentError(absl::StrCat("no option ", word, near));
}

}  // namespace

absl::StatusOr<ParsedOptions> ParseOptions(absl::Span<const Option> table, Arguments args,
                                           const char* (*advice)(absl::string_view word)) {
  ParsedOptions parsed;
  size_t next = 0;
  while (next < args.size()) {
    const absl::string_view word = args[next];
    if (word == "--") {
      ++next;
      break;
    }
    if (word.size() < 2 || word[0] != '-') break;
    ++next;
    Word found = FindOption(table, word);
    if (found.option == nullptr) return NoOption(table, word, advice);
    if (found.option->value == nullptr) {
      if (found.value.has_value()) return absl::InvalidArgumentError(absl::StrCat(word, ": takes no value"));
    } else if (!found.value.has_value()) {
      if (next == args.size()) {
        return absl::InvalidArgumentError(absl::StrCat(word, ": its value is missing: ", found.option->value));
      }
      found.value = args[next++];
    }
    parsed.options.push_back({found.option->id, found.value.value_or("")});
  }
  parsed.rest = args.subspan(next);
  return parsed;
}

std::string DescribeOptions(absl::Span<const Option> table) {
  constexpr size_t kColumn = 28;
  std::string text;
  for (const Option& option : table) {
    if (option.help == nullptr) continue;
    std::string left = option.letter != 0 ? absl::StrCat("  -", std::string(1, option.letter), ", ") : "  ";
    absl::StrAppend(&left, "--", option.name);
    if (option.value != nullptr) absl::StrAppend(&left, " ", option.value);
    if (left.size() + 2 > kColumn) absl::StrAppend(&left, "\n");
    const size_t width = left.back() == '\n' ? 0 : left.size();
    absl::StrAppend(&text, left, std::string(kColumn - width, ' '), option.help, "\n");
  }
  return text;
}

std::vector<Setting> ParseSettings(absl::string_view list) {
  std::vector<Setting> settings;
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    const size_t equals = item.find('=');
    Setting setting{item.substr(0, equals), std::nullopt};
    if (equals != absl::string_view::npos) setting.value = item.substr(equals + 1);
    settings.push_back(setting);
  }
  return settings;
}

absl::StatusOr<uint64_t> ParseNumber(absl::string_view text) {
  const std::string digits = absl::StrReplaceAll(text, {{"_", ""}});
  uint64_t number = 0;
  const bool hex = absl::StartsWithIgnoreCase(digits, "0x");
  // SimpleAtoi would take a sign and spaces.
  const bool plain = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == 'x' || c == 'X';
  });
  if (!plain || !(hex ? absl::SimpleHexAtoi(digits, &number) : absl::SimpleAtoi(digits, &number))) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not a number from 0 to 2^64-1"));
  }
  return number;
}

absl::StatusOr<std::chrono::nanoseconds> ParseDuration(absl::string_view text) {
  struct Unit {
    const char* suffix;
    uint64_t nanoseconds;
  };
  // "s" comes last: the others end with it too.
  static constexpr Unit kUnits[] = {
      {"ms", 1'000'000}, {"us", 1'000}, {"μs", 1'000}, {"ns", 1}, {"s", 1'000'000'000}};
  uint64_t scale = 1'000'000'000;
  absl::string_view number_text = text;
  for (const auto& unit : kUnits) {
    if (absl::ConsumeSuffix(&number_text, unit.suffix)) {
      scale = unit.nanoseconds;
      break;
    }
  }
  const absl::StatusOr<uint64_t> number = ParseNumber(number_text);
  if (!number.ok() || *number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / scale) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not a duration (2s, 300ms, 5us, 7ns)"));
  }
  return std::chrono::nanoseconds(static_cast<int64_t>(*number * scale));
}

absl::StatusOr<bool> ParseBool(std::optional<absl::string_view> text) {
  if (!text.has_value() || *text == "y" || *text == "yes" || *text == "true") return true;
  if (*text == "n" || *text == "no" || *text == "false") return false;
  return absl::InvalidArgumentError(absl::StrCat("'", *text, "' is neither y nor n"));
}

}  // namespace umiak
