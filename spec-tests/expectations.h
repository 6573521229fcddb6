// expectations.txt: what is known to fail, with the reason. The list may only get shorter: a listed place that does
// not fail is a failure.
#ifndef UMIAK_SPEC_TESTS_EXPECTATIONS_H_
#define UMIAK_SPEC_TESTS_EXPECTATIONS_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "spec-tests/runner.h"

namespace umiak::spec {

// The listed places of one script.
struct Expected {
  std::set<int> lines;
  bool unsupported = false;  // "script.wast:unsupported": instructions that nothing runs yet; and what follows from it
};

class Expectations {
 public:
  // Adds lines "script.wast:LINE reason" or "script.wast:unsupported reason"; "#" begins a comment.
  absl::Status Add(absl::string_view text);

  // Takes what is listed out of the result's failures, and puts in what is listed but did not fail.
  void Apply(const std::string& script, Result* result) const;

 private:
  std::map<std::string, Expected> scripts_;
};

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_EXPECTATIONS_H_
