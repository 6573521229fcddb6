// Faults of guarded memories: a signal in a handler becomes a jump to the out-of-bounds handler.
#ifndef UMIAK_VM_INTERP_FAULT_H_
#define UMIAK_VM_INTERP_FAULT_H_

#include "vm/runtime/execution.h"

namespace umiak {

// Installs the handler of SIGSEGV and SIGBUS once per process. A fault that is not a guest's goes to whoever handled
// the signal before. Thread-safe. Nothing in builds without guarded memories.
void InstallFaultHandler();

// While it lives, this thread runs guest code of `exec`: where the fault handler notes the address.
class FaultScope {
 public:
  explicit FaultScope(Execution* exec);
  ~FaultScope();
  FaultScope(const FaultScope&) = delete;
  FaultScope& operator=(const FaultScope&) = delete;

 private:
  Execution* outer_;
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_FAULT_H_
