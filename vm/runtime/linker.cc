#include "umiak/linker.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "vm/runtime/imports.h"
#include "vm/runtime/instantiate.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

StoreImpl* StoreOf(const Extern& external) {
  return std::visit([](const auto& handle) { return handle.store(); }, external);
}

}  // namespace

void Linker::Define(absl::string_view module, absl::string_view name, Extern external) {
  names_.insert_or_assign(std::make_pair(std::string(module), std::string(name)), std::move(external));
}

void Linker::DefineFunc(absl::string_view module, absl::string_view name, const FuncType& type,
                        RawHostFunc callback) {
  Define(module, name, Func::Host(*store_, type, std::move(callback)));
}

void Linker::DefineInstance(absl::string_view module, const Instance& instance) {
  for (const Export& exported : instance.module().exports) {
    Define(module, exported.name, *instance.FindExport(exported.name));
  }
}

std::optional<Extern> Linker::Find(absl::string_view module, absl::string_view name) const {
  const auto found = names_.find(std::make_pair(std::string(module), std::string(name)));
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<Instance> Linker::Instantiate(std::shared_ptr<const Module> module) const {
  std::vector<Extern> externals;
  externals.reserve(module->imports.size());
  std::vector<const Import*> missing;
  absl::Status mismatch;
  for (const Import& import : module->imports) {
    const auto found = Find(import.module, import.name);
    if (!found) {
      missing.push_back(&import);
    } else if (StoreOf(*found) != store_->impl()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", import.module, "\".\"", import.name, "\" belongs to another store"));
    } else if (!ImportMatches(*module, import, *found)) {
      if (mismatch.ok()) mismatch = IncompatibleImport(*module, import, *found);
    } else {
      externals.push_back(*found);
    }
  }
  if (!missing.empty()) {
    std::vector<DefinedName> defined;
    defined.reserve(names_.size());
    for (const auto& [key, external] : names_) defined.push_back({key.first, key.second});
    return UnknownImports(*module, missing, defined);
  }
  if (!mismatch.ok()) return mismatch;
  return InstantiateModule(store_->impl(), std::move(module), externals);
}

}  // namespace umiak
