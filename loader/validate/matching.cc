#include "loader/validate/matching.h"

#include "umiak/type_canon.h"

namespace umiak {
namespace {

bool MatchAll(const Module& module, const std::vector<ValType>& a, const std::vector<ValType>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!MatchValType(module, a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

bool MatchHeapType(const Module& module, HeapType a, HeapType b) {
  return a == b || Matches(ToCanonical(a, module.canonical_types), ToCanonical(b, module.canonical_types));
}

bool MatchValType(const Module& module, ValType a, ValType b) {
  return a == b || Matches(ToCanonical(a, module.canonical_types), ToCanonical(b, module.canonical_types));
}

bool MatchFuncType(const Module& module, const FuncType& a, const FuncType& b) {
  return MatchAll(module, b.params, a.params) && MatchAll(module, a.results, b.results);
}

bool MatchFieldType(const Module& module, const FieldType& a, const FieldType& b) {
  if (a.is_mutable != b.is_mutable || a.packed != b.packed) return false;
  if (!MatchValType(module, a.type, b.type)) return false;
  return !a.is_mutable || MatchValType(module, b.type, a.type);
}

bool MatchCompositeType(const Module& module, const SubType& sub, const SubType& super) {
  if (sub.kind != super.kind) return false;
  if (sub.kind == SubType::kFunc) return MatchFuncType(module, sub.func, super.func);
  if (sub.fields.size() < super.fields.size()) return false;
  for (size_t i = 0; i < super.fields.size(); ++i) {
    if (!MatchFieldType(module, sub.fields[i], super.fields[i])) return false;
  }
  return true;
}

bool IsEnabled(Features features, HeapType type) {
  if (type.is_concrete()) return features.Has(kFunctionReferences);
  switch (type.abstract()) {
    case HeapType::kFunc: return true;
    case HeapType::kExtern: return features.Has(kReferenceTypes);
    case HeapType::kExn:
    case HeapType::kNoExn: return features.Has(kExceptions);
    default: return features.Has(kGc);
  }
}

bool IsEnabled(Features features, ValType type) {
  if (type.kind() == ValType::kV128) return features.Has(kSimd);
  if (!type.is_ref()) return true;
  return IsEnabled(features, type.heap()) && (type.nullable() || features.Has(kFunctionReferences));
}

HeapType TopOf(const Module& module, HeapType type) {
  for (HeapType top : {HeapType(HeapType::kAny), HeapType(HeapType::kFunc), HeapType(HeapType::kExtern)}) {
    if (MatchHeapType(module, type, top)) return top;
  }
  return HeapType::kExn;
}

}  // namespace umiak
