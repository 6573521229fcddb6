// The shell of unoptimised, sanitizer and portable builds: the registers stay in memory, a handler returns to a loop.
#ifndef UMIAK_VM_INTERP_DISPATCH_LOOP_H_
#define UMIAK_VM_INTERP_DISPATCH_LOOP_H_

#include <cstring>

#include "vm/interp/regs.h"

#if defined(UMIAK_COUNT_CELLS)
#include "vm/interp/count_cells.h"
#endif

namespace umiak {

struct LoopShell {
  // True: go on at s.ip. False: a body left; its value is in `result`.
  using Handler = bool (*)(Regs& s, uint64_t& result);

  template <class B>
  static bool Run(Regs& s, uint64_t& result) {
    if constexpr (B::kKind == BodyKind::kLeave) {
      result = B::Body(s);
      return false;
    } else if constexpr (B::kKind == BodyKind::kMayTrap) {
      if (Handler cold = B::Body(s)) return cold(s, result);
      return true;
    } else if constexpr (B::kKind == BodyKind::kTrapBranch) {
      bool taken = false;
      if (Handler cold = B::Body(s, &taken)) return cold(s, result);
      if (taken) {
        B::Take(s);
      } else {
        B::Pass(s);
      }
      return true;
    } else if constexpr (B::kKind == BodyKind::kBranch) {
      if (B::Body(s)) {
        B::Take(s);
      } else {
        B::Pass(s);
      }
      return true;
    } else {
      B::Body(s);
      return true;
    }
  }

  static uint64_t Start(const Regs& start) {
    Regs s = start;
    uint64_t result = 0;
    Handler next;
    do {
#if defined(UMIAK_COUNT_CELLS)
      CountCell(s.ip);
#endif
      std::memcpy(&next, s.ip, sizeof(next));
    } while (next(s, result));
    return result;
  }
};

using Shell = LoopShell;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_DISPATCH_LOOP_H_
