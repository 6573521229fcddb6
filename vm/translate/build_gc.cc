// Structs, arrays and casts. References are words whatever their type, so that conversions emit nothing.
#include "umiak/error.h"
#include "umiak/type_canon.h"
#include "vm/runtime/gc_type.h"
#include "vm/translate/builder_impl.h"

namespace umiak::ir {

namespace {

// A struct of more fields is made by a function of its values.
constexpr uint32_t kMaxSets = 8;

}  // namespace

absl::Status Builder::NeedType(TypeIdx type) const {
  if (module_.types[type].kind == SubType::kFunc || MakeGcType(module_.canonical_types[type]) != nullptr) {
    return absl::OkStatus();
  }
  return MakeError(ErrorKind::kLimit, "out of memory", "cannot lay out the types of structs and arrays");
}

absl::Status Builder::BuildGc() {
  const Opcode opcode = instr_.opcode;
  switch (InfoOf(opcode).immediate) {
    case Immediate::kTypeType: RETURN_IF_ERROR(NeedType(instr_.index2)); [[fallthrough]];
    case Immediate::kType:
    case Immediate::kTypeField:
    case Immediate::kTypeLength:
    case Immediate::kTypeData:
    case Immediate::kTypeElem: RETURN_IF_ERROR(NeedType(instr_.index)); break;
    case Immediate::kHeapType:
      if (instr_.heap_type.is_concrete()) RETURN_IF_ERROR(NeedType(instr_.heap_type.type_index()));
      break;
    case Immediate::kBrOnCast:
      if (instr_.heap_type2.is_concrete()) RETURN_IF_ERROR(NeedType(instr_.heap_type2.type_index()));
      break;
    default: break;
  }
  Node node = NewNode(NodeKind::kOp, opcode);
  node.index = instr_.index;
  node.index2 = instr_.index2;
  switch (opcode) {
    case Opcode::kAnyConvertExtern:
    case Opcode::kExternConvertAny: break;
    case Opcode::kStructNew: BuildStructNew(); break;
    case Opcode::kStructNewDefault: EmitResult(node, ValType::kRef); break;
    case Opcode::kStructGet:
    case Opcode::kStructGetS:
    case Opcode::kStructGetU:
      PopInto(&node, 1);
      EmitResult(node, module_.types[node.index].fields[node.index2].type.kind());
      break;
    case Opcode::kStructSet:
      PopInto(&node, 2);
      Emit(node);
      break;
    case Opcode::kArrayGet:
    case Opcode::kArrayGetS:
    case Opcode::kArrayGetU:
      PopInto(&node, 2);
      EmitResult(node, module_.types[node.index].fields[0].type.kind());
      break;
    case Opcode::kArraySet:
      PopInto(&node, 3);
      Emit(node);
      break;
    case Opcode::kArrayNew: BuildFunctionOf(node, 2, true); break;
    case Opcode::kArrayNewDefault: BuildFunctionOf(node, 1, true); break;
    case Opcode::kArrayNewFixed: BuildFunctionOf(node, node.index2, true); break;
    case Opcode::kArrayNewData:
    case Opcode::kArrayNewElem: BuildFunctionOf(node, 2, true); break;
    case Opcode::kArrayFill:
    case Opcode::kArrayInitData:
    case Opcode::kArrayInitElem: BuildFunctionOf(node, 4, false); break;
    case Opcode::kArrayCopy: BuildFunctionOf(node, 5, false); break;
    case Opcode::kArrayLen:
    case Opcode::kI31GetS:
    case Opcode::kI31GetU: PopInto(&node, 1); EmitResult(node, ValType::kI32); break;
    case Opcode::kRefI31: PopInto(&node, 1); EmitResult(node, ValType::kRef); break;
    case Opcode::kRefTest:
    case Opcode::kRefTestNull:
    case Opcode::kRefCast:
    case Opcode::kRefCastNull: BuildCast(); break;
    case Opcode::kBrOnCast: BuildBranchOnCast(false); break;
    case Opcode::kBrOnCastFail: BuildBranchOnCast(true); break;
    default: return Unsupported();
  }
  return absl::OkStatus();
}

// The top `count` values are arguments of a function over slots.
void Builder::BuildFunctionOf(Node node, uint32_t count, bool has_result) {
  node.first = static_cast<uint32_t>(f_.operands.size());
  node.count = count;
  for (uint32_t i = count; i-- > 0;) f_.operands.push_back(Peek(i));
  Truncate(static_cast<uint32_t>(stack_.size()) - count);
  if (has_result) {
    EmitResult(node, ValType::kRef);
  } else {
    Emit(node);
  }
}

void Builder::BuildStructNew() {
  const std::vector<FieldType>& fields = module_.types[instr_.index].fields;
  const uint32_t count = static_cast<uint32_t>(fields.size());
  Node node = NewNode(NodeKind::kOp, Opcode::kStructNew);
  node.index = instr_.index;
  if (IsNewInOneCell(fields)) {
    PopInto(&node, static_cast<int>(count));
    return EmitResult(node, ValType::kRef);
  }
  if (count > kMaxSets) return BuildFunctionOf(node, count, true);
  // One of zeros, then its fields: nothing can see it before.
  Operand values[kMaxSets];
  for (uint32_t i = count; i-- > 0;) values[i] = Pop();
  node.opcode = Opcode::kStructNewDefault;
  EmitResult(node, ValType::kRef);
  const Operand object = Peek(0);
  for (uint32_t i = 0; i < count; ++i) {
    Node set = NewNode(NodeKind::kOp, Opcode::kStructSet);
    set.index = instr_.index;
    set.index2 = i;
    set.in[0] = object;
    set.in[1] = values[i];
    Emit(set);
  }
}

void Builder::BuildCast() {
  const bool is_test = instr_.opcode == Opcode::kRefTest || instr_.opcode == Opcode::kRefTestNull;
  Node node = NewNode(NodeKind::kOp, is_test ? Opcode::kRefTest : Opcode::kRefCast);
  node.index = instr_.heap_type.bits();
  node.index2 = instr_.nullable ? 1 : 0;
  PopInto(&node, 1);
  EmitResult(node, is_test ? ValType::kI32 : ValType::kRef);
}

void Builder::BuildBranchOnCast(bool on_failure) {
  constexpr uint32_t kTargetNullable = 2;  // of the flags
  const bool nullable = (instr_.index2 & kTargetNullable) != 0;
  if (Peek(0).is_const()) {  // null
    if (nullable != on_failure) BuildBranch(instr_.index);
    return;
  }
  PinForLabel(LabelAt(instr_.index));
  Node node = NewNode(NodeKind::kBranchIf, instr_.opcode);
  node.condition = Opcode::kBrOnCast;
  node.negated = on_failure;
  node.in[0] = Peek(0);
  node.index = instr_.heap_type2.bits();
  node.index2 = nullable ? 1 : 0;
  BranchIf(node, instr_.index);
}

bool IsNewInOneCell(absl::Span<const FieldType> fields) {
  // ORDER: StructNew0 ... StructNewI2 of ops_gc.def.
  const bool after_i32 = !fields.empty() && fields[0].packed == FieldType::kNotPacked && fields[0].type.kind() == ValType::kI32;
  if (fields.size() > 3) return false;
  for (const FieldType& field : fields.subspan(after_i32 ? 1 : 0)) {
    if (!field.type.is_ref() && field.type.kind() != ValType::kI64) return false;
  }
  return true;
}

}  // namespace umiak::ir
