// The parts of the table of operations, one per translation unit, and the boundaries between them.
#ifndef UMIAK_VM_INTERP_TABLE_H_
#define UMIAK_VM_INTERP_TABLE_H_

#include "vm/interp/cell.h"

namespace umiak {

extern const OpInfo kIntOps[];
extern const OpInfo kFloatOps[];
extern const OpInfo kMemoryOps[];
extern const OpInfo kMoveOps[];
extern const OpInfo kControlOps[];
extern const OpInfo kCallOps[];
extern const OpInfo kFusedOps[];
extern const OpInfo kAddressOps[];
extern const OpInfo kPairOps[];
extern const OpInfo kWideOps[];
extern const OpInfo kAtomicOps[];

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_TABLE_H_
