// Locals, globals, tables, memories, plain references, select. spec: valid/instructions
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "loader/phrases.h"
#include "loader/validate/function_validator.h"
#include "loader/validate/matching.h"

namespace umiak {

void FunctionValidator::Misc() {
  switch (instruction_.opcode) {
    case Opcode::kDrop: Pop(); return;
    case Opcode::kSelect: return Select();
    case Opcode::kSelectT: return SelectTyped();
    case Opcode::kLocalGet: return LocalGet();
    case Opcode::kLocalSet: return LocalSet(false);
    case Opcode::kLocalTee: return LocalSet(true);
    case Opcode::kGlobalGet: return Global(false);
    case Opcode::kGlobalSet: return Global(true);
    case Opcode::kTableGet:
    case Opcode::kTableSet:
    case Opcode::kTableGrow:
    case Opcode::kTableFill: return TableAccess();
    case Opcode::kTableInit:
    case Opcode::kTableCopy: return TableBulk();
    case Opcode::kElemDrop: CheckElem(instruction_.index); return;
    case Opcode::kDataDrop: CheckData(instruction_.index); return;
    case Opcode::kMemoryCopy: return MemoryCopy();
    case Opcode::kRefNull:
      if (CheckHeapType(instruction_.heap_type)) Push(ValType::Ref(instruction_.heap_type, true));
      return;
    case Opcode::kRefFunc: return RefFunc();
    case Opcode::kRefIsNull: PopRef(); return Push(ValType::kI32);
    case Opcode::kRefAsNonNull: return Push(ValType::Ref(PopRef().heap(), false));
    case Opcode::kRefEq:
      Pop(ValType::Ref(HeapType::kEq, true));
      Pop(ValType::Ref(HeapType::kEq, true));
      return Push(ValType::kI32);
    case Opcode::kI64Add128:
    case Opcode::kI64Sub128: return Wide(4);
    case Opcode::kI64MulWideS:
    case Opcode::kI64MulWideU: return Wide(2);
    default: return Fail(ErrorKind::kMalformed, phrase::kIllegalOpcode, "");
  }
}

void FunctionValidator::Wide(int operands) {
  for (int i = 0; i < operands; ++i) Pop(ValType::kI64);
  Push(ValType::kI64);
  Push(ValType::kI64);
}

// --- Select ---

void FunctionValidator::Select() {
  Pop(ValType::kI32);
  ValType second = Pop();
  ValType first = Pop();
  if (first.is_ref() || second.is_ref()) {
    return Fail(phrase::kTypeMismatch, "select of references must name their type");
  }
  if (!first.is_bottom() && !second.is_bottom() && first != second) {
    return Mismatch(ToString(first), ToString(second));
  }
  Push(first.is_bottom() ? second : first);
}

void FunctionValidator::SelectTyped() {
  if (instruction_.types.size() != 1) {
    return Fail(phrase::kInvalidArity, absl::StrCat("select names ", instruction_.types.size(), " types"));
  }
  ValType type = instruction_.types[0];
  if (!CheckValType(type)) return;
  Pop(ValType::kI32);
  Pop(type);
  Pop(type);
  Push(type);
}

// --- Variables ---

void FunctionValidator::LocalGet() {
  LocalIdx index = instruction_.index;
  if (!CheckLocal(index)) return;
  ValType type = locals_[index];
  if (index >= num_params_ && !type.is_defaultable() && !is_initialized_.contains(index)) {
    return Fail(phrase::kUninitializedLocal, absl::StrCat("local ", index, " of ", ToString(type)));
  }
  Push(type);
}

void FunctionValidator::LocalSet(bool keep) {
  LocalIdx index = instruction_.index;
  if (!CheckLocal(index)) return;
  ValType type = locals_[index];
  Pop(type);
  if (keep) Push(type);
  if (index >= num_params_ && !type.is_defaultable() && is_initialized_.insert(index).second) {
    initialized_.push_back(index);
  }
}

void FunctionValidator::Global(bool set) {
  uint32_t index = instruction_.index;
  if (index >= (constant_ ? visible_globals_ : module_.globals.size())) {
    return Unknown(phrase::kUnknownGlobal, index);
  }
  const GlobalType& type = module_.globals[index].type;
  if (constant_ && type.is_mutable) {
    return Fail(phrase::kConstantRequired, absl::StrCat("global ", index, " is mutable"));
  }
  if (!set) return Push(type.type);
  if (!type.is_mutable) return Fail(phrase::kImmutableGlobal, absl::StrCat("global ", index));
  Pop(type.type);
}

void FunctionValidator::RefFunc() {
  FuncIdx index = instruction_.index;
  if (!CheckFunction(index)) return;
  if (constant_) {
    Declare(index);
  } else if (declared_.empty() || !declared_[index]) {
    return Fail(phrase::kUndeclaredReference, absl::StrCat("func ", index));
  }
  bool typed = features_.Has(kFunctionReferences);
  Push(ValType::Ref(typed ? HeapType::Concrete(module_.functions[index].type) : HeapType(HeapType::kFunc),
                    false));
}

// --- Tables and memories ---

void FunctionValidator::TableAccess() {
  if (!CheckTable(instruction_.index)) return;
  ValType element = module_.tables[instruction_.index].type.element;
  switch (instruction_.opcode) {
    case Opcode::kTableGet: Pop(address_); return Push(element);
    case Opcode::kTableSet: Pop(element); return Pop(address_);
    case Opcode::kTableGrow:
      Pop(address_);
      Pop(element);
      return Push(address_);
    default:  // table.fill
      Pop(address_);
      Pop(element);
      return Pop(address_);
  }
}

void FunctionValidator::TableBulk() {
  bool copy = instruction_.opcode == Opcode::kTableCopy;
  TableIdx target = copy ? instruction_.index : instruction_.index2;
  if (!CheckTable(target)) return;
  ValType target_address = address_;
  ValType source_address = ValType::kI32;
  ValType source;
  if (copy) {
    if (!CheckTable(instruction_.index2)) return;
    source_address = address_;
    source = module_.tables[instruction_.index2].type.element;
  } else {
    if (!CheckElem(instruction_.index)) return;
    source = module_.elems[instruction_.index].type;
  }
  ValType element = module_.tables[target].type.element;
  if (!MatchValType(module_, source, element)) return Mismatch(ToString(element), ToString(source));
  // A length fits both sides.
  bool length_64 = target_address == ValType::kI64 && source_address == ValType::kI64;
  Pop(AddressType(length_64));
  Pop(source_address);
  Pop(target_address);
}

void FunctionValidator::MemoryCopy() {
  if (!CheckMemory(instruction_.index)) return;
  ValType target_address = address_;
  if (!CheckMemory(instruction_.index2)) return;
  bool length_64 = target_address == ValType::kI64 && address_ == ValType::kI64;
  Pop(AddressType(length_64));
  Pop(address_);
  Pop(target_address);
}

}  // namespace umiak
