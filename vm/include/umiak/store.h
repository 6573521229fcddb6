// A store: everything that instances own, with the options they run under.
// spec: exec/runtime#store
#ifndef UMIAK_STORE_H_
#define UMIAK_STORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"

namespace umiak {

struct StoreImpl;

// How guest memory accesses are kept inside. kGuarded reserves 8 GiB of address space per memory and lets
// the MMU check; it falls back to kChecked where that is impossible (32-bit, ulimit -v, custom page sizes,
// memory64, builds without signal support). kChecked compares in every access.
enum class BoundsMode : uint8_t { kGuarded, kChecked };

struct StoreOptions {
  BoundsMode bounds = BoundsMode::kGuarded;
  // Executes the variant of the code that can be interrupted and that counts fuel. Needed for Interrupt(),
  // deadlines and fuel; plain code contains no check and can't be stopped.
  bool metered = false;
  // Value stack per call from the host, in bytes: "call stack exhausted" past it.
  uint64_t stack_bytes = 8u << 20;
  // Nested host → guest → host calls.
  uint32_t max_native_depth = 128;
  // Limits for what guests may grow; Limits are per memory/table.
  uint64_t max_memory_bytes = ~uint64_t{0};
  uint64_t max_table_elements = 10'000'000;
  // The heap of structs, arrays, exceptions and host references: "GC heap exhausted" past it.
  uint64_t max_gc_heap_bytes = uint64_t{4} << 30;
  // Collect at every allocation: for tests, very slow.
  bool collect_always = false;
  // Canonicalise NaNs that arithmetic produces.
  bool deterministic_nans = false;
};

// Stops guests of one store from another thread. Copyable; outlives the store safely.
// A default-constructed one stops nothing.
class InterruptHandle {
 public:
  // Makes the running (and any later) call of the store end with an "interrupt" trap as soon as it reaches
  // a back edge, a call or a blocking host call. Async-signal-safe and thread-safe. REQUIRES: metered, else
  // only host calls notice.
  void Interrupt() const;

 private:
  friend class Store;
  std::shared_ptr<struct InterruptState> state_;
};

// Not thread-safe: one thread at a time, but for InterruptHandle. Whatever was instantiated in it lives
// until it dies. Cheap to create.
class Store {
 public:
  explicit Store(const StoreOptions& options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const StoreOptions& options() const;
  InterruptHandle interrupt_handle() const;
  // Whether blocking host calls notice an interruption: a metered store needs three descriptors of the process for it,
  // and goes without where there are none left.
  bool interrupts_host_calls() const;
  // Clears an interrupt that was delivered, so that the store can be used again.
  void ClearInterrupt();
  // Fuel, in wasm instructions; only in metered stores. Empty: unlimited.
  void SetFuel(std::optional<uint64_t> fuel);
  std::optional<uint64_t> fuel() const;
  // Calls end with "interrupt" once steady_clock passes this. Only in metered stores.
  void SetDeadline(std::optional<std::chrono::steady_clock::time_point> deadline);

  StoreImpl* impl() { return impl_.get(); }  // for vm's own files

 private:
  std::unique_ptr<StoreImpl> impl_;
};

}  // namespace umiak

#endif  // UMIAK_STORE_H_
