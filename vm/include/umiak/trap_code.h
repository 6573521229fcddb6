// The kinds of traps: one row of traps.def each.
// spec: exec/runtime#results
#ifndef UMIAK_TRAP_CODE_H_
#define UMIAK_TRAP_CODE_H_

#include <cstdint>

namespace umiak {

enum class TrapCode : uint8_t {
#define TRAP(name, phrase) k##name,
#include "umiak/traps.def"
#undef TRAP
};
// The spec's phrase.
const char* ToString(TrapCode code);

}  // namespace umiak

#endif  // UMIAK_TRAP_CODE_H_
