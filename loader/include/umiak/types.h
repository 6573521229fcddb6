// The types of WebAssembly 3.0: value, heap, reference, function, composite and external types.
//
// Everything here is a small value: copyable, comparable, without pointers into a module. Type
// indices are those of the defining module until canonicalised (see umiak/type_canon.h).
// spec: syntax/types
#ifndef UMIAK_TYPES_H_
#define UMIAK_TYPES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace umiak {

// Indices are distinct in name only where they are stored; arithmetic on them stays plain.
using TypeIdx = uint32_t;
using FuncIdx = uint32_t;
using TableIdx = uint32_t;
using MemoryIdx = uint32_t;
using GlobalIdx = uint32_t;
using TagIdx = uint32_t;
using ElemIdx = uint32_t;
using DataIdx = uint32_t;
using LocalIdx = uint32_t;
using LabelIdx = uint32_t;

// A heap type: an abstract one, or the index of a defined type. 27 bits, so that a ValType packs it.
// spec: syntax/types#heap-types
class HeapType {
 public:
  enum Abstract : uint32_t {
    kNoExn, kNoFunc, kNoExtern, kNone, kFunc, kExtern, kAny, kEq, kI31, kStruct, kArray, kExn, kBottom,
  };
  static constexpr uint32_t kAbstractBit = 1u << 26;

  constexpr HeapType() : bits_(kAbstractBit | kBottom) {}
  constexpr HeapType(Abstract kind) : bits_(kAbstractBit | kind) {}  // NOLINT: implicit by intent
  static constexpr HeapType Concrete(TypeIdx index) { return FromBits(index); }
  static constexpr HeapType FromBits(uint32_t bits) { HeapType t; t.bits_ = bits; return t; }

  constexpr bool is_concrete() const { return (bits_ & kAbstractBit) == 0; }
  constexpr TypeIdx type_index() const { return bits_; }  // REQUIRES: is_concrete()
  constexpr Abstract abstract() const { return static_cast<Abstract>(bits_ & ~kAbstractBit); }  // REQUIRES: !is_concrete()
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  uint32_t bits_;
};

// A value type, packed into 32 bits. Bottom is the validator's unknown operand.
// spec: syntax/types#value-types
class ValType {
 public:
  enum Kind : uint8_t { kI32, kI64, kF32, kF64, kV128, kRef, kBottom };

  constexpr ValType() : bits_(kBottom) {}
  constexpr ValType(Kind kind) : bits_(kind) {}  // NOLINT: implicit by intent
  static constexpr ValType Ref(HeapType heap, bool nullable) {
    ValType t;
    t.bits_ = kRef | (nullable ? kNullableBit : 0) | (heap.bits() << kHeapShift);
    return t;
  }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 0xf); }
  constexpr bool is_ref() const { return kind() == kRef; }
  constexpr bool is_num() const { return kind() <= kF64; }
  constexpr bool is_bottom() const { return kind() == kBottom; }
  constexpr bool nullable() const { return (bits_ & kNullableBit) != 0; }          // REQUIRES: is_ref()
  constexpr HeapType heap() const { return HeapType::FromBits(bits_ >> kHeapShift); }  // REQUIRES: is_ref()
  // A local of this type has a default value. spec: valid/types#defaultable-types
  constexpr bool is_defaultable() const { return !is_ref() || nullable(); }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  static constexpr uint32_t kNullableBit = 1u << 4;
  static constexpr int kHeapShift = 5;
  uint32_t bits_;
};

inline constexpr ValType kFuncRef = ValType::Ref(HeapType::kFunc, true);
inline constexpr ValType kExternRef = ValType::Ref(HeapType::kExtern, true);

// The spec's text form, as in "(ref null func)", "i32", "funcref".
std::string ToString(HeapType type);
std::string ToString(ValType type);

// spec: syntax/types#function-types
struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  friend bool operator==(const FuncType&, const FuncType&) = default;
};
// "(i32 i64) -> (f32)".
std::string ToString(const FuncType& type);

// A field of a struct or array: a value type or a packed one. spec: syntax/types#aggregate-types
struct FieldType {
  enum Packed : uint8_t { kNotPacked, kI8, kI16 };
  ValType type;  // kI32 when packed
  Packed packed = kNotPacked;
  bool is_mutable = false;
  friend bool operator==(const FieldType&, const FieldType&) = default;
};

// spec: syntax/types#composite-types, #recursive-types
struct SubType {
  enum Kind : uint8_t { kFunc, kStruct, kArray };
  Kind kind = kFunc;
  bool is_final = true;
  std::vector<TypeIdx> supertypes;  // at most one in 3.0
  FuncType func;                    // kFunc
  std::vector<FieldType> fields;    // kStruct; kArray has exactly one
  uint32_t rec_start = 0;           // index of the first type of its rec group
  uint32_t rec_length = 1;
};

// Limits of memories and tables, in pages or elements. spec: syntax/types#limits
struct Limits {
  static constexpr uint64_t kNoMax = std::numeric_limits<uint64_t>::max();
  uint64_t min = 0;
  uint64_t max = kNoMax;
  bool has_max() const { return max != kNoMax; }
  friend bool operator==(const Limits&, const Limits&) = default;
};

// spec: syntax/types#memory-types
struct MemoryType {
  Limits limits;
  bool is_64 = false;
  bool shared = false;
  uint8_t page_size_log2 = 16;  // 0 with custom-page-sizes
  uint64_t page_size() const { return uint64_t{1} << page_size_log2; }
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

// spec: syntax/types#table-types
struct TableType {
  ValType element;
  Limits limits;
  bool is_64 = false;
  friend bool operator==(const TableType&, const TableType&) = default;
};

// spec: syntax/types#global-types
struct GlobalType {
  ValType type;
  bool is_mutable = false;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

// spec: syntax/types#tag-types
struct TagType {
  TypeIdx type = 0;
};

enum class ExternKind : uint8_t { kFunc, kTable, kMemory, kGlobal, kTag };
// "function", "table", "memory", "global", "tag".
const char* ToString(ExternKind kind);

}  // namespace umiak

#endif  // UMIAK_TYPES_H_
