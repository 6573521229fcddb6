// The specification's wording of everything that can be wrong with a module, each once.
//
// A message of the loader begins with one of these (umiak/error.h); the official scripts compare that
// beginning. spec: the scripts of the specification's test suite
#ifndef UMIAK_LOADER_PHRASES_H_
#define UMIAK_LOADER_PHRASES_H_

namespace umiak::phrase {

// Malformed binaries.
inline constexpr char kMagicNotDetected[] = "magic header not detected";
inline constexpr char kUnknownBinaryVersion[] = "unknown binary version";
inline constexpr char kUnexpectedEnd[] = "unexpected end";
inline constexpr char kUnexpectedEndOfSection[] = "unexpected end of section or function";
inline constexpr char kUnexpectedContent[] = "unexpected content after last section";
inline constexpr char kSectionSizeMismatch[] = "section size mismatch";
inline constexpr char kMalformedSectionId[] = "malformed section id";
inline constexpr char kLengthOutOfBounds[] = "length out of bounds";
inline constexpr char kIntegerTooLong[] = "integer representation too long";
inline constexpr char kIntegerTooLarge[] = "integer too large";
inline constexpr char kMalformedUtf8[] = "malformed UTF-8 encoding";
inline constexpr char kMalformedImportKind[] = "malformed import kind";
inline constexpr char kMalformedExportKind[] = "malformed export kind";
inline constexpr char kMalformedMutability[] = "malformed mutability";
inline constexpr char kMalformedLimitsFlags[] = "malformed limits flags";
inline constexpr char kMalformedMemopFlags[] = "malformed memop flags";
inline constexpr char kMalformedCatchClause[] = "malformed catch clause";
inline constexpr char kMalformedReferenceType[] = "malformed reference type";
inline constexpr char kMalformedHeapType[] = "malformed heap type";
inline constexpr char kMalformedValueType[] = "malformed value type";
inline constexpr char kMalformedStorageType[] = "malformed storage type";
inline constexpr char kMalformedDefinedType[] = "malformed definition type";
inline constexpr char kMalformedTable[] = "malformed table";
inline constexpr char kMalformedTagAttribute[] = "malformed tag attribute";
inline constexpr char kMalformedElemKind[] = "malformed element kind";
inline constexpr char kMalformedElemFlags[] = "malformed elements segment kind";
inline constexpr char kMalformedDataFlags[] = "malformed data segment kind";
inline constexpr char kMalformedCastFlags[] = "malformed br_on_cast flags";
inline constexpr char kZeroByteExpected[] = "zero byte expected";
inline constexpr char kIllegalOpcode[] = "illegal opcode";
inline constexpr char kEndExpected[] = "END opcode expected";
inline constexpr char kTooManyLocals[] = "too many locals";
inline constexpr char kInconsistentFunctions[] = "function and code section have inconsistent lengths";
inline constexpr char kInconsistentData[] = "data count and data section have inconsistent lengths";
inline constexpr char kDataCountRequired[] = "data count section required";
inline constexpr char kInvalidPageSize[] = "invalid custom page size";

// Beyond umiak/limits.h.
inline constexpr char kTooLarge[] = "implementation limit exceeded";

// Invalid modules.
inline constexpr char kTypeMismatch[] = "type mismatch";
inline constexpr char kUnknownType[] = "unknown type";
inline constexpr char kUnknownFunction[] = "unknown function";
inline constexpr char kUnknownTable[] = "unknown table";
inline constexpr char kUnknownMemory[] = "unknown memory";
inline constexpr char kUnknownGlobal[] = "unknown global";
inline constexpr char kUnknownTag[] = "unknown tag";
inline constexpr char kUnknownLocal[] = "unknown local";
inline constexpr char kUnknownLabel[] = "unknown label";
inline constexpr char kUnknownElem[] = "unknown elem segment";
inline constexpr char kUnknownData[] = "unknown data segment";
inline constexpr char kUnknownField[] = "unknown field";
inline constexpr char kUninitializedLocal[] = "uninitialized local";
inline constexpr char kUndeclaredReference[] = "undeclared function reference";
inline constexpr char kConstantRequired[] = "constant expression required";
inline constexpr char kImmutableGlobal[] = "immutable global";
inline constexpr char kImmutableField[] = "immutable field";
inline constexpr char kImmutableArray[] = "immutable array";
inline constexpr char kFieldPacked[] = "field is packed";
inline constexpr char kFieldUnpacked[] = "field is unpacked";
inline constexpr char kArrayPacked[] = "array is packed";
inline constexpr char kArrayUnpacked[] = "array is unpacked";
inline constexpr char kArrayTypesDiffer[] = "array types do not match";
inline constexpr char kArrayNotNumeric[] = "array type is not numeric or vector";
inline constexpr char kFieldNotDefaultable[] = "field type is not defaultable";
inline constexpr char kArrayNotDefaultable[] = "array type is not defaultable";
inline constexpr char kSubType[] = "sub type";
inline constexpr char kAlignment[] = "alignment must not be larger than natural";
inline constexpr char kAtomicAlignment[] = "atomic alignment must be natural";
inline constexpr char kOffsetOutOfRange[] = "offset out of range";
inline constexpr char kInvalidLane[] = "invalid lane index";
inline constexpr char kInvalidArity[] = "invalid result arity";
inline constexpr char kDuplicateExport[] = "duplicate export name";
inline constexpr char kStartFunction[] = "start function";
inline constexpr char kMemorySize[] = "memory size must be at most";
inline constexpr char kTableSize[] = "table size";
inline constexpr char kLimitsOrder[] = "size minimum must not be greater than maximum";
inline constexpr char kMultipleTables[] = "multiple tables";
inline constexpr char kMultipleMemories[] = "multiple memories";
inline constexpr char kSharedNeedsMax[] = "shared memory must have maximum";
inline constexpr char kTagResult[] = "non-empty tag result type";
inline constexpr char kInvalidRethrow[] = "invalid rethrow label";

}  // namespace umiak::phrase

#endif  // UMIAK_LOADER_PHRASES_H_
