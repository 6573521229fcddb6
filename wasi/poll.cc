// poll_oneoff: sleeping, and waiting for streams, sockets and files.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "wasi/functions.h"
#include "wasi/host/clock.h"
#include "wasi/host/wait.h"
#include "wasi/snapshot0.h"

namespace umiak::wasi {
namespace {

// What one call may wait for: the host's memory for it is bounded.
constexpr uint32_t kMaxSubscriptions = 1 << 16;

// A subscription, checked, in the host's terms.
struct Waiting {
  static constexpr size_t kAtOnce = ~size_t{0};

  uint64_t userdata = 0;
  Eventtype type = Eventtype::kClock;
  Errno error = Errno::kSuccess;  // of this one alone: its event says so, at once
  uint64_t deadline = 0;          // kClock: on the host's monotonic clock
  DescriptorPtr descriptor;       // else
  size_t poll_index = kAtOnce;    // in the PollSet

  bool is_ready() const { return type != Eventtype::kClock && poll_index == kAtOnce; }
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

// The descriptor of a subscription, if it can be read or written. A listener is read by accepting.
ErrnoOr<DescriptorPtr> GetPolled(const Call& call, Fd fd, bool read) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  if (descriptor->dir || !(read ? descriptor->readable : descriptor->writable)) return Errno::kBadf;
  return descriptor;
}

ErrnoOr<Waiting> ToWaiting(const Call& call, const Subscription& subscription, uint64_t host_now, PollSet* polls) {
  Waiting waiting;
  waiting.userdata = subscription.userdata;
  if (subscription.tag > static_cast<uint8_t>(Eventtype::kFdWrite)) return Errno::kInval;
  waiting.type = static_cast<Eventtype>(subscription.tag);
  if (waiting.type == Eventtype::kClock) {
    WASI_ASSIGN_OR_RETURN(waiting.deadline, DeadlineOf(call, subscription, host_now));
    return waiting;
  }
  const bool read = waiting.type == Eventtype::kFdRead;
  ErrnoOr<DescriptorPtr> descriptor = GetPolled(call, subscription.clock_or_fd, read);
  if (!descriptor.ok()) {
    waiting.error = descriptor.error();
    return waiting;
  }
  waiting.descriptor = *std::move(descriptor);
  const int fd = waiting.descriptor->file->pollable();
  if (fd >= 0) waiting.poll_index = polls->Add(fd, read ? POLLIN : POLLOUT);
  return waiting;
}

// Whether it has happened, and how.
bool Fires(const Waiting& waiting, const PollSet& polls, uint64_t host_now, Event* event) {
  event->userdata = waiting.userdata;
  event->type = waiting.type;
  event->error = static_cast<uint16_t>(waiting.error);
  if (waiting.error != Errno::kSuccess) return true;
  if (waiting.type == Eventtype::kClock) return waiting.deadline <= host_now;
  const bool read = waiting.type == Eventtype::kFdRead;
  short ready = 0;
  if (!waiting.is_ready()) {
    constexpr short kEnded = POLLHUP | POLLERR | POLLNVAL;
    ready = static_cast<short>(polls.ready(waiting.poll_index) & ((read ? POLLIN : POLLOUT) | kEnded));
    if (ready == 0) return false;
  }
  if (read) {
    event->nbytes = waiting.descriptor->file->ReadableBytes();
    if (event->nbytes == 0) event->flags = kEventHangup;  // it is at the end
  } else {
    event->nbytes = 1;
    if ((ready & (POLLHUP | POLLERR)) != 0) event->flags = kEventHangup;
  }
  return true;
}

using WaitingList = absl::InlinedVector<Waiting, 4>;

// Writes the events of what has happened.
Errno WriteEvents(Call& call, const WaitingList& all, const PollSet& polls, GuestPtr<Event> events,
                  GuestPtr<uint32_t> fired) {
  const uint64_t now = HostNow();
  uint32_t written = 0;
  for (const Waiting& waiting : all) {
    Event event;
    if (!Fires(waiting, polls, now, &event)) continue;
    const uint32_t address = events.address + written++ * static_cast<uint32_t>(sizeof(Event));
    WASI_RETURN_IF_ERROR(call.memory.Write(GuestPtr<Event>{address}, event));
  }
  return call.memory.Write(fired, written);
}

}  // namespace

Errno PollOneoff(Call& call, GuestPtr<Subscription> subscriptions, GuestPtr<Event> events, uint32_t count,
                 GuestPtr<uint32_t> fired) {
  if (count == 0) return Errno::kInval;
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> in, SubscriptionArray(call, subscriptions, count));
  WASI_RETURN_IF_ERROR(call.memory.Array(events, count).error());
  WASI_RETURN_IF_ERROR(call.memory.Read(fired).error());
  if (count > kMaxSubscriptions) return Errno::kNomem;

  // All are read before an event is written: the two arrays may overlap.
  WaitingList all;
  PollSet polls;
  all.reserve(count);
  const uint64_t start = HostNow();
  uint64_t deadline = kForever;
  uint32_t errors = 0;
  for (uint32_t i = 0; i < count; ++i) {
    WASI_ASSIGN_OR_RETURN(Waiting waiting, ToWaiting(call, ReadSubscription(call, in, i), start, &polls));
    if (waiting.type == Eventtype::kClock) deadline = std::min(deadline, waiting.deadline);
    if (waiting.is_ready()) deadline = 0;
    if (waiting.error != Errno::kSuccess) ++errors;
    all.push_back(std::move(waiting));
  }
  // Of one bad descriptor among others its event tells; where there is nothing else, the call fails, as in other
  // engines.
  if (errors == count) return all.front().error;

  WASI_RETURN_IF_ERROR(polls.Wait(deadline, call.interrupt_fd).error());
  return WriteEvents(call, all, polls, events, fired);
}

}  // namespace umiak::wasi
