#include "vm/runtime/const_eval.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/instruction_reader.h"
#include "umiak/trap.h"
#include "vm/runtime/execution.h"
#include "vm/runtime/gc_objects.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

namespace {

// A stack machine over words, two for a vector. SAFETY: the expression is valid, so the stack is never short.
class ConstEvaluator {
 public:
  explicit ConstEvaluator(InstanceData* cx) : cx_(cx) { cx_->heap->PushRoots(&roots_); }
  ~ConstEvaluator() { cx_->heap->PopRoots(); }
  ConstEvaluator(const ConstEvaluator&) = delete;
  ConstEvaluator& operator=(const ConstEvaluator&) = delete;

  absl::Status Run(CodeSpan expression, uint64_t result[2]) {
    InstructionReader reader(cx_->module->bytes(), expression);
    Instruction instruction;
    while (reader.Read(&instruction)) {
      RETURN_IF_ERROR(Execute(instruction));
    }
    if (!reader.ok() || stack_.empty()) return absl::InternalError("constant expression does not evaluate");
    std::memcpy(result, stack_.data(), (stack_.size() > 1 ? 2 : 1) * sizeof(uint64_t));
    return absl::OkStatus();
  }

 private:
  absl::Status Execute(const Instruction& in) {
    switch (in.opcode) {
      case Opcode::kEnd: break;
      case Opcode::kI32Const:
      case Opcode::kF32Const: Push(static_cast<uint32_t>(in.bits)); break;
      case Opcode::kI64Const:
      case Opcode::kF64Const: Push(in.bits); break;
      case Opcode::kV128Const: PushVector(in.v128); break;
      case Opcode::kI32Add: Binary32([](uint32_t a, uint32_t b) { return a + b; }); break;
      case Opcode::kI32Sub: Binary32([](uint32_t a, uint32_t b) { return a - b; }); break;
      case Opcode::kI32Mul: Binary32([](uint32_t a, uint32_t b) { return a * b; }); break;
      case Opcode::kI64Add: Binary64([](uint64_t a, uint64_t b) { return a + b; }); break;
      case Opcode::kI64Sub: Binary64([](uint64_t a, uint64_t b) { return a - b; }); break;
      case Opcode::kI64Mul: Binary64([](uint64_t a, uint64_t b) { return a * b; }); break;
      case Opcode::kGlobalGet: PushGlobal(in.index); break;
      case Opcode::kRefNull: Push(0); break;
      case Opcode::kRefFunc: Push(reinterpret_cast<uint64_t>(GetFuncInst(cx_, in.index))); break;
      case Opcode::kRefI31: Push((Pop() & 0x7fffffff) << 1 | 1); break;
      case Opcode::kAnyConvertExtern:
      case Opcode::kExternConvertAny: break;
      case Opcode::kStructNew:
      case Opcode::kStructNewDefault: return NewStruct(in);
      case Opcode::kArrayNew:
      case Opcode::kArrayNewDefault:
      case Opcode::kArrayNewFixed: return NewArrayOf(in);
      default: {
        ErrorLocation location;
        location.offset = in.offset;
        return MakeError(ErrorKind::kLimit, "unsupported instruction",
                         absl::StrCat(InfoOf(in.opcode).text, " in a constant expression"), location);
      }
    }
    return absl::OkStatus();
  }

  // What is on the stack stays alive through an allocation.
  void KeepStack() {
    roots_.words = stack_.data();
    roots_.count = stack_.size();
  }
  absl::StatusOr<const GcType*> TypeOf(const Instruction& in) {
    const GcType* type = MakeGcType(cx_->module->canonical_types[in.index]);
    if (type == nullptr) return MakeError(ErrorKind::kLimit, "out of memory", "cannot lay out a type");
    return type;
  }
  absl::Status NewStruct(const Instruction& in) {
    ASSIGN_OR_RETURN(const GcType* type, TypeOf(in));
    KeepStack();
    GcObject* object = cx_->heap->Allocate(cx_->module->canonical_types[in.index], type->size, cx_->exec->top);
    if (object == nullptr) return MakeTrap(TrapCode::kGcHeapExhausted);
    if (in.opcode == Opcode::kStructNew) {
      SetFields(object, Top(type->field_slots));
      Drop(type->field_slots);
    }
    Push(RefOf(object));
    return absl::OkStatus();
  }
  absl::Status NewArrayOf(const Instruction& in) {
    ASSIGN_OR_RETURN(const GcType* type, TypeOf(in));
    const bool is_fixed = in.opcode == Opcode::kArrayNewFixed;
    const uint32_t length = is_fixed ? in.index2 : static_cast<uint32_t>(Pop());
    KeepStack();
    GcObject* array = NewArray(cx_->heap, cx_->module->canonical_types[in.index], length, cx_->exec->top);
    if (array == nullptr) return MakeTrap(TrapCode::kGcHeapExhausted);
    if (is_fixed) {
      const size_t slots = size_t{length} * SlotsPerElement(*type);
      SetElements(array, Top(slots));
      Drop(slots);
    } else if (in.opcode == Opcode::kArrayNew) {
      FillElements(ElementsOf(array), type->element_shift, Top(SlotsPerElement(*type)), length);
      Drop(SlotsPerElement(*type));
    }
    Push(RefOf(array));
    return absl::OkStatus();
  }

  void Push(uint64_t word) { stack_.push_back(word); }
  // The top words, lowest first.
  const uint64_t* Top(size_t count) const { return stack_.data() + stack_.size() - count; }
  void Drop(size_t count) { stack_.resize(stack_.size() - count); }
  uint64_t Pop() {
    const uint64_t word = stack_.back();
    stack_.pop_back();
    return word;
  }
  void PushVector(const void* bytes) {
    uint64_t words[2];
    std::memcpy(words, bytes, sizeof words);
    Push(words[0]);
    Push(words[1]);
  }
  void PushGlobal(GlobalIdx index) {
    const uint64_t* cell = cx_->global_cell(index);
    if (cx_->module->globals[index].type.type.kind() == ValType::kV128) {
      PushVector(cell);
    } else {
      Push(*cell);
    }
  }
  template <class F>
  void Binary32(F f) {
    const uint32_t b = static_cast<uint32_t>(Pop());
    Push(f(static_cast<uint32_t>(Pop()), b));
  }
  template <class F>
  void Binary64(F f) {
    const uint64_t b = Pop();
    Push(f(Pop(), b));
  }

  InstanceData* cx_;
  absl::InlinedVector<uint64_t, 8> stack_;
  GcRoots roots_;
};

}  // namespace

absl::Status EvalConst(InstanceData* cx, CodeSpan expression, uint64_t result[2]) {
  return ConstEvaluator(cx).Run(expression, result);
}

}  // namespace umiak
