// The part of the table of operations for structs, arrays, i31 and casts: vm/interp/ops_gc.def.
#ifndef UMIAK_VM_INTERP_TABLE_GC_H_
#define UMIAK_VM_INTERP_TABLE_GC_H_

#include "vm/interp/cell.h"

namespace umiak {

extern const OpInfo kGcOps[];

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_TABLE_GC_H_
