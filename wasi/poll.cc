// poll_oneoff: sleeping, and waiting for streams.
#include <algorithm>
#include <limits>
#include <vector>

#include "wasi/functions.h"
#include "wasi/host/clock.h"
#include "wasi/host/wait.h"

namespace umiak::wasi {
namespace {

// What one call may wait for: the host's memory for it is bounded.
constexpr uint32_t kMaxSubscriptions = 1 << 16;

// A subscription, checked, in the host's terms.
struct Waiting {
  uint64_t userdata = 0;
  Eventtype type = Eventtype::kClock;
  uint64_t deadline = 0;     // kClock: on the host's monotonic clock
  DescriptorPtr descriptor;  // else
  int poll_index = -1;       // in the array of pollfds; -1: it is ready at once
};

uint64_t SaturatingAdd(uint64_t a, uint64_t b) {
  uint64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? kForever : sum;
}

uint64_t HostNow() {
  ErrnoOr<uint64_t> now = HostTime(static_cast<uint32_t>(ClockId::kMonotonic));
  return now.ok() ? *now : 0;
}

// However the embedder's clocks run, waiting takes the host's time.
ErrnoOr<uint64_t> DeadlineOf(const Call& call, const Subscription& subscription, uint64_t host_now) {
  if (subscription.clock_or_fd > static_cast<uint32_t>(ClockId::kThreadCputime)) return Errno::kInval;
  if (subscription.clock_or_fd > static_cast<uint32_t>(ClockId::kMonotonic)) return Errno::kNotsup;
  if ((subscription.flags & ~kSubclockAbstime) != 0) return Errno::kInval;
  if ((subscription.flags & kSubclockAbstime) == 0) return SaturatingAdd(host_now, subscription.timeout);
  WASI_ASSIGN_OR_RETURN(uint64_t guest_now, call.context.Time(subscription.clock_or_fd));
  uint64_t left = subscription.timeout > guest_now ? subscription.timeout - guest_now : 0;
  return SaturatingAdd(host_now, left);
}

ErrnoOr<Waiting> ToWaiting(const Call& call, const Subscription& subscription, uint64_t host_now,
                           std::vector<pollfd>& polls) {
  Waiting waiting;
  waiting.userdata = subscription.userdata;
  if (subscription.tag > static_cast<uint8_t>(Eventtype::kFdWrite)) return Errno::kInval;
  waiting.type = static_cast<Eventtype>(subscription.tag);
  if (waiting.type == Eventtype::kClock) {
    WASI_ASSIGN_OR_RETURN(waiting.deadline, DeadlineOf(call, subscription, host_now));
    return waiting;
  }
  bool read = waiting.type == Eventtype::kFdRead;
  WASI_ASSIGN_OR_RETURN(waiting.descriptor, call.context.fds().Get(subscription.clock_or_fd));
  const Descriptor& descriptor = *waiting.descriptor;
  if (descriptor.dir || !(read ? descriptor.readable : descriptor.writable)) return Errno::kBadf;
  int fd = descriptor.file->pollable();
  if (fd >= 0) {
    waiting.poll_index = static_cast<int>(polls.size());
    polls.push_back({fd, static_cast<short>(read ? POLLIN : POLLOUT), 0});
  }
  return waiting;
}

// Whether it has happened, and how.
bool Fires(const Waiting& waiting, const std::vector<pollfd>& polls, uint64_t host_now, Event* event) {
  event->userdata = waiting.userdata;
  event->type = waiting.type;
  if (waiting.type == Eventtype::kClock) return waiting.deadline <= host_now;
  short ready = 0;
  if (waiting.poll_index >= 0) {
    ready = polls[static_cast<size_t>(waiting.poll_index)].revents;
    if (ready == 0) return false;
  }
  if (waiting.type == Eventtype::kFdRead) {
    event->nbytes = waiting.descriptor->file->ReadableBytes();
    if (event->nbytes == 0) event->flags = kEventHangup;  // it is at the end
  } else {
    event->nbytes = 1;
    if ((ready & (POLLHUP | POLLERR)) != 0) event->flags = kEventHangup;
  }
  return true;
}

}  // namespace

Errno PollOneoff(Call& call, GuestPtr<Subscription> subscriptions, GuestPtr<Event> events, uint32_t count,
                 GuestPtr<uint32_t> fired) {
  if (count == 0) return Errno::kInval;
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> in, call.memory.Array(subscriptions, count));
  WASI_RETURN_IF_ERROR(call.memory.Array(events, count).error());
  WASI_RETURN_IF_ERROR(call.memory.Read(fired).error());
  if (count > kMaxSubscriptions) return Errno::kNomem;

  // All are read before an event is written: the two arrays may overlap.
  std::vector<Waiting> all;
  std::vector<pollfd> polls;
  all.reserve(count);
  uint64_t start = HostNow();
  uint64_t deadline = kForever;
  for (uint32_t i = 0; i < count; ++i) {
    WASI_ASSIGN_OR_RETURN(Waiting waiting, ToWaiting(call, ReadElement<Subscription>(in, i), start, polls));
    if (waiting.type == Eventtype::kClock) deadline = std::min(deadline, waiting.deadline);
    if (waiting.type != Eventtype::kClock && waiting.poll_index < 0) deadline = 0;
    all.push_back(std::move(waiting));
  }

  WASI_RETURN_IF_ERROR(Wait(polls, deadline, call.interrupt_fd).error());
  uint64_t now = HostNow();
  uint32_t written = 0;
  for (const Waiting& waiting : all) {
    Event event;
    if (!Fires(waiting, polls, now, &event)) continue;
    uint32_t address = events.address + written++ * static_cast<uint32_t>(sizeof(Event));
    WASI_RETURN_IF_ERROR(call.memory.Write(GuestPtr<Event>{address}, event));
  }
  return call.memory.Write(fired, written);
}

}  // namespace umiak::wasi
