// The shell of the fast builds: a handler holds the registers as arguments and ends in a jump to the next one.
#ifndef UMIAK_VM_INTERP_DISPATCH_TAIL_H_
#define UMIAK_VM_INTERP_DISPATCH_TAIL_H_

#include <cstring>
#include <utility>

#include "vm/interp/regs.h"

namespace umiak {

template <size_t>
using WordAt = uint64_t;
template <size_t>
using VecAt = Vec;

template <class IntSequence, class VecSequence>
struct TailShell;

template <size_t... I, size_t... F>
struct TailShell<std::index_sequence<I...>, std::index_sequence<F...>> {
  using Handler = PRESERVE_NONE uint64_t (*)(const uint8_t*, uint64_t*, uint8_t*, InstanceData*, WordAt<I>...,
                                             VecAt<F>...);

  ALWAYS_INLINE static Handler Fetch(const uint8_t* ip) {
    Handler next;
    std::memcpy(&next, ip, sizeof(next));
    return next;
  }

  template <class B>
  HANDLER_SECTION NOINLINE PRESERVE_NONE static uint64_t Run(const uint8_t* ip, uint64_t* fp, uint8_t* mem, InstanceData* cx,
                                                    WordAt<I>... r, VecAt<F>... f) {
    Regs s{ip, fp, mem, cx, {r...}, {f...}};
    if constexpr (B::kKind == BodyKind::kLeave) {
      return B::Body(s);
    } else {
      if constexpr (B::kKind == BodyKind::kMayTrap) {
        if (Handler cold = B::Body(s)) [[unlikely]] {
          MUSTTAIL return cold(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...);
        }
      } else if constexpr (B::kKind == BodyKind::kTrapBranch) {
        bool taken = false;
        if (Handler cold = B::Body(s, &taken)) [[unlikely]] {
          MUSTTAIL return cold(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...);
        }
        if (taken) {
          B::Take(s);
          MUSTTAIL return Fetch(s.ip)(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...);
        }
        B::Pass(s);
      } else if constexpr (B::kKind == BodyKind::kBranch) {
        // Two jumps at two places: each has its own history in the branch predictor.
        if (B::Body(s)) {
          B::Take(s);
          MUSTTAIL return Fetch(s.ip)(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...);
        }
        B::Pass(s);
      } else {
        B::Body(s);
      }
      MUSTTAIL return Fetch(s.ip)(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...);
    }
  }

  // Runs cells from s.ip until a body of kind kLeave; returns what that returned.
  static uint64_t Start(const Regs& s) { return Fetch(s.ip)(s.ip, s.fp, s.mem, s.cx, s.r[I]..., s.f[F]...); }
};

using Shell = TailShell<std::make_index_sequence<kIntRegs>, std::make_index_sequence<kVectorRegs>>;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_DISPATCH_TAIL_H_
