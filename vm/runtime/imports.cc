#include "vm/runtime/imports.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "umiak/edit_distance.h"
#include "umiak/error.h"
#include "umiak/type_canon.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// What an error lists and compares: its sentence stays readable and is made quickly, whatever the module holds.
constexpr size_t kMaxListed = 16;
constexpr size_t kMaxNameBytes = 80;
constexpr size_t kMaxCompared = 10'000;

// The present size answers as the minimum. spec: valid/matching#limits
bool LimitsMatch(uint64_t size, uint64_t max, const Limits& wanted) {
  return size >= wanted.min && (!wanted.has_max() || (max != Limits::kNoMax && max <= wanted.max));
}

bool FuncMatches(const Module& module, FuncIdx index, const Func& func) {
  return IsSubtype(func.inst()->type_id, module.canonical_types[module.functions[index].type]);
}

bool TableMatches(const Module& module, const TableType& wanted, const TableType& actual) {
  return wanted.is_64 == actual.is_64 && ToCanonical(wanted.element, module.canonical_types) == actual.element &&
         LimitsMatch(actual.limits.min, actual.limits.max, wanted.limits);
}

bool MemoryMatches(const MemoryType& wanted, const MemoryType& actual) {
  return wanted.is_64 == actual.is_64 && wanted.shared == actual.shared &&
         wanted.page_size_log2 == actual.page_size_log2 &&
         LimitsMatch(actual.limits.min, actual.limits.max, wanted.limits);
}

bool GlobalMatches(const Module& module, const GlobalType& wanted, const GlobalType& actual) {
  const ValType type = ToCanonical(wanted.type, module.canonical_types);
  if (wanted.is_mutable != actual.is_mutable) return false;
  return wanted.is_mutable ? type == actual.type : Matches(actual.type, type);
}

std::string LimitsToString(const Limits& limits) {
  return limits.has_max() ? absl::StrCat(limits.min, " ", limits.max) : absl::StrCat(limits.min);
}

std::string ToString(const TableType& type) {
  return absl::StrCat("table ", type.is_64 ? "i64 " : "", LimitsToString(type.limits), " ", ToString(type.element));
}

std::string ToString(const MemoryType& type) {
  std::string text = absl::StrCat("memory ", type.is_64 ? "i64 " : "", LimitsToString(type.limits));
  if (type.shared) text += " shared";
  if (type.page_size_log2 != 16) absl::StrAppend(&text, " (pagesize ", type.page_size(), ")");
  return text;
}

std::string ToString(const GlobalType& type) {
  const std::string value = ToString(type.type);
  return type.is_mutable ? absl::StrCat("global (mut ", value, ")") : absl::StrCat("global ", value);
}

std::string Quoted(absl::string_view name) {
  const bool cut = name.size() > kMaxNameBytes;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(name.substr(0, kMaxNameBytes)), cut ? "...\"" : "\"");
}

std::string Quoted(absl::string_view module, absl::string_view name) {
  return absl::StrCat(Quoted(module), ".", Quoted(name));
}

// The defined name that was probably meant: the same name in another module, or nearly the same in this one.
const DefinedName* NearMatch(const Import& import, const std::vector<DefinedName>& defined) {
  if (import.name.size() > kMaxNameBytes || import.name.empty()) return nullptr;
  const size_t limit = std::max<size_t>(1, import.name.size() / 4);
  const DefinedName* best = nullptr;
  size_t best_distance = limit + 1;
  for (size_t i = 0; i < std::min(defined.size(), kMaxCompared); ++i) {
    const DefinedName& name = defined[i];
    if (name.name.size() > kMaxNameBytes) continue;
    const bool same_module = name.module == import.module;
    if (!same_module && name.name != import.name) continue;
    const size_t distance = same_module ? EditDistance(import.name, name.name, limit) : 0;
    if (distance < best_distance) {
      best_distance = distance;
      best = &name;
    }
  }
  return best;
}

// Which toolchain makes such an import, and what to do; empty if unknown.
absl::string_view HintFor(const Import& import, const std::vector<DefinedName>& defined) {
  const absl::string_view module = import.module;
  const absl::string_view name = import.name;
  if (absl::StartsWith(module, "__wbindgen") || module == "wbg" || absl::StartsWith(name, "__wbindgen") ||
      absl::StartsWith(name, "__wbg_")) {
    return "built for wasm-bindgen (JavaScript); build with --target wasm32-wasip1";
  }
  if (module == "wasi_snapshot_preview1" || module == "wasi_unstable") {
    const bool has_wasi = std::any_of(defined.begin(), defined.end(), [](const DefinedName& d) {
      return d.module == "wasi_snapshot_preview1";
    });
    if (!has_wasi) return "the host gives this module no WASI";
    return module == "wasi_unstable" ? "a snapshot of WASI older than preview 1; build with a newer toolchain"
                                     : "not a function of WASI preview 1";
  }
  if (absl::StartsWith(module, "wasi:")) {
    return "a part of WASI 0.2 (component model); build with --target wasm32-wasip1";
  }
  if (absl::StartsWith(module, "wasix")) return "WASIX is not supported; build with --target wasm32-wasip1";
  if (module == "gojs" || module == "go") return "built for JavaScript; build with GOOS=wasip1";
  if (module == "env" || module == "a") {
    if (absl::StartsWith(name, "emscripten_") || absl::StartsWith(name, "_emscripten_") ||
        absl::StartsWith(name, "invoke_") || absl::StartsWith(name, "__cxa_") || absl::StartsWith(name, "__syscall_")) {
      return "built by Emscripten for JavaScript; link with -sSTANDALONE_WASM";
    }
    return "the host gives no such function: a symbol that was undefined when linking, or made for another host";
  }
  return "";
}

std::string DescribeMissing(const Module& module, const Import& import, const std::vector<DefinedName>& defined) {
  std::string text = absl::StrCat(Quoted(import.module, import.name), ": ", ImportTypeToString(module, import));
  if (const DefinedName* near = NearMatch(import, defined)) {
    absl::StrAppend(&text, " (did you mean ", Quoted(near->module, near->name), "?)");
  }
  return text;
}

}  // namespace

bool ImportMatches(const Module& module, const Import& import, const Extern& external) {
  if (KindOf(external) != import.kind) return false;
  switch (import.kind) {
    case ExternKind::kFunc:
      return FuncMatches(module, import.index, std::get<Func>(external));
    case ExternKind::kTable:
      return TableMatches(module, module.tables[import.index].type, std::get<Table>(external).type());
    case ExternKind::kMemory:
      return MemoryMatches(module.memories[import.index].type, std::get<Memory>(external).type());
    case ExternKind::kGlobal:
      return GlobalMatches(module, module.globals[import.index].type, std::get<Global>(external).type());
    case ExternKind::kTag:
      break;
  }
  return std::get<Tag>(external).inst()->type_id == module.canonical_types[module.tags[import.index].type];
}

std::string ImportTypeToString(const Module& module, const Import& import) {
  switch (import.kind) {
    case ExternKind::kFunc: return absl::StrCat("func ", ToString(module.TypeOfFunction(import.index)));
    case ExternKind::kTable: return ToString(module.tables[import.index].type);
    case ExternKind::kMemory: return ToString(module.memories[import.index].type);
    case ExternKind::kGlobal: return ToString(module.globals[import.index].type);
    case ExternKind::kTag: break;
  }
  return absl::StrCat("tag ", ToString(module.types[module.tags[import.index].type].func));
}

std::string TypeToString(const Extern& external) {
  switch (KindOf(external)) {
    case ExternKind::kFunc: return absl::StrCat("func ", ToString(std::get<Func>(external).type()));
    case ExternKind::kTable: return ToString(std::get<Table>(external).type());
    case ExternKind::kMemory: return ToString(std::get<Memory>(external).type());
    case ExternKind::kGlobal: return ToString(std::get<Global>(external).type());
    case ExternKind::kTag: break;
  }
  return absl::StrCat("tag ", ToString(std::get<Tag>(external).inst()->type));
}

absl::Status UnknownImports(const Module& module, const std::vector<const Import*>& missing,
                            const std::vector<DefinedName>& defined) {
  std::string detail;
  std::vector<absl::string_view> hints;
  for (size_t i = 0; i < std::min(missing.size(), kMaxListed); ++i) {
    absl::StrAppend(&detail, i == 0 ? "" : ", ", DescribeMissing(module, *missing[i], defined));
    const absl::string_view hint = HintFor(*missing[i], defined);
    if (!hint.empty() && std::find(hints.begin(), hints.end(), hint) == hints.end()) hints.push_back(hint);
  }
  if (missing.size() > kMaxListed) absl::StrAppend(&detail, ", and ", missing.size() - kMaxListed, " more");
  for (absl::string_view hint : hints) absl::StrAppend(&detail, "; ", hint);
  return MakeError(ErrorKind::kUnlinkable, "unknown import", detail);
}

absl::Status IncompatibleImport(const Module& module, const Import& import, const Extern& external) {
  return MakeError(ErrorKind::kUnlinkable, "incompatible import type",
                   absl::StrCat(Quoted(import.module, import.name), " wants ", ImportTypeToString(module, import),
                                ", is given ", TypeToString(external)));
}

}  // namespace umiak
