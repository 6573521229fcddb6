#include "vm/runtime/parking.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#else
#include <thread>
#endif

#include <algorithm>

namespace umiak {

#ifdef __linux__

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t) && std::atomic<uint32_t>::is_always_lock_free);

void Parking::Sleep(uint32_t prepared, std::optional<std::chrono::steady_clock::time_point> until) {
  timespec at = {};
  if (until) {
    const int64_t ns = std::max<int64_t>(0, std::chrono::nanoseconds(until->time_since_epoch()).count());
    at.tv_sec = ns / 1'000'000'000;
    at.tv_nsec = ns % 1'000'000'000;
  }
  // BITSET: the time is absolute, on CLOCK_MONOTONIC, which is the steady clock's.
  syscall(SYS_futex, &wakeups_, FUTEX_WAIT_BITSET_PRIVATE, prepared, until ? &at : nullptr, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

void Parking::Wake() {
  wakeups_.fetch_add(1, std::memory_order_release);
  syscall(SYS_futex, &wakeups_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

#else

// No way to wake a sleeper from a signal handler is portable: it looks a hundred times a second.
void Parking::Sleep(uint32_t prepared, std::optional<std::chrono::steady_clock::time_point> until) {
  if (wakeups_.load(std::memory_order_acquire) != prepared) return;
  const auto slice = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
  std::this_thread::sleep_until(until ? std::min(*until, slice) : slice);
}

void Parking::Wake() { wakeups_.fetch_add(1, std::memory_order_release); }

#endif

}  // namespace umiak
