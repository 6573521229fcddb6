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

  // A new object of the type, `bytes` long; what is on the stack stays alive.
  absl::StatusOr<GcObject*> Allocate(uint32_t type, uint64_t bytes) {
    roots_.words = stack_.data();
    roots_.count = stack_.size();
    GcObject* object = cx_->heap->Allocate(type, bytes, cx_->exec->top);
    if (object == nullptr) return MakeTrap(TrapCode::kGcHeapExhausted);
    return object;
  }
  absl::StatusOr<const GcType*> TypeOf(const Instruction& in) {
    const GcType* type = MakeGcType(cx_->module->canonical_types[in.index]);
    if (type == nullptr) return MakeError(ErrorKind::kLimit, "out of memory", "cannot lay out a type");
    return type;
  }
  absl::Status NewStruct(const Instruction& in) {
    ASSIGN_OR_RETURN(const GcType* type, TypeOf(in));
    ASSIGN_OR_RETURN(GcObject* object, Allocate(cx_->module->canonical_types[in.index], type->size));
    if (in.opcode == Opcode::kStructNew) {
      SetFields(object, stack_.data() + stack_.size() - type->field_slots);
      stack_.resize(stack_.size() - type->field_slots);
    }
    Push(RefOf(object));
    return absl::OkStatus();
  }
  absl::Status NewArrayOf(const Instruction& in) {
    ASSIGN_OR_RETURN(const GcType* type, TypeOf(in));
    const bool is_fixed = in.opcode == Opcode::kArrayNewFixed;
    const uint32_t length = is_fixed ? in.index2 : static_cast<uint32_t>(Pop());
    ASSIGN_OR_RETURN(GcObject* array, Allocate(cx_->module->canonical_types[in.index],
                                               kArrayHeaderBytes + (uint64_t{length} << type->element_shift)));
    array->length = length;
    const size_t value_slots = type->element_shift == 4 ? 2 : 1;
    if (in.opcode != Opcode::kArrayNewDefault) {
      const size_t slots = value_slots * (is_fixed ? length : 1);
      const uint64_t* values = stack_.data() + stack_.size() - slots;
      if (is_fixed) {
        for (size_t i = 0; i < length; ++i) {
          FillElements(ElementsOf(array) + (i << type->element_shift), type->element_shift, values + i * value_slots, 1);
        }
      } else {
        FillElements(ElementsOf(array), type->element_shift, values, length);
      }
      stack_.resize(stack_.size() - slots);
    }
    Push(RefOf(array));
    return absl::OkStatus();
  }

  void Push(uint64_t word) { stack_.push_back(word); }
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
