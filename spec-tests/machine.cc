#include "spec-tests/machine.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/instance.h"
#include "umiak/ref.h"

namespace umiak::spec {

Machine::Machine(const StoreOptions& options) : store_(options), linker_(&store_) {
  absl::Status status = DefineSpectest(&store_, &linker_);
  if (!status.ok()) linker_ = Linker(&store_);  // then whatever imports it says so
}

absl::Status Machine::Instantiate(std::shared_ptr<const Module> module, const std::string& id) {
  last_ = Instance();
  ASSIGN_OR_RETURN(Instance instance, linker_.Instantiate(std::move(module)));
  last_ = instance;
  if (!id.empty()) instances_[id] = instance;
  return absl::OkStatus();
}

absl::Status Machine::TryInstantiate(std::shared_ptr<const Module> module) const {
  return linker_.Instantiate(std::move(module)).status();
}

absl::StatusOr<Instance> Machine::Find(const std::string& id) const {
  if (id.empty()) {
    if (!last_.valid()) return absl::FailedPreconditionError("no module instance");
    return last_;
  }
  auto found = instances_.find(id);
  if (found == instances_.end()) return absl::NotFoundError(absl::StrCat("no module instance $", id));
  return found->second;
}

absl::Status Machine::Share(const Machine& other, const std::string& id) {
  ASSIGN_OR_RETURN(Instance instance, other.Find(id));
  for (const Export& item : instance.module().exports) {
    std::optional<Extern> external = instance.FindExport(item.name);
    if (!external.has_value() || !std::holds_alternative<Memory>(*external)) continue;
    absl::StatusOr<SharedMemory> memory = SharedMemory::Of(std::get<Memory>(*external));
    if (memory.ok()) shared_[id].emplace_back(item.name, *memory);
  }
  return absl::OkStatus();
}

absl::Status Machine::Register(const std::string& id, const std::string& name) {
  auto shared = shared_.find(id);
  if (shared != shared_.end() && instances_.count(id) == 0) {
    for (const auto& [item, memory] : shared->second) linker_.Define(name, item, memory.In(store_));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(Instance instance, Find(id));
  linker_.DefineInstance(name, instance);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> Machine::Perform(const Action& action) {
  ASSIGN_OR_RETURN(Instance instance, Find(action.module));
  if (action.is_get) {
    ASSIGN_OR_RETURN(Global global, instance.GetGlobal(action.name));
    return std::vector<Value>{global.Get()};
  }
  ASSIGN_OR_RETURN(Func func, instance.GetFunc(action.name));
  std::vector<Value> args = action.args;
  for (Value& arg : args) {
    if (arg.type().is_ref()) RETURN_IF_ERROR(MakeHostReference(&arg));
  }
  return func.Call(args);
}

absl::Status Machine::MakeHostReference(Value* placeholder) {
  const std::optional<uint64_t> number = HostNumberOf(placeholder->ref());
  if (!number) return absl::OkStatus();
  const auto [it, is_new] = host_references_.try_emplace(*number);
  if (is_new) {
    ASSIGN_OR_RETURN(const Value reference, NewHostRef(store_, *number));
    it->second = reference.ref();
  }
  *placeholder = Value(placeholder->type(), it->second);
  return absl::OkStatus();
}

}  // namespace umiak::spec
