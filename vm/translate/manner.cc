#include "vm/translate/manner.h"

#include <array>
#include <utility>

#include "vm/translate/compare.h"
#include "vm/translate/ir.h"
#include "vm/translate/lower.h"

namespace umiak {

namespace {

constexpr int Distance(Opcode from, Opcode to) { return static_cast<int>(to) - static_cast<int>(from); }

Manner FindManner(Opcode opcode) {
  switch (opcode) {
    case Opcode::kSelect: return Manner::kSelect;
    case Opcode::kGlobalGet:
    case Opcode::kGlobalSet: return Manner::kGlobal;
    case Opcode::kMemorySize: return Manner::kMemorySize;
    default: break;
  }
  if (IsAtomic(opcode)) return Manner::kAtomic;
  const OpcodeInfo& info = umiak::InfoOf(opcode);
  if (OpOf(opcode) == Op::kCount && info.prefix == kGcPrefix) return Manner::kGc;
  if (IntrinsicOf(opcode) != Op::kCount) return Manner::kIntrinsic;
  if (OpOf(opcode) == Op::kCount) return Manner::kNot;
  if (info.immediate == Immediate::kMemArgLane) return Manner::kLaneAccess;
  if (info.access != 0) return Manner::kAccess;
  return info.prefix == kSimdPrefix ? Manner::kVector : Manner::kNumeric;
}

bool IsGreater(Opcode comparison) {
  switch (comparison) {
    case Opcode::kI32GtS: case Opcode::kI32GtU: case Opcode::kI32GeS: case Opcode::kI32GeU:
    case Opcode::kI64GtS: case Opcode::kI64GtU: case Opcode::kI64GeS: case Opcode::kI64GeU:
    case Opcode::kF32Gt: case Opcode::kF32Ge: case Opcode::kF64Gt: case Opcode::kF64Ge: return true;
    default: return false;
  }
}

}  // namespace

// From a table.
Manner MannerOf(Opcode opcode) {
  static const std::array<Manner, kOpcodeCount> manners = [] {
    std::array<Manner, kOpcodeCount> all;
    for (size_t i = 0; i < kOpcodeCount; ++i) all[i] = FindManner(static_cast<Opcode>(i));
    return all;
  }();
  return manners[static_cast<size_t>(opcode)];
}

Op IntrinsicOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::kMemorySize: return Op::kMemorySizeCall;
    case Opcode::kMemoryGrow: return Op::kMemoryGrowCall;
    case Opcode::kMemoryFill: return Op::kMemoryFillCall;
    case Opcode::kMemoryCopy: return Op::kMemoryCopyCall;
    case Opcode::kMemoryInit: return Op::kMemoryInitCall;
    case Opcode::kDataDrop: return Op::kDataDropCall;
    case Opcode::kTableGet: return Op::kTableGetCall;
    case Opcode::kTableSet: return Op::kTableSetCall;
    case Opcode::kTableSize: return Op::kTableSizeCall;
    case Opcode::kTableGrow: return Op::kTableGrowCall;
    case Opcode::kTableFill: return Op::kTableFillCall;
    case Opcode::kTableCopy: return Op::kTableCopyCall;
    case Opcode::kTableInit: return Op::kTableInitCall;
    case Opcode::kElemDrop: return Op::kElemDropCall;
    case Opcode::kRefFunc: return Op::kRefFuncCall;
    default: return Op::kCount;
  }
}

// ORDER: the branches of ops_control.def stand in the order of the comparisons in opcodes.def; those of floats are
// followed by their negations, but for eq and ne, which are each other's.
Op BranchOf(Opcode condition, bool negated) {
  if (condition >= Opcode::kI32Eq && condition <= Opcode::kI32GeU) {
    return After(Op::kBrI32Eq, Distance(Opcode::kI32Eq, condition));
  }
  if (condition >= Opcode::kI64Eq && condition <= Opcode::kI64GeU) {
    return After(Op::kBrI64Eq, Distance(Opcode::kI64Eq, condition));
  }
  const bool is_32 = condition <= Opcode::kF32Ge;
  int n = Distance(is_32 ? Opcode::kF32Eq : Opcode::kF64Eq, condition);
  if (negated) n = n < 2 ? 1 - n : n + 4;
  return After(is_32 ? Op::kBrF32Eq : Op::kBrF64Eq, n);
}

// ORDER: GlobalGet and GlobalSet of own, then of imported globals, in rows that follow each other.
Op GlobalOpOf(const Module& module, GlobalIdx global, bool is_get) {
  const ValType::Kind type = module.globals[global].type.type.kind();
  Op op = type == ValType::kV128                        ? Op::kGlobalGetV128
          : ir::BankOf(type) == ir::Bank::kFloat ? Op::kGlobalGetFloat
                                                     : Op::kGlobalGetInt;
  if (global < module.num_imported_globals) op = After(op, 2);
  return is_get ? op : After(op, 1);
}

Op ComparisonOf(Opcode opcode, Place* a, Place* b) {
  const bool has_constant = b->is_imm() && b->bank == Bank::kInt;
  if (!has_constant && (a->is_imm() || IsGreater(opcode))) {
    std::swap(*a, *b);
    opcode = ir::Mirrored(opcode);
  }
  return OpOf(opcode);
}

void KeepStoredBytes(Opcode store, Place* value) {
  const uint8_t width = umiak::InfoOf(store).access;
  if (value->is_imm() && width < 8 && value->bank == Bank::kInt) value->value &= (uint64_t{1} << (8 * width)) - 1;
}

bool MakesNan(Opcode opcode) {
  switch (opcode) {
    case Opcode::kF32Abs: case Opcode::kF32Neg: case Opcode::kF32Copysign:
    case Opcode::kF64Abs: case Opcode::kF64Neg: case Opcode::kF64Copysign: return false;
    default: break;
  }
  return (opcode >= Opcode::kF32Abs && opcode <= Opcode::kF64Copysign) || opcode == Opcode::kF32DemoteF64 ||
         opcode == Opcode::kF64PromoteF32;
}

Op CanonicalizeAfter(Opcode opcode) {
  return umiak::InfoOf(opcode).signature.result == 'f' ? Op::kF32Canonicalize : Op::kF64Canonicalize;
}

bool IsNear(const Module& module, MemoryIdx memory, uint64_t offset) {
  return memory == 0 && !module.memories[memory].type.is_64 && offset <= 0xffffffffu;
}

bool IsPlainMemorySize(const Module& module, MemoryIdx memory) {
  const MemoryType& type = module.memories[memory].type;
  return memory == 0 && type.page_size_log2 == 16 && !type.shared;
}

}  // namespace umiak
