// What scripts run on: one store, the instances of a script by name, and the host module "spectest".
#ifndef UMIAK_SPEC_TESTS_MACHINE_H_
#define UMIAK_SPEC_TESTS_MACHINE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "spec-tests/script.h"
#include "umiak/linker.h"
#include "umiak/shared_memory.h"
#include "umiak/store.h"

namespace umiak::spec {

class Machine {
 public:
  explicit Machine(const StoreOptions& options);

  // Instantiates, and remembers the instance under `id` (unless empty) and as the last one.
  absl::Status Instantiate(std::shared_ptr<const Module> module, const std::string& id);
  // Instantiates without remembering; what it initialised before it failed stays.
  absl::Status TryInstantiate(std::shared_ptr<const Module> module) const;
  // The module of a failed command must not be taken for an older one.
  void ForgetLast() { last_ = Instance(); }
  // Brings the shared memories that an instance of another machine exports here, to be registered under its `id`. On
  // the other machine's thread, before this one has one of its own.
  absl::Status Share(const Machine& other, const std::string& id);
  // Makes the exports of an instance importable under a name.
  absl::Status Register(const std::string& id, const std::string& name);
  absl::StatusOr<std::vector<Value>> Perform(const Action& action);

 private:
  absl::StatusOr<Instance> Find(const std::string& id) const;
  // Puts the store's reference of that number in place of what the script's parser left (HostReference).
  absl::Status MakeHostReference(Value* placeholder);

  Store store_;
  Linker linker_;
  Instance last_;
  absl::flat_hash_map<std::string, Instance> instances_;
  // Of instances of another machine, by identifier: what they export.
  absl::flat_hash_map<std::string, std::vector<std::pair<std::string, SharedMemory>>> shared_;
  absl::flat_hash_map<uint64_t, Ref> host_references_;
};

// Defines the host module that the specification's scripts import from.
absl::Status DefineSpectest(Store* store, Linker* linker);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_MACHINE_H_
