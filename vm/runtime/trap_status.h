// How traps travel: as a payload of the status that the call returns.
#ifndef UMIAK_VM_RUNTIME_TRAP_STATUS_H_
#define UMIAK_VM_RUNTIME_TRAP_STATUS_H_

#include "absl/status/status.h"
#include "umiak/trap.h"

namespace umiak {

// The status that carries `trap`: its kind follows from the code, its sentence places the innermost frame.
absl::Status TrapStatus(const Trap& trap);

// What a host function's error becomes: a Trap, if it is one (it may have frames already, of a guest that the host
// function called) or an ordinary error ("host error"). Empty where it must pass as it is: exit, exception, limit, ...
std::optional<Trap> TrapOfHostError(const absl::Status& status);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_TRAP_STATUS_H_
