#include "tools/backtrace.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/demangle.h"

namespace umiak {
namespace {

// Functions that call one another; of more, all frames are shown.
constexpr size_t kLongestRound = 4;
// Fewer repeats are shown.
constexpr size_t kFewestRepeats = 3;

using Lines = std::vector<std::string>;

// How many further lines from `at` on are those `round` lines again, whole rounds only.
size_t Repeated(const Lines& lines, size_t at, size_t round) {
  size_t count = 0;
  while (at + round + count < lines.size() && lines[at + count] == lines[at + round + count]) ++count;
  return count / round * round;
}

Lines Collapsed(const Lines& lines) {
  Lines shown;
  for (size_t at = 0; at < lines.size();) {
    size_t round = 1;
    while (round <= kLongestRound && Repeated(lines, at, round) < kFewestRepeats * round) ++round;
    if (round > kLongestRound) {
      shown.push_back(lines[at++]);
      continue;
    }
    const size_t repeated = Repeated(lines, at, round);
    for (size_t i = 0; i < round; ++i) shown.push_back(lines[at + i]);
    shown.push_back(round == 1 ? absl::StrCat("    ... ", repeated, " more of the same")
                               : absl::StrCat("    ... the last ", round, " again, ", repeated / round, " times"));
    at += round + repeated;
  }
  return shown;
}

}  // namespace

std::string DescribeTrap(Trap trap) {
  for (Frame& frame : trap.frames) frame.function_name = Demangle(frame.function_name);
  const std::string text = FormatTrap(trap);
  return absl::StrJoin(Collapsed(absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')), "\n");
}

}  // namespace umiak
