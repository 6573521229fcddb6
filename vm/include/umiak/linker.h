// The import resolver: names to externals, and modules to instances.
// spec: exec/modules#instantiation
#ifndef UMIAK_LINKER_H_
#define UMIAK_LINKER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/caller.h"
#include "umiak/instance.h"

namespace umiak {

// Belongs to one store; same thread rule. A later definition of a name replaces an earlier one.
class Linker {
 public:
  explicit Linker(Store* store) : store_(store) {}

  void Define(absl::string_view module, absl::string_view name, Extern external);
  // A host function from a lambda `R(Caller&, Args...)`; see typed_func.h for the types.
  template <class F>
    requires requires { &F::operator(); }
  void Define(absl::string_view module, absl::string_view name, F f) {
    HostFunction host = HostFunction::Wrap(std::move(f));
    DefineFunc(module, name, host.type, std::move(host.callback));
  }
  void DefineFunc(absl::string_view module, absl::string_view name, const FuncType& type, RawHostFunc callback);
  // All exports of the instance under a module name.
  void DefineInstance(absl::string_view module, const Instance& instance);

  std::optional<Extern> Find(absl::string_view module, absl::string_view name) const;
  Store* store() const { return store_; }

  // Resolves imports, allocates, initialises, runs the start function. Errors: ErrorKind::kUnlinkable (the
  // sentence lists every missing import at once, and near matches), a trap of start or of a segment.
  absl::StatusOr<Instance> Instantiate(std::shared_ptr<const Module> module) const;

 private:
  Store* store_;
  absl::flat_hash_map<std::pair<std::string, std::string>, Extern> names_;
};

}  // namespace umiak

#endif  // UMIAK_LINKER_H_
