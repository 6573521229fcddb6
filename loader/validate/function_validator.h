// Validates bodies and constant expressions: the specification's algorithm, a stack of types and one of blocks.
//
// Nothing is recorded for later stages. They may rely on: balanced blocks, operands of the right types wherever
// code is reachable, all indices in range, alignments and lanes in range, the depth limits of umiak/limits.h.
// spec: appendix/algorithm, valid/instructions
#ifndef UMIAK_LOADER_VALIDATE_FUNCTION_VALIDATOR_H_
#define UMIAK_LOADER_VALIDATE_FUNCTION_VALIDATOR_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loader/validate/operand_stack.h"
#include "loader/validate/usual.h"
#include "umiak/features.h"
#include "umiak/instruction.h"
#include "umiak/instruction_reader.h"
#include "umiak/module.h"

namespace umiak {

// The types of a function's locals by index. A short body may declare very many locals: only as many as the
// body has bytes are spread out, so that the work stays linear in the module's size.
class LocalTypes {
 public:
  void Reset(const FuncType& type, const Function& function);
  uint32_t size() const { return size_; }
  // The first of them; nearly always all.
  absl::Span<const ValType> spread() const { return spread_; }
  // REQUIRES: index < size().
  ValType operator[](uint32_t index) const { return index < spread_.size() ? spread_[index] : Find(index); }

 private:
  ValType Find(uint32_t index) const;

  uint32_t size_ = 0;
  std::vector<ValType> spread_;
  std::vector<uint32_t> ends_;  // of each run, as a local index
  const Function* function_ = nullptr;
};

// An open block. `type` is null for the forms without parameters, of which `single` may be the one result.
struct ControlFrame {
  Opcode opcode = Opcode::kBlock;
  bool unreachable = false;
  bool has_single = false;
  ValType single;
  const FuncType* type = nullptr;
  uint32_t height = 0;       // of the operands below it
  uint32_t initialized = 0;  // locals known to be set when it began

  // Neither parameters nor results.
  bool is_empty() const { return type == nullptr && !has_single; }
  absl::Span<const ValType> params() const {
    return type != nullptr ? type->params : absl::Span<const ValType>();
  }
  absl::Span<const ValType> results() const {
    if (type != nullptr) return type->results;
    return has_single ? absl::MakeConstSpan(&single, 1) : absl::Span<const ValType>();
  }
  // What a branch to it takes.
  absl::Span<const ValType> label_types() const { return opcode == Opcode::kLoop ? params() : results(); }
};

// For all bodies of one module, one after the other. Not thread-safe.
class FunctionValidator {
 public:
  // REQUIRES: `module` outlives this.
  FunctionValidator(Features features, const Module& module)
      : FunctionValidator(features, module, UsualKinds(features)) {}
  FunctionValidator(Features features, const Module& module, UsualKinds usual)
      : features_(features), module_(module), usual_(usual) {}

  // For another thread: with what was declared, and nothing else of what was validated.
  FunctionValidator ForThread() const;

  // REQUIRES for both: the module's types, canonical types and the types of its index spaces are valid.
  absl::Status ValidateBody(FuncIdx index);
  // `visible_globals`: how many globals may be read. A ref.func in it declares the function.
  absl::Status ValidateConstant(CodeSpan expression, ValType type, uint32_t visible_globals);

  // A function that stands outside of bodies, so that ref.func may name it. spec: valid/conventions#contexts
  // (refs)
  void Declare(FuncIdx index);

 private:
  void Run(CodeSpan range);
  void Start(const FuncType* type, ValType single);
  // Checks instructions from the begin of the range on, as many as are usual and right (usual.h): where the first other
  // one begins.
  uint32_t RunUsual(CodeSpan range);
  void Step();
  void Regular(const OpcodeInfo& info);
  void Odd();
  void CheckEnd(CodeSpan range);
  absl::Status Result(const uint32_t* function) const;

  // Immediates of regular instructions; sets address_.
  void CheckImmediate(const OpcodeInfo& info);
  void CheckMemArg(const OpcodeInfo& info);
  void CheckLane(uint32_t lanes);
  bool CheckMemory(MemoryIdx index);
  bool CheckTable(TableIdx index);
  bool CheckData(DataIdx index);
  bool CheckElem(ElemIdx index);
  bool CheckLocal(LocalIdx index);
  bool CheckLabel(LabelIdx index);
  bool CheckFunction(FuncIdx index);
  bool CheckTag(TagIdx index);
  bool CheckHeapType(HeapType type);
  bool CheckValType(ValType type);
  // The type of that index if it is of that kind; null and an error if not.
  const SubType* TypeOfKind(TypeIdx index, SubType::Kind kind);
  ValType AddressType(bool is_64) const { return is_64 ? ValType::kI64 : ValType::kI32; }

  // Operands.
  void Push(ValType type) { stack_.push_back(type); }
  void Push(absl::Span<const ValType> types) { stack_.append(types); }
  ValType Pop();
  ValType PopRef();
  void Pop(ValType expected) {
    // PERF: the usual case is the very type.
    if (stack_.size() > controls_.back().height && stack_.back() == expected) [[likely]] {
      stack_.pop_back();
    } else {
      PopSlow(expected);
    }
  }
  void PopSlow(ValType expected);
  void Pop(absl::Span<const ValType> expected);
  // Whether the topmost operands are these very types. False, with no meaning, for short lists.
  bool TopIs(absl::Span<const ValType> types) const;
  // The topmost operands match `types`; they stay.
  void CheckTop(absl::Span<const ValType> types);
  void MarkUnreachable();
  bool MatchResults(absl::Span<const ValType> from, absl::Span<const ValType> to);

  // Blocks: validate_control.cc.
  void Control();
  bool BlockTypeOf(ControlFrame* frame);
  void PushControl(const ControlFrame& frame);
  void EndOfBlock();
  void BeginBlock(Opcode opcode);
  void Else();
  void End();
  void BrTable();
  void Branch(LabelIdx label);
  void TryTable();
  void CheckCatch(const CatchClause& clause);
  void LegacyCatch(bool all);
  void Delegate();
  void Call(const FuncType& type, bool tail);
  void CallIndirect(bool tail);
  void CallRef(bool tail);
  void BranchOnNull(bool branch_if_null);
  ControlFrame& Label(LabelIdx index) { return controls_[controls_.size() - 1 - index]; }

  // Locals, globals, tables, memories, references, select: validate_misc.cc.
  void Misc();
  void LocalGet();
  void LocalSet(bool keep);
  void Global(bool set);
  void Select();
  void SelectTyped();
  void RefFunc();
  void TableAccess();
  void TableBulk();
  void MemoryCopy();
  void Wide(int operands);

  // Structures, arrays, casts: validate_gc.cc.
  void Gc();
  void StructNew(bool with_default);
  void StructAccess();
  void ArrayNew();
  void ArrayAccess();
  void ArrayBulk();
  void CastOrTest();
  void BranchOnCast();
  void Convert(HeapType::Abstract from, HeapType::Abstract to);
  bool CheckFieldAccess(const FieldType& field, bool array);

  // The first error sticks; it is an invalid module's.
  void Fail(absl::string_view phrase, absl::string_view detail = "") {
    Fail(ErrorKind::kInvalid, phrase, detail);
  }
  void Fail(ErrorKind kind, absl::string_view phrase, absl::string_view detail);
  void Unknown(const char* phrase, uint64_t index);
  void Mismatch(absl::string_view expected, absl::string_view found);

  const Features features_;
  const Module& module_;
  const UsualKinds usual_;
  std::vector<bool> declared_;

  // Of the body or expression at hand.
  bool constant_ = false;
  uint32_t visible_globals_ = 0;
  uint32_t num_params_ = 0;
  LocalTypes locals_;
  OperandStack stack_;
  std::vector<ControlFrame> controls_;
  // Locals without a default value that have been set, in the order of the sets; what a block sets ends with
  // it.
  std::vector<LocalIdx> initialized_;
  absl::flat_hash_set<LocalIdx> is_initialized_;
  Instruction instruction_;
  ValType address_;  // of the memory or table that the instruction names
  DecodeError error_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_FUNCTION_VALIDATOR_H_
