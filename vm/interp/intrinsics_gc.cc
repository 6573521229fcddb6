#include "vm/interp/intrinsics_gc.h"

#include <algorithm>
#include <cstring>

#include "vm/interp/intrinsic_checks.h"
#include "vm/runtime/gc_objects.h"

namespace umiak {

namespace {

// The elements from slots[1] on of the array in slots[0], of which there must be `count`; null: trapped.
uint8_t* Elements(InstanceData* cx, const uint64_t* slots, const GcType& type, uint64_t count) {
  if (slots[0] == 0) {
    Fail(cx, TrapCode::kNullArrayReference);
    return nullptr;
  }
  GcObject* array = ObjectOf(slots[0]);
  const uint64_t at = static_cast<uint32_t>(slots[1]);
  if (!InRange(at, count, array->length)) {
    Fail(cx, TrapCode::kOutOfBoundsArray);
    return nullptr;
  }
  return ElementsOf(array) + (at << type.element_shift);
}

// Null: trapped. `top`: the end of the arguments.
GcObject* NewArray(InstanceData* cx, uint32_t type, uint32_t length, const uint64_t* top) {
  GcObject* array = NewArray(cx->heap, type, length, top);
  if (array == nullptr) Fail(cx, TrapCode::kGcHeapExhausted);
  return array;
}

bool Return(uint64_t* slots, const GcObject* object) {
  slots[0] = RefOf(object);
  return true;
}

// Bytes of a data segment, null: trapped.
const uint8_t* DataBytes(InstanceData* cx, uint32_t data, uint64_t at, uint64_t bytes) {
  const DataInst& segment = cx->datas[data];
  if (!InRange(at, bytes, segment.size)) {
    Fail(cx, TrapCode::kOutOfBoundsMemory);
    return nullptr;
  }
  // Not null even where there is nothing.
  return segment.size == 0 ? reinterpret_cast<const uint8_t*>("") : segment.bytes + at;
}

}  // namespace

bool StructNewCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t has_values) {
  const GcType& info = GcTypeAt(type);
  GcObject* object = cx->heap->Allocate(type, info.size, slots + (has_values != 0 ? info.field_slots : 0));
  if (object == nullptr) return Fail(cx, TrapCode::kGcHeapExhausted);
  if (has_values != 0) SetFields(object, slots);
  return Return(slots, object);
}

bool ArrayNewCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t) {
  const GcType& info = GcTypeAt(type);
  const uint64_t* end_of_value = slots + SlotsPerElement(info);
  const uint32_t length = static_cast<uint32_t>(*end_of_value);
  GcObject* array = NewArray(cx, type, length, end_of_value + 1);
  if (array == nullptr) return false;
  FillElements(ElementsOf(array), info.element_shift, slots, length);
  return Return(slots, array);
}

bool ArrayNewDefaultCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t) {
  GcObject* array = NewArray(cx, type, static_cast<uint32_t>(slots[0]), slots + 1);
  return array != nullptr && Return(slots, array);
}

bool ArrayNewFixedCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t count) {
  GcObject* array = NewArray(cx, type, count, slots + size_t{count} * SlotsPerElement(GcTypeAt(type)));
  if (array == nullptr) return false;
  SetElements(array, slots);
  return Return(slots, array);
}

bool ArrayNewDataCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t data) {
  const uint32_t length = static_cast<uint32_t>(slots[1]);
  const uint64_t bytes = uint64_t{length} << GcTypeAt(type).element_shift;
  const uint8_t* from = DataBytes(cx, data, static_cast<uint32_t>(slots[0]), bytes);
  if (from == nullptr) return false;
  GcObject* array = NewArray(cx, type, length, slots + 2);
  if (array == nullptr) return false;
  std::memcpy(ElementsOf(array), from, bytes);
  return Return(slots, array);
}

bool ArrayNewElemCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t elem) {
  const uint64_t at = static_cast<uint32_t>(slots[0]);
  const uint32_t length = static_cast<uint32_t>(slots[1]);
  const std::vector<uint64_t>& refs = cx->elems[elem].refs;
  if (!InRange(at, length, refs.size())) return Fail(cx, TrapCode::kOutOfBoundsTable);
  GcObject* array = NewArray(cx, type, length, slots + 2);
  if (array == nullptr) return false;
  std::copy_n(refs.data() + at, length, reinterpret_cast<uint64_t*>(ElementsOf(array)));
  return Return(slots, array);
}

bool ArrayFillCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t) {
  const GcType& info = GcTypeAt(type);
  const uint64_t count = static_cast<uint32_t>(slots[2 + SlotsPerElement(info)]);
  uint8_t* to = Elements(cx, slots, info, count);
  if (to == nullptr) return false;
  FillElements(to, info.element_shift, slots + 2, count);
  return true;
}

bool ArrayCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to_type, uint32_t from_type) {
  const GcType& info = GcTypeAt(to_type);
  const uint64_t count = static_cast<uint32_t>(slots[4]);
  if (slots[0] == 0 || slots[2] == 0) return Fail(cx, TrapCode::kNullArrayReference);
  uint8_t* to = Elements(cx, slots, info, count);
  if (to == nullptr) return false;
  const uint8_t* from = Elements(cx, slots + 2, GcTypeAt(from_type), count);
  if (from == nullptr) return false;
  std::memmove(to, from, count << info.element_shift);
  return true;
}

bool ArrayInitDataCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t data) {
  const GcType& info = GcTypeAt(type);
  const uint64_t count = static_cast<uint32_t>(slots[3]);
  uint8_t* to = Elements(cx, slots, info, count);
  if (to == nullptr) return false;
  const uint8_t* from = DataBytes(cx, data, static_cast<uint32_t>(slots[2]), count << info.element_shift);
  if (from == nullptr) return false;
  std::memcpy(to, from, count << info.element_shift);
  return true;
}

bool ArrayInitElemCall(InstanceData* cx, uint64_t* slots, uint32_t type, uint32_t elem) {
  const uint64_t at = static_cast<uint32_t>(slots[2]);
  const uint64_t count = static_cast<uint32_t>(slots[3]);
  uint8_t* to = Elements(cx, slots, GcTypeAt(type), count);
  if (to == nullptr) return false;
  const std::vector<uint64_t>& refs = cx->elems[elem].refs;
  if (!InRange(at, count, refs.size())) return Fail(cx, TrapCode::kOutOfBoundsTable);
  std::copy_n(refs.data() + at, count, reinterpret_cast<uint64_t*>(to));
  return true;
}

}  // namespace umiak
