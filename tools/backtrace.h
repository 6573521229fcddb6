// A trap as `umiak run` tells it.
#ifndef UMIAK_TOOLS_BACKTRACE_H_
#define UMIAK_TOOLS_BACKTRACE_H_

#include <string>

#include "umiak/trap.h"

namespace umiak {

// As FormatTrap, without the last line's end, for people: the names of functions as they wrote them (tools/demangle.h),
// and of calls of one another in a circle the first round.
std::string DescribeTrap(Trap trap);

}  // namespace umiak

#endif  // UMIAK_TOOLS_BACKTRACE_H_
