// What this implementation accepts of a module, where the specification leaves the bound open.
//
// A module beyond one of these fails to load with ErrorKind::kLimit. Counts are further bounded by the bytes
// that are left, since every element takes at least one. The numbers are those of the JavaScript API where it
// names one, so that a module that runs in browsers loads here.
// spec: appendix/implementation#implementation-limitations
#ifndef UMIAK_LIMITS_H_
#define UMIAK_LIMITS_H_

#include <cstdint>

namespace umiak {

// Bytes of a module: offsets are 32 bits wide.
inline constexpr uint64_t kMaxModuleBytes = 0xfffffffe;
inline constexpr uint32_t kMaxTypes = 1'000'000;
// Declared supertypes above one another.
inline constexpr uint32_t kMaxSubtypingDepth = 63;
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxElemSegments = 10'000'000;
inline constexpr uint32_t kMaxDataSegments = 100'000;
inline constexpr uint32_t kMaxSegmentElements = 10'000'000;
inline constexpr uint32_t kMaxParams = 1000;
inline constexpr uint32_t kMaxResults = 1000;
inline constexpr uint32_t kMaxStructFields = 10'000;
inline constexpr uint32_t kMaxArrayNewFixed = 10'000;
// Of one function: the bytes of its body, its locals with the parameters, blocks within one another, operands.
inline constexpr uint32_t kMaxFunctionBytes = 7'654'321;
inline constexpr uint32_t kMaxLocals = 50'000;
inline constexpr uint32_t kMaxControlDepth = 100'000;
inline constexpr uint32_t kMaxOperands = 1'000'000;
inline constexpr uint32_t kMaxBrTableLabels = 65'520;
inline constexpr uint32_t kMaxCatchClauses = 10'000;
// Of a declaration; what a store grants is StoreOptions' matter (umiak/store.h). spec: valid/types#memory-types
inline constexpr uint64_t kMaxMemory32Bytes = uint64_t{1} << 32;
inline constexpr uint64_t kMaxMemory64Pages = uint64_t{1} << 48;
inline constexpr uint64_t kMaxTable32Elements = 0xffffffff;
// Different types in the whole process: type_canon.h.
inline constexpr uint32_t kMaxCanonicalTypes = 1u << 26;

}  // namespace umiak

#endif  // UMIAK_LIMITS_H_
