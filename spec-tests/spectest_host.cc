// The module "spectest". spec: interpreter/README#spectest-host-module
#include <utility>

#include "spec-tests/machine.h"
#include "umiak/error.h"
#include "umiak/extern.h"

namespace umiak::spec {
namespace {

Limits MakeLimits(uint64_t min, uint64_t max) {
  Limits limits;
  limits.min = min;
  limits.max = max;
  return limits;
}

absl::Status DefineTable(Store* store, Linker* linker, const char* name, bool is_64) {
  TableType type;
  type.element = kFuncRef;
  type.limits = MakeLimits(10, 20);
  type.is_64 = is_64;
  ASSIGN_OR_RETURN(Table table, Table::Create(*store, type, Value(kFuncRef, Ref{})));
  linker->Define("spectest", name, table);
  return absl::OkStatus();
}

absl::Status DefineMemory(Store* store, Linker* linker, const char* name, bool shared) {
  MemoryType type;
  type.limits = MakeLimits(1, 2);
  type.shared = shared;
  ASSIGN_OR_RETURN(Memory memory, Memory::Create(*store, type));
  linker->Define("spectest", name, memory);
  return absl::OkStatus();
}

absl::Status DefineGlobal(Store* store, Linker* linker, const char* name, const Value& value) {
  GlobalType type;
  type.type = value.type();
  ASSIGN_OR_RETURN(Global global, Global::Create(*store, type, value));
  linker->Define("spectest", name, global);
  return absl::OkStatus();
}

// The scripts only see that it was called without a trap.
void DefinePrint(Linker* linker, const char* name, std::vector<ValType> params) {
  FuncType type;
  type.params = std::move(params);
  linker->DefineFunc("spectest", name, type, [](Caller&, uint64_t*) { return absl::OkStatus(); });
}

}  // namespace

absl::Status DefineSpectest(Store* store, Linker* linker) {
  DefinePrint(linker, "print", {});
  DefinePrint(linker, "print_i32", {ValType::kI32});
  DefinePrint(linker, "print_i64", {ValType::kI64});
  DefinePrint(linker, "print_f32", {ValType::kF32});
  DefinePrint(linker, "print_f64", {ValType::kF64});
  DefinePrint(linker, "print_i32_f32", {ValType::kI32, ValType::kF32});
  DefinePrint(linker, "print_f64_f64", {ValType::kF64, ValType::kF64});
  RETURN_IF_ERROR(DefineGlobal(store, linker, "global_i32", Value(int32_t{666})));
  RETURN_IF_ERROR(DefineGlobal(store, linker, "global_i64", Value(int64_t{666})));
  RETURN_IF_ERROR(DefineGlobal(store, linker, "global_f32", Value(666.6f)));
  RETURN_IF_ERROR(DefineGlobal(store, linker, "global_f64", Value(666.6)));
  RETURN_IF_ERROR(DefineTable(store, linker, "table", false));
  RETURN_IF_ERROR(DefineTable(store, linker, "table64", true));
  RETURN_IF_ERROR(DefineMemory(store, linker, "memory", false));
  return DefineMemory(store, linker, "shared_memory", true);
}

}  // namespace umiak::spec
