// clock_*, and the times of files that fstflags describe.
#include "wasi/host/clock.h"

#include "wasi/functions.h"

namespace umiak::wasi {
namespace {

ErrnoOr<TimeChange> ToTimeChange(uint64_t time, bool set, bool now) {
  if (set && now) return Errno::kInval;
  if (now) return TimeChange{TimeChange::kNow, 0};
  if (set) return TimeChange{TimeChange::kSet, time};
  return TimeChange{};
}

}  // namespace

Errno ClockResGet(Call& call, uint32_t clock, GuestPtr<uint64_t> resolution) {
  WASI_ASSIGN_OR_RETURN(uint64_t nanoseconds, HostResolution(clock));
  return call.memory.Write(resolution, nanoseconds);
}

Errno ClockTimeGet(Call& call, uint32_t clock, uint64_t precision, GuestPtr<uint64_t> time) {
  (void)precision;  // as precise as the host's clock in any case
  WASI_ASSIGN_OR_RETURN(uint64_t nanoseconds, call.context.Time(clock));
  return call.memory.Write(time, nanoseconds);
}

ErrnoOr<TimeChanges> ToTimeChanges(uint64_t atim, uint64_t mtim, uint32_t fst_flags) {
  if ((fst_flags & ~fstflags::kAll) != 0) return Errno::kInval;
  TimeChanges changes;
  WASI_ASSIGN_OR_RETURN(changes.access, ToTimeChange(atim, (fst_flags & fstflags::kAtim) != 0,
                                                     (fst_flags & fstflags::kAtimNow) != 0));
  WASI_ASSIGN_OR_RETURN(changes.modification, ToTimeChange(mtim, (fst_flags & fstflags::kMtim) != 0,
                                                           (fst_flags & fstflags::kMtimNow) != 0));
  return changes;
}

}  // namespace umiak::wasi
