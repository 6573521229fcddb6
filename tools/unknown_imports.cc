#include "tools/unknown_imports.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "umiak/trap.h"

namespace umiak {
namespace {

bool IsHostType(ValType type) { return !type.is_ref() || type == kFuncRef || type == kExternRef; }

bool CanStandIn(const FuncType& type) {
  return std::all_of(type.params.begin(), type.params.end(), IsHostType) &&
         std::all_of(type.results.begin(), type.results.end(), IsHostType);
}

size_t SlotsOf(const std::vector<ValType>& types) {
  size_t slots = 0;
  for (ValType type : types) slots += type == ValType::kV128 ? 2 : 1;
  return slots;
}

RawHostFunc Trapping(std::string name) {
  return [name = std::move(name)](Caller&, uint64_t*) {
    return MakeTrap(TrapCode::kHostError, absl::StrCat("the unknown import ", name, " was called"));
  };
}

// The default of every type is zeros.
RawHostFunc Zero(const FuncType& type) {
  return [slots = SlotsOf(type.results)](Caller&, uint64_t* results) {
    std::fill_n(results, slots, uint64_t{0});
    return absl::OkStatus();
  };
}

}  // namespace

void DefineUnknownImports(const RunOptions& options, const Module& module, Linker* linker) {
  if (!options.unknown_imports_trap && !options.unknown_imports_default) return;
  for (const Import& import : module.imports) {
    if (import.kind != ExternKind::kFunc || linker->Find(import.module, import.name).has_value()) continue;
    const FuncType& type = module.TypeOfFunction(import.index);
    if (!CanStandIn(type)) continue;
    std::string name = absl::StrCat("\"", import.module, "\".\"", import.name, "\"");
    linker->DefineFunc(import.module, import.name, type,
                       options.unknown_imports_trap ? Trapping(std::move(name)) : Zero(type));
  }
}

}  // namespace umiak
