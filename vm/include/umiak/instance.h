// An instantiated module.
// spec: exec/runtime#module-instances
#ifndef UMIAK_INSTANCE_H_
#define UMIAK_INSTANCE_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/extern.h"
#include "umiak/module.h"
#include "umiak/typed_func.h"

namespace umiak {

struct InstanceData;

// A handle like those of extern.h.
class Instance {
 public:
  Instance() = default;
  Instance(StoreImpl* store, InstanceData* data) : store_(store), data_(data) {}

  bool valid() const { return data_ != nullptr; }
  const Module& module() const;
  // The export of that name; empty if there is none.
  std::optional<Extern> FindExport(absl::string_view name) const;
  // The same, of that kind; NotFound names the export and what the module does export.
  absl::StatusOr<Func> GetFunc(absl::string_view name) const;
  absl::StatusOr<Memory> GetMemory(absl::string_view name) const;
  absl::StatusOr<Table> GetTable(absl::string_view name) const;
  absl::StatusOr<Global> GetGlobal(absl::string_view name) const;
  // A function checked once against a C++ type: GetFunc<int64_t(int32_t)>("fib").
  template <class Signature>
  absl::StatusOr<TypedFunc<Signature>> GetFunc(absl::string_view name) const {
    auto func = GetFunc(name);
    if (!func.ok()) return std::move(func).status();
    return TypedFunc<Signature>::Create(*func, name);
  }
  StoreImpl* store() const { return store_; }
  InstanceData* data() const { return data_; }

 private:
  StoreImpl* store_ = nullptr;
  InstanceData* data_ = nullptr;
};

}  // namespace umiak

#endif  // UMIAK_INSTANCE_H_
