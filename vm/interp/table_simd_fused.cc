// The handlers of vm/interp/ops_simd_address.def and ops_simd_fused.def.
#include "vm/interp/handlers_simd.h"
#include "vm/interp/table.h"
#include "vm/interp/table_simd.h"

namespace umiak {

const OpInfo kSimdFusedOps[] = {
#define ADDRESSED(name, family, memory, value)                   \
  MakeAccess<family, memory, value, Address::kBase>(#name "Base"), \
      MakeAccess<family, memory, value, Address::kIndexed>(#name "Indexed"), \
      MakeAccess<family, memory, value, Address::kScaled>(#name "Scaled"),
#define VECTOR_LOAD_THEN(load, memory, extension, reader, fn) \
  MakeVectorLoadThen<memory, simd::extension, simd::fn>(#load #reader),
#define VECTOR_CHAIN(first_name, second_name, name, first, second, swapped) \
  MakeOpInfo<VectorChain<simd::first, simd::second, swapped>>(#name),
#include "vm/interp/ops_simd_address.def"
#include "vm/interp/ops_simd_fused.def"
};

}  // namespace umiak
