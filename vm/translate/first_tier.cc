#include "vm/translate/first_tier.h"

#include <algorithm>
#include <utility>

#include "vm/interp/bridge.h"
#include "vm/translate/compare.h"
#include "vm/translate/first_tier_impl.h"
#include "vm/translate/frame.h"
#include "vm/translate/ir.h"
#include "vm/translate/manner.h"
#include "vm/translate/registers.h"

namespace umiak {

namespace {

// Frames stay small, and so does what a local.set has to look through.
constexpr size_t kMaxLocals = 1000;
constexpr size_t kMaxDepth = 256;
// What instructions use above the frame: a header, and arguments of intrinsics.
constexpr uint32_t kAboveFrame = kHeaderSlots + 4;
static_assert(kMaxLocals + ir::kScratchSlots + kMaxDepth + kAboveFrame <= kUncheckedFrame);

Bank BankOfLetter(char letter) { return letter == 'f' || letter == 'd' ? Bank::kFloat : Bank::kInt; }

}  // namespace

std::unique_ptr<Code> TranslateFirstTier(const TranslateContext& context, FuncIdx function, TranslateRecord* record) {
  if (context.variant.metered) return nullptr;
  return FirstTier(context, function, record).Run();
}

FirstTier::FirstTier(const TranslateContext& context, FuncIdx function, TranslateRecord* record)
    : context_(context),
      index_(function),
      type_(context.module.TypeOfFunction(function)),
      reader_(context.module.bytes(), context.module.functions[function].body) {
  const Function& f = context.module.functions[function];
  const size_t params = type_.params.size();
  const auto add = [&](ValType type) {
    const size_t i = local_slots_.size();
    local_slots_.push_back(static_cast<uint16_t>(i < params ? i : i + ir::kScratchSlots));
    local_banks_.push_back(BankOf(type.kind()));
  };
  if (!Fits(type_)) return;
  for (ValType type : type_.params) add(type);
  for (const LocalRun& run : f.locals) {
    if (run.type.kind() == ValType::kV128 || local_slots_.size() + run.count > kMaxLocals) return;
    for (uint32_t i = 0; i < run.count; ++i) add(run.type);
  }
  operand_base_ = static_cast<uint32_t>(local_slots_.size()) + ir::kScratchSlots;
  stack_.reserve(32);
  labels_.reserve(16);
  // Five times the body is usual.
  const size_t expected = 5 * size_t{f.body.end - f.body.begin} + 64;
  emit_.emplace(context.variant.checked, static_cast<uint32_t>(params), record, /*with_chains=*/false, expected);
}

// At most one result, no vectors.
bool FirstTier::Fits(const FuncType& type) const {
  const auto is_vector = [](ValType t) { return t.kind() == ValType::kV128; };
  return type.results.size() <= 1 && type.params.size() <= kMaxLocals &&
         std::none_of(type.params.begin(), type.params.end(), is_vector) &&
         std::none_of(type.results.begin(), type.results.end(), is_vector);
}

std::unique_ptr<Code> FirstTier::Run() {
  if (!emit_) return nullptr;
  EmitEntry();
  while (reader_.Read(&instr_)) {
    emit_->SetOffset(instr_.offset);
    if (!(reachable_ ? Step() : StepUnreachable()) || deepest_ > kMaxDepth) return nullptr;
    if (labels_.empty()) break;
  }
  if (!reader_.ok() || !labels_.empty()) return nullptr;
  const uint32_t slots = operand_base_ + static_cast<uint32_t>(deepest_) + kAboveFrame;
  std::unique_ptr<Code> code = emit_->Finish(index_);
  code->frame_slots = slots;
  tier_->function = index_;
  tier_->turns_left = tier_->loop_turns_left = FirstTierTurns();
  tier_->operand_base = operand_base_;
  tier_->operand_slots = static_cast<uint32_t>(deepest_);
  tier_->local_slots = std::move(local_slots_);
  code->tier = std::move(tier_);
  return code;
}

// --- Values ---

Place FirstTier::PlaceOf(const Value& value, uint32_t depth) const {
  switch (value.kind) {
    case Value::kLocal: return LocalPlace(static_cast<LocalIdx>(value.bits));
    case Value::kConst: return Place::Imm(value.bits, value.bank);
    default: return Place::Slot(value.bank, SlotOf(depth));
  }
}

void FirstTier::Push(const Value& value) {
  stack_.push_back(value);
  deepest_ = std::max(deepest_, stack_.size());
}

Place FirstTier::Pop() {
  const Value value = stack_.back();
  stack_.pop_back();
  return PlaceOf(value, static_cast<uint32_t>(stack_.size()));
}

Place FirstTier::Result(Bank bank) {
  constexpr uint8_t kLocalSet = 0x21;
  constexpr uint8_t kLocalTee = 0x22;
  const absl::Span<const uint8_t> bytes = context_.module.bytes();
  const uint32_t at = reader_.pos();
  // A number of one byte, as nearly all are. SAFETY: the body ends in an `end`, so that two bytes follow a set.
  if ((bytes[at] == kLocalSet || bytes[at] == kLocalTee) && bytes[at + 1] < 0x80) {
    const LocalIdx local = bytes[at + 1];
    CopyPending(local);
    reader_.SkipTo(at + 2);
    if (bytes[at] == kLocalTee) Push({Value::kLocal, bank, local});
    return LocalPlace(local);
  }
  Push({Value::kSlot, bank, 0});
  return Place::Slot(bank, SlotOf(static_cast<uint32_t>(stack_.size()) - 1));
}

void FirstTier::Materialize(uint32_t depth) {
  Value& value = stack_[depth];
  if (value.kind == Value::kSlot) return;
  emit_->Move(PlaceOf(value, depth), Place::Slot(value.bank, SlotOf(depth)));
  value.kind = Value::kSlot;
}

void FirstTier::CopyPending(LocalIdx local) {
  for (uint32_t i = 0; i < stack_.size(); ++i) {
    if (stack_[i].kind == Value::kLocal && stack_[i].bits == local) Materialize(i);
  }
}

// Before a block, which may set locals on some of its paths: the copies must be made on all.
void FirstTier::SettleLocals() {
  for (uint32_t i = 0; i < stack_.size(); ++i) {
    if (stack_[i].kind == Value::kLocal) Materialize(i);
  }
}

void FirstTier::SetLocal(bool tee) {
  const LocalIdx local = instr_.index;
  const Place value = Pop();
  const Place to = LocalPlace(local);
  if (!(value == to)) {
    CopyPending(local);
    emit_->Move(value, to);
  }
  if (tee) Push({Value::kLocal, to.bank, local});
}

// --- Straight-line code ---

bool FirstTier::Step() {
  const uint64_t bits = instr_.bits;
  switch (instr_.opcode) {
    case Opcode::kLocalGet: Push({Value::kLocal, local_banks_[instr_.index], instr_.index}); return true;
    case Opcode::kI32Const: Push({Value::kConst, Bank::kInt, static_cast<uint32_t>(bits)}); return true;
    case Opcode::kI64Const: Push({Value::kConst, Bank::kInt, bits}); return true;
    case Opcode::kF32Const: Push({Value::kConst, Bank::kFloat, static_cast<uint32_t>(bits)}); return true;
    case Opcode::kF64Const: Push({Value::kConst, Bank::kFloat, bits}); return true;
    case Opcode::kRefNull: Push({Value::kConst, Bank::kInt, 0}); return true;
    case Opcode::kLocalSet: SetLocal(false); return true;
    case Opcode::kLocalTee: SetLocal(true); return true;
    case Opcode::kDrop: Pop(); return true;
    case Opcode::kNop: return true;
    case Opcode::kBlock: return OpenBlock(Label::kBlock);
    case Opcode::kLoop: return StepLoop();
    case Opcode::kIf: return StepIf();
    case Opcode::kElse: StepElse(); return true;
    case Opcode::kEnd: StepEnd(); return true;
    case Opcode::kBr: StepBranch(instr_.index); return true;
    case Opcode::kBrIf: StepBranchIf(instr_.index); return true;
    case Opcode::kBrTable: return StepBranchTable();
    case Opcode::kReturn: StepReturn(); return true;
    case Opcode::kUnreachable:
      emit_->Emit(Op::kUnreachable, {});
      reachable_ = false;
      return true;
    case Opcode::kCall:
    case Opcode::kCallIndirect: return StepCall();
    default: return StepOp();
  }
}

bool FirstTier::StepOp() {
  const Opcode opcode = instr_.opcode;
  if (opcode == Opcode::kI32Eqz || opcode == Opcode::kI64Eqz || opcode == Opcode::kRefIsNull) {
    StepEqz(opcode == Opcode::kRefIsNull ? Opcode::kI64Eqz : opcode);
    return true;
  }
  if (opcode == Opcode::kRefEq) return StepBinary(Opcode::kI64Eq, Bank::kInt);
  const OpcodeInfo& info = umiak::InfoOf(opcode);
  switch (opcode == Opcode::kSelectT ? Manner::kSelect : MannerOf(opcode)) {
    case Manner::kNumeric: return StepNumeric(info);
    case Manner::kAccess: return StepAccess(info);
    case Manner::kSelect: StepSelect(); return true;
    case Manner::kGlobal: {
      const ValType type = context_.module.globals[instr_.index].type.type;
      if (type.kind() == ValType::kV128) return false;
      const bool is_get = opcode == Opcode::kGlobalGet;
      emit_->Emit(GlobalOpOf(context_.module, instr_.index, is_get), {is_get ? Result(BankOf(type.kind())) : Pop()},
                  Extra().U32(context_.layout.globals[instr_.index]));
      return true;
    }
    case Manner::kMemorySize:
      if (!IsPlainMemorySize(context_.module, instr_.index)) return StepIntrinsic(0, true);
      emit_->Emit(Op::kMemorySize, {Result(Bank::kInt)});
      return true;
    case Manner::kIntrinsic:
      if (info.signature.odd) return StepOdd();
      return StepIntrinsic(info.signature.param_count, info.signature.result_count != 0);
    default: return false;
  }
}

// Instructions whose types depend on more than their opcode.
bool FirstTier::StepOdd() {
  switch (instr_.opcode) {
    case Opcode::kRefFunc: return StepIntrinsic(0, true);
    case Opcode::kTableGet: return StepIntrinsic(1, true);
    case Opcode::kTableGrow: return StepIntrinsic(2, true);
    case Opcode::kTableSet: return StepIntrinsic(2, false);
    case Opcode::kTableFill:
    case Opcode::kTableInit:
    case Opcode::kTableCopy:
    case Opcode::kMemoryCopy: return StepIntrinsic(3, false);
    case Opcode::kDataDrop:
    case Opcode::kElemDrop: return StepIntrinsic(0, false);
    default: return false;
  }
}

bool FirstTier::StepNumeric(const OpcodeInfo& info) {
  const Signature& signature = info.signature;
  if (signature.odd || signature.param_count > 2 || signature.result_count != 1) return false;
  const Bank bank = BankOfLetter(signature.result);
  if (signature.param_count == 1) {
    const Place a = Pop();
    const Place result = Result(bank);
    emit_->Emit(OpOf(instr_.opcode), {a, result});
    SettleNan(instr_.opcode, result);
    return true;
  }
  return StepBinary(instr_.opcode, bank);
}

bool FirstTier::StepBinary(Opcode opcode, Bank bank) {
  const Place b = Pop();
  const Place a = Pop();
  if (!ir::IsComparison(opcode)) {
    const Place result = Result(bank);
    emit_->Emit(OpOf(opcode), {a, b, result});
    SettleNan(opcode, result);
  } else if (NextReadsCondition()) {
    comparison_ = {opcode, a, b};
    Push({Value::kCompare, Bank::kInt, 0});
  } else {
    EmitComparison({opcode, a, b}, Result(Bank::kInt));
  }
  return true;
}

void FirstTier::SettleNan(Opcode opcode, const Place& result) {
  if (context_.variant.deterministic_nans && MakesNan(opcode)) emit_->Emit(CanonicalizeAfter(opcode), {result, result});
}

void FirstTier::EmitComparison(Comparison comparison, const Place& result) {
  const Op op = ComparisonOf(comparison.opcode, &comparison.a, &comparison.b);
  emit_->Emit(op, {comparison.a, comparison.b, result});
}

// Whether the instruction that follows takes a comparison in.
bool FirstTier::NextReadsCondition() const {
  constexpr uint8_t kIf = 0x04;
  constexpr uint8_t kBrIf = 0x0d;
  const uint8_t next = context_.module.bytes()[reader_.pos()];
  return next == kIf || next == kBrIf;
}

void FirstTier::StepEqz(Opcode opcode) {
  const Place a = Pop();
  if (NextReadsCondition()) {
    const bool is_32 = opcode == Opcode::kI32Eqz;
    comparison_ = {is_32 ? Opcode::kI32Eq : Opcode::kI64Eq, a, Place::Imm(0)};
    Push({Value::kCompare, Bank::kInt, 0});
  } else {
    emit_->Emit(OpOf(opcode), {a, Result(Bank::kInt)});
  }
}

bool FirstTier::StepAccess(const OpcodeInfo& info) {
  const Signature& signature = info.signature;
  const MemArg& arg = instr_.memarg;
  if (signature.odd || info.prefix != 0 || !IsNear(context_.module, arg.memory, arg.offset)) return false;
  Op op = OpOf(instr_.opcode);
  const bool is_load = signature.result_count != 0;
  Place value = is_load ? Place() : Pop();
  KeepStoredBytes(instr_.opcode, &value);
  const Place address = Pop();
  // ORDER: the forms of an access are rows `op`, Off and Far of ops_memory.def.
  Extra extra;
  if (arg.offset != 0) {
    op = After(op, 1);
    extra.U32(static_cast<uint32_t>(arg.offset));
  }
  emit_->Emit(op, {address, is_load ? Result(BankOfLetter(signature.result)) : value}, extra);
  return true;
}

// Arguments go above the values of the stack, where the result comes back.
bool FirstTier::StepIntrinsic(int params, bool has_result) {
  const uint32_t base = static_cast<uint32_t>(stack_.size()) - static_cast<uint32_t>(params);
  const uint32_t at = SlotOf(static_cast<uint32_t>(stack_.size())) + kHeaderSlots;
  for (uint32_t i = 0; i < static_cast<uint32_t>(params); ++i) {
    emit_->Move(PlaceOf(stack_[base + i], base + i), Place::Slot(Bank::kInt, at + i));
  }
  stack_.resize(base);
  emit_->Emit(IntrinsicOf(instr_.opcode), {}, Extra().U32(instr_.index).U32(instr_.index2).U32(at));
  if (has_result) emit_->Move(Place::Slot(Bank::kInt, at), Result(Bank::kInt));
  return true;
}

void FirstTier::StepSelect() {
  const Place condition = Pop();
  const Place b = Pop();
  const Place a = Pop();
  emit_->Emit(a.bank == Bank::kFloat ? Op::kSelectFloat : Op::kSelectInt, {a, b, condition, Result(a.bank)});
}

}  // namespace umiak
