#include "loader/validate/function_validator.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "loader/phrases.h"
#include "loader/validate/matching.h"
#include "loader/validate/signature.h"
#include "umiak/error.h"
#include "umiak/limits.h"

namespace umiak {
namespace {

// "i32x4.extract_lane" has 4 lanes: what follows the 'x'.
uint32_t LanesOf(const OpcodeInfo& info) {
  absl::string_view text = info.text;
  size_t x = text.find('x');
  if (x == absl::string_view::npos) return 0;
  return text[x + 1] == '1' ? 16 : static_cast<uint32_t>(text[x + 1] - '0');
}

}  // namespace

// --- LocalTypes ---

void LocalTypes::Reset(const FuncType& type, const Function& function) {
  size_ = function.local_count;
  function_ = &function;
  spread_.assign(type.params.begin(), type.params.end());
  ends_.clear();
  // REQUIRES (of the decoder): runs are as many as bytes at most.
  size_t room = spread_.size() + 64 + (function.body.end - function.body.begin);
  uint32_t end = static_cast<uint32_t>(spread_.size());
  for (const LocalRun& run : function.locals) {
    end += run.count;
    ends_.push_back(end);
    if (spread_.size() < room) {
      spread_.insert(spread_.end(), std::min<size_t>(run.count, room - spread_.size()), run.type);
    }
  }
}

ValType LocalTypes::Find(uint32_t index) const {
  size_t run = static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), index) - ends_.begin());
  return function_->locals[run].type;
}

// --- Entries ---

void FunctionValidator::Declare(FuncIdx index) {
  if (declared_.empty()) declared_.resize(module_.functions.size());
  declared_[index] = true;
}

FunctionValidator FunctionValidator::ForThread() const {
  FunctionValidator other(features_, module_, usual_);
  other.declared_ = declared_;
  return other;
}

absl::Status FunctionValidator::ValidateBody(FuncIdx index) {
  const Function& function = module_.functions[index];
  const FuncType& type = module_.TypeOfFunction(index);
  Start(&type, ValType());
  constant_ = false;
  num_params_ = static_cast<uint32_t>(type.params.size());
  locals_.Reset(type, function);
  instruction_.offset = function.body.begin;
  instruction_.opcode = Opcode::kCount;
  for (const LocalRun& run : function.locals) CheckValType(run.type);
  if (error_.ok()) Run(function.body);
  return Result(&index);
}

absl::Status FunctionValidator::ValidateConstant(CodeSpan expression, ValType type, uint32_t visible_globals) {
  Start(nullptr, type);
  constant_ = true;
  visible_globals_ = visible_globals;
  instruction_.opcode = Opcode::kCount;
  Run(expression);
  return Result(nullptr);
}

void FunctionValidator::Start(const FuncType* type, ValType single) {
  error_ = DecodeError();
  stack_.clear();
  controls_.clear();
  initialized_.clear();
  is_initialized_.clear();
  ControlFrame frame;
  frame.type = type;
  frame.single = single;
  frame.has_single = type == nullptr;
  controls_.push_back(frame);
}

void FunctionValidator::Run(CodeSpan range) {
  InstructionReader reader(module_.bytes(), range);
  while (!controls_.empty()) {
    if (!constant_) reader.SkipTo(RunUsual({reader.pos(), range.end}));
    if (!reader.Read(&instruction_)) break;
    Step();
    if (!error_.ok()) return;
  }
  if (!reader.ok()) {
    error_ = reader.error();
  } else if (!controls_.empty()) {
    CheckEnd(range);
  } else if (!reader.at_end()) {
    instruction_.offset = reader.pos();
    Fail(ErrorKind::kMalformed, phrase::kSectionSizeMismatch, "instructions behind the last end");
  }
}

// A body without its last `end`. The specification's decoder would read on into what follows: the phrase says
// what it would find there.
void FunctionValidator::CheckEnd(CodeSpan range) {
  instruction_.offset = range.end;
  instruction_.opcode = Opcode::kCount;
  absl::Span<const uint8_t> bytes = module_.bytes();
  if (range.end == bytes.size()) {
    Fail(ErrorKind::kMalformed, phrase::kUnexpectedEndOfSection, "reading an instruction");
  } else if (bytes[range.end] == InfoOf(Opcode::kEnd).code) {
    Fail(ErrorKind::kMalformed, phrase::kSectionSizeMismatch, "a body has no end");
  } else {
    Fail(ErrorKind::kMalformed, phrase::kEndExpected, "a body has no end");
  }
}

absl::Status FunctionValidator::Result(const uint32_t* function) const {
  if (error_.ok()) return absl::OkStatus();
  ErrorLocation location;
  location.offset = error_.offset;
  if (function != nullptr) {
    location.function = *function;
    location.function_name = module_.FunctionName(*function);
  }
  bool of_instruction = error_.kind == ErrorKind::kInvalid && instruction_.opcode != Opcode::kCount;
  if (of_instruction) location.instruction = InfoOf(instruction_.opcode).text;
  return MakeError(error_.kind, error_.phrase, error_.detail, location);
}

// --- One instruction ---

void FunctionValidator::Step() {
  const OpcodeInfo& info = InfoOf(instruction_.opcode);
  if (!features_.Has(info.features & ~kConstBits)) [[unlikely]] {
    return Fail(ErrorKind::kMalformed, phrase::kIllegalOpcode,
                absl::StrCat(info.text, " is of a feature that is off"));
  }
  if (constant_) {
    bool allowed =
        (info.features & kConst) || ((info.features & kConstExtended) && features_.Has(kExtendedConst));
    if (!allowed) return Fail(phrase::kConstantRequired);
  }
  if (!info.signature.odd) [[likely]] {
    return Regular(info);
  }
  Odd();
  if (stack_.size() > kMaxOperands) [[unlikely]] {
    Fail(ErrorKind::kLimit, phrase::kTooLarge, absl::StrCat("more than ", kMaxOperands, " operands"));
  }
}

void FunctionValidator::Regular(const OpcodeInfo& info) {
  if (info.immediate != Immediate::kNone) {
    CheckImmediate(info);
    if (!error_.ok()) return;
  }
  const Signature& signature = info.signature;
  for (int i = signature.param_count - 1; i >= 0; --i) Pop(LetterType(signature.params[i], address_));
  if (signature.result_count != 0) Push(LetterType(signature.result, address_));
}

// Rows without a signature, by family.
void FunctionValidator::Odd() {
  const OpcodeInfo& info = InfoOf(instruction_.opcode);
  if (info.prefix == 0xFB) return Gc();
  if (info.prefix == 0xFC) return Misc();
  bool control = info.code <= InfoOf(Opcode::kCatchAll).code || info.code == InfoOf(Opcode::kTryTable).code;
  bool branch = instruction_.opcode == Opcode::kBrOnNull || instruction_.opcode == Opcode::kBrOnNonNull;
  if (control || branch) {
    Control();
  } else {
    Misc();
  }
}

// --- Immediates ---

void FunctionValidator::CheckImmediate(const OpcodeInfo& info) {
  switch (info.immediate) {
    case Immediate::kMemArg: return CheckMemArg(info);
    case Immediate::kMemArgLane: CheckMemArg(info); return CheckLane(16u / info.access);
    case Immediate::kLane: return CheckLane(LanesOf(info));
    case Immediate::kShuffle:
      for (uint8_t lane : instruction_.v128) {
        if (lane >= 32) return Fail(phrase::kInvalidLane, absl::StrCat(static_cast<int>(lane), " of 32"));
      }
      return;
    case Immediate::kMemory: CheckMemory(instruction_.index); return;
    case Immediate::kTable: CheckTable(instruction_.index); return;
    case Immediate::kDataMemory:
      if (CheckMemory(instruction_.index2)) CheckData(instruction_.index);
      return;
    default: return;
  }
}

// spec: valid/instructions#memory-instructions
void FunctionValidator::CheckMemArg(const OpcodeInfo& info) {
  const MemArg& memarg = instruction_.memarg;
  if (!CheckMemory(memarg.memory)) return;
  uint32_t natural = static_cast<uint32_t>(std::countr_zero(info.access));
  if (memarg.align_log2 > natural) {
    return Fail(phrase::kAlignment,
                absl::StrCat("2^", memarg.align_log2, " > ", static_cast<int>(info.access)));
  }
  if (info.prefix == 0xFE && memarg.align_log2 != natural) {
    return Fail(phrase::kAtomicAlignment,
                absl::StrCat("2^", memarg.align_log2, " < ", static_cast<int>(info.access)));
  }
  if (memarg.offset > 0xffffffff && !module_.memories[memarg.memory].type.is_64) {
    Fail(phrase::kOffsetOutOfRange, absl::StrCat(memarg.offset));
  }
}

void FunctionValidator::CheckLane(uint32_t lanes) {
  if (instruction_.lane >= lanes) {
    Fail(phrase::kInvalidLane, absl::StrCat(static_cast<int>(instruction_.lane), " of ", lanes));
  }
}

bool FunctionValidator::CheckMemory(MemoryIdx index) {
  if (index >= module_.memories.size()) {
    Unknown(phrase::kUnknownMemory, index);
    return false;
  }
  address_ = AddressType(module_.memories[index].type.is_64);
  return true;
}

bool FunctionValidator::CheckTable(TableIdx index) {
  if (index >= module_.tables.size()) {
    Unknown(phrase::kUnknownTable, index);
    return false;
  }
  address_ = AddressType(module_.tables[index].type.is_64);
  return true;
}

// The data section stands behind the code: its size must have been announced. spec:
// binary/modules#data-count-section
bool FunctionValidator::CheckData(DataIdx index) {
  if (!module_.has_data_count) {
    Fail(ErrorKind::kMalformed, phrase::kDataCountRequired, "");
  } else if (index >= module_.data_count) {
    Unknown(phrase::kUnknownData, index);
  }
  return error_.ok();
}

bool FunctionValidator::CheckElem(ElemIdx index) {
  if (index >= module_.elems.size()) Unknown(phrase::kUnknownElem, index);
  return error_.ok();
}

bool FunctionValidator::CheckLocal(LocalIdx index) {
  if (index >= locals_.size()) Unknown(phrase::kUnknownLocal, index);
  return error_.ok();
}

bool FunctionValidator::CheckLabel(LabelIdx index) {
  if (index >= controls_.size()) Unknown(phrase::kUnknownLabel, index);
  return error_.ok();
}

bool FunctionValidator::CheckFunction(FuncIdx index) {
  if (index >= module_.functions.size()) Unknown(phrase::kUnknownFunction, index);
  return error_.ok();
}

bool FunctionValidator::CheckTag(TagIdx index) {
  if (index >= module_.tags.size()) Unknown(phrase::kUnknownTag, index);
  return error_.ok();
}

bool FunctionValidator::CheckHeapType(HeapType type) {
  if (type.is_concrete() && type.type_index() >= module_.types.size()) {
    Unknown(phrase::kUnknownType, type.type_index());
  }
  return error_.ok();
}

bool FunctionValidator::CheckValType(ValType type) {
  if (!IsEnabled(features_, type)) {
    Fail(ErrorKind::kMalformed, phrase::kMalformedValueType,
         absl::StrCat(ToString(type), " is of a feature that is off"));
  }
  return error_.ok() && (!type.is_ref() || CheckHeapType(type.heap()));
}

const SubType* FunctionValidator::TypeOfKind(TypeIdx index, SubType::Kind kind) {
  static constexpr const char* kKinds[] = {"function", "structure", "array"};
  if (index >= module_.types.size()) {
    Unknown(phrase::kUnknownType, index);
    return nullptr;
  }
  if (module_.types[index].kind != kind) {
    Fail(phrase::kTypeMismatch, absl::StrCat("type ", index, " is no ", kKinds[kind], " type"));
    return nullptr;
  }
  return &module_.types[index];
}

// --- Operands ---

ValType FunctionValidator::Pop() {
  const ControlFrame& frame = controls_.back();
  if (stack_.size() > frame.height) {
    ValType type = stack_.back();
    stack_.pop_back();
    return type;
  }
  if (!frame.unreachable) Mismatch("an operand", "nothing");
  return ValType::kBottom;
}

ValType FunctionValidator::PopRef() {
  ValType type = Pop();
  if (!type.is_ref() && !type.is_bottom()) Mismatch("a reference", ToString(type));
  // The unknown operand as a reference, which matches every other one.
  return type.is_ref() ? type : ValType::Ref(HeapType::kBottom, false);
}

void FunctionValidator::PopSlow(ValType expected) {
  const ControlFrame& frame = controls_.back();
  if (stack_.size() == frame.height) {
    if (!frame.unreachable) Mismatch(ToString(expected), "nothing");
    return;
  }
  ValType found = stack_.back();
  stack_.pop_back();
  if (!MatchValType(module_, found, expected)) Mismatch(ToString(expected), ToString(found));
}

bool FunctionValidator::TopIs(absl::Span<const ValType> types) const {
  // PERF: types may have 1000 results, and a block of three bytes may pop and push them all: as bytes a list
  // that is the very same takes a tenth of the time.
  static_assert(sizeof(ValType) == sizeof(uint32_t));
  size_t size = types.size();
  return size > 4 && stack_.size() >= controls_.back().height + size &&
         std::memcmp(stack_.data() + (stack_.size() - size), types.data(), size * sizeof(ValType)) == 0;
}

void FunctionValidator::Pop(absl::Span<const ValType> expected) {
  if (TopIs(expected)) return stack_.shrink(stack_.size() - expected.size());
  for (size_t i = expected.size(); i > 0; --i) Pop(expected[i - 1]);
}

void FunctionValidator::CheckTop(absl::Span<const ValType> types) {
  if (TopIs(types)) return;
  const ControlFrame& frame = controls_.back();
  size_t position = stack_.size();
  for (size_t i = types.size(); i > 0; --i) {
    if (position == frame.height) {
      if (!frame.unreachable) Mismatch(ToString(types[i - 1]), "nothing");
      return;
    }
    ValType found = stack_[--position];
    if (!MatchValType(module_, found, types[i - 1])) return Mismatch(ToString(types[i - 1]), ToString(found));
  }
}

void FunctionValidator::MarkUnreachable() {
  ControlFrame& frame = controls_.back();
  // After an error the stack may be lower than the frame.
  if (stack_.size() > frame.height) stack_.shrink(frame.height);
  frame.unreachable = true;
}

bool FunctionValidator::MatchResults(absl::Span<const ValType> from, absl::Span<const ValType> to) {
  if (from.size() != to.size()) return false;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!MatchValType(module_, from[i], to[i])) return false;
  }
  return true;
}

// --- Errors ---

void FunctionValidator::Fail(ErrorKind kind, absl::string_view phrase, absl::string_view detail) {
  if (!error_.ok()) return;
  error_.kind = kind;
  error_.offset = instruction_.offset;
  error_.phrase = std::string(phrase);
  error_.detail = std::string(detail);
}

void FunctionValidator::Unknown(const char* phrase, uint64_t index) { Fail(absl::StrCat(phrase, " ", index)); }

void FunctionValidator::Mismatch(absl::string_view expected, absl::string_view found) {
  Fail(phrase::kTypeMismatch, absl::StrCat("expected ", expected, ", found ", found));
}

}  // namespace umiak
