// A store, a linker and modules written as text: what most tests of running code need.
#ifndef UMIAK_TESTS_SUPPORT_GUEST_H_
#define UMIAK_TESTS_SUPPORT_GUEST_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/wat.h"
#include "umiak/umiak.h"

namespace umiak {

class Guest {
 public:
  explicit Guest(const StoreOptions& options = {}) : store(options), linker(&store) {}

  static std::shared_ptr<const Module> Load(const char* wat) {
    auto module = LoadModule(Wat(wat));
    REQUIRE_MESSAGE(module.ok(), module.status().ToString());
    return *std::move(module);
  }
  absl::StatusOr<Instance> TryInstantiate(const char* wat) { return linker.Instantiate(Load(wat)); }
  Instance Instantiate(const char* wat) {
    auto instance = TryInstantiate(wat);
    REQUIRE_MESSAGE(instance.ok(), instance.status().ToString());
    return *instance;
  }
  // Calls an export.
  static absl::StatusOr<std::vector<Value>> TryCall(const Instance& instance, const char* name,
                                                    const std::vector<Value>& args = {}) {
    auto func = instance.GetFunc(name);
    REQUIRE_MESSAGE(func.ok(), func.status().ToString());
    return func->Call(args);
  }
  static std::vector<Value> Call(const Instance& instance, const char* name, const std::vector<Value>& args = {}) {
    auto results = TryCall(instance, name, args);
    REQUIRE_MESSAGE(results.ok(), results.status().ToString());
    return *std::move(results);
  }
  static int32_t CallI32(const Instance& instance, const char* name, const std::vector<Value>& args = {}) {
    return Call(instance, name, args).at(0).i32();
  }

  Store store;
  Linker linker;
};

inline std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

}  // namespace umiak

#endif  // UMIAK_TESTS_SUPPORT_GUEST_H_
