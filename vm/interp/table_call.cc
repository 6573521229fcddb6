// The handlers of vm/interp/ops_call.def.
#include "vm/interp/handlers_call.h"
#include "vm/interp/handlers_exception.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kCallOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_call.def"
};

}  // namespace umiak
