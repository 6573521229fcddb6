// Which features the scripts of a folder are written for: a proposal's scripts know those of its time, and say that
// what came later is an error.
#ifndef UMIAK_SPEC_TESTS_AGES_H_
#define UMIAK_SPEC_TESTS_AGES_H_

#include "absl/strings/string_view.h"
#include "umiak/features.h"

namespace umiak::spec {

// `script` is the path below the suite: "proposals/threads/memory.wast".
Features FeaturesOf(absl::string_view script);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_AGES_H_
