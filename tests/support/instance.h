// A module from WAT, instantiated in a store of its own.
#ifndef UMIAK_TESTS_SUPPORT_INSTANCE_H_
#define UMIAK_TESTS_SUPPORT_INSTANCE_H_

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/wat.h"
#include "umiak/umiak.h"

namespace umiak {

// REQUIREs that everything goes well up to and including instantiation.
struct Guest {
  explicit Guest(absl::string_view text, const StoreOptions& options = {}) : store(options), linker(&store) {
    Instantiate(text);
  }
  explicit Guest(const StoreOptions& options = {}) : store(options), linker(&store) {}

  Instance Instantiate(absl::string_view text) {
    auto loaded = LoadModule(Wat(text));
    INFO(std::string(loaded.status().message()));
    REQUIRE(loaded.ok());
    module = *loaded;
    auto made = linker.Instantiate(module);
    INFO(std::string(made.status().message()));
    REQUIRE(made.ok());
    instance = *made;
    return instance;
  }
  absl::StatusOr<std::vector<Value>> Call(absl::string_view name, const std::vector<Value>& args = {}) const {
    auto func = instance.GetFunc(name);
    if (!func.ok()) return func.status();
    return func->Call(args);
  }
  // The results as text: "42", "1 2 3", or the error's message.
  std::string Run(absl::string_view name, const std::vector<Value>& args = {}) const {
    auto results = Call(name, args);
    if (!results.ok()) return std::string(results.status().message());
    std::string text;
    for (const Value& value : *results) absl::StrAppend(&text, text.empty() ? "" : " ", ToString(value));
    return text;
  }

  Store store;
  Linker linker;
  std::shared_ptr<const Module> module;  // the last one that was instantiated
  Instance instance;
};

}  // namespace umiak

#endif  // UMIAK_TESTS_SUPPORT_INSTANCE_H_
