// The handlers of vm/interp/ops_gc.def.
#include "vm/interp/handlers_gc.h"
#include "vm/interp/table_gc.h"

namespace umiak {

const OpInfo kGcOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define GETS(family)                                                                                        \
  MakeOpInfo<family<int8_t, uint32_t>>(#family "8S"), MakeOpInfo<family<uint8_t, uint32_t>>(#family "8U"),  \
      MakeOpInfo<family<int16_t, uint32_t>>(#family "16S"), MakeOpInfo<family<uint16_t, uint32_t>>(#family "16U"), \
      MakeOpInfo<family<uint32_t, uint32_t>>(#family "32"), MakeOpInfo<family<uint64_t, uint64_t>>(#family "64"), \
      MakeOpInfo<family<float, float>>(#family "F32"), MakeOpInfo<family<double, double>>(#family "F64"),   \
      MakeOpInfo<family<Vec, Vec>>(#family "V128"),
#define SETS(family)                                                                                        \
  MakeOpInfo<family<uint8_t, uint32_t>>(#family "8"), MakeOpInfo<family<uint16_t, uint32_t>>(#family "16"), \
      MakeOpInfo<family<uint32_t, uint32_t>>(#family "32"), MakeOpInfo<family<uint64_t, uint64_t>>(#family "64"), \
      MakeOpInfo<family<float, float>>(#family "F32"), MakeOpInfo<family<double, double>>(#family "F64"),   \
      MakeOpInfo<family<Vec, Vec>>(#family "V128"),
#include "vm/interp/ops_gc.def"
};

}  // namespace umiak
