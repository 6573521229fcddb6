// Global and tag instances.
// spec: exec/runtime#global-instances
#ifndef UMIAK_VM_RUNTIME_GLOBAL_H_
#define UMIAK_VM_RUNTIME_GLOBAL_H_

#include <cstdint>

#include "umiak/types.h"

namespace umiak {

// A handle to a global's cell: one 8-byte word, two for v128. The cell of a wasm global lies inside its
// InstanceData, that of a host global in `own`.
struct GlobalInst {
  uint64_t* cell;
  GlobalType type;  // a concrete type in it is canonical: umiak/type_canon.h
  uint64_t own[2];
};

// spec: exec/runtime#tag-instances
struct TagInst {
  FuncType type;     // concrete types in it are canonical
  uint32_t type_id;
  uint32_t slots;    // of the arguments
};

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GLOBAL_H_
