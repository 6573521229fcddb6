// Instructions on structs and arrays that are C++ functions: see intrinsics.h for how they are called. A value of two
// words takes two slots. `type` is a canonical type that MakeGcType() knows. Functions that allocate take all slots below
// their arguments' end for roots, and the registers that the handler has put into Execution::spill_r.
// spec: exec/instructions#aggregate-instructions
#ifndef UMIAK_VM_INTERP_INTRINSICS_GC_H_
#define UMIAK_VM_INTERP_INTRINSICS_GC_H_

#include "vm/interp/intrinsics.h"

namespace umiak {

// A struct of the values in the slots, or of zeros if `has_values` is 0.
bool StructNewCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t has_values);
bool ArrayNewCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t);         // value, length
bool ArrayNewDefaultCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t);  // length
bool ArrayNewFixedCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t count);
bool ArrayNewDataCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t data);  // offset, length
bool ArrayNewElemCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t elem);  // offset, length
bool ArrayFillCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t);          // array, at, value, count
bool ArrayCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to, uint32_t from);       // array, at, array, at, count
bool ArrayInitDataCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t data);  // array, at, from, count
bool ArrayInitElemCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t elem);  // array, at, from, count

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_INTRINSICS_GC_H_
