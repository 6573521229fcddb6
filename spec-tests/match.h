// Whether results are as a script expects.
#ifndef UMIAK_SPEC_TESTS_MATCH_H_
#define UMIAK_SPEC_TESTS_MATCH_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "spec-tests/script.h"
#include "umiak/value.h"

namespace umiak::spec {

bool Matches(const Pattern& pattern, const Value& value);
bool Matches(absl::Span<const Pattern> patterns, absl::Span<const Value> values);

std::string ToText(const Pattern& pattern);
std::string ToText(const Value& value);

// Whether an error's sentence begins with the phrase a script expects. Where the script has "phrase: detail", the
// phrase will do: the details are those of another implementation.
bool PhraseMatches(absl::string_view message, absl::string_view expected);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_MATCH_H_
