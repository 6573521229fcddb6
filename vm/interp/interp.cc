#include "vm/interp/interp.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "umiak/caller.h"
#include "umiak/error.h"
#include "umiak/version.h"
#include "vm/interp/bridge.h"
#include "vm/interp/code.h"
#include "vm/interp/cold.h"
#include "vm/interp/fault.h"
#include "vm/interp/handlers_exception.h"
#include "vm/runtime/host_values.h"
#include "vm/runtime/slots.h"

namespace umiak {

namespace {

// --- The cells that calls return to ---

// Into the caller's instance. fp is the bridge here, see bridge.h.
struct RestoreBody {
  static constexpr BodyKind kKind = BodyKind::kStraight;
  ALWAYS_INLINE static void Body(Regs& s) {
    uint64_t* bridge = s.fp;
    s.cx = reinterpret_cast<InstanceData*>(bridge[0]);
    s.ip = reinterpret_cast<const uint8_t*>(bridge[-1]);
    s.fp = reinterpret_cast<uint64_t*>(bridge[-2]);
    s.mem = s.cx->mem_base;
  }
};

// To the host.
struct ExitBody {
  static constexpr BodyKind kKind = BodyKind::kLeave;
  static uint64_t Body(Regs& s) {
    Execution* exec = s.cx->exec;
    exec->spill_r[0] = s.r[0];
    std::memcpy(exec->spill_f[0], &s.f[0], sizeof(Vec));
    return static_cast<uint64_t>(Exit::kReturned);
  }
};
// [1] is the cell; [0] is the word before it, which a stub may read.
uint64_t exit_cell[2] = {0, reinterpret_cast<uint64_t>(&Shell::Run<ExitBody>)};

// --- Host functions ---

// The references that go through a host call: arguments live during it, and with them what the host gets meanwhile.
class HostCallRefs {
 public:
  HostCallRefs(StoreImpl* store, const HostFuncInst* inst, const uint64_t* slots)
      : heap_(store->heap), roots_(heap_.host_roots()) {
    for (ValType type : inst->type->params) {
      if (IsTraced(type)) heap_.AddHostRoot(*slots);
      slots += SlotsOf(type);
    }
  }
  ~HostCallRefs() { heap_.TruncateHostRoots(roots_); }
  HostCallRefs(const HostCallRefs&) = delete;
  HostCallRefs& operator=(const HostCallRefs&) = delete;

  // An error unless every reference among the results is one that the type allows.
  static absl::Status CheckResults(const StoreImpl& store, const FuncType& type, const uint64_t* slots) {
    for (ValType result : type.results) {
      if (result.is_ref() && !ValueMatches(store, Value::FromSlots(result, slots), result)) {
        return absl::InvalidArgumentError(absl::StrCat("a result is no ", ToString(result), " of this store"));
      }
      slots += SlotsOf(result);
    }
    return absl::OkStatus();
  }

 private:
  GcHeap& heap_;
  size_t roots_;
};

// What becomes of a status that is not OK: an exception may be caught by the guest, all else ends the execution (null).
const Continuation* EndHostCall(Execution* exec, absl::Status status, Continuation returning) {
  // The innermost activation is the caller's, inside its call.
  CrossBridges(&returning);
  const bool is_border = IsExitCell(returning.ip);  // of a tail call nothing is left
  const Continuation at = {returning.ip - 1, returning.fp, returning.cx};
  ExceptionObject* exception = ExceptionIn(status, exec->store);
  if (exception != nullptr && !is_border) {
    if (const Continuation* handler = Unwind(exec, ThrownOf(exception), at)) return handler;
  }
  exec->uncaught = exception;
  exec->host_status = std::move(status);
  exec->trap = TrapCode::kHostError;
  exec->trap_ip = is_border ? nullptr : at.ip;
  exec->trap_fp = at.fp;
  exec->trap_cx = at.cx;
  return nullptr;
}

// What CallHost says of a callback that returned.
constexpr Continuation kReturned = {};

// Runs the callback over the slots of its frame. Where to go on then; null: it ended the execution.
NOINLINE const Continuation* CallHost(const HostFuncInst* inst, uint64_t* fp) {
  uint64_t* bridge = reinterpret_cast<uint64_t*>(fp[-2]);
  InstanceData* caller_cx = reinterpret_cast<InstanceData*>(bridge[0]);
  Execution* exec = caller_cx->exec;
  exec->top = fp + std::max(inst->param_slots, inst->result_slots);
  Caller caller(exec->store, caller_cx);
  HostCallRefs refs(exec->store, inst, fp);
  absl::Status status = inst->callback(caller, fp);
  if (status.ok()) status = HostCallRefs::CheckResults(*exec->store, *inst->type, fp);
  if (status.ok()) [[likely]] return &kReturned;
  return EndHostCall(exec, std::move(status), {RestoreCell(), bridge, nullptr});
}

struct LeaveBody {
  static constexpr BodyKind kKind = BodyKind::kLeave;
  static uint64_t Body(Regs&) { return static_cast<uint64_t>(Exit::kHostError); }
};

// A host function's only cell: {handler, HostFuncInst*}. cx is null: the caller's stands in the bridge.
struct HostCallBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const HostFuncInst* inst;
    std::memcpy(&inst, s.ip + kHandlerBytesOfCell, sizeof(inst));
    uint64_t* fp = s.fp;
    if (const Continuation* next = CallHost(inst, fp); next != &kReturned) [[unlikely]] {
      if (next == nullptr) return &Shell::Run<LeaveBody>;
      ContinueAt(s, *next);
      return nullptr;
    }
    s.r[0] = fp[0];
    std::memcpy(&s.f[0], fp, sizeof(Vec));
    s.ip = reinterpret_cast<const uint8_t*>(fp[-1]);
    s.fp = reinterpret_cast<uint64_t*>(fp[-2]);
    return nullptr;
  }
  static constexpr int kHandlerBytesOfCell = 8;
};

absl::Status StackExhausted(Execution* exec) {
  exec->trap = TrapCode::kCallStackExhausted;
  exec->trap_ip = nullptr;
  exec->trap_fp = nullptr;
  exec->trap_cx = nullptr;
  return MakeTrapStatus(exec);
}

// Results out of r0 or f0, and the frame's slots, as they were when it left.
void CopyResults(const Execution& exec, const FuncType& type, const uint64_t* nf, uint64_t* slots) {
  if (type.results.empty()) return;
  const ValType first = type.results[0];
  const bool is_float = first.kind() == ValType::kF32 || first.kind() == ValType::kF64 || first.kind() == ValType::kV128;
  if (is_float) {
    std::memcpy(slots, exec.spill_f[0], 8 * SlotsOf(first));
    if (first.kind() == ValType::kF32) slots[0] = static_cast<uint32_t>(slots[0]);
  } else {
    slots[0] = exec.spill_r[0];
  }
  const uint32_t done = SlotsOf(first);
  std::memcpy(slots + done, nf + done, 8 * size_t{SlotsOf(type.results) - done});
}

}  // namespace

namespace internal {
uint64_t restore_cell[2] = {0, reinterpret_cast<uint64_t>(&Shell::Run<RestoreBody>)};
}  // namespace internal

const uint8_t* RestoreCell() { return reinterpret_cast<const uint8_t*>(&internal::restore_cell[1]); }
const uint8_t* ExitCell() { return reinterpret_cast<const uint8_t*>(&exit_cell[1]); }
bool IsRestoreCell(const uint8_t* ip) { return ip == RestoreCell(); }
bool IsExitCell(const uint8_t* ip) { return ip == ExitCell(); }

void InitHostCode(HostFuncInst* inst) {
  inst->code[0] = reinterpret_cast<uint64_t>(&Shell::Run<HostCallBody>);
  inst->code[1] = reinterpret_cast<uint64_t>(inst);
  inst->entry = reinterpret_cast<const uint8_t*>(inst->code);
  inst->param_slots = SlotsOf(inst->type->params);
  inst->result_slots = SlotsOf(inst->type->results);
}

absl::Status Invoke(StoreImpl* store, FuncInst* func, uint64_t* slots) {
  Execution& exec = store->execution;
  RETURN_IF_ERROR(EnsureStack(store));
  if (exec.native_depth >= store->options.max_native_depth) return StackExhausted(&exec);
  if (func->cx == nullptr) {
    Caller caller(store, nullptr);
    RETURN_IF_ERROR(static_cast<HostFuncInst*>(func)->callback(caller, slots));
    return HostCallRefs::CheckResults(*store, *func->type, slots);
  }
  InstallFaultHandler();
  uint64_t* const saved_top = exec.top;
  uint64_t* nf = saved_top + kHeaderSlots;
  if (nf > exec.stack.limit) return StackExhausted(&exec);
  std::memcpy(nf, slots, 8 * size_t{SlotsOf(func->type->params)});
  nf[-1] = reinterpret_cast<uint64_t>(ExitCell());
  nf[-2] = 0;
  ++exec.native_depth;
  Regs regs{func->entry, nf, func->cx->mem_base, func->cx, {}, {}};
  uint64_t exit;
  {
    FaultScope scope(&exec);
    exit = Shell::Start(regs);
  }
  --exec.native_depth;
  exec.top = saved_top;
  if (exit != static_cast<uint64_t>(Exit::kReturned)) return MakeTrapStatus(&exec);
  CopyResults(exec, *func->type, nf, slots);
  return absl::OkStatus();
}

const char* DispatchName() {
  static const std::string* const kName = new std::string(absl::StrCat(
#if defined(UMIAK_DISPATCH_TAIL)
      "tail calls, ",
#else
      "loop, ",
#endif
      kIntRegs, "+", kVectorRegs, " registers"));
  return kName->c_str();
}

}  // namespace umiak
