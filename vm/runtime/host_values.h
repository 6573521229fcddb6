// Values on their way between the host and a store.
#ifndef UMIAK_VM_RUNTIME_HOST_VALUES_H_
#define UMIAK_VM_RUNTIME_HOST_VALUES_H_

#include "umiak/value.h"

namespace umiak {

struct StoreImpl;

// Whether a guest of the store may get that value where it expects `type`, whose concrete types are canonical. A
// reference is judged by what it refers to, and must be one of the store.
bool ValueMatches(const StoreImpl& store, const Value& value, ValType type);

// Whether a reference, not of a function, is null, an i31 or one that the store's heap knows.
bool IsRefOf(const StoreImpl& store, uint64_t bits);

// A value out of slots for the host, which may keep it as umiak/ref.h says. Concrete types in `type` are canonical.
Value ToHost(StoreImpl* store, ValType type, const uint64_t* slots);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_HOST_VALUES_H_
