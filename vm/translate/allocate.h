// Which vreg gets which register of the interpreter, loop by loop.
//
// The live points of each vreg inside a loop's own blocks are laid out as intervals; vregs are served by use
// weight over the root of their live range, and a register takes a vreg if none of its intervals is taken. A
// point lies before a block's first node and after each node, so that a result may take the register of an
// operand that dies in the same node.
#ifndef UMIAK_VM_TRANSLATE_ALLOCATE_H_
#define UMIAK_VM_TRANSLATE_ALLOCATE_H_

#include <cstdint>
#include <vector>

#include "vm/translate/flow.h"
#include "vm/translate/ir.h"

namespace umiak::ir {

struct RegisterCounts {
  uint32_t per_bank[kBankCount];
};
// Those of this build.
inline constexpr RegisterCounts kBuildRegisters = {{UMIAK_INT_REGISTERS, UMIAK_VECTOR_REGISTERS}};
inline constexpr uint32_t kMaxRegisters = 8;  // per bank

struct Allocation {
  static constexpr size_t kMaxEntries = 64;  // per loop
  struct Entry {
    VReg vreg;
    uint8_t reg;
  };
  // Per vreg: the register of a temporary of one block, or kMaxRegisters.
  std::vector<uint8_t> temps;
  // Per loop, sorted: the vregs that cross blocks and have a register in all of the loop's own blocks.
  std::vector<std::vector<Entry>> loops;
};

Allocation Allocate(const Function& function, const Liveness& liveness, RegisterCounts counts);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_ALLOCATE_H_
