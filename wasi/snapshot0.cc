#include "wasi/snapshot0.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

#include "wasi/errno_or.h"

namespace umiak::wasi {
namespace {

struct Filestat0 {
  uint64_t dev;
  uint64_t ino;
  Filetype filetype;
  uint8_t padding[3];
  uint32_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(Filestat0) == 56 && offsetof(Filestat0, nlink) == 20 && offsetof(Filestat0, size) == 24);

struct Subscription0 {
  uint64_t userdata;
  uint8_t tag;
  uint8_t padding[7];
  uint64_t identifier_or_fd;  // kFdRead, kFdWrite: the descriptor, in 32 bits
  uint32_t clock;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(Subscription0) == 56 && offsetof(Subscription0, clock) == 24);
static_assert(offsetof(Subscription0, timeout) == 32 && offsetof(Subscription0, flags) == 48);

}  // namespace

Errno WriteFilestat(Call& call, GuestPtr<Filestat> pointer, const Filestat& stat) {
  if (!call.snapshot0) return call.memory.Write(pointer, stat);
  constexpr uint64_t kMost = std::numeric_limits<uint32_t>::max();
  const Filestat0 old = {stat.dev,  stat.ino,  stat.filetype, {},       static_cast<uint32_t>(std::min(stat.nlink, kMost)),
                         stat.size, stat.atim, stat.mtim,     stat.ctim};
  return call.memory.Write(GuestPtr<Filestat0>{pointer.address}, old);
}

ErrnoOr<Whence> ToWhence(const Call& call, uint32_t whence) {
  constexpr Whence kOrder0[] = {Whence::kCur, Whence::kEnd, Whence::kSet};
  if (whence > static_cast<uint32_t>(Whence::kEnd)) return Errno::kInval;
  return call.snapshot0 ? kOrder0[whence] : static_cast<Whence>(whence);
}

ErrnoOr<absl::Span<uint8_t>> SubscriptionArray(Call& call, GuestPtr<Subscription> array, uint32_t count) {
  if (!call.snapshot0) return call.memory.Array(array, count);
  return call.memory.Array(GuestPtr<Subscription0>{array.address}, count);
}

Subscription ReadSubscription(const Call& call, absl::Span<const uint8_t> array, size_t index) {
  if (!call.snapshot0) return ReadElement<Subscription>(array, index);
  const auto old = ReadElement<Subscription0>(array, index);
  Subscription subscription = {};
  subscription.userdata = old.userdata;
  subscription.tag = old.tag;
  bool is_clock = old.tag == static_cast<uint8_t>(Eventtype::kClock);
  subscription.clock_or_fd = is_clock ? old.clock : static_cast<uint32_t>(old.identifier_or_fd);
  subscription.timeout = old.timeout;
  subscription.precision = old.precision;
  subscription.flags = old.flags;
  return subscription;
}

}  // namespace umiak::wasi
