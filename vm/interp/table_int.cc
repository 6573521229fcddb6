// The handlers of vm/interp/ops_int.def.
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kIntOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_int.def"
};

}  // namespace umiak
