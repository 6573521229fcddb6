// Canonical types: one number per type of the process, equal for equal types of whatever modules, and subtyping
// between those numbers.
//
// Types are equal iso-recursively: when their rec groups are the same, references inside a group taken relative to
// it. The table only grows, by the distinct types of all modules loaded (some tens of bytes each). Everything here
// is thread-safe; the questions take no lock.
// spec: valid/matching, appendix/properties#rolled-and-unrolled-types
#ifndef UMIAK_TYPE_CANON_H_
#define UMIAK_TYPE_CANON_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "umiak/types.h"

namespace umiak {

// No type gets a smaller id: whoever keeps ids may use those for something else.
inline constexpr uint32_t kFirstCanonicalType = 2;

// Appends the canonical id of each type to *ids (which then indexes like `types`). False, with *ids unspecified, if
// the process would have more than kMaxCanonicalTypes.
// REQUIRES: type indices lie before the end of their rec group, supertypes before their type.
bool CanonicalizeTypes(absl::Span<const SubType> types, std::vector<uint32_t>* ids);

// The id of a final function type without supertype, as a host function has it. Concrete heap types in it hold
// canonical ids already.
uint32_t CanonicalFuncType(const FuncType& type);

// A type of the table, its concrete types given as canonical ids.
struct CanonicalType {
  SubType::Kind kind;
  bool is_final;
  std::vector<uint32_t> supertypes;  // all above it, the topmost first
  std::vector<FieldType> fields;
};
// REQUIRES: the id came from this table.
CanonicalType DescribeCanonical(uint32_t id);

// The same type with canonical ids in place of a module's type indices (Module::canonical_types).
HeapType ToCanonical(HeapType type, absl::Span<const uint32_t> canonical_types);
ValType ToCanonical(ValType type, absl::Span<const uint32_t> canonical_types);

// Whether the type of id `a` is that of id `b` or declared below it: call_indirect's and ref.cast's question.
bool IsSubtype(uint32_t a, uint32_t b);
// Whether `a` matches `b`; concrete heap types hold canonical ids. spec: valid/matching
bool Matches(HeapType a, HeapType b);
bool Matches(ValType a, ValType b);

}  // namespace umiak

#endif  // UMIAK_TYPE_CANON_H_
