// Threads that wait at addresses of shared memories: memory.atomic.wait and memory.atomic.notify.
//
// The waiters of an address stand in a queue; a waiting thread sleeps in the kernel. Whether the value is the expected
// one is asked under the lock of the queue that notify takes, so that no notification is lost in between.
// spec: proposal threads, exec/runtime#waiter-queue
#ifndef UMIAK_VM_RUNTIME_WAITERS_H_
#define UMIAK_VM_RUNTIME_WAITERS_H_

#include <cstdint>

namespace umiak {

struct Execution;

enum class WaitResult : uint32_t {
  kWoken = 0,
  kNotEqual = 1,
  kTimedOut = 2,
  kInterrupted,  // not for the guest: its store was interrupted, or its deadline passed
};

// If *address is `expected`, sleeps until notified, for at most `timeout` nanoseconds (negative: forever). Thread-safe.
// REQUIRES: the address is aligned, and in a memory that lives and does not move meanwhile.
WaitResult WaitAt(const uint32_t* address, uint32_t expected, int64_t timeout, Execution* exec);
WaitResult WaitAt(const uint64_t* address, uint64_t expected, int64_t timeout, Execution* exec);

// Wakes up to `count` of those who wait at the address, the longest waiting first; how many. Thread-safe.
uint32_t NotifyAt(const void* address, uint32_t count);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_WAITERS_H_
