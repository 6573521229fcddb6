// wasi-threads: guests that start threads with "wasi"."thread-spawn".
//
// A thread is an instance of the guest's module of its own, in a store of its own, on a thread of the host; what they
// share is the memory that the module imports and the WASI context with its descriptors. A trap or proc_exit of any
// thread ends all of them, and so does the end of the main one.
// spec: https://github.com/WebAssembly/wasi-threads
#ifndef UMIAK_WASI_THREADS_H_
#define UMIAK_WASI_THREADS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "umiak/linker.h"
#include "umiak/module.h"
#include "umiak/store.h"
#include "umiak/wasi.h"

namespace umiak {

struct WasiThreadsOptions {
  // Of the store of each thread but the main one, and of the shared memories. `metered` is on whatever it says: else
  // a thread in a loop could not be stopped.
  StoreOptions store;
  // Threads that run at once beside the main one: beyond, thread-spawn returns a negative number (-errno again).
  uint32_t max_threads = 1024;
  // For the store of each thread but the main one; see Store.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::optional<uint64_t> fuel;
  // Defines in the linker of a thread's store what the module imports beside WASI and shared memories, as the host did
  // for the main one. Called on the thread that spawns.
  std::function<absl::Status(Linker&)> define;
};

// The threads of one guest. Belongs to the thread that runs the main one, but for Stop.
class WasiThreads {
 public:
  // Whether a module wants this: it imports thread-spawn, or a shared memory.
  static bool IsWantedBy(const Module& module);

  // Makes the shared memories that the module imports. kLimit where there is no room for them.
  static absl::StatusOr<WasiThreads> Create(std::shared_ptr<const Module> module,
                                            std::shared_ptr<WasiContext> context,
                                            WasiThreadsOptions options = {});
  WasiThreads(WasiThreads&&);
  WasiThreads& operator=(WasiThreads&&);
  // Stops all threads and waits for them.
  ~WasiThreads();

  // Defines thread-spawn and the shared memories in the linker of the main instance; WASI is not defined here.
  void Define(Linker& linker) const;

  // Runs the guest: `main` instantiates and calls it, on this thread, in `store`, which must be metered. When it
  // returns, or when any thread ended the guest, all threads are stopped and waited for; the result is what came
  // first: the status of `main`, the trap of a thread, kExit of a proc_exit. Once.
  absl::Status Run(Store& store, const std::function<absl::Status()>& main);

  // Ends the guest with an "interrupt" trap, unless it has ended. From any thread; does not wait.
  void Stop() const;

 private:
  class Group;
  explicit WasiThreads(std::shared_ptr<Group> group);
  std::shared_ptr<Group> group_;
};

}  // namespace umiak

#endif  // UMIAK_WASI_THREADS_H_
