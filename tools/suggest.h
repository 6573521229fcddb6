// What was likely meant by a word that names nothing.
#ifndef UMIAK_TOOLS_SUGGEST_H_
#define UMIAK_TOOLS_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace umiak {

// " (did you mean NAME?)" with the nearest of the names, where one is near enough; else empty.
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> names);

}  // namespace umiak

#endif  // UMIAK_TOOLS_SUGGEST_H_
