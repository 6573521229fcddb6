// Comparisons as conditions: what the opposite and the mirror image of each is.
#ifndef UMIAK_VM_TRANSLATE_COMPARE_H_
#define UMIAK_VM_TRANSLATE_COMPARE_H_

#include <optional>

#include "umiak/opcode.h"

namespace umiak::ir {

// A comparison of two operands: i32.eq ... f64.ge. Not eqz.
bool IsComparison(Opcode opcode);
// The comparison that holds exactly when this one does not; none for an ordering of floats (NaN).
std::optional<Opcode> Inverted(Opcode comparison);
// The comparison with its operands exchanged: i32.lt_s gives i32.gt_s.
Opcode Mirrored(Opcode comparison);
// Operands may be exchanged: i32.add, i64.eq, ... Not float arithmetic: the order chooses the NaN.
bool IsCommutative(Opcode opcode);
// f32x4.add, f32x4.mul and those of f64x2: commutative but for which operand's NaN they yield.
bool IsFloatVectorSumOrProduct(Opcode opcode);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_COMPARE_H_
