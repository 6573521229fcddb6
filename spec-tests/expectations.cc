#include "spec-tests/expectations.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace umiak::spec {
namespace {

// An instruction that nothing runs yet, or a command that wants a module that failed for that.
bool IsUnsupported(const Failure& failure) {
  return absl::StrContains(failure.text, "unsupported instruction") ||
         absl::StrContains(failure.text, "no module instance");
}

}  // namespace

absl::Status Expectations::Add(absl::string_view text) {
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    std::pair<absl::string_view, absl::string_view> place = absl::StrSplit(parts.first, absl::MaxSplits(':', 1));
    int at = 0;
    bool unsupported = place.second == "unsupported";
    if (parts.second.empty() || (!unsupported && !absl::SimpleAtoi(place.second, &at))) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": expected \"script.wast:LINE reason\""));
    }
    Expected& script = scripts_[std::string(place.first)];
    if (unsupported) {
      script.unsupported = true;
    } else {
      script.lines.insert(at);
    }
  }
  return absl::OkStatus();
}

void Expectations::Apply(const std::string& script, Result* result) const {
  auto found = scripts_.find(script);
  if (found == scripts_.end()) return;
  const Expected& expected = found->second;
  std::vector<Failure> left;
  std::set<int> passed = expected.lines;
  bool any_unsupported = false;
  for (Failure& failure : result->failures) {
    passed.erase(failure.line);
    if (expected.unsupported && IsUnsupported(failure)) {
      any_unsupported = true;
    } else if (expected.lines.count(failure.line) == 0) {
      left.push_back(std::move(failure));
    }
  }
  if (expected.unsupported && !any_unsupported) {
    left.push_back({0, "listed as unsupported, but all is supported: take it off the list"});
  }
  for (int line : passed) left.push_back({line, "listed as failing, but passes: take it off the list"});
  result->failures = std::move(left);
}

}  // namespace umiak::spec
