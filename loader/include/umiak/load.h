// Bytes to Module: decode, then validate. The one entry of the loader.
#ifndef UMIAK_LOAD_H_
#define UMIAK_LOAD_H_

#include <memory>

#include "absl/status/statusor.h"
#include "umiak/features.h"
#include "umiak/module.h"

namespace umiak {

struct LoadOptions {
  Features features = Features::Default();
};

// Decodes and validates. Errors carry ErrorKind kMalformed, kInvalid or kLimit (umiak/error.h) with byte
// offset and function. Thread-safe; the result may be shared between threads.
absl::StatusOr<std::shared_ptr<const Module>> LoadModule(ModuleBytes bytes, const LoadOptions& options = {});

}  // namespace umiak

#endif  // UMIAK_LOAD_H_
