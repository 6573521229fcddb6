// Nodes that take in the one before them: see fuse.h.
#include "vm/translate/compare.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"

namespace umiak {

void Lowering::LowerFused(ir::NodeId id, const ir::Node& node, const ir::Node& producer) {
  const ir::Operand& other = node.in[0].Is(producer.result) ? node.in[1] : node.in[0];
  if (umiak::InfoOf(node.opcode).access != 0) {
    return node.in[0].Is(producer.result) ? LowerAddressed(id, node, producer) : LowerModify(id, node, producer);
  }
  const Place result = Result(node);
  if (VectorLoadThenOf(producer.opcode, node.opcode) != Op::kCount) return LowerVectorLoadThen(id, node, producer);
  const Place a = PlaceOf(producer.in[0]);
  if (Op op = VectorChainOf(producer.opcode, node.opcode, node.in[1].Is(producer.result)); op != Op::kCount) {
    emit_.Emit(op, {a, PlaceOf(producer.in[1]), PlaceOf(other), result});
    return;
  }
  if (umiak::InfoOf(producer.opcode).access != 0) {
    emit_.SetOffset(producer.offset);  // what can trap is the load
    Extra offset;
    offset.U32(static_cast<uint32_t>(producer.immediate));
    emit_.Emit(LoadThenOf(producer.opcode, node.opcode), {a, PlaceOf(other), result}, offset);
  } else if (producer.in[1].is_const() && node.in[1].is_const()) {
    emit_.Emit(ConstPairOf(producer.opcode, node.opcode),
               {a, PlaceOf(producer.in[1]), PlaceOf(node.in[1]), result});
  } else if (producer.in[1].is_const()) {
    emit_.Emit(ConstThenOf(producer.opcode, node.opcode), {a, PlaceOf(producer.in[1]), PlaceOf(other), result});
  } else if (const Op chain = IntChainOf(producer.opcode, node.opcode); chain != Op::kCount) {
    emit_.Emit(chain, {a, PlaceOf(producer.in[1]), PlaceOf(other), result});
  } else {
    const bool swapped = !node.in[0].Is(producer.result) || ir::IsCommutative(node.opcode);
    emit_.Emit(FloatChainOf(producer.opcode, node.opcode, swapped), {a, PlaceOf(producer.in[1]), PlaceOf(other), result});
  }
}

// ORDER: the forms of an addressed access are rows Base, Indexed, Scaled.
void Lowering::LowerAddressed(ir::NodeId id, const ir::Node& node, const ir::Node& add) {
  Place value = node.result != ir::kNone ? Result(node) : StoredValue(node);
  const Op base = AddressedOf(node.opcode);
  Extra extra;
  const ir::Node* shift = FusedInto(id - 1);
  if (add.opcode == Opcode::kI32Shl) {
    extra.U32(static_cast<uint32_t>(node.immediate));
    emit_.Emit(After(base, 2), {Place::Imm(0), PlaceOf(add.in[0]), value}, extra);
  } else if (shift != nullptr) {
    const ir::Operand& array = add.in[0].Is(shift->result) ? add.in[1] : add.in[0];
    extra.U32(static_cast<uint32_t>(node.immediate));
    emit_.Emit(After(base, 2), {PlaceOf(array), PlaceOf(shift->in[0]), value}, extra);
  } else if (add.in[1].is_const()) {
    extra.U32(static_cast<uint32_t>(add.in[1].bits)).U32(static_cast<uint32_t>(node.immediate));
    emit_.Emit(base, {PlaceOf(add.in[0]), value}, extra);
  } else {
    extra.U32(static_cast<uint32_t>(node.immediate));
    emit_.Emit(After(base, 1), {PlaceOf(add.in[0]), PlaceOf(add.in[1]), value}, extra);
  }
}

void Lowering::LowerModify(ir::NodeId id, const ir::Node& node, const ir::Node& fn) {
  const ir::Node& load = f_.nodes[id - 2];
  emit_.SetOffset(load.offset);  // it traps first
  Extra offset;
  offset.U32(static_cast<uint32_t>(node.immediate));
  emit_.Emit(ModifyOf(load.opcode, fn.opcode), {PlaceOf(node.in[0]), PlaceOf(fn.in[1])}, offset);
}

// `i += constant` in a register, then a branch that compares i: one cell. False where it is not that.
bool Lowering::LowerStep(ir::NodeId id, const ir::Node& node) {
  const ir::Node& branch = f_.nodes[id + 1];
  if (branch.kind != ir::NodeKind::kBranchIf || FusedInto(id) != nullptr || !node.in[1].is_const()) return false;
  if (!node.in[0].Is(node.result) || !branch.in[0].Is(node.result) || branch.in[1].Is(node.result)) return false;
  const bool is_32 = node.opcode == Opcode::kI32Add;
  const Opcode first = is_32 ? Opcode::kI32Eq : Opcode::kI64Eq;
  const Opcode last = is_32 ? Opcode::kI32GeU : Opcode::kI64GeU;
  const Fork fork = ForkOf(branch);
  if (fork.condition < first || fork.condition > last) return false;
  const int64_t step = is_32 ? static_cast<int32_t>(node.in[1].bits) : static_cast<int64_t>(node.in[1].bits);
  if (step != static_cast<int32_t>(step)) return false;
  const Op op = After(is_32 ? Op::kStepI32Eq : Op::kStepI64Eq, static_cast<int>(fork.condition) - static_cast<int>(first));
  const Place counter = PlaceOf(node.result);
  const Place limit = PlaceOf(branch.in[1]);
  const Place operands[] = {counter, Place::Imm(static_cast<uint32_t>(step)), limit};
  if (!emit_.Fits(op, operands)) return false;
  EmitFork(fork, branch.offset, op, {operands[0], operands[1], operands[2]});
  return true;
}

// `a + b; return` where the sum is a block's result: its only reader is the return behind the branch.
bool Lowering::LowerReturnedSum(ir::NodeId id, const ir::Node& node) {
  if (f_.nodes[id + 1].kind != ir::NodeKind::kBranch || FusedInto(id) != nullptr) return false;
  const ir::Edge& edge = f_.edges[f_.blocks[block_].first_edge];
  if (!IsReturnOnly(edge.to) || edge.assignment_count != 0) return false;
  const ir::Node& leave = f_.nodes[f_.blocks[edge.to].first];
  if (leave.count != 1 || !f_.Arguments(leave)[0].Is(node.result)) return false;
  Op op = node.opcode == Opcode::kI32Add ? Op::kReturnI32Add : Op::kReturnI64Add;
  emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1])});
  return true;
}

}  // namespace umiak
