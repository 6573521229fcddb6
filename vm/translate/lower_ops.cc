// Nodes of straight-line code: arithmetic, accesses, selections, globals, and instructions that are functions.
#include <algorithm>

#include "vm/interp/bridge.h"
#include "vm/translate/compare.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"
#include "vm/translate/manner.h"

namespace umiak {

namespace {

// The smaller or larger of two values: `a < b ? a : b`. kCount: it is another selection.
Op MinMaxOf(const ir::Node& node) {
  const bool straight = node.in[0] == node.in[2] && node.in[1] == node.in[3];
  const bool crossed = node.in[0] == node.in[3] && node.in[1] == node.in[2];
  if ((!straight && !crossed) || (node.in[0].is_const() && node.in[1].is_const())) return Op::kCount;
  switch (node.condition) {
    case Opcode::kI32LtS: case Opcode::kI32LeS: return straight ? Op::kI32MinS : Op::kI32MaxS;
    case Opcode::kI32LtU: case Opcode::kI32LeU: return straight ? Op::kI32MinU : Op::kI32MaxU;
    case Opcode::kI32GtS: case Opcode::kI32GeS: return straight ? Op::kI32MaxS : Op::kI32MinS;
    case Opcode::kI32GtU: case Opcode::kI32GeU: return straight ? Op::kI32MaxU : Op::kI32MinU;
    default: return Op::kCount;
  }
}

}  // namespace

const ir::Node* FindUnsupported(const ir::Function& function) {
  for (const ir::Node& node : function.nodes) {
    if (node.kind == ir::NodeKind::kOp && MannerOf(node.opcode) == Manner::kNot) return &node;
  }
  return nullptr;
}

void Lowering::LowerOp(const ir::Node& node) {
  const Op op = OpOf(node.opcode);
  switch (MannerOf(node.opcode)) {
    case Manner::kNumeric:
      if (node.second_result != ir::kNone) return LowerWide(node, op);
      return LowerNumeric(node, op);
    case Manner::kAccess: return LowerAccess(node, op);
    case Manner::kLaneAccess: return LowerLaneAccess(node, op);
    case Manner::kVector: return LowerVector(node, op);
    case Manner::kAtomic: return LowerAtomic(node);
    case Manner::kGc: return LowerGc(node);
    case Manner::kSelect: return LowerSelect(node);
    case Manner::kGlobal: return LowerGlobal(node);
    case Manner::kMemorySize: {
      if (!IsPlainMemorySize(context_.module, node.index)) break;
      emit_.Emit(Op::kMemorySize, {Result(node)});
      return;
    }
    case Manner::kIntrinsic:
    case Manner::kNot: break;
  }
  LowerIntrinsic(node, IntrinsicOf(node.opcode));
}

void Lowering::LowerComparison(Opcode opcode, Place a, Place b, const Place& result) {
  const Op op = ComparisonOf(opcode, &a, &b);
  emit_.Emit(op, {a, b, result});
}

void Lowering::LowerNumeric(const ir::Node& node, Op op) {
  Place result = Result(node);
  if (ir::IsComparison(node.opcode)) {
    LowerComparison(node.opcode, PlaceOf(node.in[0]), PlaceOf(node.in[1]), result);
  } else if (node.in[1]) {
    emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), result});
  } else {
    emit_.Emit(op, {PlaceOf(node.in[0]), result});
  }
  if (context_.variant.deterministic_nans && MakesNan(node.opcode)) {
    emit_.Emit(CanonicalizeAfter(node.opcode), {result, result});
  }
}

// ORDER: the forms of an access are rows `op`, Off and Far of ops_memory.def.
// What a cell of a far access reads: see Address::kFar.
Extra Lowering::FarAddress(const ir::Node& node) const {
  const bool is_64 = context_.module.memories[node.memory()].type.is_64;
  return Extra().U64(node.immediate).U32(context_.layout.memories + 8 * node.memory()).U32(is_64 ? 1 : 0);
}

void Lowering::LowerAccess(const ir::Node& node, Op op) {
  const bool is_near = IsNearAccess(f_, node);
  Extra extra;
  Place address = PlaceOf(node.in[0]);
  if (is_near && address.is_imm() && address.value + node.immediate <= 0xffffffffu) {
    address.value += node.immediate;
  } else if (!is_near) {
    op = After(op, 2);
    extra = FarAddress(node);
  } else if (node.immediate != 0) {
    op = After(op, 1);
    extra.U32(static_cast<uint32_t>(node.immediate));
  }
  Place value = node.result != ir::kNone ? Result(node) : StoredValue(node);
  emit_.Emit(op, {address, value}, extra);
}

Place Lowering::StoredValue(const ir::Node& node, int operand) const {
  Place value = PlaceOf(node.in[operand]);
  KeepStoredBytes(node.opcode, &value);
  return value;
}

void Lowering::LowerSelect(const ir::Node& node) {
  if (const Op op = MinMaxOf(node); op != Op::kCount) {
    return static_cast<void>(emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), Result(node)}));
  }
  Place a = PlaceOf(node.in[0]);
  Place b = PlaceOf(node.in[1]);
  Place condition = PlaceOf(node.in[2]);
  const bool against_zero = node.in[3].is_const() && node.in[3].bits == 0;
  if (against_zero && node.condition == Opcode::kI32Eq) {
    std::swap(a, b);
  } else if (!against_zero || node.condition != Opcode::kI32Ne) {
    Place flag = emit_.Scratch(1, Bank::kInt);
    LowerComparison(node.condition, condition, PlaceOf(node.in[3]), flag);
    condition = flag;
  }
  Place result = Result(node);
  Op op = result.words == 2 ? Op::kSelectV128 : result.bank == Bank::kFloat ? Op::kSelectFloat : Op::kSelectInt;
  emit_.Emit(op, {a, b, condition, result});
}

void Lowering::LowerGlobal(const ir::Node& node) {
  const bool is_get = node.opcode == Opcode::kGlobalGet;
  emit_.Emit(GlobalOpOf(context_.module, node.index, is_get), {is_get ? Result(node) : PlaceOf(node.in[0])},
             Extra().U32(context_.layout.globals[node.index]));
}

// Arguments go above the frame, where the result comes back.
void Lowering::LowerIntrinsic(const ir::Node& node, Op op) {
  const uint32_t at = placement_.frame_slots() + kHeaderSlots;
  for (uint32_t i = 0; i < 3 && node.in[i]; ++i) {
    emit_.Move(PlaceOf(node.in[i]), Place::Slot(Bank::kInt, at + i));
  }
  emit_.Emit(op, {}, Extra().U32(node.index).U32(node.index2).U32(at));
  if (node.result != ir::kNone) emit_.Move(Place::Slot(Bank::kInt, at), Result(node));
}

}  // namespace umiak
