#include "wasi/host/clock.h"

#include <time.h>

#include "wasi/host/errno.h"

namespace umiak::wasi {
namespace {

// In the order of ClockId.
constexpr clockid_t kClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};

ErrnoOr<uint64_t> Ask(int (*ask)(clockid_t, timespec*), uint32_t clock) {
  if (clock >= sizeof(kClocks) / sizeof(kClocks[0])) return Errno::kInval;
  timespec time;
  if (ask(kClocks[clock], &time) != 0) return LastErrno();
  if (time.tv_sec < 0) return Errno::kOverflow;
  uint64_t nanoseconds;
  if (__builtin_mul_overflow(static_cast<uint64_t>(time.tv_sec), uint64_t{1'000'000'000}, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, static_cast<uint64_t>(time.tv_nsec), &nanoseconds)) {
    return Errno::kOverflow;
  }
  return nanoseconds;
}

}  // namespace

ErrnoOr<uint64_t> HostTime(uint32_t clock) { return Ask(clock_gettime, clock); }
ErrnoOr<uint64_t> HostResolution(uint32_t clock) { return Ask(clock_getres, clock); }

}  // namespace umiak::wasi
