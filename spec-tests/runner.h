// Runs one script and counts its assertions.
#ifndef UMIAK_SPEC_TESTS_RUNNER_H_
#define UMIAK_SPEC_TESTS_RUNNER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "umiak/features.h"
#include "umiak/store.h"

namespace umiak::spec {

struct Failure {
  int line;
  std::string text;
};

// passed + failed + skipped is the number of assertions. A failing command that is no assertion (a module that does
// not load) is among the failures, but not counted.
struct Result {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  std::vector<Failure> failures;
};

struct ScriptOptions {
  StoreOptions store;
  Features features = Features::Default();  // what modules may have
};

Result RunScript(absl::string_view text, const ScriptOptions& options);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_RUNNER_H_
