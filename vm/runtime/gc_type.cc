#include "vm/runtime/gc_type.h"

#include <sys/mman.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <vector>

#include "umiak/limits.h"

namespace umiak {

namespace internal {
GcType* gc_types = nullptr;
}  // namespace internal

namespace {

std::mutex mutex;     // guards the making of entries
uint32_t capacity;    // entries that gc_types has room for

// Pages come when touched. Where address space is short it is smaller: types beyond are refused.
void MapTable() {
  for (uint64_t count = kMaxCanonicalTypes; count >= 4096; count /= 2) {
    void* table = mmap(nullptr, count * sizeof(GcType), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (table == MAP_FAILED) continue;
    internal::gc_types = static_cast<GcType*>(table);
    capacity = static_cast<uint32_t>(count);
    break;
  }
  if (capacity == 0) return;
  const GcKind kinds[] = {GcKind::kException, GcKind::kHost};
  for (uint32_t i = 0; i < kFirstCanonicalType; ++i) {
    GcType& type = internal::gc_types[i];
    std::fill_n(type.display, GcType::kDisplay, GcType::kNoType);
    type.kind = kinds[i];
    type.holds_references = type.kind == GcKind::kException;
    type.is_ready.store(true, std::memory_order_release);
  }
}

// A word i of the object, or an offset for those far behind.
void NoteReference(GcType* type, uint32_t offset, std::vector<uint32_t>* more) {
  if (offset < 64 * 8) {
    type->ref_words |= uint64_t{1} << (offset / 8);
  } else {
    more->push_back(offset);
  }
}

// For as long as the process lives, as types do.
template <class T>
const T* Keep(const std::vector<T>& list) {
  static auto* const kept = new std::deque<std::vector<T>>;
  kept->push_back(list);
  return kept->back().data();
}

// Fields follow the 4 bytes of the type in their order, each at a multiple of its size (a vector at one of 8): a
// subtype's first fields then lie where the supertype has them.
void LayOutStruct(const CanonicalType& canonical, GcType* type) {
  uint32_t end = 4;
  std::vector<uint32_t> offsets;
  std::vector<uint32_t> more;
  std::vector<uint8_t> sizes;
  for (const FieldType& field : canonical.fields) {
    const uint32_t bytes = BytesOf(field);
    const uint32_t align = std::min(bytes, 8u);
    end = (end + align - 1) & ~(align - 1);
    offsets.push_back(end);
    sizes.push_back(static_cast<uint8_t>(bytes));
    type->field_slots += bytes == 16 ? 2 : 1;
    if (IsTraced(field.type)) NoteReference(type, end, &more);
    end += bytes;
  }
  type->size = (end + 7) & ~7u;
  type->field_count = static_cast<uint32_t>(offsets.size());
  type->offsets = Keep(offsets);
  type->field_bytes = Keep(sizes);
  type->more_refs = Keep(more);
  type->more_ref_count = static_cast<uint32_t>(more.size());
  type->holds_references = type->ref_words != 0 || !more.empty();
}

void Fill(uint32_t id, GcType* type) {
  const CanonicalType canonical = DescribeCanonical(id);
  std::fill_n(type->display, GcType::kDisplay, GcType::kNoType);
  for (uint32_t i = 0; i < canonical.supertypes.size() && i < GcType::kDisplay; ++i) {
    type->display[i] = canonical.supertypes[i];
  }
  type->depth = static_cast<uint8_t>(canonical.supertypes.size());
  if (type->depth < GcType::kDisplay) type->display[type->depth] = id;
  type->is_final = canonical.is_final;
  type->kind = canonical.kind == SubType::kStruct ? GcKind::kStruct : GcKind::kArray;
  if (canonical.kind == SubType::kStruct) return LayOutStruct(canonical, type);
  const uint32_t bytes = BytesOf(canonical.fields[0]);
  while ((1u << type->element_shift) < bytes) ++type->element_shift;
  type->has_ref_elements = IsTraced(canonical.fields[0].type);
  type->holds_references = type->has_ref_elements;
}

}  // namespace

const GcType* MakeGcType(uint32_t canonical_id) {
  std::lock_guard<std::mutex> lock(mutex);
  if (capacity == 0) MapTable();
  if (canonical_id >= capacity) return nullptr;
  GcType& type = internal::gc_types[canonical_id];
  if (!type.is_ready.load(std::memory_order_relaxed)) {
    Fill(canonical_id, &type);
    type.is_ready.store(true, std::memory_order_release);
  }
  return &type;
}

bool IsTraced(ValType type) { return type.is_ref() && !Matches(type.heap(), HeapType(HeapType::kFunc)); }

uint32_t BytesOf(const FieldType& field) {
  switch (field.packed) {
    case FieldType::kI8: return 1;
    case FieldType::kI16: return 2;
    case FieldType::kNotPacked: break;
  }
  switch (field.type.kind()) {
    case ValType::kI32:
    case ValType::kF32: return 4;
    case ValType::kV128: return 16;
    default: return 8;
  }
}

}  // namespace umiak
