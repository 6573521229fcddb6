#include "umiak/store.h"

#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#endif

#include <algorithm>

#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// Readable once either of the two is. -1 where that is impossible: blocking host calls are then not interrupted.
int MakeWaitFd(int event_fd, int deadline_fd) {
#ifdef __linux__
  const int wait_fd = epoll_create1(EPOLL_CLOEXEC);
  if (wait_fd < 0) return -1;
  for (int fd : {event_fd, deadline_fd}) {
    epoll_event event = {};
    event.events = EPOLLIN;
    if (fd >= 0) epoll_ctl(wait_fd, EPOLL_CTL_ADD, fd, &event);
  }
  return wait_fd;
#else
  (void)event_fd, (void)deadline_fd;
  return -1;
#endif
}

void OpenWaitFds(StoreImpl* store) {
#ifdef __linux__
  store->interrupt->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  store->deadline_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
#endif
  store->wait_fd = MakeWaitFd(store->interrupt->event_fd, store->deadline_fd);
}

// Arms the timer at that time of the steady clock (CLOCK_MONOTONIC), or disarms it.
void SetTimer(int fd, std::optional<std::chrono::steady_clock::time_point> deadline) {
#ifdef __linux__
  itimerspec spec = {};
  if (deadline) {
    // At least 1 ns: all zero disarms.
    const int64_t ns = std::max<int64_t>(1, std::chrono::nanoseconds(deadline->time_since_epoch()).count());
    spec.it_value.tv_sec = ns / 1'000'000'000;
    spec.it_value.tv_nsec = ns % 1'000'000'000;
  }
  if (fd >= 0) timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, nullptr);
#else
  (void)fd, (void)deadline;
#endif
}

}  // namespace

StoreImpl::~StoreImpl() {
  FreeStack(&execution.stack);
  if (deadline_fd >= 0) close(deadline_fd);
  if (wait_fd >= 0) close(wait_fd);
}

void InterruptHandle::Interrupt() const {
  if (state_ == nullptr) return;
  state_->stop.store(true, std::memory_order_release);
  state_->parking.Wake();
#ifdef __linux__
  const uint64_t one = 1;
  if (state_->event_fd >= 0 && write(state_->event_fd, &one, sizeof one) < 0) {
    // Full: it is readable then, which is all that is wanted.
  }
#endif
}

Store::Store(const StoreOptions& options) : impl_(std::make_unique<StoreImpl>()) {
  impl_->options = options;
  impl_->handle = this;
  impl_->interrupt = std::make_shared<InterruptState>();
  impl_->execution.store = impl_.get();
  impl_->heap.Init(impl_.get(), {options.max_gc_heap_bytes, options.collect_always});
  if (options.metered) OpenWaitFds(impl_.get());
}

Store::~Store() = default;

const StoreOptions& Store::options() const { return impl_->options; }

InterruptHandle Store::interrupt_handle() const {
  InterruptHandle handle;
  handle.state_ = impl_->interrupt;
  return handle;
}

bool Store::interrupts_host_calls() const {
  return impl_->wait_fd >= 0 && impl_->interrupt->event_fd >= 0 && impl_->deadline_fd >= 0;
}

void Store::ClearInterrupt() {
  InterruptState& state = *impl_->interrupt;
  state.stop.store(false, std::memory_order_release);
#ifdef __linux__
  uint64_t count;
  if (state.event_fd >= 0 && read(state.event_fd, &count, sizeof count) < 0) {
    // Empty already.
  }
#endif
}

void Store::SetFuel(std::optional<uint64_t> fuel) {
  // Running code takes its budget out of fuel when it next polls, that is at once.
  impl_->execution.budget = 0;
  impl_->execution.fuel = fuel;
}

std::optional<uint64_t> Store::fuel() const {
  const Execution& exec = impl_->execution;
  if (!exec.fuel) return std::nullopt;
  if (exec.budget >= 0) return *exec.fuel + static_cast<uint64_t>(exec.budget);
  const uint64_t overdrawn = uint64_t{0} - static_cast<uint64_t>(exec.budget);
  return *exec.fuel - std::min(*exec.fuel, overdrawn);
}

void Store::SetDeadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  Execution& exec = impl_->execution;
  // What is left of the budget goes back, so that running code polls soon.
  if (exec.fuel) exec.fuel = fuel();
  exec.budget = 0;
  exec.deadline = deadline;
  SetTimer(impl_->deadline_fd, deadline);
}

}  // namespace umiak
