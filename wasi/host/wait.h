// Waiting for descriptors, a time, and the interruption of the guest.
#ifndef UMIAK_WASI_HOST_WAIT_H_
#define UMIAK_WASI_HOST_WAIT_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {

inline constexpr uint64_t kForever = ~uint64_t{0};

// Descriptors to poll, each at most once: the host takes no more entries than a process may have descriptors.
class PollSet {
 public:
  // Adds events to wait for; returns the number to ask ready() with.
  size_t Add(int fd, short events);
  // The events that the last Wait found, of all that were asked for or are errors.
  short ready(size_t index) const { return fds_[index].revents; }
  bool empty() const { return fds_.empty(); }

  // Waits until one of them is ready or CLOCK_MONOTONIC reaches `deadline` (nanoseconds; 0: looks once): whether one
  // is. kInterrupted once `interrupt_fd` is readable (-1: there is none).
  ErrnoOr<bool> Wait(uint64_t deadline, int interrupt_fd);

 private:
  static constexpr size_t kFew = 16;
  absl::InlinedVector<pollfd, 4> fds_;
  absl::flat_hash_map<int, size_t> index_;  // of all in fds_, once they are more than a few
};

// The same for one descriptor.
ErrnoOr<bool> WaitFor(int fd, short events, uint64_t deadline, int interrupt_fd);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_WAIT_H_
