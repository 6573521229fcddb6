#include "umiak/type_canon.h"

#include <atomic>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "umiak/limits.h"
#include "xxhash.h"

namespace umiak {
namespace {

constexpr uint32_t kNoSuper = ~0u;

// What subtyping asks of a canonical type.
struct Entry {
  uint32_t super = kNoSuper;
  uint32_t depth = 0;  // supertypes above
  SubType::Kind kind = SubType::kFunc;
  bool is_final = true;
  std::vector<FieldType> fields;
};

// A rec group written down in words, such that equal groups and only they have equal words.
using Key = std::vector<uint32_t>;

struct KeyHash {
  size_t operator()(const Key& key) const { return XXH3_64bits(key.data(), key.size() * sizeof(uint32_t)); }
};

class KeyWriter {
 public:
  // In place of a group's start: indices are canonical ids.
  static constexpr uint32_t kNoGroup = ~0u;

  KeyWriter(Key* key, uint32_t group_start, absl::Span<const uint32_t> ids)
      : key_(*key), group_start_(group_start), ids_(ids) {}

  void Write(const SubType& type) {
    key_.push_back(type.kind | (type.is_final ? 4u : 0u));
    key_.push_back(static_cast<uint32_t>(type.supertypes.size()));
    for (TypeIdx super : type.supertypes) WriteIndex(super);
    if (type.kind == SubType::kFunc) {
      key_.push_back(static_cast<uint32_t>(type.func.params.size()));
      for (ValType param : type.func.params) WriteType(param);
      for (ValType result : type.func.results) WriteType(result);
      key_.push_back(kEndOfList);
      return;
    }
    key_.push_back(static_cast<uint32_t>(type.fields.size()));
    for (const FieldType& field : type.fields) {
      key_.push_back(field.packed | (field.is_mutable ? 4u : 0u));
      WriteType(field.type);
    }
  }

 private:
  // No value type has these bits.
  static constexpr uint32_t kEndOfList = ~0u;

  void WriteType(ValType type) {
    if (!type.is_ref() || !type.heap().is_concrete()) {
      key_.push_back(type.bits());
      return;
    }
    key_.push_back(ValType::Ref(HeapType::Concrete(0), type.nullable()).bits());
    WriteIndex(type.heap().type_index());
  }

  // Relative inside the group, canonical outside of it.
  void WriteIndex(TypeIdx index) {
    if (group_start_ == kNoGroup) {
      key_.push_back(0);
      key_.push_back(index);
      return;
    }
    key_.push_back(index >= group_start_);
    key_.push_back(index >= group_start_ ? index - group_start_ : ids_[index]);
  }

  Key& key_;
  uint32_t group_start_;
  absl::Span<const uint32_t> ids_;
};

class Interner {
 public:
  static Interner& Get() {
    static auto* const interner = new Interner();
    return *interner;
  }

  // The first id of the group `types`, whose `key` it is; kNoSuper if there is no room.
  uint32_t Intern(Key key, absl::Span<const SubType> types, uint32_t group_start,
                  absl::Span<const uint32_t> ids) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto it = groups_.find(key);
    if (it != groups_.end()) return it->second;
    if (types.size() > kMaxCanonicalTypes - count_) return kNoSuper;
    uint32_t first = count_;
    for (const SubType& type : types) {
      Entry entry;
      entry.kind = type.kind;
      entry.is_final = type.is_final;
      auto canonical = [&](TypeIdx index) { return index >= group_start ? first + (index - group_start) : ids[index]; };
      for (FieldType field : type.fields) {
        if (field.type.is_ref() && field.type.heap().is_concrete()) {
          const HeapType heap = HeapType::Concrete(canonical(field.type.heap().type_index()));
          field.type = ValType::Ref(heap, field.type.nullable());
        }
        entry.fields.push_back(field);
      }
      if (!type.supertypes.empty()) {
        entry.super = canonical(type.supertypes[0]);
        entry.depth = At(entry.super).depth + 1;
      }
      Append(std::move(entry));
    }
    groups_.emplace(std::move(key), first);
    return first;
  }

  // REQUIRES: id came from Intern(), which happened before.
  const Entry& At(uint32_t id) const {
    return chunks_[id >> kChunkBits].load(std::memory_order_acquire)[id & (kChunkSize - 1)];
  }

 private:
  static constexpr uint32_t kChunkBits = 12;
  static constexpr uint32_t kChunkSize = 1u << kChunkBits;

  void Append(Entry entry) {  // REQUIRES: mutex_ is held
    std::atomic<Entry*>& chunk = chunks_[count_ >> kChunkBits];
    // Chunks stay where they are and are never freed: readers hold no lock.
    if (chunk.load(std::memory_order_relaxed) == nullptr) {
      chunk.store(new Entry[kChunkSize], std::memory_order_release);
    }
    chunk.load(std::memory_order_relaxed)[count_ & (kChunkSize - 1)] = std::move(entry);
    ++count_;
  }

  // Not absl's: ThreadSanitizer does not see that one in Debian's build of it. Guards the two below.
  std::mutex mutex_;
  absl::flat_hash_map<Key, uint32_t, KeyHash> groups_;
  uint32_t count_ = kFirstCanonicalType;
  std::atomic<Entry*> chunks_[kMaxCanonicalTypes / kChunkSize] = {};
};

// The abstract type right above all types of a kind.
HeapType::Abstract AbstractOf(SubType::Kind kind) {
  switch (kind) {
    case SubType::kFunc: return HeapType::kFunc;
    case SubType::kStruct: return HeapType::kStruct;
    case SubType::kArray: return HeapType::kArray;
  }
  return HeapType::kBottom;
}

// spec: valid/matching#heap-types
bool AbstractMatches(HeapType::Abstract a, HeapType::Abstract b) {
  if (a == b || a == HeapType::kBottom) return true;
  switch (b) {
    case HeapType::kAny:
      return a == HeapType::kEq || a == HeapType::kI31 || a == HeapType::kStruct || a == HeapType::kArray ||
             a == HeapType::kNone;
    case HeapType::kEq:
      return a == HeapType::kI31 || a == HeapType::kStruct || a == HeapType::kArray || a == HeapType::kNone;
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray: return a == HeapType::kNone;
    case HeapType::kFunc: return a == HeapType::kNoFunc;
    case HeapType::kExtern: return a == HeapType::kNoExtern;
    case HeapType::kExn: return a == HeapType::kNoExn;
    default: return false;
  }
}

}  // namespace

bool CanonicalizeTypes(absl::Span<const SubType> types, std::vector<uint32_t>* ids) {
  ids->reserve(types.size());
  for (uint32_t start = 0; start < types.size();) {
    uint32_t length = types[start].rec_length;
    // An empty group leaves no type behind, so that lengths here are at least one.
    absl::Span<const SubType> group = types.subspan(start, length);
    Key key;
    KeyWriter writer(&key, start, *ids);
    for (const SubType& type : group) writer.Write(type);
    uint32_t first = Interner::Get().Intern(std::move(key), group, start, *ids);
    if (first == kNoSuper) return false;
    for (uint32_t i = 0; i < length; ++i) ids->push_back(first + i);
    start += length;
  }
  return true;
}

uint32_t CanonicalFuncType(const FuncType& type) {
  SubType sub;
  sub.func = type;
  // Every concrete type in it stands outside the group, and is its own canonical id already.
  Key key;
  KeyWriter(&key, KeyWriter::kNoGroup, {}).Write(sub);
  return Interner::Get().Intern(std::move(key), absl::MakeConstSpan(&sub, 1), KeyWriter::kNoGroup, {});
}

HeapType ToCanonical(HeapType type, absl::Span<const uint32_t> canonical_types) {
  return type.is_concrete() ? HeapType::Concrete(canonical_types[type.type_index()]) : type;
}

ValType ToCanonical(ValType type, absl::Span<const uint32_t> canonical_types) {
  if (!type.is_ref()) return type;
  return ValType::Ref(ToCanonical(type.heap(), canonical_types), type.nullable());
}

CanonicalType DescribeCanonical(uint32_t id) {
  const Interner& interner = Interner::Get();
  const Entry& entry = interner.At(id);
  CanonicalType type{entry.kind, entry.is_final, {}, entry.fields};
  for (uint32_t super = entry.super; super != kNoSuper; super = interner.At(super).super) {
    type.supertypes.insert(type.supertypes.begin(), super);
  }
  return type;
}

bool IsSubtype(uint32_t a, uint32_t b) {
  if (a == b) return true;
  const Interner& interner = Interner::Get();
  uint32_t depth = interner.At(b).depth;
  // At most kMaxSubtypingDepth steps.
  while (a != kNoSuper && interner.At(a).depth > depth) a = interner.At(a).super;
  return a == b;
}

bool Matches(HeapType a, HeapType b) {
  if (a == b) return true;
  const Interner& interner = Interner::Get();
  if (a.is_concrete()) {
    if (b.is_concrete()) return IsSubtype(a.type_index(), b.type_index());
    return AbstractMatches(AbstractOf(interner.At(a.type_index()).kind), b.abstract());
  }
  if (!b.is_concrete()) return AbstractMatches(a.abstract(), b.abstract());
  if (a.abstract() == HeapType::kBottom) return true;
  bool is_func = interner.At(b.type_index()).kind == SubType::kFunc;
  return a.abstract() == (is_func ? HeapType::kNoFunc : HeapType::kNone);
}

bool Matches(ValType a, ValType b) {
  if (a == b || a.is_bottom()) return true;
  if (!a.is_ref() || !b.is_ref()) return false;
  return (b.nullable() || !a.nullable()) && Matches(a.heap(), b.heap());
}

}  // namespace umiak
