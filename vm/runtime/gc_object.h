// Objects of the heap, how references name them, and what handlers read and write of a heap: the rest is in gc_heap.h.
// spec: exec/runtime#aggregate-instances, #exception-instances
#ifndef UMIAK_VM_RUNTIME_GC_OBJECT_H_
#define UMIAK_VM_RUNTIME_GC_OBJECT_H_

#include <bit>
#include <cstdint>

#include "vm/runtime/gc_type.h"

namespace umiak {

class GcHeap;
struct TagInst;

// The header that every object begins with; its fields follow right behind `type`.
struct GcObject {
  uint32_t type;    // index of its GcType
  uint32_t length;  // kArray: elements; kException: argument words; kStruct: may be its first field
};
inline constexpr uint32_t kArrayHeaderBytes = 8;

// An exception: the tag's arguments, one word each, two for a vector. spec: exec/runtime#exception-instances
struct ExceptionObject : GcObject {
  TagInst* tag;
  uint64_t args[];
};

// What the host stands for by a number of its own: an externref.
struct HostObject : GcObject {
  uint64_t data;
};

inline GcObject* ObjectOf(uint64_t ref) { return reinterpret_cast<GcObject*>(ref); }
inline uint64_t RefOf(const GcObject* object) { return reinterpret_cast<uint64_t>(object); }
inline GcKind KindOf(const GcObject* object) { return GcTypeAt(object->type).kind; }
inline uint8_t* ElementsOf(GcObject* array) { return reinterpret_cast<uint8_t*>(array) + kArrayHeaderBytes; }
// Bytes of an object with its header, not rounded up.
uint64_t SizeOf(const GcObject* object);

// --- Size classes: multiples of 8 up to 128, then four per doubling up to 8192. Those from kSizeClasses on are the same
// sizes again, for objects that hold no references: these lie in blocks of their own and are marked without being read. ---

inline constexpr uint32_t kGcGranule = 8;
inline constexpr uint32_t kMaxSmallBytes = 8192;
inline constexpr uint32_t kSizeClasses = 16 + 4 * 6;
inline constexpr uint32_t kClasses = 2 * kSizeClasses;

// REQUIRES: 0 < bytes <= kMaxSmallBytes.
constexpr uint32_t SizeClassOf(uint32_t bytes) {
  if (bytes <= 128) return (bytes + 7) / 8 - 1;
  const uint32_t log = static_cast<uint32_t>(std::bit_width(bytes - 1)) - 1;  // 2^log < bytes <= 2^(log + 1)
  return 16 + 4 * (log - 7) + ((bytes - 1 - (1u << log)) >> (log - 2));
}
constexpr uint32_t BytesOfClass(uint32_t size_class) {
  if (size_class >= kSizeClasses) size_class -= kSizeClasses;
  if (size_class < 16) return 8 * (size_class + 1);
  const uint32_t log = 7 + (size_class - 16) / 4;
  return (1u << log) + ((size_class - 16) % 4 + 1) * (1u << (log - 2));
}

// The class of an object of that type and size.
inline uint32_t ClassOf(const GcType& type, uint32_t bytes) {
  return SizeClassOf(bytes) + (type.holds_references ? 0 : kSizeClasses);
}

// Of GcHeap.
struct GcHeapHead {
  // A run of free cells of one class, handed out from its start.
  struct Bump {
    uint64_t at = 0;
    uint64_t end = 0;
  };
  Bump bump[kClasses];
  // What a handler found exhausted: arguments for Refill().
  uint32_t wanted_class = 0;
  const uint64_t* wanted_top = nullptr;  // the end of its frame
};

// SAFETY: the head is the first base, at offset 0; gc_heap.h asserts it.
inline GcHeapHead* HeadOf(GcHeap* heap) { return reinterpret_cast<GcHeapHead*>(heap); }

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_OBJECT_H_
