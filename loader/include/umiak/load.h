// Bytes to Module: decode, then validate. The one entry of the loader.
#ifndef UMIAK_LOAD_H_
#define UMIAK_LOAD_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "umiak/features.h"
#include "umiak/module.h"

namespace umiak {

struct LoadOptions {
  Features features = Features::Default();
  // Threads that validate the bodies of a large module, this one among them; 0: as many as there are CPUs for the
  // process. The result does not depend on it.
  uint32_t threads = 1;
  // A body is validated when it is first called: what is never called costs nothing. Then an invalid body does not make
  // LoadModule fail, but each call of its function, with the same error; all else is validated at once as ever.
  bool defer_bodies = false;
};

// Decodes and validates. Errors carry ErrorKind kMalformed, kInvalid or kLimit (umiak/error.h) with byte
// offset and function. Thread-safe; the result may be shared between threads.
absl::StatusOr<std::shared_ptr<const Module>> LoadModule(ModuleBytes bytes, const LoadOptions& options = {});

}  // namespace umiak

#endif  // UMIAK_LOAD_H_
