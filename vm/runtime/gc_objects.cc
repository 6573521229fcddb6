#include "vm/runtime/gc_objects.h"

#include <algorithm>
#include <cstring>

namespace umiak {

GcObject* NewArray(GcHeap* heap, uint32_t type, uint32_t length, const uint64_t* top) {
  const uint64_t bytes = kArrayHeaderBytes + (uint64_t{length} << GcTypeAt(type).element_shift);
  GcObject* array = heap->Allocate(type, bytes, top);
  if (array != nullptr) array->length = length;
  return array;
}

void SetElements(GcObject* array, const uint64_t* words) {
  const GcType& type = GcTypeAt(array->type);
  uint8_t* to = ElementsOf(array);
  for (uint32_t i = 0; i < array->length; ++i) {
    std::memcpy(to + (size_t{i} << type.element_shift), words, size_t{1} << type.element_shift);
    words += SlotsPerElement(type);
  }
}

void SetFields(GcObject* object, const uint64_t* words) {
  const GcType& type = GcTypeAt(object->type);
  auto* bytes = reinterpret_cast<uint8_t*>(object);
  for (uint32_t i = 0; i < type.field_count; ++i) {
    std::memcpy(bytes + type.offsets[i], words, type.field_bytes[i]);
    words += type.field_bytes[i] == 16 ? 2 : 1;
  }
}

void FillElements(uint8_t* to, uint32_t shift, const uint64_t* value, uint64_t count) {
  switch (shift) {
    case 0: std::fill_n(to, count, static_cast<uint8_t>(*value)); break;
    case 1: std::fill_n(reinterpret_cast<uint16_t*>(to), count, static_cast<uint16_t>(*value)); break;
    case 2: std::fill_n(reinterpret_cast<uint32_t*>(to), count, static_cast<uint32_t>(*value)); break;
    case 3: std::fill_n(reinterpret_cast<uint64_t*>(to), count, *value); break;
    default:
      for (uint64_t i = 0; i < count; ++i) std::memcpy(to + 16 * i, value, 16);
  }
}

}  // namespace umiak
