// The handlers of vm/interp/ops_simd_memory.def.
#include "vm/interp/handlers_simd.h"
#include "vm/interp/table.h"
#include "vm/interp/table_simd.h"

namespace umiak {

const OpInfo kSimdMemoryOps[] = {
#define MEMORY(name, family, memory, fn)                   \
  MakeAccess<family, memory, fn, Address::kPlain>(#name), \
      MakeAccess<family, memory, fn, Address::kOffset>(#name "Off"), \
      MakeAccess<family, memory, fn, Address::kFar>(#name "Far"),
#define LANE_ACCESS(name, family, lane)                          \
  MakeLaneAccess<family, lane, Address::kOffset>(#name), \
      MakeLaneAccess<family, lane, Address::kFar>(#name "Far"),
#include "vm/interp/ops_simd_memory.def"
};

}  // namespace umiak
