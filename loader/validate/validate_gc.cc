// Structures, arrays, i31, casts, conversions of references. spec:
// valid/instructions#aggregate-reference-instructions
#include "absl/strings/str_cat.h"
#include "loader/phrases.h"
#include "loader/validate/function_validator.h"
#include "loader/validate/matching.h"
#include "umiak/limits.h"

namespace umiak {
namespace {

ValType RefTo(TypeIdx index, bool nullable) { return ValType::Ref(HeapType::Concrete(index), nullable); }

}  // namespace

void FunctionValidator::Gc() {
  switch (instruction_.opcode) {
    case Opcode::kStructNew: return StructNew(false);
    case Opcode::kStructNewDefault: return StructNew(true);
    case Opcode::kStructGet:
    case Opcode::kStructGetS:
    case Opcode::kStructGetU:
    case Opcode::kStructSet: return StructAccess();
    case Opcode::kArrayNew:
    case Opcode::kArrayNewDefault:
    case Opcode::kArrayNewFixed:
    case Opcode::kArrayNewData:
    case Opcode::kArrayNewElem: return ArrayNew();
    case Opcode::kArrayGet:
    case Opcode::kArrayGetS:
    case Opcode::kArrayGetU:
    case Opcode::kArraySet: return ArrayAccess();
    case Opcode::kArrayLen: Pop(ValType::Ref(HeapType::kArray, true)); return Push(ValType::kI32);
    case Opcode::kArrayFill:
    case Opcode::kArrayCopy:
    case Opcode::kArrayInitData:
    case Opcode::kArrayInitElem: return ArrayBulk();
    case Opcode::kRefTest:
    case Opcode::kRefTestNull:
    case Opcode::kRefCast:
    case Opcode::kRefCastNull: return CastOrTest();
    case Opcode::kBrOnCast:
    case Opcode::kBrOnCastFail: return BranchOnCast();
    case Opcode::kAnyConvertExtern: return Convert(HeapType::kExtern, HeapType::kAny);
    case Opcode::kExternConvertAny: return Convert(HeapType::kAny, HeapType::kExtern);
    case Opcode::kRefI31: Pop(ValType::kI32); return Push(ValType::Ref(HeapType::kI31, false));
    case Opcode::kI31GetS:
    case Opcode::kI31GetU: Pop(ValType::Ref(HeapType::kI31, true)); return Push(ValType::kI32);
    default: return Fail(ErrorKind::kMalformed, phrase::kIllegalOpcode, "");
  }
}

// --- Structures ---

void FunctionValidator::StructNew(bool with_default) {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kStruct);
  if (type == nullptr) return;
  for (size_t i = type->fields.size(); i > 0; --i) {
    ValType field = type->fields[i - 1].type;
    if (!with_default) {
      Pop(field);
    } else if (!field.is_defaultable()) {
      return Fail(phrase::kFieldNotDefaultable, absl::StrCat("field ", i - 1, " of ", ToString(field)));
    }
  }
  Push(RefTo(instruction_.index, false));
}

// The plain get reads whole fields, the signed and unsigned ones packed fields.
bool FunctionValidator::CheckFieldAccess(const FieldType& field, bool array) {
  bool packed = field.packed != FieldType::kNotPacked;
  bool set = instruction_.opcode == Opcode::kStructSet || instruction_.opcode == Opcode::kArraySet;
  bool plain = instruction_.opcode == Opcode::kStructGet || instruction_.opcode == Opcode::kArrayGet;
  if (set) {
    if (!field.is_mutable) Fail(array ? phrase::kImmutableArray : phrase::kImmutableField);
  } else if (packed == plain) {
    absl::string_view phrase = packed ? (array ? phrase::kArrayPacked : phrase::kFieldPacked)
                                      : (array ? phrase::kArrayUnpacked : phrase::kFieldUnpacked);
    Fail(phrase);
  }
  return error_.ok();
}

void FunctionValidator::StructAccess() {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kStruct);
  if (type == nullptr) return;
  if (instruction_.index2 >= type->fields.size()) return Unknown(phrase::kUnknownField, instruction_.index2);
  const FieldType& field = type->fields[instruction_.index2];
  if (!CheckFieldAccess(field, false)) return;
  bool set = instruction_.opcode == Opcode::kStructSet;
  if (set) Pop(field.type);
  Pop(RefTo(instruction_.index, true));
  if (!set) Push(field.type);
}

// --- Arrays ---

void FunctionValidator::ArrayNew() {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kArray);
  if (type == nullptr) return;
  const FieldType& field = type->fields[0];
  uint32_t index2 = instruction_.index2;
  switch (instruction_.opcode) {
    case Opcode::kArrayNew:
      Pop(ValType::kI32);
      Pop(field.type);
      break;
    case Opcode::kArrayNewDefault:
      if (!field.type.is_defaultable()) return Fail(phrase::kArrayNotDefaultable, ToString(field.type));
      Pop(ValType::kI32);
      break;
    case Opcode::kArrayNewFixed:
      if (index2 > kMaxArrayNewFixed) {
        return Fail(ErrorKind::kLimit, phrase::kTooLarge,
                    absl::StrCat("array.new_fixed of ", index2, " elements"));
      }
      for (uint32_t i = 0; i < index2; ++i) Pop(field.type);
      break;
    case Opcode::kArrayNewData:
      if (!CheckData(index2)) return;
      if (field.type.is_ref()) return Fail(phrase::kArrayNotNumeric, ToString(field.type));
      Pop(ValType::kI32);
      Pop(ValType::kI32);
      break;
    default:  // array.new_elem
      if (!CheckElem(index2)) return;
      if (!MatchValType(module_, module_.elems[index2].type, field.type)) {
        return Mismatch(ToString(field.type), ToString(module_.elems[index2].type));
      }
      Pop(ValType::kI32);
      Pop(ValType::kI32);
      break;
  }
  Push(RefTo(instruction_.index, false));
}

void FunctionValidator::ArrayAccess() {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kArray);
  if (type == nullptr || !CheckFieldAccess(type->fields[0], true)) return;
  bool set = instruction_.opcode == Opcode::kArraySet;
  if (set) Pop(type->fields[0].type);
  Pop(ValType::kI32);
  Pop(RefTo(instruction_.index, true));
  if (!set) Push(type->fields[0].type);
}

// array.fill, array.copy, array.init_data, array.init_elem.
void FunctionValidator::ArrayBulk() {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kArray);
  if (type == nullptr) return;
  const FieldType& field = type->fields[0];
  if (!field.is_mutable) return Fail(phrase::kImmutableArray);
  uint32_t index2 = instruction_.index2;
  Pop(ValType::kI32);  // the length
  switch (instruction_.opcode) {
    case Opcode::kArrayFill: Pop(field.type); break;
    case Opcode::kArrayCopy: {
      const SubType* source = TypeOfKind(index2, SubType::kArray);
      if (source == nullptr) return;
      const FieldType& from = source->fields[0];
      if (from.packed != field.packed || !MatchValType(module_, from.type, field.type)) {
        return Fail(phrase::kArrayTypesDiffer,
                    absl::StrCat(ToString(from.type), " into ", ToString(field.type)));
      }
      Pop(ValType::kI32);
      Pop(RefTo(index2, true));
      break;
    }
    case Opcode::kArrayInitData:
      if (!CheckData(index2)) return;
      if (field.type.is_ref()) return Fail(phrase::kArrayNotNumeric, ToString(field.type));
      Pop(ValType::kI32);
      break;
    default:  // array.init_elem
      if (!CheckElem(index2)) return;
      if (!MatchValType(module_, module_.elems[index2].type, field.type)) {
        return Mismatch(ToString(field.type), ToString(module_.elems[index2].type));
      }
      Pop(ValType::kI32);
      break;
  }
  Pop(ValType::kI32);
  Pop(RefTo(instruction_.index, true));
}

// --- Casts ---

void FunctionValidator::CastOrTest() {
  HeapType target = instruction_.heap_type;
  if (!CheckHeapType(target)) return;
  // From anywhere in the same hierarchy.
  Pop(ValType::Ref(TopOf(module_, target), true));
  bool test = instruction_.opcode == Opcode::kRefTest || instruction_.opcode == Opcode::kRefTestNull;
  Push(test ? ValType(ValType::kI32) : ValType::Ref(target, instruction_.nullable));
}

void FunctionValidator::BranchOnCast() {
  if (!CheckHeapType(instruction_.heap_type) || !CheckHeapType(instruction_.heap_type2)) return;
  ValType source = ValType::Ref(instruction_.heap_type, instruction_.index2 & 1);
  ValType target = ValType::Ref(instruction_.heap_type2, instruction_.index2 & 2);
  if (!MatchValType(module_, target, source)) {
    return Mismatch(absl::StrCat("a subtype of ", ToString(source)), ToString(target));
  }
  // What is left when the cast fails: null is gone if the target takes it.
  ValType rest = ValType::Ref(source.heap(), source.nullable() && !target.nullable());
  bool on_success = instruction_.opcode == Opcode::kBrOnCast;
  if (!CheckLabel(instruction_.index)) return;
  absl::Span<const ValType> types = Label(instruction_.index).label_types();
  if (types.empty()) return Fail(phrase::kTypeMismatch, "the label takes no reference");
  ValType branching = on_success ? target : rest;
  if (!MatchValType(module_, branching, types.back())) {
    return Mismatch(ToString(types.back()), ToString(branching));
  }
  absl::Span<const ValType> below = types.subspan(0, types.size() - 1);
  Pop(source);
  Pop(below);
  Push(below);
  Push(on_success ? rest : target);
}

void FunctionValidator::Convert(HeapType::Abstract from, HeapType::Abstract to) {
  ValType operand = PopRef();
  if (error_.ok() && !MatchValType(module_, operand, ValType::Ref(from, true))) {
    return Mismatch(ToString(ValType::Ref(from, true)), ToString(operand));
  }
  Push(ValType::Ref(to, operand.nullable()));
}

}  // namespace umiak
