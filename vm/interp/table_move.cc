// The handlers of vm/interp/ops_move.def.
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kMoveOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_move.def"
};

}  // namespace umiak
