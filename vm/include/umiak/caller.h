// What a host function sees of the guest that called it.
#ifndef UMIAK_CALLER_H_
#define UMIAK_CALLER_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "umiak/extern.h"
#include "umiak/instance.h"

namespace umiak {

// Lives for one host call, on its thread.
class Caller {
 public:
  Caller(StoreImpl* store, InstanceData* instance) : store_(store), instance_(instance) {}

  // The instance whose code made the call (for a host function called by the host: an empty one).
  Instance instance() const { return Instance(store_, instance_); }
  // The bytes of the caller's exported memory "memory", else its memory 0; empty if it has none. Stale
  // after anything that may grow it.
  absl::Span<uint8_t> memory() const;
  // Whether that memory is shared with other threads: its bytes may change at any time.
  bool memory_is_shared() const;

  // The status with which the host function throws an exception in the guest that called it (umiak/exception.h). The
  // arguments must be what the tag takes, else it is an InvalidArgument status, which ends the guest.
  absl::Status Throw(const Tag& tag, absl::Span<const Value> args) const;

  // A blocking host call must end when the store is interrupted: poll interrupt_fd() (readable once
  // interrupted; -1 in stores that are not metered), then return CheckInterrupt().
  int interrupt_fd() const;
  // OK, or the "interrupt" trap to return.
  absl::Status CheckInterrupt() const;
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_;
  InstanceData* instance_;
};

}  // namespace umiak

#endif  // UMIAK_CALLER_H_
