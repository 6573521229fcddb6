#include "loader/validate/usual.h"

#include <algorithm>
#include <bit>

#include "loader/validate/function_validator.h"
#include "loader/validate/signature.h"
#include "umiak/limits.h"
#include "umiak/opcode.h"

namespace umiak {

namespace {

Usual KindOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLocalGet: return Usual::kLocalGet;
    case Opcode::kLocalSet: return Usual::kLocalSet;
    case Opcode::kLocalTee: return Usual::kLocalTee;
    case Opcode::kGlobalGet: return Usual::kGlobalGet;
    case Opcode::kGlobalSet: return Usual::kGlobalSet;
    case Opcode::kDrop: return Usual::kDrop;
    case Opcode::kSelect: return Usual::kSelect;
    case Opcode::kBlock: return Usual::kBlock;
    case Opcode::kLoop: return Usual::kLoop;
    case Opcode::kIf: return Usual::kIf;
    case Opcode::kElse: return Usual::kElse;
    case Opcode::kEnd: return Usual::kEnd;
    case Opcode::kBr: return Usual::kBr;
    case Opcode::kBrIf: return Usual::kBrIf;
    case Opcode::kReturn: return Usual::kReturn;
    case Opcode::kUnreachable: return Usual::kUnreachable;
    case Opcode::kCall: return Usual::kCall;
    default: return Usual::kNone;
  }
}

// Rows with a signature, by their immediate.
Usual KindOf(const OpcodeInfo& info) {
  const Signature& signature = info.signature;
  switch (info.immediate) {
    case Immediate::kNone:
      if (signature.result_count == 0) return Usual::kNone;
      return signature.param_count == 1 ? Usual::kUnary : signature.param_count == 2 ? Usual::kBinary : Usual::kNone;
    case Immediate::kI32: return Usual::kI32Const;
    case Immediate::kI64: return Usual::kI64Const;
    case Immediate::kF32:
    case Immediate::kF64: return Usual::kConstant;
    case Immediate::kMemArg: return signature.result_count != 0 ? Usual::kLoad : Usual::kStore;
    default: return Usual::kNone;
  }
}

UsualInfo Describe(Opcode opcode) {
  const OpcodeInfo& info = InfoOf(opcode);
  const Signature& signature = info.signature;
  UsualInfo usual;
  usual.features = info.features & ~kConstBits;
  usual.kind = signature.odd ? KindOf(opcode) : KindOf(info);
  if (usual.kind == Usual::kNone || signature.odd) return usual;
  // An address is an i32 where RunUsual takes it.
  if (signature.param_count > 0) usual.first = LetterType(signature.params[0], ValType::kI32);
  if (signature.param_count > 1) usual.second = LetterType(signature.params[1], ValType::kI32);
  if (signature.result_count > 0) usual.result = LetterType(signature.result, ValType::kI32);
  usual.size = info.immediate == Immediate::kF32 ? 4 : 8;
  usual.natural = static_cast<uint8_t>(std::countr_zero(info.access));
  return usual;
}

// Block types of one byte. spec: binary/instructions#binary-blocktype
constexpr uint8_t kEmptyBlock = 0x40;
constexpr uint8_t kLastNumType = 0x7c;
constexpr uint8_t kFirstNumType = 0x7f;
constexpr ValType kNumTypes[] = {ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64};

// Numbers, also those that linkers pad to five bytes: where what is behind begins. Null where it is beyond `end`, the
// number is longer or its last byte has bits that are not its type's.
inline const uint8_t* SkipLeb(const uint8_t* at, const uint8_t* end, int most) {
  while ((*at++ & 0x80) != 0) {
    if (--most == 0) return nullptr;
  }
  return at <= end ? at : nullptr;
}
inline const uint8_t* SkipI32(const uint8_t* at, const uint8_t* end) {
  const uint8_t* next = SkipLeb(at, end, 5);
  if (next != at + 5 || next == nullptr) return next;
  const uint8_t sign = at[4] & 0x78;
  return sign == 0 || sign == 0x78 ? next : nullptr;
}
inline const uint8_t* SkipU32(const uint8_t* at, const uint8_t* end) {
  const uint8_t* next = SkipLeb(at, end, 5);
  return next != at + 5 || next == nullptr || (at[4] & 0x70) == 0 ? next : nullptr;
}
inline const uint8_t* SkipI64(const uint8_t* at, const uint8_t* end) { return SkipLeb(at, end, 9); }

inline const uint8_t* ReadIndex(const uint8_t* at, const uint8_t* end, uint32_t* value) {
  *value = *at;
  if (*value < 0x80) return at + 1 <= end ? at + 1 : nullptr;
  *value &= 0x7f;
  for (int i = 1; i < 5; ++i) {
    const uint32_t byte = at[i];
    *value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return at + i < end && (i < 4 || byte < 0x10) ? at + i + 1 : nullptr;
  }
  return nullptr;
}

// Whether these are the topmost operands.
inline bool Ends(const ValType* floor, const ValType* top, absl::Span<const ValType> types) {
  if (top - floor < static_cast<ptrdiff_t>(types.size())) return false;
  const ValType* at = top - types.size();
  for (ValType type : types) {
    if (*at++ != type) return false;
  }
  return true;
}

}  // namespace

const std::array<UsualInfo, 256>& UsualInfos() {
  static const std::array<UsualInfo, 256> infos = [] {
    std::array<UsualInfo, 256> made;
    for (uint32_t code = 0; code < made.size(); ++code) {
      if (const auto opcode = OpcodeFromCode(0, code)) made[code] = Describe(*opcode);
    }
    return made;
  }();
  return infos;
}

UsualKinds::UsualKinds(Features features) {
  const std::array<UsualInfo, 256>& infos = UsualInfos();
  for (size_t code = 0; code < infos.size(); ++code) {
    kinds_[code] = features.Has(infos[code].features) ? infos[code].kind : Usual::kNone;
  }
}

// PERF: of the instructions of yosys (69 MB), 97 in 100 end here, and its validation takes 0.3 of the time. What is not
// exactly as expected (a type that must be matched, an operand out of nowhere behind a branch, an error) is left
// untouched, for Step to judge.
uint32_t FunctionValidator::RunUsual(CodeSpan range) {
  // SAFETY: an instruction is read where at least kLongest bytes of the module are left, and taken if it ends in the range.
  constexpr size_t kLongest = 16;
  const absl::Span<const uint8_t> bytes = module_.bytes();
  if (bytes.size() < kLongest) return range.begin;
  const uint8_t* const end = bytes.data() + range.end;
  const uint8_t* const stop = std::min(end, bytes.data() + (bytes.size() - kLongest));
  const uint8_t* at = bytes.data() + range.begin;
  const UsualInfo* const infos = UsualInfos().data();
  const bool has_memory = !module_.memories.empty() && !module_.memories[0].type.is_64;
  const absl::Span<const ValType> locals = locals_.spread();
  ValType* top = stack_.end();
  ValType* floor = stack_.data() + controls_.back().height;
  const ValType* const room = stack_.data() + std::min<size_t>(stack_.capacity(), kMaxOperands);

  while (at < stop) {
    const UsualInfo& info = infos[*at];
    const uint8_t* next = at + 1;
    uint32_t index;
    switch (usual_[*at]) {
      case Usual::kNone: goto leave;
      case Usual::kUnary:
        if (top - floor < 1 || top[-1] != info.first) goto leave;
        top[-1] = info.result;
        break;
      case Usual::kBinary:
        if (top - floor < 2 || top[-1] != info.second || top[-2] != info.first) goto leave;
        --top;
        top[-1] = info.result;
        break;
      case Usual::kConstant:
        next += info.size;
        if (top == room || next > end) goto leave;
        *top++ = info.result;
        break;
      case Usual::kI32Const:
      case Usual::kI64Const:
        next = info.kind == Usual::kI32Const ? SkipI32(next, end) : SkipI64(next, end);
        if (next == nullptr || top == room) goto leave;
        *top++ = info.result;
        break;
      case Usual::kLoad:
        if (!has_memory || *next > info.natural || top - floor < 1 || top[-1] != info.first) goto leave;
        next = SkipU32(next + 1, end);
        if (next == nullptr) goto leave;
        top[-1] = info.result;
        break;
      case Usual::kStore:
        if (!has_memory || *next > info.natural || top - floor < 2 || top[-1] != info.second) goto leave;
        if (top[-2] != info.first) goto leave;
        next = SkipU32(next + 1, end);
        if (next == nullptr) goto leave;
        top -= 2;
        break;
      case Usual::kLocalGet:
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= locals.size() || !locals[index].is_defaultable() || top == room) goto leave;
        *top++ = locals[index];
        break;
      case Usual::kLocalSet:
      case Usual::kLocalTee:
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= locals.size() || !locals[index].is_defaultable()) goto leave;
        if (top - floor < 1 || top[-1] != locals[index]) goto leave;
        if (info.kind == Usual::kLocalSet) --top;
        break;
      case Usual::kGlobalGet:
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= module_.globals.size() || top == room) goto leave;
        *top++ = module_.globals[index].type.type;
        break;
      case Usual::kGlobalSet: {
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= module_.globals.size() || top == floor) goto leave;
        const GlobalType& type = module_.globals[index].type;
        if (!type.is_mutable || top[-1] != type.type) goto leave;
        --top;
        break;
      }
      case Usual::kDrop:
        if (top == floor) goto leave;
        --top;
        break;
      case Usual::kSelect:
        if (top - floor < 3 || top[-1] != ValType::kI32 || top[-2] != top[-3]) goto leave;
        if (top[-2].is_ref() || top[-2].is_bottom()) goto leave;
        top -= 2;
        break;
      case Usual::kIf:
        if (top == floor || top[-1] != ValType::kI32) goto leave;
        [[fallthrough]];
      case Usual::kBlock:
      case Usual::kLoop: {
        ControlFrame frame;
        const uint8_t type = *next++;
        if (type != kEmptyBlock) {
          if (type < kLastNumType || type > kFirstNumType) goto leave;
          frame.has_single = true;
          frame.single = kNumTypes[kFirstNumType - type];
        }
        if (next > end || controls_.size() >= kMaxControlDepth) goto leave;
        if (info.kind == Usual::kIf) --top;
        frame.opcode = info.kind == Usual::kIf ? Opcode::kIf : info.kind == Usual::kLoop ? Opcode::kLoop : Opcode::kBlock;
        frame.height = static_cast<uint32_t>(top - stack_.data());
        frame.initialized = static_cast<uint32_t>(initialized_.size());
        controls_.push_back(frame);
        floor = top;
        break;
      }
      case Usual::kElse:
      case Usual::kEnd: {
        ControlFrame& frame = controls_.back();
        const absl::Span<const ValType> results = frame.results();
        if (top - floor != static_cast<ptrdiff_t>(results.size()) || !Ends(floor, top, results)) goto leave;
        if (frame.initialized != initialized_.size()) goto leave;
        if (info.kind == Usual::kElse) {
          if (frame.opcode != Opcode::kIf || !frame.params().empty()) goto leave;
          frame.opcode = Opcode::kElse;
          frame.unreachable = false;
          top = floor;
          break;
        }
        if (controls_.size() == 1 || (frame.opcode == Opcode::kIf && !frame.is_empty())) goto leave;
        controls_.pop_back();
        floor = stack_.data() + controls_.back().height;
        break;
      }
      case Usual::kBrIf:
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= controls_.size() || top == floor || top[-1] != ValType::kI32) goto leave;
        if (!Ends(floor, top - 1, Label(index).label_types())) goto leave;
        --top;
        break;
      case Usual::kBr:
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= controls_.size() || !Ends(floor, top, Label(index).label_types())) goto leave;
        top = floor;
        controls_.back().unreachable = true;
        break;
      case Usual::kReturn:
        if (!Ends(floor, top, controls_.front().results())) goto leave;
        [[fallthrough]];
      case Usual::kUnreachable:
        top = floor;
        controls_.back().unreachable = true;
        break;
      case Usual::kCall: {
        next = ReadIndex(next, end, &index);
        if (next == nullptr || index >= module_.functions.size()) goto leave;
        const FuncType& type = module_.TypeOfFunction(index);
        if (!Ends(floor, top, type.params)) goto leave;
        if (room - (top - type.params.size()) < static_cast<ptrdiff_t>(type.results.size())) goto leave;
        top = std::copy(type.results.begin(), type.results.end(), top - type.params.size());
        break;
      }
    }
    at = next;
  }
leave:
  stack_.set_end(top);
  return static_cast<uint32_t>(at - bytes.data());
}

}  // namespace umiak
