// How unlike two names are: for errors that say what was probably meant.
#ifndef UMIAK_EDIT_DISTANCE_H_
#define UMIAK_EDIT_DISTANCE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace umiak {

// How many characters must be put in, left out or replaced to make one word of the other. Anything above `limit` counts
// as limit + 1; words whose lengths tell that are not compared. Thread-safe.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit = SIZE_MAX - 1);

}  // namespace umiak

#endif  // UMIAK_EDIT_DISTANCE_H_
