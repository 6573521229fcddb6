// Which neighbouring nodes become one cell.
//
// A pass between builder and placement marks a node `fused` when its only reader is the next one and a fused
// operation does both; the lowering finds the pair again by the mark. What the operations are is in
// vm/interp/ops_fused.def and ops_address.def; what each is worth, in docs/PERFORMANCE.md.
#ifndef UMIAK_VM_TRANSLATE_FUSE_H_
#define UMIAK_VM_TRANSLATE_FUSE_H_

#include <cstdint>

#include "vm/interp/op.h"
#include "vm/translate/ir.h"

namespace umiak {

// Moves the addition that makes a store's address next to the store, and marks nodes.
void FuseNodes(ir::Function* function);

// The operation for `reader` on the constant form of `producer`: Second(First(a, constant), constant); kCount: none.
Op ConstPairOf(Opcode producer, Opcode reader);
// Second(b, First(a, constant)).
Op ConstThenOf(Opcode producer, Opcode reader);
// Fn(b, load), by the load's and the reader's instructions.
Op LoadThenOf(Opcode load, Opcode reader);
// store(address, Fn(load(address), b)), by the load's and Fn's instructions.
Op ModifyOf(Opcode load, Opcode fn);
// Second(First(a, b), c) of integers, by their instructions.
Op IntChainOf(Opcode first, Opcode second);
// First(a, b) Second c; swapped: c Second First(a, b).
Op FloatChainOf(Opcode first, Opcode second, bool swapped);
// Fn(b, load) of vectors, the address in its form Base.
Op VectorLoadThenOf(Opcode load, Opcode reader);
// First(a, b) Second c of vectors; swapped: c Second First(a, b).
Op VectorChainOf(Opcode first, Opcode second, bool swapped);
// See IsNear, manner.h.
bool IsNearAccess(const ir::Function& function, const ir::Node& node);
// The Base form of an access, which Indexed and Scaled follow; kCount: it has none.
Op AddressedOf(Opcode access);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_FUSE_H_
