// How a body becomes a handler and a handler reaches the next one: the only thing that differs between builds.
//
// A body is a struct B with a constant kKind and `static ... Body(Regs&)`, always inlined; it leaves s.ip at the next
// cell. No body lets the address of Regs escape: that would force the registers into memory.
#ifndef UMIAK_VM_INTERP_DISPATCH_H_
#define UMIAK_VM_INTERP_DISPATCH_H_

#include <cstdint>

namespace umiak {

enum class BodyKind : uint8_t {
  kStraight,  // void Body(Regs&)
  kMayTrap,   // Handler Body(Regs&): null, or the handler to go on with instead (which sees s as the body left it)
  kBranch,    // bool Body(Regs&), then void Take(Regs&) or void Pass(Regs&)
  kTrapBranch,  // Handler Body(Regs&, bool* taken): as kMayTrap, then as kBranch
  kLeave,     // uint64_t Body(Regs&): ends the run with that value (an Exit)
};

// Why a run of cells ended.
enum class Exit : uint64_t {
  kReturned,   // the outermost frame returned; its first result is in Execution::spill_r[0], spill_f[0]
  kTrapped,    // see Execution::trap
  kHostError,  // see Execution::host_status
};

}  // namespace umiak

#if defined(UMIAK_DISPATCH_TAIL)
#include "vm/interp/dispatch_tail.h"
#else
#include "vm/interp/dispatch_loop.h"
#endif

namespace umiak {

using Handler = Shell::Handler;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_DISPATCH_H_
