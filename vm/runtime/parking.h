// Where a thread sleeps until another one, or a signal handler, wakes it.
#ifndef UMIAK_VM_RUNTIME_PARKING_H_
#define UMIAK_VM_RUNTIME_PARKING_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace umiak {

// One thread sleeps, any may wake it. A wakeup between Prepare and Sleep is not lost.
class Parking {
 public:
  // What Sleep must be given; ask afterwards for whatever one waits for.
  uint32_t Prepare() const { return wakeups_.load(std::memory_order_acquire); }
  // Until a wakeup that came after `prepared`, or the time; may also return for no reason.
  void Sleep(uint32_t prepared, std::optional<std::chrono::steady_clock::time_point> until);
  // Async-signal-safe.
  void Wake();

 private:
  std::atomic<uint32_t> wakeups_{0};
};

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_PARKING_H_
