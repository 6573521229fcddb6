// The machine registers of the interpreter.
//
// A handler's body works on this struct; in the tail-call build it dissolves into machine registers.
// Invariants: an i32 in r[] is zero-extended; the scalar of f[] is its lane 0, whatever lies above.
#ifndef UMIAK_VM_INTERP_REGS_H_
#define UMIAK_VM_INTERP_REGS_H_

#include <cstdint>

#include "vm/interp/compiler.h"

namespace umiak {

struct InstanceData;

inline constexpr int kIntRegs = UMIAK_INT_REGISTERS;
inline constexpr int kVectorRegs = UMIAK_VECTOR_REGISTERS;
// preserve_none has 12 integer argument registers, of which an indirect tail call needs one and a handler some
// scratch; four are ip, fp, mem and cx. Past eight vectors the compiler would pass them in memory, silently.
static_assert(kIntRegs >= 2 && kIntRegs <= 6);
static_assert(kVectorRegs >= 2 && kVectorRegs <= 8);

// One register of the float bank: an f32 or f64 in lane 0, or a v128.
using Vec = double __attribute__((vector_size(16)));
using FloatVec = float __attribute__((vector_size(16)));

struct Regs {
  const uint8_t* ip;  // the current cell
  uint64_t* fp;       // slot 0 of the current frame
  uint8_t* mem;       // memory 0's base
  InstanceData* cx;   // the current instance
  uint64_t r[kIntRegs];
  Vec f[kVectorRegs];
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_REGS_H_
