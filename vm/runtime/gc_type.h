// What the heap and running code know of a canonical type: supertypes, and where the fields lie in an object.
//
// One table for the process, indexed by canonical id (umiak/type_canon.h), made as modules need it and never freed.
// An object's header holds the index, so that casts, traces and accesses all start from the same number.
// spec: exec/runtime#aggregate-instances
#ifndef UMIAK_VM_RUNTIME_GC_TYPE_H_
#define UMIAK_VM_RUNTIME_GC_TYPE_H_

#include <atomic>
#include <cstdint>

#include "umiak/type_canon.h"
#include "umiak/types.h"

namespace umiak {

// What an object on the heap is.
enum class GcKind : uint8_t { kStruct, kArray, kException, kHost };

// Indices below kFirstCanonicalType: objects that are not of a defined type.
inline constexpr uint32_t kExceptionGcType = 0;
inline constexpr uint32_t kHostGcType = 1;
static_assert(kHostGcType < kFirstCanonicalType);

struct alignas(128) GcType {
  static constexpr uint32_t kDisplay = 16;
  static constexpr uint32_t kNoType = ~0u;

  // Canonical ids of the supertypes by their depth, then the type itself, then kNoType.
  uint32_t display[kDisplay];
  std::atomic<bool> is_ready;
  GcKind kind;
  bool is_final;
  uint8_t depth;
  // kArray: log2 of an element's bytes, and whether elements are traced references.
  uint8_t element_shift;
  bool has_ref_elements;
  // Whether an object can hold a traced reference at all.
  bool holds_references;
  // kStruct: bytes with the header, a multiple of 8; word i of the first 64 of the object is a traced reference if bit
  // i is set; byte offsets of traced references beyond; byte offsets and sizes of all
  // fields.
  uint32_t size;
  uint64_t ref_words;
  const uint32_t* more_refs;
  uint32_t more_ref_count;
  uint32_t field_count;
  uint32_t field_slots;  // words that the fields take on the stack
  const uint32_t* offsets;
  const uint8_t* field_bytes;
};

// The entry of a canonical type that is a struct or array, made at the first request. Null where memory is short.
// Thread-safe.
const GcType* MakeGcType(uint32_t canonical_id);
// The same without a check. REQUIRES: MakeGcType() succeeded for it, or it is one of the two above and an object exists.
inline const GcType& GcTypeAt(uint32_t id);

// Whether the collector follows references of the type: functions are not on the heap. Concrete heap types in it are
// canonical.
bool IsTraced(ValType type);

// Bytes of a field or element in an object.
uint32_t BytesOf(const FieldType& field);

namespace internal {
extern GcType* gc_types;
}  // namespace internal
inline const GcType& GcTypeAt(uint32_t id) { return internal::gc_types[id]; }

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_TYPE_H_
