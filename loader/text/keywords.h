// Which words belong to the text format: an unknown one is another error than one in the wrong place.
#ifndef UMIAK_LOADER_TEXT_KEYWORDS_H_
#define UMIAK_LOADER_TEXT_KEYWORDS_H_

#include "absl/strings/string_view.h"

namespace umiak {

bool IsKeyword(absl::string_view word);

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_KEYWORDS_H_
