// The handlers of vm/interp/ops_float.def.
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kFloatOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_float.def"
};

}  // namespace umiak
