// All bodies of a module: on several threads, or each when it is first called.
#ifndef UMIAK_LOADER_VALIDATE_BODIES_H_
#define UMIAK_LOADER_VALIDATE_BODIES_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "loader/validate/function_validator.h"
#include "umiak/module.h"

namespace umiak {

// Validates the bodies of `module` on up to `threads` threads (0: one for each CPU that this process may use), which
// small modules do not need. The error is that of the first invalid body, however many threads there are.
// `validator` has seen everything but the bodies.
absl::Status ValidateBodies(FunctionValidator& validator, const Module& module, uint32_t threads);

// Validates none of them yet. REQUIRES: `module` outlives the result.
std::unique_ptr<DeferredBodies> DeferBodies(const FunctionValidator& validator);

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_BODIES_H_
