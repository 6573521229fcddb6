#include "umiak/instance.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "umiak/type_canon.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// How many exports an error lists.
constexpr size_t kMaxListed = 16;

Global GlobalOf(StoreImpl* store, InstanceData* data, GlobalIdx index) {
  GlobalInst*& inst = data->global_insts[index];
  if (inst == nullptr) {
    const Module& module = *data->module;
    GlobalType type = module.globals[index].type;
    type.type = ToCanonical(type.type, module.canonical_types);
    store->globals.push_back(std::make_unique<GlobalInst>(GlobalInst{data->global_cell(index), type, {0, 0}}));
    inst = store->globals.back().get();
  }
  return Global(store, inst);
}

Extern ExternOf(StoreImpl* store, InstanceData* data, const Export& exported) {
  switch (exported.kind) {
    case ExternKind::kFunc: return Func(store, GetFuncInst(data, exported.index));
    case ExternKind::kTable: return Table(store, data->table(exported.index));
    case ExternKind::kMemory: return Memory(store, data->memory(exported.index));
    case ExternKind::kGlobal: return GlobalOf(store, data, exported.index);
    case ExternKind::kTag: break;
  }
  return Tag(store, data->tag(exported.index));
}

// Of that kind, for the sentence of an error.
std::string ListExports(const Module& module, ExternKind kind) {
  std::string list;
  size_t count = 0;
  for (const Export& exported : module.exports) {
    if (exported.kind != kind) continue;
    if (++count > kMaxListed) continue;
    absl::StrAppend(&list, list.empty() ? "" : ", ", "\"", absl::Utf8SafeCHexEscape(exported.name), "\"");
  }
  if (count > kMaxListed) absl::StrAppend(&list, " and ", count - kMaxListed, " more");
  return list.empty() ? absl::StrCat("exports no ", ToString(kind)) : absl::StrCat("exports ", list);
}

template <class T>
absl::StatusOr<T> Get(const Instance& instance, absl::string_view name, ExternKind kind) {
  const auto found = instance.FindExport(name);
  if (found && std::holds_alternative<T>(*found)) return std::get<T>(*found);
  const std::string quoted = absl::Utf8SafeCHexEscape(name);
  if (found) {
    return absl::NotFoundError(
        absl::StrCat("export \"", quoted, "\" is a ", ToString(KindOf(*found)), ", not a ", ToString(kind)));
  }
  return absl::NotFoundError(absl::StrCat("no exported ", ToString(kind), " \"", quoted, "\": the module ",
                                          ListExports(instance.module(), kind)));
}

}  // namespace

const Module& Instance::module() const { return *data_->module; }

std::optional<Extern> Instance::FindExport(absl::string_view name) const {
  const Export* exported = data_->module->FindExport(name);
  if (exported == nullptr) return std::nullopt;
  return ExternOf(store_, data_, *exported);
}

absl::StatusOr<Func> Instance::GetFunc(absl::string_view name) const {
  return Get<Func>(*this, name, ExternKind::kFunc);
}
absl::StatusOr<Memory> Instance::GetMemory(absl::string_view name) const {
  return Get<Memory>(*this, name, ExternKind::kMemory);
}
absl::StatusOr<Table> Instance::GetTable(absl::string_view name) const {
  return Get<Table>(*this, name, ExternKind::kTable);
}
absl::StatusOr<Global> Instance::GetGlobal(absl::string_view name) const {
  return Get<Global>(*this, name, ExternKind::kGlobal);
}

}  // namespace umiak
