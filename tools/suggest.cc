#include "tools/suggest.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"

namespace umiak {
namespace {

// A slip of the fingers, not another word.
constexpr size_t kMostEdits = 2;

}  // namespace

size_t EditDistance(absl::string_view a, absl::string_view b) {
  // The row of the table for the part of `a` so far; the last row is the next one's beginning.
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::string DidYouMean(absl::string_view word, absl::Span<const std::string> names) {
  const std::string* nearest = nullptr;
  // Of a short word, two edits leave nothing.
  size_t fewest = std::min(kMostEdits, word.size() / 2) + 1;
  for (const std::string& name : names) {
    const size_t edits = EditDistance(word, name);
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = &name;
  }
  return nearest == nullptr ? "" : absl::StrCat(" (did you mean ", *nearest, "?)");
}

}  // namespace umiak
