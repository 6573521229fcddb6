// Instructions that are C++ functions: bulk memory and table operations, growing, references to functions.
//
// Arguments lie in `slots` in wasm order, one word each; a result is written to slots[0]. `a` and `b` are the
// instruction's index immediates in binary order. False: trapped, with exec->trap set.
#ifndef UMIAK_VM_INTERP_INTRINSICS_H_
#define UMIAK_VM_INTERP_INTRINSICS_H_

#include <cstdint>

namespace umiak {

struct InstanceData;

using IntrinsicFunction = bool (*)(InstanceData* cx, uint64_t* slots, uint32_t a, uint32_t b);

bool MemorySizeCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool MemoryGrowCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool MemoryFillCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool MemoryCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to, uint32_t from);
bool MemoryInitCall(InstanceData* cx, uint64_t* slots, uint32_t data, uint32_t memory);
bool DataDropCall(InstanceData* cx, uint64_t* slots, uint32_t data, uint32_t);
// Slots: address, [expected, timeout] or [count], and in slots[3] the static offset.
bool MemoryAtomicNotifyCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool MemoryAtomicWait32Call(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool MemoryAtomicWait64Call(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t);
bool TableGetCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t);
bool TableSetCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t);
bool TableSizeCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t);
bool TableGrowCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t);
bool TableFillCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t);
bool TableCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to, uint32_t from);
bool TableInitCall(InstanceData* cx, uint64_t* slots, uint32_t elem, uint32_t table);
bool ElemDropCall(InstanceData* cx, uint64_t* slots, uint32_t elem, uint32_t);
bool RefFuncCall(InstanceData* cx, uint64_t* slots, uint32_t function, uint32_t);
// Traps with "null reference" unless slots[0] is one; the result is slots[0].
bool RefAsNonNullCall(InstanceData* cx, uint64_t* slots, uint32_t, uint32_t);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_INTRINSICS_H_
