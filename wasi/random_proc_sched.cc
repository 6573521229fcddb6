// random_get, proc_raise, sched_yield.
#include <sched.h>

#include "wasi/functions.h"
#include "wasi/host/wait.h"

namespace umiak::wasi {

Errno ProcRaise(Call& call, uint32_t signal) {
  // Later previews have no signals, and no library raises one.
  (void)call;
  (void)signal;
  return Errno::kNotsup;
}

Errno RandomGet(Call& call, GuestPtr<uint8_t> buffer, uint32_t size) {
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(buffer.address, size));
  // Four gigabytes take seconds: the guest can be stopped in between.
  constexpr size_t kUninterrupted = 16 << 20;
  while (bytes.size() > kUninterrupted) {
    WASI_RETURN_IF_ERROR(call.context.FillRandom(bytes.first(kUninterrupted)));
    bytes.remove_prefix(kUninterrupted);
    if (call.interrupt_fd < 0) continue;
    WASI_RETURN_IF_ERROR(PollSet().Wait(/*deadline=*/0, call.interrupt_fd).error());
  }
  return call.context.FillRandom(bytes);
}

Errno SchedYield(Call& call) {
  (void)call;
  sched_yield();
  return Errno::kSuccess;
}

}  // namespace umiak::wasi
