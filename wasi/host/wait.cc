#include "wasi/host/wait.h"

#include <errno.h>
#include <time.h>

#include <algorithm>

#include "wasi/host/clock.h"
#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
// One ppoll lasts an hour at most: no deadline overflows a timespec.
constexpr uint64_t kLongest = 3600 * kNanosPerSecond;

// As Wait, the last of `fds` being the interruption's if `interruptible`.
ErrnoOr<int> Poll(std::vector<pollfd>& fds, uint64_t deadline, bool interruptible) {
  while (true) {
    uint64_t left = kLongest;
    if (deadline != kForever) {
      uint64_t now = 0;
      if (deadline != 0) {
        WASI_ASSIGN_OR_RETURN(now, HostTime(static_cast<uint32_t>(ClockId::kMonotonic)));
      }
      left = deadline > now ? std::min(deadline - now, kLongest) : 0;
    }
    timespec timeout;
    timeout.tv_sec = static_cast<time_t>(left / kNanosPerSecond);
    timeout.tv_nsec = static_cast<long>(left % kNanosPerSecond);
    int ready = ppoll(fds.data(), fds.size(), &timeout, nullptr);
    if (ready < 0 && errno != EINTR) return LastErrno();
    if (ready > 0) {
      if (interruptible && fds.back().revents != 0) return Errno::kInterrupted;
      return ready;
    }
    if (ready == 0 && left == 0) return 0;
  }
}

}  // namespace

ErrnoOr<int> Wait(std::vector<pollfd>& fds, uint64_t deadline, int interrupt_fd) {
  if (interrupt_fd < 0) return Poll(fds, deadline, false);
  fds.push_back({interrupt_fd, POLLIN, 0});
  ErrnoOr<int> result = Poll(fds, deadline, true);
  fds.pop_back();
  return result;
}

ErrnoOr<bool> WaitFor(int fd, short events, uint64_t deadline, int interrupt_fd) {
  std::vector<pollfd> fds = {{fd, events, 0}};
  WASI_ASSIGN_OR_RETURN(int ready, Wait(fds, deadline, interrupt_fd));
  return ready > 0;
}

}  // namespace umiak::wasi
