// Nodes of vector instructions. Lanes become what the cells take: see vm/interp/simd_lanes.h.
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"

namespace umiak {

namespace {

// A lane operation's width in bytes, by its instruction.
uint32_t LaneBytes(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI8x16ExtractLaneS:
    case Opcode::kI8x16ExtractLaneU:
    case Opcode::kI8x16ReplaceLane: return 1;
    case Opcode::kI16x8ExtractLaneS:
    case Opcode::kI16x8ExtractLaneU:
    case Opcode::kI16x8ReplaceLane: return 2;
    case Opcode::kI32x4ExtractLane:
    case Opcode::kI32x4ReplaceLane:
    case Opcode::kF32x4ExtractLane:
    case Opcode::kF32x4ReplaceLane: return 4;
    case Opcode::kI64x2ExtractLane:
    case Opcode::kI64x2ReplaceLane:
    case Opcode::kF64x2ExtractLane:
    case Opcode::kF64x2ReplaceLane: return 8;
    default: return InfoOf(opcode).access;
  }
}

Place VectorImm(uint64_t low, uint64_t high) {
  Place place = Place::Imm(low, Bank::kFloat);
  place.high = high;
  place.words = 2;
  return place;
}

// The numbers of the lane's bytes, lowest first; the bytes above name nothing (and, for pshufb, zeros).
Place LaneSelector(const ir::Node& node) {
  const uint32_t width = LaneBytes(node.opcode);
  uint64_t selector = 0;
  for (uint32_t i = 8; i-- > 0;) selector = selector << 8 | (i < width ? node.lane * width + i : 0x80);
  return Place::Imm(width == 8 ? selector : selector & 0xffffffffu);
}

// Ones over the lane.
Place LaneMask(const ir::Node& node) {
  const uint32_t width = LaneBytes(node.opcode);
  const uint64_t ones = width == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * width)) - 1;
  const uint32_t at = 8 * width * node.lane;  // in bits
  return at < 64 ? VectorImm(ones << at, 0) : VectorImm(0, ones << (at - 64));
}

// What makes the NaNs of the result canonical; kCount: they are its operands' or there are none.
// spec: exec/numerics#nan-propagation
Op CanonicalizerOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::kF32x4Ceil: case Opcode::kF32x4Floor: case Opcode::kF32x4Trunc: case Opcode::kF32x4Nearest:
    case Opcode::kF32x4Sqrt: case Opcode::kF32x4Add: case Opcode::kF32x4Sub: case Opcode::kF32x4Mul:
    case Opcode::kF32x4Div: case Opcode::kF32x4Min: case Opcode::kF32x4Max: case Opcode::kF32x4DemoteF64x2Zero:
      return Op::kF32x4Canonicalize;
    case Opcode::kF64x2Ceil: case Opcode::kF64x2Floor: case Opcode::kF64x2Trunc: case Opcode::kF64x2Nearest:
    case Opcode::kF64x2Sqrt: case Opcode::kF64x2Add: case Opcode::kF64x2Sub: case Opcode::kF64x2Mul:
    case Opcode::kF64x2Div: case Opcode::kF64x2Min: case Opcode::kF64x2Max: case Opcode::kF64x2PromoteLowF32x4:
      return Op::kF64x2Canonicalize;
    default: return Op::kCount;
  }
}

}  // namespace

void Lowering::LowerVector(const ir::Node& node, Op op) {
  if (umiak::InfoOf(node.opcode).immediate == Immediate::kLane) return LowerLane(node, op);
  const Place a = PlaceOf(node.in[0]);
  const Place result = Result(node);
  if (node.opcode == Opcode::kI8x16Shuffle) {
    const ir::Operand lanes = {node.immediate, ir::Operand::kV128Const, ValType::kV128};
    emit_.Emit(op, {a, PlaceOf(node.in[1]), PlaceOf(lanes), result});
  } else if (node.in[2]) {
    emit_.Emit(op, {a, PlaceOf(node.in[1]), PlaceOf(node.in[2]), result});
  } else if (node.in[1]) {
    emit_.Emit(op, {a, PlaceOf(node.in[1]), result});
  } else {
    emit_.Emit(op, {a, result});
  }
  if (!context_.variant.deterministic_nans) return;
  if (Op canonicalize = CanonicalizerOf(node.opcode); canonicalize != Op::kCount) {
    emit_.Emit(canonicalize, {result, result});
  }
}

void Lowering::LowerLane(const ir::Node& node, Op op) {
  const Place v = PlaceOf(node.in[0]);
  const Place result = Result(node);
  if (node.in[1]) {
    emit_.Emit(op, {v, PlaceOf(node.in[1]), LaneMask(node), result});
  } else if (node.lane == 0 && result.bank == Bank::kFloat) {
    emit_.Emit(Op::kMoveFloat, {v, result});  // a scalar is lane 0, whatever lies above
  } else {
    emit_.Emit(op, {v, LaneSelector(node), result});
  }
}

// ORDER: the far form of a lane's access follows the near one, which has an offset.
void Lowering::LowerLaneAccess(const ir::Node& node, Op op) {
  const bool far = !IsNearAccess(f_, node);
  if (far) op = After(op, 1);
  const Extra extra = far ? FarAddress(node) : Extra().U32(static_cast<uint32_t>(node.immediate));
  const Place address = PlaceOf(node.in[0]);
  const Place v = PlaceOf(node.in[1]);
  if (node.result != ir::kNone) {
    emit_.Emit(op, {address, v, LaneMask(node), Result(node)}, extra);
  } else {
    emit_.Emit(op, {address, v, LaneSelector(node)}, extra);
  }
}

void Lowering::LowerVectorLoadThen(ir::NodeId id, const ir::Node& node, const ir::Node& load) {
  emit_.SetOffset(load.offset);  // what can trap is the load
  const ir::Operand& other = node.in[0].Is(load.result) ? node.in[1] : node.in[0];
  const ir::Node* add = FusedInto(id - 1);
  const Place address = PlaceOf(add != nullptr ? add->in[0] : load.in[0]);
  Extra extra;
  extra.U32(add != nullptr ? static_cast<uint32_t>(add->in[1].bits) : 0).U32(static_cast<uint32_t>(load.immediate));
  emit_.Emit(VectorLoadThenOf(load.opcode, node.opcode), {address, PlaceOf(other), Result(node)}, extra);
}

}  // namespace umiak
