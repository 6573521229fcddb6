#include "spec-tests/expectations.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace umiak::spec {

absl::StatusOr<Expectations> Expectations::Parse(absl::string_view text) {
  Expectations expectations;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    std::pair<absl::string_view, absl::string_view> place = absl::StrSplit(parts.first, absl::MaxSplits(':', 1));
    int at = 0;
    bool anywhere = place.second == "*";
    if (parts.second.empty() || (!anywhere && !absl::SimpleAtoi(place.second, &at))) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": expected \"script.wast:LINE reason\""));
    }
    Expected& script = expectations.scripts_[std::string(place.first)];
    if (anywhere) {
      script.anywhere = true;
    } else {
      script.lines.insert(at);
    }
  }
  return expectations;
}

void Expectations::Apply(const std::string& script, Result* result) const {
  auto found = scripts_.find(script);
  if (found == scripts_.end()) return;
  const Expected& expected = found->second;
  if (expected.anywhere) {
    if (result->failures.empty()) {
      result->failures.push_back({0, "listed as failing, but nothing fails: take it off the list"});
    } else {
      result->failures.clear();
    }
    return;
  }
  std::vector<Failure> left;
  std::set<int> passed = expected.lines;
  for (Failure& failure : result->failures) {
    if (expected.lines.count(failure.line) == 0) left.push_back(std::move(failure));
    passed.erase(failure.line);
  }
  for (int line : passed) left.push_back({line, "listed as failing, but passes: take it off the list"});
  result->failures = std::move(left);
}

}  // namespace umiak::spec
