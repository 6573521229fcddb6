// Finds who catches what is thrown. See docs/BYTECODE.md.
#ifndef UMIAK_VM_INTERP_UNWIND_H_
#define UMIAK_VM_INTERP_UNWIND_H_

#include <cstdint>

#include "vm/interp/bridge.h"
#include "vm/interp/compiler.h"
#include "vm/runtime/exception.h"

namespace umiak {

struct Execution;

// Walks the frames of this activation outwards from the cell `at.ip` (of a call: a byte before its return address).
// The handler that was found, its slots hold the arguments; it stays valid until the next throw. Null: nobody catches
// it up to the border to the host, and exec->uncaught is set; or there is no room for the exception on the heap, which is
// a trap (exec->trap).
const Continuation* Unwind(Execution* exec, Thrown thrown, Continuation at);

// The instructions, at that cell. Null: see Unwind; null references are traps, too.
// spec: exec/instructions#exec-throw, #exec-throw-ref
NOINLINE const Continuation* ThrowTag(const Continuation& at, uint32_t tag, const uint64_t* args);
NOINLINE const Continuation* ThrowReference(const Continuation& at, uint64_t reference);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_UNWIND_H_
