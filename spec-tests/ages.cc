#include "spec-tests/ages.h"

#include "absl/strings/match.h"

namespace umiak::spec {
namespace {

// Wasm 3.0 alone.
Features Wasm3() {
  Features features = Features::Default();
  for (Feature later : {kThreads, kCustomPageSizes, kWideArithmetic, kLegacyExceptions}) features.Set(later, false);
  return features;
}

}  // namespace

Features FeaturesOf(absl::string_view script) {
  Features features = Wasm3();
  if (absl::StartsWith(script, "legacy/")) {
    features.Set(kLegacyExceptions, true);
  } else if (absl::StartsWith(script, "proposals/custom-page-sizes/")) {
    features.Set(kCustomPageSizes, true);
  } else if (absl::StartsWith(script, "proposals/wide-arithmetic/")) {
    features.Set(kWideArithmetic, true);
  } else if (absl::StartsWith(script, "proposals/threads/")) {
    // Of Wasm 1.0 with bulk memory: one table, one memory, and limits of 32 bits.
    features.Set(kThreads, true);
    for (Feature later : {kReferenceTypes, kMultiMemory, kMemory64, kFunctionReferences, kGc, kExceptions, kTailCall}) {
      features.Set(later, false);
    }
  }
  return features;
}

}  // namespace umiak::spec
