// One thread's running guest code: its stack, limits and, after a trap, where it stopped.
#ifndef UMIAK_VM_RUNTIME_EXECUTION_H_
#define UMIAK_VM_RUNTIME_EXECUTION_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

#include "absl/status/status.h"
#include "umiak/trap.h"
#include "vm/interp/bridge.h"
#include "vm/runtime/heads.h"
#include "vm/runtime/mapping_pool.h"
#include "vm/runtime/parking.h"

namespace umiak {

struct StoreImpl;
class UnwindCache;
struct ExceptionObject;

// Shared with InterruptHandles, so that they may outlive the store.
struct InterruptState {
  std::atomic<bool> stop{false};
  int event_fd = -1;  // readable once stopped; only in metered stores
  Parking parking;    // where the store's thread sleeps in memory.atomic.wait
  ~InterruptState();
};

// The value stack: slots of 8 bytes, mapped once, grown by the kernel as touched.
struct Stack {
  uint64_t* base = nullptr;
  uint64_t* limit = nullptr;  // a frame may start below this; kRedZoneSlots more are mapped behind it
  static constexpr uint64_t kRedZoneSlots = 4096;
  Mapping mapping;  // with guard pages behind the red zone
};

// What StoreOptions::stack_bytes is kept within.
inline constexpr uint64_t kMinStackBytes = 64 << 10;
inline constexpr uint64_t kMaxStackBytes = uint64_t{64} << 30;

// Maps the stack of the store's options and points every instance's stack_limit at it. Nothing if it is mapped
// already. Must have succeeded before any guest code runs: instantiation and Invoke call it.
absl::Status EnsureStack(StoreImpl* store);
void FreeStack(Stack* stack);

// Zeroes what ended calls left right above `top`, the first free slot: the next frames lie there, and the collector
// would take references in slots that they have not written yet for their own.
void ForgetEndedFrames(StoreImpl* store, const uint64_t* top);

struct Execution : ExecutionHead {
  StoreImpl* store = nullptr;
  Stack stack;
  uint64_t* top = nullptr;        // first free slot for a nested host → guest call
  uint32_t native_depth = 0;
  std::optional<uint64_t> fuel;   // what is left beyond budget
  std::optional<std::chrono::steady_clock::time_point> deadline;

  // After a trap: valid until the next call.
  TrapCode trap = TrapCode::kUnreachable;
  const uint8_t* trap_ip = nullptr;  // the cell that trapped
  uint64_t* trap_fp = nullptr;
  InstanceData* trap_cx = nullptr;
  uint64_t fault_address = 0;        // guarded memory fault: host address
  absl::Status host_status;          // what a host function returned, if it ended the execution

  // Exceptions (vm/interp/unwind.h).
  Continuation handler = {};  // the one that was found last
  ExceptionObject* uncaught = nullptr;  // what nobody caught, until its status is made
  std::shared_ptr<UnwindCache> unwind_cache;

  // Registers saved by cold paths.
  uint64_t spill_r[8] = {};
  alignas(16) uint8_t spill_f[8][16] = {};
};
static_assert(std::is_base_of_v<ExecutionHead, Execution> && !std::is_polymorphic_v<Execution>);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_EXECUTION_H_
