#include "vm/translate/compare.h"

namespace umiak::ir {
namespace {

struct Relation {
  Opcode opcode;
  Opcode inverted;  // kNop: none
  Opcode mirrored;
};

#define INT_RELATIONS(T)                                 \
  {Opcode::T##Eq, Opcode::T##Ne, Opcode::T##Eq},         \
      {Opcode::T##Ne, Opcode::T##Eq, Opcode::T##Ne},     \
      {Opcode::T##LtS, Opcode::T##GeS, Opcode::T##GtS},  \
      {Opcode::T##LtU, Opcode::T##GeU, Opcode::T##GtU},  \
      {Opcode::T##GtS, Opcode::T##LeS, Opcode::T##LtS},  \
      {Opcode::T##GtU, Opcode::T##LeU, Opcode::T##LtU},  \
      {Opcode::T##LeS, Opcode::T##GtS, Opcode::T##GeS},  \
      {Opcode::T##LeU, Opcode::T##GtU, Opcode::T##GeU},  \
      {Opcode::T##GeS, Opcode::T##LtS, Opcode::T##LeS},  \
      {Opcode::T##GeU, Opcode::T##LtU, Opcode::T##LeU}
#define FLOAT_RELATIONS(T)                               \
  {Opcode::T##Eq, Opcode::T##Ne, Opcode::T##Eq},         \
      {Opcode::T##Ne, Opcode::T##Eq, Opcode::T##Ne},     \
      {Opcode::T##Lt, Opcode::kNop, Opcode::T##Gt},      \
      {Opcode::T##Gt, Opcode::kNop, Opcode::T##Lt},      \
      {Opcode::T##Le, Opcode::kNop, Opcode::T##Ge},      \
      {Opcode::T##Ge, Opcode::kNop, Opcode::T##Le}

constexpr Relation kRelations[] = {INT_RELATIONS(kI32), INT_RELATIONS(kI64), FLOAT_RELATIONS(kF32),
                                   FLOAT_RELATIONS(kF64)};

const Relation* Find(Opcode opcode) {
  for (const Relation& relation : kRelations) {
    if (relation.opcode == opcode) return &relation;
  }
  return nullptr;
}

}  // namespace

bool IsComparison(Opcode opcode) {
  // The rows of the table stand together in opcodes.def; i64.eqz alone lies between them.
  return opcode >= Opcode::kI32Eq && opcode <= Opcode::kF64Ge && opcode != Opcode::kI64Eqz;
}

std::optional<Opcode> Inverted(Opcode comparison) {
  const Relation* relation = Find(comparison);
  if (relation == nullptr || relation->inverted == Opcode::kNop) return std::nullopt;
  return relation->inverted;
}

Opcode Mirrored(Opcode comparison) {
  const Relation* relation = Find(comparison);
  return relation == nullptr ? comparison : relation->mirrored;
}

bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI32Mul:
    case Opcode::kI32And:
    case Opcode::kI32Or:
    case Opcode::kI32Xor:
    case Opcode::kI32Eq:
    case Opcode::kI32Ne:
    case Opcode::kI64Add:
    case Opcode::kI64Mul:
    case Opcode::kI64And:
    case Opcode::kI64Or:
    case Opcode::kI64Xor:
    case Opcode::kI64Eq:
    case Opcode::kI64Ne:
    case Opcode::kF32Eq:
    case Opcode::kF32Ne:
    case Opcode::kF64Eq:
    case Opcode::kF64Ne:
      return true;
    default:
      return false;  // floats too: which NaN an addition yields may depend on the order
  }
}

bool IsFloatVectorSumOrProduct(Opcode opcode) {
  return opcode == Opcode::kF32x4Add || opcode == Opcode::kF32x4Mul || opcode == Opcode::kF64x2Add ||
         opcode == Opcode::kF64x2Mul;
}

}  // namespace umiak::ir
