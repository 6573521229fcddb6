// What the branch predictor is told.
#ifndef UMIAK_VM_INTERP_PREDICTOR_H_
#define UMIAK_VM_INTERP_PREDICTOR_H_

#include <cstdint>

#include "vm/interp/compiler.h"

namespace umiak {

// To be called where control has come to `ip` and might have come to many other places: by a table, an indirect call, a
// return. Branches on one `bit` of the address, to the same place either way.
//
// PERF: a jump to a handler is predicted from the outcomes of the conditional branches before it; which way a jump through
// a register went counts for little (AMD Zen 3). So two arms of a br_table that begin with the same handlers look alike,
// and so does what a callee runs for two callers. CPU time times 0.55 (indirect) and 0.85 (vmloop), the other 23 of the
// suite's workloads 0.97 to 1.05. A second bit gains nothing; one in every dispatch costs loops up to 1.28.
template <uint8_t bit>
ALWAYS_INLINE void TellWay(const uint8_t* ip) {
#if defined(UMIAK_DISPATCH_TAIL) && defined(__x86_64__)
  asm volatile("testb %0, %b1\n\tjz 1f\n1:" : : "i"(bit), "r"(ip) : "cc");
#else
  (void)ip;
#endif
}
inline constexpr uint8_t kCellBit = 8;    // cells lie at multiples of 8
inline constexpr uint8_t kEntryBit = 16;  // code at those of 16

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_PREDICTOR_H_
