// The handlers of vm/interp/ops_wide.def.
#include "vm/interp/handlers_wide.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kWideOps[] = {
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_wide.def"
};

}  // namespace umiak
