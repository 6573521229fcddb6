#include "vm/interp/stub.h"

#include "vm/interp/bridge.h"
#include "vm/interp/code.h"
#include "vm/interp/cold.h"
#include "vm/runtime/execution.h"

namespace umiak {

void Redirect(InstanceData* cx, FuncIdx function, const uint64_t* fp, const uint8_t* old, const uint8_t* code) {
  // SAFETY: a return address points behind a call cell, whose last word is the callee or kNoCallee, or behind a readable
  // word of our own (bridge.h). A word that holds this address can only be the callee of a direct call.
  uint64_t* callee = reinterpret_cast<uint64_t*>(fp[-1]) - 1;
  if (__atomic_load_n(callee, __ATOMIC_RELAXED) == reinterpret_cast<uint64_t>(old)) {
    __atomic_store_n(callee, reinterpret_cast<uint64_t>(code), __ATOMIC_RELEASE);
  }
  if (auto it = cx->func_insts.find(function); it != cx->func_insts.end()) it->second->entry = code;
}

namespace {

// The code of the stub's function; null where it can't be translated, with the reason in exec->host_status.
NOINLINE const uint8_t* TranslateFor(InstanceData* cx, uint64_t* fp, const uint8_t* stub, FuncIdx function) {
  auto code = cx->code->Translate(function);
  if (!code.ok()) {
    cx->exec->host_status = code.status();
    return nullptr;
  }
  Redirect(cx, function, fp, stub, *code);
  return *code;
}

}  // namespace

void RecordTranslateError(const Regs& s) { RecordPendingTrap(s); }

struct StubBody {
  static FuncIdx FunctionOf(const uint8_t* stub) {
    return static_cast<FuncIdx>(reinterpret_cast<const CodeTable::Stub*>(stub)->function);
  }
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    InstanceData* cx = s.cx;
    const uint8_t* code = TranslateFor(cx, s.fp, s.ip, FunctionOf(s.ip));
    if (code == nullptr) return &Shell::Run<TranslateErrorBody>;
    s.ip = code;
    return nullptr;
  }
};

bool ResolveTailCall(InstanceData* cx, const uint8_t* ip) {
  // SAFETY: code is written by nobody else but for this word, atomically.
  auto* callee = reinterpret_cast<uint64_t*>(const_cast<uint8_t*>(ip) + kReturnCallDirectBytes - 8);
  const uint64_t marked = __atomic_load_n(callee, __ATOMIC_ACQUIRE);
  if ((marked & kUnresolved) == 0) return true;  // another thread came first
  auto code = cx->code->TranslateFully(StubBody::FunctionOf(reinterpret_cast<const uint8_t*>(marked - kUnresolved)));
  if (!code.ok()) {
    cx->exec->host_status = code.status();
    return false;
  }
  __atomic_store_n(callee, reinterpret_cast<uint64_t>((*code)->begin()), __ATOMIC_RELEASE);
  return true;
}

uint64_t StubHandler() { return reinterpret_cast<uint64_t>(&Shell::Run<StubBody>); }

}  // namespace umiak
