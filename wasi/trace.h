// Watching a guest's calls: a trace of them as strace writes one, and what was refused.
//
// Both are chosen when the functions are defined (preview1.cc): a call that nobody watches costs nothing more.
#ifndef UMIAK_WASI_TRACE_H_
#define UMIAK_WASI_TRACE_H_

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/wasi.h"
#include "wasi/context.h"
#include "wasi/trace_format.h"

namespace umiak::wasi {

// Which calls a trace shows: "path_open,sock,!sock_send,failed". The words are functions, classes of them (what stands
// before the first underscore), and `failed` for those that give an errno; `!` leaves out. None: all.
class TraceFilter {
 public:
  static absl::StatusOr<TraceFilter> Parse(absl::string_view text);
  bool Shows(absl::string_view function) const;
  bool failed_only() const { return failed_only_; }

 private:
  std::vector<std::string> shown_;
  std::vector<std::string> hidden_;
  bool failed_only_ = false;
};

// Thread-safe.
class CallWatcher {
 public:
  using Args = absl::Span<const uint64_t>;

  CallWatcher(std::function<void(absl::string_view)> trace, TraceFilter filter,
              std::function<void(const WasiRefusal&)> on_refused)
      : trace_(std::move(trace)), filter_(std::move(filter)), on_refused_(std::move(on_refused)) {}

  bool Watches(absl::string_view function) const;
  // Before a call: the beginning of its line, if it may wait, so that one sees for what.
  void Enter(const Call& call, absl::string_view function, Args args);
  // After it.
  void Leave(Call& call, absl::string_view function, Args args, Errno result);
  // proc_exit, which has no result.
  void Exit(const Call& call, uint32_t code);

 private:
  bool Traces(absl::string_view function) const { return trace_ != nullptr && filter_.Shows(function); }
  // As FdTable: nothing is locked while one thread alone uses the context.
  std::unique_lock<std::mutex> Lock(const Call& call) {
    return call.context.fds().is_shared() ? std::unique_lock<std::mutex>(mutex_) : std::unique_lock<std::mutex>();
  }
  // The rest REQUIRES the lock.
  // The names that are there from the start.
  void LearnGrants(const Call& call);
  std::string NameOfFd(uint64_t fd) const;
  void LearnNames(Call& call, absl::string_view function, Args args);
  void EndOpenLine();
  void Refused(Call& call, absl::string_view function, Args args, Errno result);
  std::string Beginning(const Call& call, absl::string_view function, Args args);

  const std::function<void(absl::string_view)> trace_;
  const TraceFilter filter_;
  const std::function<void(const WasiRefusal&)> on_refused_;

  std::mutex mutex_;  // guards what follows, once shared
  FdNames names_;
  // Whose line has only its beginning so far; no thread's id if there is none.
  std::thread::id open_line_;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_TRACE_H_
