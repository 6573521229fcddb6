// Chains: handlers that run several cells that lie behind each other, with one dispatch.
//
// A chain changes no cell but the handler word of its first one. The others keep theirs, so that a branch may go into the
// middle; each part moves ip to the next part's cell, so that a trap, a fault or a call finds ip at the cell it happens in.
// Which sequences there are is counted in programs: vm/interp/chains.def, benchmarks/mining.
#ifndef UMIAK_VM_INTERP_CHAIN_H_
#define UMIAK_VM_INTERP_CHAIN_H_

#include <cstdint>

#include "absl/types/span.h"
#include "vm/interp/op.h"

namespace umiak {

// An operation and the classes of its operands, in one number: what tells one handler from another.
using CellKind = uint32_t;
inline constexpr int kMaxChain = 6;

// `variant`: that of the handler, for a commutative operation the canonical one (cell.h). Fewer than 2^20 has each.
constexpr CellKind KindFrom(Op op, int variant) {
  return static_cast<CellKind>(op) << 20 | static_cast<CellKind>(variant);
}
static_assert(kOpCount <= 1 << 12);

// `classes`: one for each operand of the operation, which has a handler for them.
CellKind KindOf(Op op, const OperandClass* classes);

struct Chain {
  Handler handler;
  uint32_t cells;
};

// The chains that cells of these kinds begin with, at most `kMaxChain - 1` of them, into `to`; how many. `checked`: memory 0
// is. Thread-safe.
int FindChains(absl::Span<const CellKind> cells, bool checked, Chain* to);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CHAIN_H_
