#include "vm/runtime/const_eval.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/instruction_reader.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

namespace {

// A stack machine over words, two for a vector. SAFETY: the expression is valid, so the stack is never short.
class ConstEvaluator {
 public:
  explicit ConstEvaluator(InstanceData* cx) : cx_(cx) {}

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
      default: {
        ErrorLocation location;
        location.offset = in.offset;
        return MakeError(ErrorKind::kLimit, "unsupported instruction",
                         absl::StrCat(InfoOf(in.opcode).text, " in a constant expression"), location);
      }
    }
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
};

}  // namespace

absl::Status EvalConst(InstanceData* cx, CodeSpan expression, uint64_t result[2]) {
  return ConstEvaluator(cx).Run(expression, result);
}

}  // namespace umiak
