// Values that come in from the host.
#ifndef UMIAK_VM_RUNTIME_HOST_VALUES_H_
#define UMIAK_VM_RUNTIME_HOST_VALUES_H_

#include "umiak/value.h"

namespace umiak {

// Whether the guest may get that value where it expects `type`, whose concrete types are canonical. A reference is
// judged by what it refers to where its own type says less.
bool ValueMatches(const Value& value, ValType type);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_HOST_VALUES_H_
