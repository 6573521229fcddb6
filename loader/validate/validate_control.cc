// Blocks, branches, calls, exceptions. spec: valid/instructions#control-instructions
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "loader/phrases.h"
#include "loader/validate/function_validator.h"
#include "loader/validate/matching.h"
#include "umiak/limits.h"

namespace umiak {

void FunctionValidator::Control() {
  switch (instruction_.opcode) {
    case Opcode::kUnreachable: return MarkUnreachable();
    case Opcode::kNop: return;
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry: return BeginBlock(instruction_.opcode);
    case Opcode::kElse: return Else();
    case Opcode::kEnd: return End();
    case Opcode::kBr: return Branch(instruction_.index);
    case Opcode::kBrIf:
      Pop(ValType::kI32);
      if (!CheckLabel(instruction_.index)) return;
      Pop(Label(instruction_.index).label_types());
      return Push(Label(instruction_.index).label_types());
    case Opcode::kBrTable: return BrTable();
    case Opcode::kReturn: return Branch(static_cast<LabelIdx>(controls_.size() - 1));
    case Opcode::kCall:
    case Opcode::kReturnCall:
      if (!CheckFunction(instruction_.index)) return;
      return Call(module_.TypeOfFunction(instruction_.index), instruction_.opcode == Opcode::kReturnCall);
    case Opcode::kCallIndirect: return CallIndirect(false);
    case Opcode::kReturnCallIndirect: return CallIndirect(true);
    case Opcode::kCallRef: return CallRef(false);
    case Opcode::kReturnCallRef: return CallRef(true);
    case Opcode::kBrOnNull: return BranchOnNull(true);
    case Opcode::kBrOnNonNull: return BranchOnNull(false);
    case Opcode::kThrow:
      if (!CheckTag(instruction_.index)) return;
      Pop(module_.types[module_.tags[instruction_.index].type].func.params);
      return MarkUnreachable();
    case Opcode::kThrowRef: Pop(ValType::Ref(HeapType::kExn, true)); return MarkUnreachable();
    case Opcode::kTryTable: return TryTable();
    case Opcode::kCatch: return LegacyCatch(false);
    case Opcode::kCatchAll: return LegacyCatch(true);
    case Opcode::kDelegate: return Delegate();
    case Opcode::kRethrow: {
      if (!CheckLabel(instruction_.index)) return;
      Opcode target = Label(instruction_.index).opcode;
      if (target != Opcode::kCatch && target != Opcode::kCatchAll) return Fail(phrase::kInvalidRethrow);
      return MarkUnreachable();
    }
    default: return Fail(ErrorKind::kMalformed, phrase::kIllegalOpcode, "");
  }
}

// --- Blocks ---

// Fills in the frame's type from the block type of the instruction.
bool FunctionValidator::BlockTypeOf(ControlFrame* frame) {
  const BlockType& block_type = instruction_.block_type;
  switch (block_type.kind) {
    case BlockType::kEmpty: break;
    case BlockType::kValue:
      frame->has_single = true;
      frame->single = block_type.value;
      CheckValType(block_type.value);
      break;
    case BlockType::kTypeIndex: {
      const SubType* type = TypeOfKind(block_type.index, SubType::kFunc);
      if (type != nullptr) frame->type = &type->func;
      break;
    }
  }
  return error_.ok();
}

void FunctionValidator::PushControl(const ControlFrame& frame) {
  if (controls_.size() >= kMaxControlDepth) {
    return Fail(ErrorKind::kLimit, phrase::kTooLarge,
                absl::StrCat("more than ", kMaxControlDepth, " blocks in one another"));
  }
  controls_.push_back(frame);
  controls_.back().height = static_cast<uint32_t>(stack_.size());
  controls_.back().initialized = static_cast<uint32_t>(initialized_.size());
}

void FunctionValidator::BeginBlock(Opcode opcode) {
  ControlFrame frame;
  frame.opcode = opcode;
  if (!BlockTypeOf(&frame)) return;
  if (opcode == Opcode::kIf) Pop(ValType::kI32);
  Pop(frame.params());
  PushControl(frame);
  Push(frame.params());
}

// The operands are the innermost block's results and no more; locals it has set are unset again.
void FunctionValidator::EndOfBlock() {
  const ControlFrame& frame = controls_.back();
  Pop(frame.results());
  if (error_.ok() && stack_.size() != frame.height) {
    Fail(phrase::kTypeMismatch,
         absl::StrCat("expected the end of the operands, found ", ToString(stack_.back()), " among ",
                      stack_.size() - frame.height, " too many"));
  }
  while (initialized_.size() > frame.initialized) {
    is_initialized_.erase(initialized_.back());
    initialized_.pop_back();
  }
}

void FunctionValidator::Else() {
  ControlFrame frame = controls_.back();
  if (frame.opcode != Opcode::kIf) return Fail(ErrorKind::kMalformed, phrase::kEndExpected, "else without if");
  EndOfBlock();
  if (!error_.ok()) return;
  frame.opcode = Opcode::kElse;
  frame.unreachable = false;
  controls_.back() = frame;
  Push(frame.params());
}

void FunctionValidator::End() {
  ControlFrame frame = controls_.back();
  EndOfBlock();
  if (!error_.ok()) return;
  if (frame.opcode == Opcode::kIf && !MatchResults(frame.params(), frame.results())) {
    return Fail(phrase::kTypeMismatch, "an if without else must leave what it takes");
  }
  controls_.pop_back();
  Push(frame.results());
}

// --- Branches ---

void FunctionValidator::Branch(LabelIdx label) {
  if (!CheckLabel(label)) return;
  Pop(Label(label).label_types());
  MarkUnreachable();
}

void FunctionValidator::BrTable() {
  Pop(ValType::kI32);
  for (LabelIdx label : instruction_.labels) {
    if (!CheckLabel(label)) return;
  }
  size_t arity = Label(instruction_.labels.back()).label_types().size();
  // Tables name few labels many times: each is looked at once.
  absl::flat_hash_set<LabelIdx> seen;
  LabelIdx last = ~0u;
  for (LabelIdx label : instruction_.labels) {
    if (label == last || (arity != 0 && !seen.insert(label).second)) continue;
    last = label;
    absl::Span<const ValType> types = Label(label).label_types();
    if (types.size() != arity) {
      return Fail(phrase::kTypeMismatch,
                  absl::StrCat("label ", label, " takes ", types.size(), " operands, the default ", arity));
    }
    CheckTop(types);
  }
  MarkUnreachable();
}

void FunctionValidator::BranchOnNull(bool branch_if_null) {
  ValType operand;
  if (!CheckLabel(instruction_.index)) return;
  absl::Span<const ValType> types = Label(instruction_.index).label_types();
  if (branch_if_null) {
    operand = PopRef();
    Pop(types);
    Push(types);
    return Push(ValType::Ref(operand.heap(), false));
  }
  if (types.empty() || !types.back().is_ref()) {
    return Fail(phrase::kTypeMismatch, "the label takes no reference");
  }
  operand = PopRef();
  Push(ValType::Ref(operand.heap(), false));
  Pop(types);
  Push(types.subspan(0, types.size() - 1));
}

// --- Calls ---

void FunctionValidator::Call(const FuncType& type, bool tail) {
  Pop(type.params);
  if (!tail) return Push(type.results);
  if (!MatchResults(type.results, controls_.front().results())) {
    return Fail(phrase::kTypeMismatch, absl::StrCat("a tail call's type is ", ToString(type)));
  }
  MarkUnreachable();
}

void FunctionValidator::CallIndirect(bool tail) {
  if (!CheckTable(instruction_.index2)) return;
  ValType element = module_.tables[instruction_.index2].type.element;
  if (!MatchValType(module_, element, kFuncRef)) return Mismatch("a table of functions", ToString(element));
  const SubType* type = TypeOfKind(instruction_.index, SubType::kFunc);
  if (type == nullptr) return;
  Pop(address_);
  Call(type->func, tail);
}

void FunctionValidator::CallRef(bool tail) {
  const SubType* type = TypeOfKind(instruction_.index, SubType::kFunc);
  if (type == nullptr) return;
  Pop(ValType::Ref(HeapType::Concrete(instruction_.index), true));
  Call(type->func, tail);
}

// --- Exceptions ---

void FunctionValidator::TryTable() {
  ControlFrame frame;
  frame.opcode = Opcode::kTryTable;
  if (!BlockTypeOf(&frame)) return;
  Pop(frame.params());
  // The clauses stand outside of the block: labels count from there.
  for (const CatchClause& clause : instruction_.catches) CheckCatch(clause);
  PushControl(frame);
  Push(frame.params());
}

void FunctionValidator::CheckCatch(const CatchClause& clause) {
  std::vector<ValType> caught;
  if (clause.kind == CatchClause::kCatch || clause.kind == CatchClause::kCatchRef) {
    if (!CheckTag(clause.tag)) return;
    caught = module_.types[module_.tags[clause.tag].type].func.params;
  }
  if (clause.kind == CatchClause::kCatchRef || clause.kind == CatchClause::kCatchAllRef) {
    caught.push_back(ValType::Ref(HeapType::kExn, false));
  }
  if (!CheckLabel(clause.label)) return;
  if (!MatchResults(caught, Label(clause.label).label_types())) {
    Fail(phrase::kTypeMismatch, absl::StrCat("label ", clause.label, " does not take what is caught"));
  }
}

// `catch` and `catch_all` end the block before them and begin the next. spec: the legacy exceptions proposal
void FunctionValidator::LegacyCatch(bool all) {
  ControlFrame frame = controls_.back();
  if (frame.opcode != Opcode::kTry && frame.opcode != Opcode::kCatch) {
    return Fail(ErrorKind::kMalformed, phrase::kEndExpected, "catch without try");
  }
  if (!all && !CheckTag(instruction_.index)) return;
  EndOfBlock();
  if (!error_.ok()) return;
  frame.opcode = all ? Opcode::kCatchAll : Opcode::kCatch;
  frame.unreachable = false;
  controls_.back() = frame;
  if (!all) Push(module_.types[module_.tags[instruction_.index].type].func.params);
}

void FunctionValidator::Delegate() {
  ControlFrame frame = controls_.back();
  if (frame.opcode != Opcode::kTry) {
    return Fail(ErrorKind::kMalformed, phrase::kEndExpected, "delegate without try");
  }
  EndOfBlock();
  if (!error_.ok()) return;
  controls_.pop_back();
  if (!CheckLabel(instruction_.index)) return;
  Push(frame.results());
}

}  // namespace umiak
