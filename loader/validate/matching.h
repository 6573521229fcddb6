// Subtyping in terms of one module's type indices. spec: valid/matching
#ifndef UMIAK_LOADER_VALIDATE_MATCHING_H_
#define UMIAK_LOADER_VALIDATE_MATCHING_H_

#include "umiak/features.h"
#include "umiak/module.h"
#include "umiak/types.h"

namespace umiak {

// REQUIRES: for all of them, module.canonical_types is filled and type indices are in range.
bool MatchHeapType(const Module& module, HeapType a, HeapType b);
bool MatchValType(const Module& module, ValType a, ValType b);
bool MatchFuncType(const Module& module, const FuncType& a, const FuncType& b);
bool MatchFieldType(const Module& module, const FieldType& a, const FieldType& b);
// Whether `sub` may be declared below `super`: their composite types, finality apart.
bool MatchCompositeType(const Module& module, const SubType& sub, const SubType& super);

// Whether the proposals are on that a type comes from.
bool IsEnabled(Features features, HeapType type);
bool IsEnabled(Features features, ValType type);

// The type of the type index's top: any, func, extern or exn. Only types below one top may be cast to one
// another.
HeapType TopOf(const Module& module, HeapType type);

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_MATCHING_H_
