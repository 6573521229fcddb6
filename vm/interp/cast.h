// What the cells of casts say: written by the translator, read by the handlers.
#ifndef UMIAK_VM_INTERP_CAST_H_
#define UMIAK_VM_INTERP_CAST_H_

#include <cstdint>

#include "vm/runtime/gc_type.h"

namespace umiak {

// How a reference that is not null is held against a target. ORDER: the rows of casts in ops_gc.def.
enum class Target : uint8_t {
  kFinal,    // a final type: its id
  kDisplay,  // a type that may have subtypes: its id at its depth in the object's display
  kDeep,     // the same, deeper than displays go
  kKinds,    // an abstract type: a set of kinds
  kAll,      // the top of the hierarchy, or its bottom: all or none
  kFunc,     // a function type: its id
};

// Sets of kinds; of kAll it is zero or not.
inline constexpr uint32_t kI31Bit = 1u << 8;
constexpr uint32_t KindBit(GcKind kind) { return 1u << static_cast<int>(kind); }

inline constexpr uint16_t kNullMatches = 1;
inline constexpr uint16_t kBranchOnFailure = 2;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CAST_H_
