#include "tools/suggest.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "umiak/edit_distance.h"

namespace umiak {
namespace {

// A slip of the fingers, not another word.
constexpr size_t kMostEdits = 2;

}  // namespace

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
