// The border between C++ and interpreted code.
#ifndef UMIAK_VM_INTERP_INTERP_H_
#define UMIAK_VM_INTERP_INTERP_H_

#include <cstdint>

#include "absl/status/status.h"
#include "vm/runtime/func.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

// Calls `func` with arguments in `slots` (see RawHostFunc) and writes its results there. A trap comes back as
// a status built by MakeTrapStatus. Re-entrant up to options.max_native_depth.
absl::Status Invoke(StoreImpl* store, FuncInst* func, uint64_t* slots);

// Makes inst->code the cell that calls inst->callback, and points inst->entry at it.
void InitHostCode(HostFuncInst* inst);

// The status of the trap recorded in exec: phrase, detail, backtrace (vm/runtime/backtrace.cc).
absl::Status MakeTrapStatus(Execution* exec);

// A return address of this bridge cell means: the frame below belongs to another instance. The backtrace
// walks through it; fp points at the bridge frame then. See docs/BYTECODE.md.
bool IsRestoreCell(const uint8_t* ip);
// A return address of this cell means: the frame was called from the host.
bool IsExitCell(const uint8_t* ip);

// "clang 22.1, tail calls, 4+4 registers": how this build dispatches.
const char* DispatchName();

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_INTERP_H_
