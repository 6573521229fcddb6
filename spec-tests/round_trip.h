// Every module of a script, printed and assembled again.
#ifndef UMIAK_SPEC_TESTS_ROUND_TRIP_H_
#define UMIAK_SPEC_TESTS_ROUND_TRIP_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "spec-tests/runner.h"

namespace umiak::spec {

struct RoundTrips {
  int equal = 0;      // the text gives the same bytes
  int rewritten = 0;  // binaries that are not in the form that the assembler writes: the text gives that form, which
                      // gives the same text
  std::vector<int> rewritten_lines;
  std::vector<Failure> failures;
};

// Takes the script's modules that are no malformed ones, whether valid or not, in text and binary. What text assembles
// to must come back byte for byte. `see` (may be null) gets the line, the bytes and the text of each.
RoundTrips CheckRoundTrips(
    absl::string_view script,
    const std::function<void(int line, absl::Span<const uint8_t> bytes, absl::string_view text)>& see = nullptr);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_ROUND_TRIP_H_
