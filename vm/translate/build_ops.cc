// Everything but control: instructions with a signature, locals, select, and what is folded on the way.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "vm/translate/builder_impl.h"
#include "vm/translate/compare.h"

namespace umiak::ir {
namespace {

bool IsAllConst(const Operand& a, const Operand& b) { return a.is_const() && b.is_const(); }

// An instruction that does nothing but compute its result. Not complete: those that guests are seen to drop.
bool IsPure(const Node& node) {
  if (node.kind == NodeKind::kMove) return true;
  if (node.kind != NodeKind::kOp) return false;
  switch (node.opcode) {
    case Opcode::kSelect:
    case Opcode::kGlobalGet:
    case Opcode::kI32Add:
    case Opcode::kI32Sub:
    case Opcode::kI32And:
    case Opcode::kI32Or:
    case Opcode::kI32Eqz:
    case Opcode::kI64Add:
    case Opcode::kI64Eqz:
      return true;
    default:
      return IsComparison(node.opcode);
  }
}

}  // namespace

absl::Status Builder::Unsupported() const {
  ErrorLocation location;
  location.offset = instr_.offset;
  location.function = f_.index;
  location.function_name = module_.FunctionName(f_.index);
  return MakeError(ErrorKind::kLimit, "unsupported instruction", InfoOf(instr_.opcode).text, location);
}

absl::Status Builder::Step() {
  const Opcode opcode = instr_.opcode;
  if (!reachable_) {
    switch (opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
      case Opcode::kTry:
      case Opcode::kTryTable:
        ++dead_depth_;
        break;
      case Opcode::kDelegate:
        if (dead_depth_ == 0) {
          BuildDelegate();
        } else {
          --dead_depth_;
        }
        break;
      case Opcode::kElse:
        if (dead_depth_ == 0) BuildElse();
        break;
      case Opcode::kCatch:
      case Opcode::kCatchAll:
        if (dead_depth_ == 0) BuildCatch(opcode == Opcode::kCatchAll);
        break;
      case Opcode::kEnd:
        if (dead_depth_ == 0) {
          BuildEnd();
        } else {
          --dead_depth_;
        }
        break;
      default:
        break;
    }
    return absl::OkStatus();
  }
  ++f_.blocks.back().instructions;
  switch (opcode) {
    case Opcode::kLocalSet: SetLocal(instr_.index, false); break;
    case Opcode::kLocalTee: SetLocal(instr_.index, true); break;
    case Opcode::kI32Eqz:
    case Opcode::kI64Eqz: BuildEqz(opcode); break;
    case Opcode::kNop: break;
    case Opcode::kBlock: BuildBlock(); break;
    case Opcode::kLoop: BuildLoop(); break;
    case Opcode::kIf: BuildIf(); break;
    case Opcode::kElse: BuildElse(); break;
    case Opcode::kEnd: BuildEnd(); break;
    case Opcode::kBr: BuildBranch(instr_.index); break;
    case Opcode::kBrIf: BuildBranchIf(); break;
    case Opcode::kBrTable: BuildBranchTable(); break;
    case Opcode::kBrOnNull: BuildBranchOnNull(); break;
    case Opcode::kBrOnNonNull: BuildBranchOnNonNull(); break;
    case Opcode::kReturn: BuildReturn(static_cast<uint32_t>(f_.type->results.size())); break;
    case Opcode::kUnreachable:
      EndBlock(NewNode(NodeKind::kUnreachable, opcode), static_cast<EdgeId>(f_.edges.size()));
      break;
    case Opcode::kCall:
    case Opcode::kCallIndirect:
    case Opcode::kCallRef: BuildCall(false); break;
    case Opcode::kReturnCall:
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef: BuildCall(true); break;
    case Opcode::kTryTable: BuildTryTable(); break;
    case Opcode::kThrow: BuildThrow(); break;
    case Opcode::kThrowRef: BuildThrowRef(); break;
    case Opcode::kTry: BuildTry(); break;
    case Opcode::kCatch:
    case Opcode::kCatchAll: BuildCatch(opcode == Opcode::kCatchAll); break;
    case Opcode::kDelegate: BuildDelegate(); break;
    case Opcode::kRethrow: BuildRethrow(); break;
    default: return BuildOp();
  }
  return absl::OkStatus();
}

absl::Status Builder::BuildOp() {
  const Opcode opcode = instr_.opcode;
  const OpcodeInfo& info = InfoOf(opcode);
  if (info.prefix != kGcPrefix && !info.signature.odd && info.immediate == Immediate::kNone) {
    BuildSignature(info);
    return absl::OkStatus();
  }
  if (info.prefix != kSimdPrefix && !info.signature.odd && info.immediate == Immediate::kMemArg) {
    BuildAccess(info);
    return absl::OkStatus();
  }
  Node node = NewNode(NodeKind::kOp, opcode);
  node.index = instr_.index;
  node.index2 = instr_.index2;
  switch (opcode) {
    case Opcode::kDrop: BuildDrop(); break;
    case Opcode::kSelect:
    case Opcode::kSelectT: BuildSelect(); break;
    case Opcode::kV128Const: {
      V128 value;
      std::copy_n(instr_.v128, sizeof(instr_.v128), value.bytes);
      f_.v128_constants.push_back(value);
      Push({f_.v128_constants.size() - 1, Operand::kV128Const, ValType::kV128});
      break;
    }
    case Opcode::kI32Eqz:
    case Opcode::kI64Eqz: BuildEqz(opcode); break;
    case Opcode::kRefIsNull: BuildEqz(Opcode::kI64Eqz); break;
    case Opcode::kRefEq: BuildBinary(Opcode::kI64Eq, ValType::kI32); break;
    case Opcode::kRefFunc: EmitResult(node, ValType::kRef); break;
    case Opcode::kRefAsNonNull: BuildUnary(opcode, ValType::kRef, ValType::kRef); break;
    case Opcode::kGlobalGet: EmitResult(node, module_.globals[node.index].type.type.kind()); break;
    case Opcode::kGlobalSet:
      PopInto(&node, 1);
      Emit(node);
      break;
    case Opcode::kTableGet:
      PopInto(&node, 1);
      EmitResult(node, ValType::kRef);
      break;
    case Opcode::kTableGrow:
      PopInto(&node, 2);
      EmitResult(node, module_.tables[node.index].type.is_64 ? ValType::kI64 : ValType::kI32);
      break;
    case Opcode::kTableSet:
      PopInto(&node, 2);
      Emit(node);
      break;
    case Opcode::kTableFill:
    case Opcode::kTableInit:
    case Opcode::kTableCopy:
    case Opcode::kMemoryCopy:
      PopInto(&node, 3);
      Emit(node);
      break;
    case Opcode::kDataDrop:
    case Opcode::kElemDrop: Emit(node); break;
    case Opcode::kI64Add128:
    case Opcode::kI64Sub128: BuildWide(4); break;
    case Opcode::kI64MulWideS:
    case Opcode::kI64MulWideU: BuildWide(2); break;
    default:
      if (info.prefix == kGcPrefix) return BuildGc();
      if (info.signature.odd) return Unsupported();
      BuildSignature(info);
  }
  return absl::OkStatus();
}

void Builder::PopInto(Node* node, int count) {
  while (count-- > 0) node->in[count] = Pop();
}

bool Builder::Is64() const {
  switch (InfoOf(instr_.opcode).immediate) {
    case Immediate::kMemArg:
    case Immediate::kMemArgLane: return module_.memories[instr_.memarg.memory].type.is_64;
    case Immediate::kMemory: return module_.memories[instr_.index].type.is_64;
    case Immediate::kDataMemory: return module_.memories[instr_.index2].type.is_64;
    case Immediate::kTable: return module_.tables[instr_.index].type.is_64;
    default: return false;
  }
}

ValType::Kind Builder::TypeOf(char letter, bool is_64) const {
  switch (letter) {
    case 'i': return ValType::kI32;
    case 'l': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'd': return ValType::kF64;
    case 'v': return ValType::kV128;
    default: return is_64 ? ValType::kI64 : ValType::kI32;
  }
}

// A load or a store.
void Builder::BuildAccess(const OpcodeInfo& info) {
  const Signature& signature = info.signature;
  Node node = NewNode(NodeKind::kOp, instr_.opcode);
  node.index = instr_.memarg.memory;
  node.immediate = instr_.memarg.offset;
  PopInto(&node, signature.param_count);
  if (signature.result_count == 1) {
    EmitResult(node, TypeOf(signature.result, false));
  } else {
    Emit(node);
  }
}

void Builder::BuildSignature(const OpcodeInfo& info) {
  const Signature& signature = info.signature;
  const Opcode opcode = instr_.opcode;
  if (info.prefix == kSimdPrefix && BuildVector()) return;
  const ValType::Kind result = TypeOf(signature.result, info.immediate != Immediate::kNone && Is64());
  if (info.immediate == Immediate::kNone && signature.result_count == 1) {
    if (signature.param_count == 2) return BuildBinary(opcode, result);
    if (signature.param_count == 1) return BuildUnary(opcode, TypeOf(signature.params[0], false), result);
  }
  Node node = NewNode(NodeKind::kOp, opcode);
  node.index = instr_.index;
  node.index2 = instr_.index2;
  switch (info.immediate) {
    case Immediate::kMemArgLane:
      node.lane = instr_.lane;
      [[fallthrough]];
    case Immediate::kMemArg:
      node.index = instr_.memarg.memory;
      node.index2 = 0;
      node.immediate = instr_.memarg.offset;
      break;
    case Immediate::kLane:
      node.lane = instr_.lane;
      break;
    default:
      break;
  }
  PopInto(&node, signature.param_count);
  if (signature.result_count == 1) {
    EmitResult(node, result);
  } else {
    Emit(node);
  }
}

void Builder::BuildWide(int operands) {
  Node node = NewNode(NodeKind::kOp, instr_.opcode);
  PopInto(&node, operands);
  node.result = NewVReg(VRegKind::kTemp, ValType::kI64, top_height_);
  node.second_result = NewVReg(VRegKind::kTemp, ValType::kI64, top_height_ + 1);
  Emit(node);
  Push(Operand::OfVReg(node.result, ValType::kI64));
  Push(Operand::OfVReg(node.second_result, ValType::kI64));
}

bool Builder::FoldBinary(Opcode opcode, const Operand& a, const Operand& b, ValType::Kind result) {
  if (!IsAllConst(a, b)) return false;
  uint64_t bits;
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI64Add: bits = a.bits + b.bits; break;
    case Opcode::kI32Mul:
    case Opcode::kI64Mul: bits = a.bits * b.bits; break;
    case Opcode::kI32And:
    case Opcode::kI64And: bits = a.bits & b.bits; break;
    case Opcode::kI32Or:
    case Opcode::kI64Or: bits = a.bits | b.bits; break;
    case Opcode::kI32Xor:
    case Opcode::kI64Xor: bits = a.bits ^ b.bits; break;
    case Opcode::kI32Shl: bits = a.bits << (b.bits & 31); break;
    case Opcode::kI64Shl: bits = a.bits << (b.bits & 63); break;
    case Opcode::kI32Eq:
    case Opcode::kI64Eq: bits = a.bits == b.bits; break;
    case Opcode::kI32Ne:
    case Opcode::kI64Ne: bits = a.bits != b.bits; break;
    default: return false;
  }
  Push(Operand::OfConst(result, result == ValType::kI32 ? static_cast<uint32_t>(bits) : bits));
  return true;
}

void Builder::BuildBinary(Opcode opcode, ValType::Kind result) {
  Node node = NewNode(NodeKind::kOp, opcode);
  PopInto(&node, 2);
  Operand& a = node.in[0];
  Operand& b = node.in[1];
  // A constant stands on the right if it can, and x - c is x + -c: fewer forms for the cells to cover.
  if (a.is_const() && !b.is_const() && IsComparison(opcode)) {
    node.opcode = Mirrored(opcode);
    std::swap(a, b);
  } else if (a.is_const() && !b.is_const() && IsCommutative(opcode)) {
    std::swap(a, b);
  } else if (b.is_const() && opcode == Opcode::kI32Sub) {
    node.opcode = Opcode::kI32Add;
    b.bits = static_cast<uint32_t>(-b.bits);
  } else if (b.is_const() && opcode == Opcode::kI64Sub) {
    node.opcode = Opcode::kI64Add;
    b.bits = -b.bits;
  }
  if (FoldBinary(node.opcode, a, b, result)) return;
  if (IsAllConst(a, b)) {
    const VReg copy = NewVReg(VRegKind::kTemp, a.type, top_height_);
    EmitMove(copy, a);
    a = Operand::OfVReg(copy, a.type);
  }
  EmitResult(node, result);
}

void Builder::BuildUnary(Opcode opcode, ValType::Kind operand, ValType::Kind result) {
  Node node = NewNode(NodeKind::kOp, opcode);
  PopInto(&node, 1);
  const Operand& a = node.in[0];
  if (a.is_const() && opcode == Opcode::kI32WrapI64) {
    return Push(Operand::OfConst(result, static_cast<uint32_t>(a.bits)));
  }
  if (a.is_const() && opcode == Opcode::kI64ExtendI32U) return Push(Operand::OfConst(result, a.bits));
  if (a.is_const() && opcode == Opcode::kI64ExtendI32S) {
    return Push(Operand::OfConst(result, static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(a.bits)))));
  }
  if (a.kind == Operand::kConst || a.kind == Operand::kV128Const) {
    const VReg copy = NewVReg(VRegKind::kTemp, operand, top_height_);
    EmitMove(copy, a);
    node.in[0] = Operand::OfVReg(copy, operand);
  }
  EmitResult(node, result);
}

void Builder::BuildEqz(Opcode opcode) {
  const Operand value = Pop();
  if (value.is_const()) return Push(Operand::OfConst(ValType::kI32, value.bits == 0));
  Node* producer = LastProducerOf(value);
  if (producer != nullptr && producer->kind == NodeKind::kOp) {
    if (IsComparison(producer->opcode) && Inverted(producer->opcode)) {
      producer->opcode = *Inverted(producer->opcode);
      return Push(value);
    }
    if (producer->opcode == Opcode::kI32Eqz || producer->opcode == Opcode::kI64Eqz) {
      const bool is_32 = producer->opcode == Opcode::kI32Eqz;
      Node node = RemoveLast();
      node.opcode = is_32 ? Opcode::kI32Ne : Opcode::kI64Ne;
      node.in[1] = Operand::OfConst(is_32 ? ValType::kI32 : ValType::kI64, 0);
      Emit(node);
      return Push(value);
    }
  }
  Node node = NewNode(NodeKind::kOp, opcode);
  node.in[0] = value;
  EmitResult(node, ValType::kI32);
}

void Builder::BuildSelect() {
  const Operand condition = Pop();
  const Operand if_false = Pop();
  const Operand if_true = Pop();
  if (condition.is_const()) {
    const Operand& chosen = condition.bits != 0 ? if_true : if_false;
    if (chosen.is_vreg() && chosen.vreg() < f_.local_count) return PushLocal(chosen.vreg());
    if (!chosen.is_vreg()) return Push(chosen);
    // The value has its slot at another height perhaps: a copy at this one.
    Node move = NewNode(NodeKind::kMove, Opcode::kNop);
    move.in[0] = chosen;
    return EmitResult(move, chosen.type);
  }
  Node node = NewNode(NodeKind::kOp, Opcode::kSelect);
  node.in[0] = if_true;
  node.in[1] = if_false;
  TakeCondition(condition, false, 2, &node);
  if (node.negated) {
    node.negated = false;
    std::swap(node.in[0], node.in[1]);
  }
  EmitResult(node, if_true.type);
}

void Builder::BuildDrop() {
  const Operand value = Pop();
  if (const Node* producer = LastProducerOf(value); producer != nullptr && IsPure(*producer)) RemoveLast();
}

void Builder::SetLocal(LocalIdx local, bool tee) {
  const Operand value = Pop();
  if (value.Is(local)) {
    // The value is there already.
  } else if (LastProducerOf(value) != nullptr && pending_[local] != kNone) {
    // Copies of pending reads go before the producer, so that it may still write the local.
    Node producer = RemoveLast();
    CopyPending(local);
    Emit(producer);
    if (!Retarget(value, local)) EmitMove(local, value);
  } else {
    CopyPending(local);
    if (!Retarget(value, local)) EmitMove(local, value);
  }
  if (tee) PushLocal(local);
}

}  // namespace umiak::ir
