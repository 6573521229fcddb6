// The handlers of vm/interp/ops_simd_int.def.
#include "vm/interp/handlers_simd.h"
#include "vm/interp/simd.h"
#include "vm/interp/table_simd.h"

namespace umiak {

const OpInfo kSimdIntOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_simd_int.def"
};

}  // namespace umiak
