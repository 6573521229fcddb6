// The handlers of vm/interp/ops_control.def.
#include "vm/interp/handlers_control.h"
#include "vm/interp/table.h"
#include "vm/interp/tier.h"

namespace umiak {

const OpInfo kControlOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_control.def"
};

}  // namespace umiak
