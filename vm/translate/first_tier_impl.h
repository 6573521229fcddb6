// The state of the first tier's one pass.
#ifndef UMIAK_VM_TRANSLATE_FIRST_TIER_IMPL_H_
#define UMIAK_VM_TRANSLATE_FIRST_TIER_IMPL_H_

#include <memory>
#include <optional>
#include <vector>

#include "umiak/instruction.h"
#include "umiak/instruction_reader.h"
#include "vm/interp/tier.h"
#include "vm/translate/emitter.h"
#include "vm/translate/ir.h"
#include "vm/translate/lower.h"
#include "vm/translate/translate.h"

namespace umiak {

class FirstTier {
 public:
  FirstTier(const TranslateContext& context, FuncIdx function, TranslateRecord* record);
  // Null: see TranslateFirstTier.
  std::unique_ptr<Code> Run();

 private:
  // A value of the operand stack.
  struct Value {
    enum Kind : uint8_t {
      kSlot,     // in the slot of its height
      kLocal,    // a local that has not been written since; `bits` is its number
      kConst,    // `bits`
      kCompare,  // comparison_ holds; the next instruction is a condition's reader
    };
    Kind kind = kSlot;
    Bank bank = Bank::kInt;
    uint64_t bits = 0;
  };
  struct Comparison {
    Opcode opcode;
    Place a;
    Place b;
  };
  struct Label {
    enum Kind : uint8_t { kFunction, kBlock, kLoop, kIf };
    Kind kind;
    bool has_result;       // of its end
    Bank bank;             // of that
    bool is_used;          // a branch leads to it
    uint32_t stack_size;   // below it
    LabelId target;        // of branches
    LabelId otherwise;     // kIf: where its condition does not hold; kNoTarget once that is bound
  };
  static constexpr LabelId kNoTarget = 0xffffffff;

  static Bank BankOf(ValType::Kind type) {
    return ToBank(ir::BankOf(type));
  }

  // first_tier.cc: values and straight-line code. All Steps: false if the body is not for this tier.
  bool Fits(const FuncType& type) const;
  uint32_t SlotOf(uint32_t depth) const { return operand_base_ + depth; }
  Place PlaceOf(const Value& value, uint32_t depth) const;
  Place LocalPlace(LocalIdx local) const { return Place::Slot(local_banks_[local], local_slots_[local]); }
  void Push(const Value& value);
  Place Pop();
  // Where the result of the instruction goes, which has read its operands: the stack, or the local that the following
  // instruction sets.
  Place Result(Bank bank);
  // Puts what the entry names into its slot.
  void Materialize(uint32_t depth);
  void CopyPending(LocalIdx local);
  void SettleLocals();
  bool Step();
  bool StepUnreachable();
  bool StepOp();
  bool StepOdd();
  bool StepNumeric(const OpcodeInfo& info);
  bool StepBinary(Opcode opcode, Bank bank);
  void SettleNan(Opcode opcode, const Place& result);
  void EmitComparison(Comparison comparison, const Place& result);
  void StepEqz(Opcode opcode);
  bool NextReadsCondition() const;
  bool StepAccess(const OpcodeInfo& info);
  bool StepIntrinsic(int params, bool has_result);
  void StepSelect();
  void SetLocal(bool tee);

  // first_tier_control.cc
  void EmitEntry();
  bool BlockResult(bool* has_result, Bank* bank) const;
  bool OpenBlock(Label::Kind kind);
  bool StepLoop();
  bool StepIf();
  void StepElse();
  void StepEnd();
  // Puts the value on top where the label has its result.
  void MoveToLabel(const Label& label);
  bool NeedsMove(const Label& label) const;
  void Jump(Label* label);
  void StepBranch(LabelIdx depth);
  void StepBranchIf(LabelIdx depth);
  bool StepBranchTable();
  // Branches to `target` if the comparison gives `when`.
  void BranchOn(Comparison comparison, bool when, LabelId target);
  void EmitReturn();
  void StepReturn();
  bool StepCall();
  Label& LabelAt(LabelIdx depth) { return labels_[labels_.size() - 1 - depth]; }

  const TranslateContext& context_;
  const FuncIdx index_;
  const FuncType& type_;
  InstructionReader reader_;
  Instruction instr_;
  std::unique_ptr<TierState> tier_ = std::make_unique<TierState>();
  std::vector<uint16_t> local_slots_;
  std::vector<Bank> local_banks_;
  uint32_t operand_base_ = 0;
  std::optional<Emitter> emit_;
  std::vector<Value> stack_;
  size_t deepest_ = 0;
  Comparison comparison_{};
  std::vector<Label> labels_;
  std::optional<LabelId> plain_return_;  // what br_table returns by
  bool reachable_ = true;
  uint32_t dead_depth_ = 0;  // blocks opened in unreachable code
};

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_FIRST_TIER_IMPL_H_
