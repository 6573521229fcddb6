// What functions behind cells (intrinsics.h) say and ask when they may trap.
#ifndef UMIAK_VM_INTERP_INTRINSIC_CHECKS_H_
#define UMIAK_VM_INTERP_INTRINSIC_CHECKS_H_

#include <cstdint>

#include "vm/runtime/execution.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

// Notes why the function traps; false, which it then returns.
inline bool Fail(InstanceData* cx, TrapCode code) {
  cx->exec->trap = code;
  return false;
}

// Whether [start, start + count) lies in [0, size), of whatever unit.
inline bool InRange(uint64_t start, uint64_t count, uint64_t size) { return start <= size && count <= size - start; }

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_INTRINSIC_CHECKS_H_
