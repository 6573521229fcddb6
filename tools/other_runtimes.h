// Options of other runtimes, which hands type, and what umiak calls them.
#ifndef UMIAK_TOOLS_OTHER_RUNTIMES_H_
#define UMIAK_TOOLS_OTHER_RUNTIMES_H_

#include "absl/strings/string_view.h"

namespace umiak {

// A sentence about an option of another runtime ("--mapdir", "-mount=a:b", "-f"); null if none is known to have it.
const char* AdviceOn(absl::string_view word);

}  // namespace umiak

#endif  // UMIAK_TOOLS_OTHER_RUNTIMES_H_
