#include "wasi/host/wait.h"

#include <errno.h>
#include <time.h>

#include <algorithm>

#include "absl/types/span.h"
#include "wasi/host/clock.h"
#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
// One ppoll lasts an hour at most: no deadline overflows a timespec.
constexpr uint64_t kLongest = 3600 * kNanosPerSecond;

// As PollSet::Wait, the last of `fds` being the interruption's if `interruptible`.
ErrnoOr<bool> Poll(absl::Span<pollfd> fds, uint64_t deadline, bool interruptible) {
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
      return true;
    }
    if (ready == 0 && left == 0) return false;
  }
}

}  // namespace

size_t PollSet::Add(int fd, short events) {
  const auto known = [&]() -> size_t {
    if (index_.empty()) {
      const auto same = [fd](const pollfd& entry) { return entry.fd == fd; };
      return static_cast<size_t>(std::find_if(fds_.begin(), fds_.end(), same) - fds_.begin());
    }
    const auto found = index_.find(fd);
    return found == index_.end() ? fds_.size() : found->second;
  }();
  if (known < fds_.size()) {
    fds_[known].events = static_cast<short>(fds_[known].events | events);
    return known;
  }
  fds_.push_back({fd, events, 0});
  if (fds_.size() == kFew) {
    for (size_t i = 0; i < fds_.size(); ++i) index_[fds_[i].fd] = i;
  } else if (fds_.size() > kFew) {
    index_[fd] = known;
  }
  return known;
}

ErrnoOr<bool> PollSet::Wait(uint64_t deadline, int interrupt_fd) {
  if (interrupt_fd < 0) return Poll(absl::MakeSpan(fds_), deadline, false);
  fds_.push_back({interrupt_fd, POLLIN, 0});
  ErrnoOr<bool> result = Poll(absl::MakeSpan(fds_), deadline, true);
  fds_.pop_back();
  return result;
}

ErrnoOr<bool> WaitFor(int fd, short events, uint64_t deadline, int interrupt_fd) {
  pollfd fds[] = {{fd, events, 0}, {interrupt_fd, POLLIN, 0}};
  const bool interruptible = interrupt_fd >= 0;
  return Poll(absl::MakeSpan(fds, interruptible ? 2 : 1), deadline, interruptible);
}

}  // namespace umiak::wasi
