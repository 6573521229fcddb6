// Control in the first tier: each label's result lies in the slot of the height below its block.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "vm/interp/bridge.h"
#include "vm/translate/call_cells.h"
#include "vm/translate/compare.h"
#include "vm/translate/first_tier_impl.h"
#include "vm/translate/ir.h"
#include "vm/translate/manner.h"
#include "vm/translate/registers.h"

namespace umiak {

void FirstTier::EmitEntry() {
  emit_->SetOffset(context_.module.functions[index_].body.begin);
  emit_->Emit(Op::kCountEntry, {}, Extra().U64(reinterpret_cast<uint64_t>(tier_.get())));
  const uint32_t params = static_cast<uint32_t>(type_.params.size());
  const uint32_t locals = static_cast<uint32_t>(local_slots_.size()) - params;
  if (locals == 1) {
    emit_->Move(Place::Imm(0), Place::Slot(Bank::kInt, local_slots_[params]));
  } else if (locals != 0) {
    emit_->Emit(Op::kZeroSlots, {}, Extra().U32(local_slots_[params]).U32(locals));
  }
  const bool has_result = !type_.results.empty();
  const Bank bank = has_result ? BankOf(type_.results[0].kind()) : Bank::kInt;
  labels_.push_back({Label::kFunction, has_result, bank, false, 0, kNoTarget, kNoTarget});
}

// The result of the block that the instruction opens. False: it has parameters, several results or a vector.
bool FirstTier::BlockResult(bool* has_result, Bank* bank) const {
  const BlockType& type = instr_.block_type;
  *has_result = type.kind != BlockType::kEmpty;
  ValType::Kind kind = type.value.kind();
  if (type.kind == BlockType::kTypeIndex) {
    const FuncType& func = context_.module.types[type.index].func;
    if (!func.params.empty() || func.results.size() > 1) return false;
    *has_result = !func.results.empty();
    if (*has_result) kind = func.results[0].kind();
  }
  if (*has_result && kind == ValType::kV128) return false;
  *bank = *has_result ? BankOf(kind) : Bank::kInt;
  return true;
}

bool FirstTier::OpenBlock(Label::Kind kind) {
  Label label{kind, false, Bank::kInt, false, 0, kNoTarget, kNoTarget};
  if (!BlockResult(&label.has_result, &label.bank)) return false;
  SettleLocals();
  label.stack_size = static_cast<uint32_t>(stack_.size());
  label.target = emit_->NewLabel();
  labels_.push_back(label);
  return true;
}

bool FirstTier::StepLoop() {
  if (!OpenBlock(Label::kLoop)) return false;
  emit_->Bind(labels_.back().target);
  emit_->Emit(Op::kCountLoop, {}, Extra().U64(reinterpret_cast<uint64_t>(tier_.get())).U32(instr_.offset));
  return true;
}

bool FirstTier::StepIf() {
  // What the condition compares lies above all that OpenBlock may move.
  const Value condition = stack_.back();
  const Place place = Pop();
  if (!OpenBlock(Label::kIf)) return false;
  const LabelId otherwise = emit_->NewLabel();
  labels_.back().otherwise = otherwise;
  BranchOn(condition.kind == Value::kCompare ? comparison_ : Comparison{Opcode::kI32Ne, place, Place::Imm(0)}, false,
           otherwise);
  return true;
}

void FirstTier::StepElse() {
  Label& label = labels_.back();
  if (reachable_) {
    MoveToLabel(label);
    Jump(&label);
  }
  emit_->Bind(label.otherwise);
  label.otherwise = kNoTarget;
  stack_.resize(label.stack_size);
  reachable_ = true;
}

void FirstTier::StepEnd() {
  const Label label = labels_.back();
  if (label.kind == Label::kFunction) {
    if (reachable_) StepReturn();
    if (plain_return_) {
      emit_->Bind(*plain_return_);
      emit_->Emit(Op::kReturn, {});
    }
    labels_.pop_back();
    return;
  }
  labels_.pop_back();
  if (label.kind == Label::kLoop) return;  // nobody branches here: what is on the stack stays
  if (reachable_) MoveToLabel(label);
  if (label.otherwise != kNoTarget) emit_->Bind(label.otherwise);
  emit_->Bind(label.target);
  reachable_ = reachable_ || label.is_used || label.otherwise != kNoTarget;
  if (!reachable_) return;
  stack_.resize(label.stack_size);
  if (label.has_result) Push({Value::kSlot, label.bank, 0});
}

bool FirstTier::StepUnreachable() {
  switch (instr_.opcode) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry:
    case Opcode::kTryTable: ++dead_depth_; return true;
    case Opcode::kElse:
      if (dead_depth_ == 0) StepElse();
      return true;
    case Opcode::kDelegate:
    case Opcode::kEnd:
      if (dead_depth_ == 0) {
        StepEnd();
      } else {
        --dead_depth_;
      }
      return true;
    default: return true;
  }
}

// --- Branches ---

bool FirstTier::NeedsMove(const Label& label) const {
  if (label.kind == Label::kLoop || !label.has_result) return false;
  return stack_.back().kind != Value::kSlot || stack_.size() - 1 != label.stack_size;
}

// Puts the value on top where the label has its result.
void FirstTier::MoveToLabel(const Label& label) {
  if (!NeedsMove(label)) return;
  emit_->Move(PlaceOf(stack_.back(), static_cast<uint32_t>(stack_.size()) - 1),
              Place::Slot(label.bank, SlotOf(label.stack_size)));
}

void FirstTier::Jump(Label* label) {
  label->is_used = true;
  emit_->EmitBranch(Op::kBr, {}, label->target);
}

void FirstTier::StepBranch(LabelIdx depth) {
  Label& label = LabelAt(depth);
  if (label.kind == Label::kFunction) return StepReturn();
  MoveToLabel(label);
  Jump(&label);
  reachable_ = false;
}

// Branches to `target` if the comparison gives `when`.
void FirstTier::BranchOn(Comparison c, bool when, LabelId target) {
  bool negated = false;
  if (!when) {
    const std::optional<Opcode> inverted = ir::Inverted(c.opcode);
    negated = !inverted;
    if (inverted) c.opcode = *inverted;
  }
  if (c.a.is_imm() && !c.b.is_imm() && !negated) {
    std::swap(c.a, c.b);
    c.opcode = ir::Mirrored(c.opcode);
  }
  if (c.b.is_imm() && c.b.value == 0 && c.b.bank == Bank::kInt) {
    switch (c.opcode) {
      case Opcode::kI32Ne: return emit_->EmitBranch(Op::kBrI32Nez, {c.a}, target);
      case Opcode::kI32Eq: return emit_->EmitBranch(Op::kBrI32Eqz, {c.a}, target);
      case Opcode::kI64Ne: return emit_->EmitBranch(Op::kBrI64Nez, {c.a}, target);
      case Opcode::kI64Eq: return emit_->EmitBranch(Op::kBrI64Eqz, {c.a}, target);
      default: break;
    }
  }
  emit_->EmitBranch(BranchOf(c.opcode, negated), {c.a, c.b}, target);
}

void FirstTier::StepBranchIf(LabelIdx depth) {
  const Value value = stack_.back();
  const Place place = Pop();
  const Comparison condition =
      value.kind == Value::kCompare ? comparison_ : Comparison{Opcode::kI32Ne, place, Place::Imm(0)};
  Label& label = LabelAt(depth);
  if (label.kind != Label::kFunction && !NeedsMove(label)) {
    label.is_used = true;
    return BranchOn(condition, true, label.target);
  }
  const LabelId on = emit_->NewLabel();
  BranchOn(condition, false, on);
  if (label.kind == Label::kFunction) {
    EmitReturn();
  } else {
    MoveToLabel(label);
    Jump(&label);
  }
  emit_->Bind(on);
}

bool FirstTier::StepBranchTable() {
  const Place index = Pop();
  std::vector<LabelId> targets;
  for (LabelIdx depth : instr_.labels) {
    Label& label = LabelAt(depth);
    if (label.kind != Label::kLoop && label.has_result) return false;
    label.is_used = true;
    if (label.kind == Label::kFunction) {
      if (!plain_return_) plain_return_ = emit_->NewLabel();
      targets.push_back(*plain_return_);
    } else {
      targets.push_back(label.target);
    }
  }
  emit_->EmitBranchTable(Op::kBrTable, index, {}, targets);
  reachable_ = false;
  return true;
}

void FirstTier::EmitReturn() {
  if (!labels_[0].has_result) {
    emit_->Emit(Op::kReturn, {});
    return;
  }
  const Place value = PlaceOf(stack_.back(), static_cast<uint32_t>(stack_.size()) - 1);
  emit_->Emit(value.bank == Bank::kFloat ? Op::kReturnFloat : Op::kReturnInt, {value});
}

void FirstTier::StepReturn() {
  EmitReturn();
  reachable_ = false;
}

// --- Calls ---

bool FirstTier::StepCall() {
  const Module& module = context_.module;
  const bool by_index = instr_.opcode == Opcode::kCall;
  const FuncType& type = by_index ? module.TypeOfFunction(instr_.index) : module.types[instr_.index].func;
  if (!Fits(type)) return false;
  Callee callee = {instr_.opcode, instr_.index, instr_.index2, {}};
  if (!by_index) callee.place = Pop();
  const size_t count = type.params.size();
  const uint32_t base = static_cast<uint32_t>(stack_.size() - count);
  const uint32_t frame = SlotOf(base) + kHeaderSlots;
  if (!by_index) SaveCallee(&*emit_, frame, &callee);
  Place folded[kMaxFoldedArguments];
  uint32_t first = 0;
  for (; IsDirect(context_, callee) && first < std::min(count, kMaxFoldedArguments); ++first) {
    folded[first] = PlaceOf(stack_[base + first], base + first);
    if (!CanFold(folded[first])) break;
  }
  // In descending order: an argument lies below where it goes.
  for (uint32_t i = static_cast<uint32_t>(count); i-- > first;) {
    const Place from = PlaceOf(stack_[base + i], base + i);
    emit_->Move(from, Place::Slot(from.bank, frame + i));
  }
  stack_.resize(base);
  EmitCallCell(&*emit_, context_, callee, frame, absl::MakeConstSpan(folded, first));
  if (!type.results.empty()) {
    const Bank bank = BankOf(type.results[0].kind());
    emit_->Move(Place::Register(bank, 0), Result(bank));
  }
  return true;
}

}  // namespace umiak
