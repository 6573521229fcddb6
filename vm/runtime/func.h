// Function instances.
// spec: exec/runtime#function-instances
#ifndef UMIAK_VM_RUNTIME_FUNC_H_
#define UMIAK_VM_RUNTIME_FUNC_H_

#include <cstdint>

#include "umiak/extern.h"
#include "umiak/types.h"

namespace umiak {

struct InstanceData;

// What calls need, first and small: a funcref is a pointer to this. Wasm functions get one on demand
// (GetFuncInst); host functions are HostFuncInst.
struct FuncInst {
  const uint8_t* entry;   // internal code: a stub until translated; a host function's own bridge code
  InstanceData* cx;       // the defining instance; null for a host function
  uint32_t type_id;       // canonical (Module::canonical_types)
  FuncIdx index;          // in the defining module
  const FuncType* type;
};

// A host function: its code is one cell {handler, this}, see vm/interp/host_call.cc.
struct HostFuncInst : FuncInst {
  uint64_t code[2];
  FuncType owned_type;
  RawHostFunc callback;
  uint32_t param_slots;
  uint32_t result_slots;
};

// The function instance of `index` in `instance`'s index space, made at the first request.
FuncInst* GetFuncInst(InstanceData* instance, FuncIdx index);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_FUNC_H_
