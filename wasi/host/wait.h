// Waiting for descriptors, a time, and the interruption of the guest.
#ifndef UMIAK_WASI_HOST_WAIT_H_
#define UMIAK_WASI_HOST_WAIT_H_

#include <poll.h>

#include <cstdint>
#include <vector>

#include "wasi/abi.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {

inline constexpr uint64_t kForever = ~uint64_t{0};

// Polls until one of `fds` is ready or CLOCK_MONOTONIC reaches `deadline` (nanoseconds; 0: looks once): returns how
// many are ready. kInterrupted once `interrupt_fd` is readable (-1: there is none). `fds` is as before but for
// revents.
ErrnoOr<int> Wait(std::vector<pollfd>& fds, uint64_t deadline, int interrupt_fd);
// The same for one descriptor: whether it is ready.
ErrnoOr<bool> WaitFor(int fd, short events, uint64_t deadline, int interrupt_fd);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_WAIT_H_
