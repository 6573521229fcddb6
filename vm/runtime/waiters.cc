#include "vm/runtime/waiters.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

using Clock = std::chrono::steady_clock;

// Lies on the stack of the waiting thread. Guarded by its queue's lock.
struct Waiter {
  const void* address;
  Parking* parking;
  bool is_notified = false;
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

// The waiters of some addresses, the longest waiting first.
struct Queue {
  std::mutex mutex;  // not absl's, which ThreadSanitizer does not see in Debian's build of it
  Waiter* first = nullptr;
  Waiter* last = nullptr;

  void Add(Waiter* waiter) {
    waiter->previous = last;
    (last == nullptr ? first : last->next) = waiter;
    last = waiter;
  }
  void Remove(Waiter* waiter) {
    (waiter->previous == nullptr ? first : waiter->previous->next) = waiter->next;
    (waiter->next == nullptr ? last : waiter->next->previous) = waiter->previous;
  }
};

constexpr int kQueueBits = 8;

Queue& QueueOf(const void* address) {
  static Queue queues[1 << kQueueBits];
  const uint64_t key = reinterpret_cast<uintptr_t>(address) >> 2;
  return queues[(key * 0x9e3779b97f4a7c15u) >> (64 - kQueueBits)];
}

// The earlier of the guest's timeout and the store's deadline.
std::optional<Clock::time_point> EndOf(std::optional<Clock::time_point> timeout, const Execution& exec) {
  if (!timeout) return exec.deadline;
  if (!exec.deadline) return timeout;
  return std::min(*timeout, *exec.deadline);
}

bool IsPast(std::optional<Clock::time_point> time) { return time && Clock::now() >= *time; }

// Sleeps until notified. Whether and why not: the waiter is in no queue then.
WaitResult SleepUntilNotified(Queue* queue, Waiter* waiter, std::optional<Clock::time_point> timeout, Execution* exec) {
  const std::optional<Clock::time_point> end = EndOf(timeout, *exec);
  const InterruptState& interrupt = *exec->store->interrupt;
  while (true) {
    const uint32_t prepared = waiter->parking->Prepare();
    {
      std::lock_guard<std::mutex> lock(queue->mutex);
      if (waiter->is_notified) return WaitResult::kWoken;
      const bool is_interrupted = interrupt.stop.load(std::memory_order_acquire) || IsPast(exec->deadline);
      if (is_interrupted || IsPast(timeout)) {
        queue->Remove(waiter);
        return is_interrupted ? WaitResult::kInterrupted : WaitResult::kTimedOut;
      }
    }
    waiter->parking->Sleep(prepared, end);
  }
}

template <class T>
WaitResult Wait(const T* address, T expected, int64_t timeout, Execution* exec) {
  // Later than any clock gets is forever.
  std::optional<Clock::time_point> until;
  const Clock::time_point now = Clock::now();
  if (timeout >= 0 && timeout < (Clock::time_point::max() - now).count()) until = now + std::chrono::nanoseconds(timeout);
  Waiter waiter{.address = address, .parking = &exec->store->interrupt->parking};
  Queue& queue = QueueOf(address);
  {
    std::lock_guard<std::mutex> lock(queue.mutex);
    if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != expected) return WaitResult::kNotEqual;
    queue.Add(&waiter);
  }
  return SleepUntilNotified(&queue, &waiter, until, exec);
}

}  // namespace

WaitResult WaitAt(const uint32_t* address, uint32_t expected, int64_t timeout, Execution* exec) {
  return Wait(address, expected, timeout, exec);
}
WaitResult WaitAt(const uint64_t* address, uint64_t expected, int64_t timeout, Execution* exec) {
  return Wait(address, expected, timeout, exec);
}

uint32_t NotifyAt(const void* address, uint32_t count) {
  Queue& queue = QueueOf(address);
  std::lock_guard<std::mutex> lock(queue.mutex);
  uint32_t woken = 0;
  for (Waiter* waiter = queue.first; waiter != nullptr && woken < count;) {
    Waiter* const next = waiter->next;
    if (waiter->address == address) {
      queue.Remove(waiter);
      waiter->is_notified = true;
      // SAFETY: under the lock, which the waiter takes before it leaves.
      waiter->parking->Wake();
      ++woken;
    }
    waiter = next;
  }
  return woken;
}

}  // namespace umiak
