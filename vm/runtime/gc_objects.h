// Making and filling structs and arrays: what constant expressions, intrinsics and hosts share.
//
// Values come as words of slots: one each, two for a vector; of packed ones the low bytes count.
#ifndef UMIAK_VM_RUNTIME_GC_OBJECTS_H_
#define UMIAK_VM_RUNTIME_GC_OBJECTS_H_

#include "vm/runtime/gc_heap.h"

namespace umiak {

// An array of zeros; null where the heap is full. REQUIRES: MakeGcType() knows the type; see GcHeap::Allocate for `top`.
GcObject* NewArray(GcHeap* heap, uint32_t type, uint32_t length, const uint64_t* top);
// Words that an element takes.
inline uint32_t SlotsPerElement(const GcType& array) { return array.element_shift == 4 ? 2 : 1; }
// Sets all elements of an array, each to a value of its own.
void SetElements(GcObject* array, const uint64_t* words);
// Sets all fields of a struct.
void SetFields(GcObject* object, const uint64_t* words);
// `count` elements of 2^shift bytes each.
void FillElements(uint8_t* to, uint32_t shift, const uint64_t* value, uint64_t count);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_OBJECTS_H_
