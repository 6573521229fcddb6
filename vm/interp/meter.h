// Slices of budget for metered code, and the questions asked when one is used up.
#ifndef UMIAK_VM_INTERP_METER_H_
#define UMIAK_VM_INTERP_METER_H_

#include <cstdint>

#include "umiak/trap.h"
#include "vm/runtime/execution.h"

namespace umiak {

// How many wasm instructions run between two polls: some tens of microseconds.
inline constexpr int64_t kBudgetSlice = 100'000;

// Asks for interruption, deadline and fuel, then adds a slice to exec->budget. Whether the guest must stop; *code
// says why.
bool Poll(Execution* exec, TrapCode* code);

// How many bytes of a bulk operation cost as much as one instruction.
inline constexpr uint64_t kBulkBytesPerInstruction = 64;

// Charges for `bytes` of a bulk operation that an instruction of `cx` is about to do; plain code is not charged. False:
// the guest must stop, and exec->trap says why.
bool ChargeBulk(InstanceData* cx, uint64_t bytes);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_METER_H_
