// Vector instructions: those that are others with operands exchanged, and the relaxed ones, become what the cells have.
#include <algorithm>
#include <cstring>

#include "vm/translate/builder_impl.h"
#include "vm/translate/compare.h"

namespace umiak::ir {
namespace {

struct Rewrite {
  Opcode from;
  Opcode to;
};

// a op b is b op' a.
constexpr Rewrite kExchanged[] = {
    {Opcode::kI8x16LtS, Opcode::kI8x16GtS}, {Opcode::kI8x16LtU, Opcode::kI8x16GtU},
    {Opcode::kI8x16LeS, Opcode::kI8x16GeS}, {Opcode::kI8x16LeU, Opcode::kI8x16GeU},
    {Opcode::kI16x8LtS, Opcode::kI16x8GtS}, {Opcode::kI16x8LtU, Opcode::kI16x8GtU},
    {Opcode::kI16x8LeS, Opcode::kI16x8GeS}, {Opcode::kI16x8LeU, Opcode::kI16x8GeU},
    {Opcode::kI32x4LtS, Opcode::kI32x4GtS}, {Opcode::kI32x4LtU, Opcode::kI32x4GtU},
    {Opcode::kI32x4LeS, Opcode::kI32x4GeS}, {Opcode::kI32x4LeU, Opcode::kI32x4GeU},
    {Opcode::kI64x2LtS, Opcode::kI64x2GtS}, {Opcode::kI64x2LeS, Opcode::kI64x2GeS},
    {Opcode::kF32x4Gt, Opcode::kF32x4Lt},   {Opcode::kF32x4Ge, Opcode::kF32x4Le},
    {Opcode::kF64x2Gt, Opcode::kF64x2Lt},   {Opcode::kF64x2Ge, Opcode::kF64x2Le},
};

// The choice that a relaxed instruction leaves is made as in the specification's deterministic profile.
// spec: appendix/profiles#deterministic
constexpr Rewrite kRelaxed[] = {
    {Opcode::kI8x16RelaxedSwizzle, Opcode::kI8x16Swizzle},
    {Opcode::kI32x4RelaxedTruncF32x4S, Opcode::kI32x4TruncSatF32x4S},
    {Opcode::kI32x4RelaxedTruncF32x4U, Opcode::kI32x4TruncSatF32x4U},
    {Opcode::kI32x4RelaxedTruncF64x2SZero, Opcode::kI32x4TruncSatF64x2SZero},
    {Opcode::kI32x4RelaxedTruncF64x2UZero, Opcode::kI32x4TruncSatF64x2UZero},
    {Opcode::kI8x16RelaxedLaneselect, Opcode::kV128Bitselect},
    {Opcode::kI16x8RelaxedLaneselect, Opcode::kV128Bitselect},
    {Opcode::kI32x4RelaxedLaneselect, Opcode::kV128Bitselect},
    {Opcode::kI64x2RelaxedLaneselect, Opcode::kV128Bitselect},
    {Opcode::kF32x4RelaxedMin, Opcode::kF32x4Min},
    {Opcode::kF32x4RelaxedMax, Opcode::kF32x4Max},
    {Opcode::kF64x2RelaxedMin, Opcode::kF64x2Min},
    {Opcode::kF64x2RelaxedMax, Opcode::kF64x2Max},
    {Opcode::kI16x8RelaxedQ15mulrS, Opcode::kI16x8Q15mulrSatS},
};

template <size_t n>
bool Replace(const Rewrite (&rows)[n], Opcode* opcode) {
  for (const Rewrite& row : rows) {
    if (row.from != *opcode) continue;
    *opcode = row.to;
    return true;
  }
  return false;
}

template <class T>
bool HasNanLane(const V128& value) {
  T lanes[16 / sizeof(T)];
  std::memcpy(lanes, value.bytes, sizeof(lanes));
  return std::any_of(std::begin(lanes), std::end(lanes), [](T lane) { return lane != lane; });
}
// As lanes of either width: an operand without NaNs does not choose the NaN of a result.
bool HasNan(const V128& value) { return HasNanLane<float>(value) || HasNanLane<double>(value); }

}  // namespace

void Builder::EmitVector(Opcode opcode, const Operand& a, const Operand& b) {
  Node node = NewNode(NodeKind::kOp, opcode);
  node.in[0] = a;
  node.in[1] = b;
  EmitResult(node, ValType::kV128);
}

// i8x16.shuffle. Of one vector it is a swizzle by a constant.
void Builder::BuildShuffle() {
  Node node = NewNode(NodeKind::kOp, instr_.opcode);
  PopInto(&node, 2);
  V128 lanes;
  std::copy_n(instr_.v128, sizeof(instr_.v128), lanes.bytes);
  const bool is_same = node.in[0] == node.in[1];
  const bool only_a = std::all_of(std::begin(lanes.bytes), std::end(lanes.bytes), [](uint8_t i) { return i < 16; });
  const bool only_b = std::all_of(std::begin(lanes.bytes), std::end(lanes.bytes), [](uint8_t i) { return i >= 16; });
  if (is_same || only_a || only_b) {
    for (uint8_t& lane : lanes.bytes) lane &= 15;
    node.opcode = Opcode::kI8x16Swizzle;
    if (only_b) node.in[0] = node.in[1];
    node.in[1] = {f_.v128_constants.size(), Operand::kV128Const, ValType::kV128};
  } else {
    node.immediate = f_.v128_constants.size();
  }
  f_.v128_constants.push_back(lanes);
  EmitResult(node, ValType::kV128);
}

// a * b + c, and c - a * b: each of the two rounds.
void Builder::BuildMultiplyAdd(Opcode mul, Opcode second) {
  const Operand c = Pop();
  const Operand b = Pop();
  const Operand a = Pop();
  EmitVector(mul, a, b);
  const Operand product = Pop();
  if (second == Opcode::kF32x4Add || second == Opcode::kF64x2Add) {
    EmitVector(second, product, c);
  } else {
    EmitVector(second, c, product);
  }
}

// The dot product in i16 lanes, summed in pairs to i32 lanes, plus c.
void Builder::BuildDotAdd() {
  const Operand c = Pop();
  const Operand b = Pop();
  const Operand a = Pop();
  EmitVector(Opcode::kI16x8RelaxedDotI8x16I7x16S, a, b);
  EmitVector(Opcode::kI32x4ExtaddPairwiseI16x8S, Pop(), {});
  EmitVector(Opcode::kI32x4Add, Pop(), c);
}

bool Builder::BuildVector() {
  switch (instr_.opcode) {
    case Opcode::kI8x16Shuffle: BuildShuffle(); return true;
    case Opcode::kF32x4RelaxedMadd: BuildMultiplyAdd(Opcode::kF32x4Mul, Opcode::kF32x4Add); return true;
    case Opcode::kF32x4RelaxedNmadd: BuildMultiplyAdd(Opcode::kF32x4Mul, Opcode::kF32x4Sub); return true;
    case Opcode::kF64x2RelaxedMadd: BuildMultiplyAdd(Opcode::kF64x2Mul, Opcode::kF64x2Add); return true;
    case Opcode::kF64x2RelaxedNmadd: BuildMultiplyAdd(Opcode::kF64x2Mul, Opcode::kF64x2Sub); return true;
    case Opcode::kI32x4RelaxedDotI8x16I7x16AddS: BuildDotAdd(); return true;
    default: break;
  }
  const OpcodeInfo& info = InfoOf(instr_.opcode);
  if (info.immediate != Immediate::kNone || info.signature.result != 'v') return false;
  Node node = NewNode(NodeKind::kOp, instr_.opcode);
  PopInto(&node, info.signature.param_count);
  Replace(kRelaxed, &node.opcode);
  if (Replace(kExchanged, &node.opcode)) {
    std::swap(node.in[0], node.in[1]);
  } else if (IsFloatVectorSumOrProduct(node.opcode) && node.in[0].kind == Operand::kV128Const &&
             !HasNan(f_.v128_constants[node.in[0].bits])) {
    std::swap(node.in[0], node.in[1]);  // cells have constants on the right
  }
  EmitResult(node, ValType::kV128);
  return true;
}

}  // namespace umiak::ir
