// The parts of the table of operations that are vectors', or vary with the CPU.
#ifndef UMIAK_VM_INTERP_TABLE_SIMD_H_
#define UMIAK_VM_INTERP_TABLE_SIMD_H_

#include "vm/interp/cell.h"

namespace umiak {

extern const OpInfo kSimdIntOps[];
extern const OpInfo kSimdFloatOps[];
extern const OpInfo kSimdMemoryOps[];
extern const OpInfo kSimdFusedOps[];

// The rows of ops_isa.def, once per variant of the instruction set (isa.h).
namespace isa_base {
extern const OpInfo kIsaOps[];
}
namespace isa_v2 {
extern const OpInfo kIsaOps[];
}
namespace isa_v3 {
extern const OpInfo kIsaOps[];
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_TABLE_SIMD_H_
