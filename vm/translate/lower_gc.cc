// Structs, arrays and casts to cells.
#include "umiak/type_canon.h"
#include "vm/interp/bridge.h"
#include "vm/interp/cast.h"
#include "vm/runtime/gc_heap.h"
#include "vm/runtime/gc_type.h"
#include "vm/translate/lower.h"

namespace umiak {

namespace {

// ORDER: the rows that GETS and SETS make (vm/interp/op.h).
int GetForm(const FieldType& field, bool is_signed) {
  if (field.packed == FieldType::kI8) return is_signed ? 0 : 1;
  if (field.packed == FieldType::kI16) return is_signed ? 2 : 3;
  switch (field.type.kind()) {
    case ValType::kI32: return 4;
    case ValType::kF32: return 6;
    case ValType::kF64: return 7;
    case ValType::kV128: return 8;
    default: return 5;
  }
}
int SetForm(const FieldType& field) {
  if (field.packed != FieldType::kNotPacked) return field.packed == FieldType::kI8 ? 0 : 1;
  return GetForm(field, false) - 2;
}

Op FunctionOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::kStructNew: return Op::kStructNewCall;
    case Opcode::kArrayNew: return Op::kArrayNewCall;
    case Opcode::kArrayNewDefault: return Op::kArrayNewDefaultCall;
    case Opcode::kArrayNewFixed: return Op::kArrayNewFixedCall;
    case Opcode::kArrayNewData: return Op::kArrayNewDataCall;
    case Opcode::kArrayNewElem: return Op::kArrayNewElemCall;
    case Opcode::kArrayFill: return Op::kArrayFillCall;
    case Opcode::kArrayCopy: return Op::kArrayCopyCall;
    case Opcode::kArrayInitData: return Op::kArrayInitDataCall;
    default: return Op::kArrayInitElemCall;
  }
}

struct CastTarget {
  Target target;
  uint32_t wanted;
  uint32_t depth = 0;
};

CastTarget TargetOf(const Module& module, HeapType type) {
  if (type.is_concrete()) {
    const uint32_t id = module.canonical_types[type.type_index()];
    if (module.types[type.type_index()].kind == SubType::kFunc) return {Target::kFunc, id};
    const GcType& info = GcTypeAt(id);
    if (info.is_final) return {Target::kFinal, id};
    return {info.depth < GcType::kDisplay ? Target::kDisplay : Target::kDeep, id, info.depth};
  }
  switch (type.abstract()) {
    case HeapType::kEq: return {Target::kKinds, kI31Bit | KindBit(GcKind::kStruct) | KindBit(GcKind::kArray)};
    case HeapType::kI31: return {Target::kKinds, kI31Bit};
    case HeapType::kStruct: return {Target::kKinds, KindBit(GcKind::kStruct)};
    case HeapType::kArray: return {Target::kKinds, KindBit(GcKind::kArray)};
    case HeapType::kAny:
    case HeapType::kExtern:
    case HeapType::kFunc:
    case HeapType::kExn: return {Target::kAll, 1};
    default: return {Target::kAll, 0};
  }
}

}  // namespace

void Lowering::LowerGc(const ir::Node& node) {
  const auto field = [&](uint32_t i) -> const FieldType& { return context_.module.types[node.index].fields[i]; };
  const auto offset = [&] { return Extra().U32(GcTypeAt(Canonical(node.index)).offsets[node.index2]); };
  switch (node.opcode) {
    case Opcode::kStructNew:
      if (node.count == 0) return LowerStructNew(node);
      return LowerFunctionOf(node, Canonical(node.index), 1);
    case Opcode::kStructNewDefault:
      if (GcTypeAt(Canonical(node.index)).size > kMaxSmallBytes) {
        emit_.Emit(Op::kStructNewCall, {}, Extra().U32(Canonical(node.index)).U32(0).U32(AboveFrame()));
        return emit_.Move(Place::Slot(Bank::kInt, AboveFrame()), Result(node));
      }
      emit_.Emit(Op::kStructNewZero, {Result(node)}, Allocation(node.index));
      return;
    case Opcode::kStructGet:
    case Opcode::kStructGetS:
    case Opcode::kStructGetU:
      emit_.Emit(After(Op::kStructGet8S, GetForm(field(node.index2), node.opcode == Opcode::kStructGetS)),
                 {PlaceOf(node.in[0]), Result(node)}, offset());
      return;
    case Opcode::kStructSet:
      emit_.Emit(After(Op::kStructSet8, SetForm(field(node.index2))), {PlaceOf(node.in[0]), PlaceOf(node.in[1])}, offset());
      return;
    case Opcode::kArrayGet:
    case Opcode::kArrayGetS:
    case Opcode::kArrayGetU:
      emit_.Emit(After(Op::kArrayGet8S, GetForm(field(0), node.opcode == Opcode::kArrayGetS)),
                 {PlaceOf(node.in[0]), PlaceOf(node.in[1]), Result(node)});
      return;
    case Opcode::kArraySet:
      emit_.Emit(After(Op::kArraySet8, SetForm(field(0))), {PlaceOf(node.in[0]), PlaceOf(node.in[1]), PlaceOf(node.in[2])});
      return;
    case Opcode::kRefTest:
    case Opcode::kRefCast: {
      const CastTarget target = TargetOf(context_.module, HeapType::FromBits(node.index));
      const Op first = node.opcode == Opcode::kRefTest ? Op::kRefTestFinal : Op::kRefCastFinal;
      emit_.Emit(After(first, static_cast<int>(target.target)), {PlaceOf(node.in[0]), Result(node)},
                 Extra().U32(target.wanted).U32(target.depth | (node.index2 != 0 ? kNullMatches : 0u) << 16));
      return;
    }
    case Opcode::kArrayCopy: return LowerFunctionOf(node, Canonical(node.index), Canonical(node.index2));
    default: return LowerFunctionOf(node, Canonical(node.index), node.index2);
  }
}

uint32_t Lowering::Canonical(TypeIdx type) const { return context_.module.canonical_types[type]; }
uint32_t Lowering::AboveFrame() const { return placement_.frame_slots() + kHeaderSlots; }

// What the handler of an allocation reads: see TakeCell.
Extra Lowering::Allocation(TypeIdx type) const {
  const GcType& struct_type = GcTypeAt(Canonical(type));
  const uint32_t size_class = ClassOf(struct_type, struct_type.size);
  return Extra().U32(Canonical(type)).U32(size_class | BytesOfClass(size_class) << 16).U32(frame_slots_);
}

// ORDER: StructNew0 ... 3, then those behind an i32.
void Lowering::LowerStructNew(const ir::Node& node) {
  const std::vector<FieldType>& fields = context_.module.types[node.index].fields;
  const bool after_i32 = !fields.empty() && fields[0].type.kind() == ValType::kI32;
  const Op op = after_i32 ? After(Op::kStructNewI0, static_cast<int>(fields.size()) - 1)
                          : After(Op::kStructNew0, static_cast<int>(fields.size()));
  const Extra extra = Allocation(node.index);
  switch (fields.size()) {
    case 0: emit_.Emit(op, {Result(node)}, extra); break;
    case 1: emit_.Emit(op, {PlaceOf(node.in[0]), Result(node)}, extra); break;
    case 2: emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), Result(node)}, extra); break;
    default: emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), PlaceOf(node.in[2]), Result(node)}, extra);
  }
}

// Arguments go above the frame, where the result comes back.
void Lowering::LowerFunctionOf(const ir::Node& node, uint32_t a, uint32_t b) {
  const uint32_t at = AboveFrame();
  MoveArguments(node, at, 0);
  emit_.Emit(FunctionOf(node.opcode), {}, Extra().U32(a).U32(b).U32(at));
  if (node.result != ir::kNone) emit_.Move(Place::Slot(Bank::kInt, at), Result(node));
}

void Lowering::LowerBranchOnCast(const ir::Node& node) {
  const CastTarget target = TargetOf(context_.module, HeapType::FromBits(node.index));
  const Fork fork = ForkOf(node);
  const uint32_t flags = (node.index2 != 0 ? kNullMatches : 0u) | (fork.negated ? kBranchOnFailure : 0u);
  EmitFork(fork, node.offset, After(Op::kBrOnCastFinal, static_cast<int>(target.target)), {PlaceOf(node.in[0])},
           Extra().U32(target.wanted).U32(target.depth | flags << 16));
}

}  // namespace umiak
