// The state behind a guest's WASI calls, and what one call sees.
#ifndef UMIAK_WASI_CONTEXT_H_
#define UMIAK_WASI_CONTEXT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "umiak/wasi.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"
#include "wasi/fd_table.h"
#include "wasi/guest_memory.h"

namespace umiak {

namespace wasi {
class CallWatcher;
}

// All but the descriptors is constant.
class WasiContext {
 public:
  // REQUIRES: the configuration was checked (MakeWasiContext does).
  explicit WasiContext(const WasiConfig& config);

  const std::vector<std::string>& args() const { return args_; }
  // "NAME=value".
  const std::vector<std::string>& env() const { return env_; }
  wasi::FdTable& fds() { return fds_; }
  // A store begins to use it: the first one alone, from the second on several threads may.
  void AddUser() {
    if (has_user_.exchange(true)) fds_.Share();
  }
  // Who watches the calls; null if nobody does.
  wasi::CallWatcher* watcher() const { return watcher_.get(); }
  void set_watcher(std::shared_ptr<wasi::CallWatcher> watcher) { watcher_ = std::move(watcher); }
  wasi::ErrnoOr<uint64_t> Time(uint32_t clock) const;
  wasi::Errno FillRandom(absl::Span<uint8_t> bytes) const;

 private:
  std::vector<std::string> args_;
  std::vector<std::string> env_;
  std::function<uint64_t()> realtime_clock_;
  std::function<uint64_t()> monotonic_clock_;
  std::function<void(absl::Span<uint8_t>)> random_;
  wasi::FdTable fds_;
  std::atomic<bool> has_user_{false};
  std::shared_ptr<wasi::CallWatcher> watcher_;
};

namespace wasi {

// One call of a guest.
struct Call {
  WasiContext& context;
  GuestMemory memory;
  int interrupt_fd = -1;  // readable once the call must end with kInterrupted; -1: never
  bool snapshot0 = false;  // the guest imports wasi_unstable (snapshot0.h)
};

}  // namespace wasi
}  // namespace umiak

#endif  // UMIAK_WASI_CONTEXT_H_
