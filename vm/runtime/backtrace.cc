// From the trap that running code recorded in its Execution to the status that the call returns.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "umiak/error.h"
#include "vm/interp/code.h"
#include "vm/interp/interp.h"
#include "vm/runtime/exception.h"
#include "vm/runtime/trap_status.h"

namespace umiak {

namespace {

// Names come from the guest.
constexpr size_t kMaxNameBytes = 256;

std::string Shortened(std::string name) {
  if (name.size() > kMaxNameBytes) {
    name.resize(kMaxNameBytes);
    // Not in the middle of a UTF-8 sequence.
    while (!name.empty() && (static_cast<uint8_t>(name.back()) & 0xC0) == 0x80) name.pop_back();
    if (!name.empty() && (static_cast<uint8_t>(name.back()) & 0x80) != 0) name.pop_back();
    name += "...";
  }
  return name;
}

Frame MakeFrame(const CodePosition& position) {
  return Frame{.module = Shortened(position.module->name),
               .function = position.function,
               .function_name = Shortened(position.module->FunctionName(position.function)),
               .offset = position.offset};
}

// One activation after the other, innermost first. See interp.h for the words below a frame.
class FrameWalk {
 public:
  explicit FrameWalk(const Execution& exec)
      : stack_(exec.stack), ip_(exec.trap_ip), fp_(exec.trap_fp), cx_(exec.trap_cx) {}

  // The position of the present activation; empty for a host function's or a stub's.
  std::optional<CodePosition> Position() const {
    if (cx_ == nullptr || cx_->code == nullptr || ip_ == nullptr) return std::nullopt;
    return cx_->code->PositionOf(innermost_ ? ip_ : ip_ - 1);
  }

  // To the caller's activation. False at the border to the host.
  bool Next() {
    innermost_ = false;
    if (!OnStack(fp_)) return false;
    ip_ = reinterpret_cast<const uint8_t*>(fp_[-1]);
    uint64_t* caller = reinterpret_cast<uint64_t*>(fp_[-2]);
    while (!IsExitCell(ip_) && IsRestoreCell(ip_)) {
      if (!OnStack(caller) || caller >= fp_) return false;
      fp_ = caller;
      cx_ = reinterpret_cast<InstanceData*>(fp_[0]);
      ip_ = reinterpret_cast<const uint8_t*>(fp_[-1]);
      caller = reinterpret_cast<uint64_t*>(fp_[-2]);
    }
    if (IsExitCell(ip_) || caller >= fp_) return false;
    fp_ = caller;
    return true;
  }

 private:
  bool OnStack(const uint64_t* fp) const {
    return fp >= stack_.base + 2 && fp < stack_.limit + Stack::kRedZoneSlots;
  }

  const Stack& stack_;
  const uint8_t* ip_;
  uint64_t* fp_;
  InstanceData* cx_;
  bool innermost_ = true;
};

void AppendFrames(const Execution& exec, Trap* trap) {
  FrameWalk walk(exec);
  bool innermost = true;
  do {
    // Only as many positions are looked up as are shown: an endless recursion has a million frames.
    if (trap->frames.size() >= Trap::kMaxFrames) {
      ++trap->omitted;
      continue;
    }
    if (auto position = walk.Position()) {
      trap->frames.push_back(MakeFrame(*position));
    } else if (!innermost) {
      ++trap->omitted;
    }
    innermost = false;
  } while (walk.Next());
}

std::string Detail(const Execution& exec) {
  switch (exec.trap) {
    case TrapCode::kOutOfBoundsMemory: {
      if (exec.trap_cx == nullptr || exec.fault_address == 0) return "";
      const uint64_t at = exec.fault_address - reinterpret_cast<uint64_t>(exec.trap_cx->mem_base);
      const InstanceData* cx = exec.trap_cx;
      return absl::StrFormat("address 0x%x, memory has 0x%x bytes", at, cx->mem_size);
    }
    case TrapCode::kCallStackExhausted:
      return absl::StrCat("more than ", (exec.stack.limit - exec.stack.base) * sizeof(uint64_t), " bytes, or ",
                          exec.store->options.max_native_depth, " nested host calls");
    default:
      return "";
  }
}

}  // namespace

absl::Status MakeTrapStatus(Execution* exec) {
  const absl::Status host_status = std::exchange(exec->host_status, absl::OkStatus());
  ExceptionObject* exception = std::exchange(exec->uncaught, nullptr);
  Trap trap{.code = exec->trap, .detail = {}, .frames = {}};
  if (!host_status.ok()) {
    auto host_trap = TrapOfHostError(host_status);
    if (!host_trap) return host_status;
    trap = *std::move(host_trap);
  } else if (exception != nullptr) {
    trap.is_exception = true;
    trap.detail = DescribeException(exec->store, exec->trap_cx, exception);
  } else {
    trap.detail = Detail(*exec);
  }
  exec->fault_address = 0;
  AppendFrames(*exec, &trap);
  absl::Status status = TrapStatus(trap);
  if (exception != nullptr) {
    AttachException(&status, exec->store, exception);
    exec->store->heap.AddHostRoot(RefOf(exception));
  }
  return status;
}

}  // namespace umiak
