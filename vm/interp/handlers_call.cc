#include "vm/interp/handlers_call.h"

namespace umiak {

bool IsCallableAs(uint32_t actual, uint32_t expected) { return IsSubtype(actual, expected); }

}  // namespace umiak
