// Lets a test make the n-th allocation of guest-sized memory fail: instances, memories, tables, stacks.
#ifndef UMIAK_VM_RUNTIME_FAULT_INJECTION_H_
#define UMIAK_VM_RUNTIME_FAULT_INJECTION_H_

#include <cstdint>

namespace umiak {

// Makes the n-th call of AllocationFails() from now on (1 is the next) return true, and only that one; 0: none.
// For tests of one thread.
void FailAllocation(uint64_t n);

// Whether the allocation that the caller is about to make shall be taken for failed.
bool AllocationFails();

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_FAULT_INJECTION_H_
