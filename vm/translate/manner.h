// Which operations stand for an instruction: what both tiers of the translator go by.
#ifndef UMIAK_VM_TRANSLATE_MANNER_H_
#define UMIAK_VM_TRANSLATE_MANNER_H_

#include "umiak/module.h"
#include "umiak/opcode.h"
#include "vm/interp/op.h"
#include "vm/translate/emitter.h"

namespace umiak {

// How an instruction of straight-line code is lowered. kNot: this interpreter lacks it.
enum class Manner : uint8_t {
  kNot, kNumeric, kAccess, kLaneAccess, kVector, kIntrinsic, kAtomic, kGc, kSelect, kGlobal, kMemorySize
};
Manner MannerOf(Opcode opcode);

// The operation that does an instruction out of line; kCount: there is none.
Op IntrinsicOf(Opcode opcode);
// The branch on a comparison of two operands, or (`negated`, floats) unless it holds.
Op BranchOf(Opcode condition, bool negated);
// global.get (or global.set) of that global.
Op GlobalOpOf(const Module& module, GlobalIdx global, bool is_get);
// A comparison of two places for its value: a > b is b < a, since only those of integers with a constant have handlers for
// both. May exchange the two.
Op ComparisonOf(Opcode opcode, Place* a, Place* b);
// Of a stored constant the bytes that are stored, so that it fits a short immediate.
void KeepStoredBytes(Opcode store, Place* value);
// Whether an operation may produce a NaN of its own choice; what makes that the canonical one. spec:
// exec/numerics#nan-propagation
bool MakesNan(Opcode opcode);
Op CanonicalizeAfter(Opcode opcode);
// Whether an access is of memory 0 by a 32-bit address and offset, which cells reach without looking the memory up.
bool IsNear(const Module& module, MemoryIdx memory, uint64_t offset);
// Whether memory.size is a cell of its own: of memory 0, with usual pages, not shared.
bool IsPlainMemorySize(const Module& module, MemoryIdx memory);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_MANNER_H_
