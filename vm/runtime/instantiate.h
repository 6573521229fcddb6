// From a module and its imports to an instance.
// spec: exec/modules#instantiation
#ifndef UMIAK_VM_RUNTIME_INSTANTIATE_H_
#define UMIAK_VM_RUNTIME_INSTANTIATE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "umiak/instance.h"

namespace umiak {

// `externals` answer the module's imports, in their order and of matching types. On failure the store keeps what was
// made so far: a table may already refer to it.
absl::StatusOr<Instance> InstantiateModule(StoreImpl* store, std::shared_ptr<const Module> module,
                                           absl::Span<const Extern> externals);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_INSTANTIATE_H_
