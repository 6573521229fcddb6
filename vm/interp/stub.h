// The cell that stands for a function until it is translated, and how calls get past it.
#ifndef UMIAK_VM_INTERP_STUB_H_
#define UMIAK_VM_INTERP_STUB_H_

#include <cstdint>

#include "umiak/types.h"
#include "vm/interp/cold.h"

namespace umiak {

// The handler of CodeTable's stubs, as a cell's first word.
uint64_t StubHandler();

// Whoever called a function through `old` (its stub, or first-tier code) shall not do so again: the call cell's last word,
// the entry of a function instance.
void Redirect(InstanceData* cx, FuncIdx function, const uint64_t* fp, const uint8_t* old, const uint8_t* code);
// The last word of call cells that name no callee, so that nothing a guest chose (a frame, a slot, a type) stands there.
inline constexpr uint64_t kNoCallee = ~uint64_t{0};

// Added to the address of a stub in a ReturnCallDirect cell, which is this long.
inline constexpr uint64_t kUnresolved = 1;
inline constexpr uint32_t kReturnCallDirectBytes = 16;

// Puts the callee's code into the ReturnCallDirect cell at `ip`. False: it cannot be translated.
NOINLINE bool ResolveTailCall(InstanceData* cx, const uint8_t* ip);
NOINLINE void RecordTranslateError(const Regs& s);

struct TranslateErrorBody {
  static constexpr BodyKind kKind = BodyKind::kLeave;
  static uint64_t Body(Regs& s) {
    RecordTranslateError(s);
    return static_cast<uint64_t>(Exit::kHostError);
  }
};

// Runs the ReturnCallDirect cell again once that is done.
struct ResolveBody {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  ALWAYS_INLINE static Handler Body(Regs& s) {
    if (!ResolveTailCall(s.cx, s.ip)) return &Shell::Run<TranslateErrorBody>;
    return nullptr;
  }
};
inline constexpr Handler kResolveHandler = &Shell::Run<ResolveBody>;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_STUB_H_
