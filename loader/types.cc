#include "umiak/types.h"

#include "absl/strings/str_cat.h"

namespace umiak {
namespace {

const char* AbstractName(HeapType::Abstract kind) {
  switch (kind) {
    case HeapType::kNoExn: return "noexn";
    case HeapType::kNoFunc: return "nofunc";
    case HeapType::kNoExtern: return "noextern";
    case HeapType::kNone: return "none";
    case HeapType::kFunc: return "func";
    case HeapType::kExtern: return "extern";
    case HeapType::kAny: return "any";
    case HeapType::kEq: return "eq";
    case HeapType::kI31: return "i31";
    case HeapType::kStruct: return "struct";
    case HeapType::kArray: return "array";
    case HeapType::kExn: return "exn";
    case HeapType::kBottom: return "bot";
  }
  return "?";
}

// The abbreviation of (ref null KIND), null where there is none. spec: text/types#abbreviations
const char* Abbreviation(HeapType::Abstract kind) {
  switch (kind) {
    case HeapType::kNoExn: return "nullexnref";
    case HeapType::kNoFunc: return "nullfuncref";
    case HeapType::kNoExtern: return "nullexternref";
    case HeapType::kNone: return "nullref";
    case HeapType::kFunc: return "funcref";
    case HeapType::kExtern: return "externref";
    case HeapType::kAny: return "anyref";
    case HeapType::kEq: return "eqref";
    case HeapType::kI31: return "i31ref";
    case HeapType::kStruct: return "structref";
    case HeapType::kArray: return "arrayref";
    case HeapType::kExn: return "exnref";
    case HeapType::kBottom: return nullptr;
  }
  return nullptr;
}

void AppendTypes(const std::vector<ValType>& types, std::string* out) {
  const char* separator = "(";
  for (ValType type : types) {
    absl::StrAppend(out, separator, ToString(type));
    separator = " ";
  }
  absl::StrAppend(out, types.empty() ? "()" : ")");
}

}  // namespace

std::string ToString(HeapType type) {
  return type.is_concrete() ? absl::StrCat(type.type_index()) : AbstractName(type.abstract());
}

std::string ToString(ValType type) {
  switch (type.kind()) {
    case ValType::kI32: return "i32";
    case ValType::kI64: return "i64";
    case ValType::kF32: return "f32";
    case ValType::kF64: return "f64";
    case ValType::kV128: return "v128";
    case ValType::kBottom: return "bot";
    case ValType::kRef: break;
  }
  HeapType heap = type.heap();
  if (type.nullable() && !heap.is_concrete()) {
    if (const char* text = Abbreviation(heap.abstract())) return text;
  }
  return absl::StrCat("(ref ", type.nullable() ? "null " : "", ToString(heap), ")");
}

std::string ToString(const FuncType& type) {
  std::string out;
  AppendTypes(type.params, &out);
  absl::StrAppend(&out, " -> ");
  AppendTypes(type.results, &out);
  return out;
}

const char* ToString(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return "function";
    case ExternKind::kTable: return "table";
    case ExternKind::kMemory: return "memory";
    case ExternKind::kGlobal: return "global";
    case ExternKind::kTag: return "tag";
  }
  return "?";
}

}  // namespace umiak
