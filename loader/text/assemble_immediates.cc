// CodeAssembler: one function per kind of immediate.
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/strings/str_cat.h"
#include "loader/text/code_assembler.h"
#include "loader/text/keywords.h"
#include "umiak/text_number.h"

namespace umiak {

void CodeAssembler::PutOpcode(Opcode opcode, Bytes* out) {
  const OpcodeInfo& info = InfoOf(opcode);
  if (info.prefix == 0) return PutByte(out, static_cast<uint8_t>(info.code));
  PutByte(out, info.prefix);
  PutUnsigned(out, info.code);
}

void CodeAssembler::Instruction(Opcode opcode, Bytes* out) {
  const Immediate kind = InfoOf(opcode).immediate;
  // These choose among opcodes of one name, by what follows.
  if (opcode == Opcode::kSelect || opcode == Opcode::kSelectT) return Select(out);
  if (kind == Immediate::kHeapType && opcode != Opcode::kRefNull) return RefTypeOperand(opcode, out);
  PutOpcode(opcode, out);
  switch (kind) {
    case Immediate::kNone: break;
    case Immediate::kBlock: case Immediate::kTry: types_.BlockType(out); break;
    case Immediate::kCatch: case Immediate::kTag: PutUnsigned(out, names_.tags.ParseIndex(&cursor_)); break;
    case Immediate::kLabel: PutUnsigned(out, ParseLabel()); break;
    case Immediate::kBrTable: BrTable(out); break;
    case Immediate::kFunc: PutUnsigned(out, names_.funcs.ParseIndex(&cursor_)); break;
    case Immediate::kType: PutUnsigned(out, types_.ParseTypeIndex()); break;
    case Immediate::kTypeTable: CallIndirect(out); break;
    case Immediate::kLocal: PutUnsigned(out, locals_->ParseIndex(&cursor_)); break;
    case Immediate::kGlobal: PutUnsigned(out, names_.globals.ParseIndex(&cursor_)); break;
    case Immediate::kTable: OptionalIndex(names_.tables, out); break;
    case Immediate::kTableTable: TwoOptionalIndexes(names_.tables, out); break;
    case Immediate::kElemTable: SegmentAndTarget(names_.tables, names_.elems, out); break;
    case Immediate::kElem: PutUnsigned(out, names_.elems.ParseIndex(&cursor_)); break;
    case Immediate::kMemArg: MemArg(opcode, false, out); break;
    case Immediate::kMemArgLane: MemArg(opcode, true, out); break;
    case Immediate::kMemory: OptionalIndex(names_.memories, out); break;
    case Immediate::kMemoryMemory: TwoOptionalIndexes(names_.memories, out); break;
    case Immediate::kDataMemory:
      uses_data_ = true;
      SegmentAndTarget(names_.memories, names_.datas, out);
      break;
    case Immediate::kData:
      uses_data_ = true;
      PutUnsigned(out, names_.datas.ParseIndex(&cursor_));
      break;
    case Immediate::kI32: Integer(32, out); break;
    case Immediate::kI64: Integer(64, out); break;
    case Immediate::kF32: Float(32, out); break;
    case Immediate::kF64: Float(64, out); break;
    case Immediate::kV128: V128(out); break;
    case Immediate::kLane: Lane(out); break;
    case Immediate::kShuffle: Shuffle(out); break;
    case Immediate::kHeapType: types_.HeapType(out); break;
    case Immediate::kTypeField: TypeField(out); break;
    case Immediate::kTypeType: PutIndexes(names_.types, names_.types, out); break;
    case Immediate::kTypeLength: TypeLength(out); break;
    case Immediate::kTypeData:
      uses_data_ = true;
      PutIndexes(names_.types, names_.datas, out);
      break;
    case Immediate::kTypeElem: PutIndexes(names_.types, names_.elems, out); break;
    case Immediate::kBrOnCast: BrOnCast(out); break;
    case Immediate::kTryTable: TryTable(out); break;
    case Immediate::kAtomicFence: PutByte(out, 0); break;
    case Immediate::kSelectTypes: break;  // Select() above
  }
}

// --- Indices ---

void CodeAssembler::PutIndexes(const IndexSpace& first, const IndexSpace& second, Bytes* out) {
  PutUnsigned(out, first.ParseIndex(&cursor_));
  PutUnsigned(out, second.ParseIndex(&cursor_));
}

// Without one it is 0.
void CodeAssembler::OptionalIndex(const IndexSpace& space, Bytes* out) {
  bool given = cursor_.PeekIs(Token::kNat) || cursor_.PeekIs(Token::kId);
  PutUnsigned(out, given ? space.ParseIndex(&cursor_) : 0);
}

// Destination and source: both or neither.
void CodeAssembler::TwoOptionalIndexes(const IndexSpace& space, Bytes* out) {
  bool given = cursor_.PeekIs(Token::kNat) || cursor_.PeekIs(Token::kId);
  PutUnsigned(out, given ? space.ParseIndex(&cursor_) : 0);
  PutUnsigned(out, given ? space.ParseIndex(&cursor_) : 0);
}

// Text has the table or memory first, and may leave it out; the binary format has the segment first.
void CodeAssembler::SegmentAndTarget(const IndexSpace& target, const IndexSpace& segment, Bytes* out) {
  bool two = cursor_.PeekIs(Token::kNat, 1) || cursor_.PeekIs(Token::kId, 1);
  uint32_t target_index = two ? target.ParseIndex(&cursor_) : 0;
  PutUnsigned(out, segment.ParseIndex(&cursor_));
  PutUnsigned(out, target_index);
}

void CodeAssembler::BrTable(Bytes* out) {
  std::vector<uint32_t> labels = {ParseLabel()};
  while (cursor_.PeekIs(Token::kNat) || cursor_.PeekIs(Token::kId)) labels.push_back(ParseLabel());
  PutUnsigned(out, labels.size() - 1);
  for (uint32_t label : labels) PutUnsigned(out, label);
}

void CodeAssembler::CallIndirect(Bytes* out) {
  Bytes table;
  OptionalIndex(names_.tables, &table);
  PutUnsigned(out, types_.ParseTypeUse(false).type);
  PutBytes(out, table);
}

void CodeAssembler::TypeField(Bytes* out) {
  uint32_t type = types_.ParseTypeIndex();
  PutUnsigned(out, type);
  PutUnsigned(out, types_.ParseFieldIndex(type));
}

void CodeAssembler::TypeLength(Bytes* out) {
  PutUnsigned(out, types_.ParseTypeIndex());
  static const IndexSpace* const kNumbers = new IndexSpace("length");
  if (cursor_.PeekIs(Token::kId)) return cursor_.Unexpected("a length");
  PutUnsigned(out, kNumbers->ParseIndex(&cursor_));
}

// --- Memory. spec: text/instructions#memory-instructions ---

// "offset=4": the number behind `key`, or `missing`.
uint64_t CodeAssembler::MemArgNumber(absl::string_view key, uint64_t missing) {
  absl::string_view text = cursor_.PeekIs(Token::kKeyword) ? cursor_.Text(cursor_.Peek()) : "";
  if (!absl::ConsumePrefix(&text, key)) return missing;
  Token token = cursor_.Next();
  // The number is part of the word, so it is read as a text of its own.
  absl::StatusOr<std::vector<Token>> number = Tokenize(text);
  if (!number.ok() || number->size() != 2 || number->front().kind != Token::kNat) {
    cursor_.FailAt(token, "unknown operator", cursor_.Text(token));
    return missing;
  }
  std::optional<uint64_t> value = ParseNat(text, types_.wide() ? ~uint64_t{0} : 0xffffffff);
  if (!value.has_value()) {
    cursor_.FailAt(token, types_.wide() ? "i64 constant out of range" : "i32 constant out of range",
                   cursor_.Text(token));
  }
  return value.value_or(missing);
}

void CodeAssembler::MemArg(Opcode opcode, bool has_lane, Bytes* out) {
  bool has_memory = cursor_.PeekIs(Token::kId) || cursor_.PeekIs(Token::kNat);
  if (has_lane && cursor_.PeekIs(Token::kNat)) {  // else that number is the lane
    absl::string_view next = cursor_.Text(cursor_.Peek(1));
    has_memory = cursor_.PeekIs(Token::kNat, 1) || absl::StartsWith(next, "offset=") ||
                 absl::StartsWith(next, "align=");
  }
  uint32_t memory = has_memory ? names_.memories.ParseIndex(&cursor_) : 0;
  uint64_t offset = MemArgNumber("offset=", 0);
  Token align_token = cursor_.Peek();
  uint64_t align = MemArgNumber("align=", InfoOf(opcode).access);
  if (align == 0 || (align & (align - 1)) != 0) {
    return cursor_.FailAt(align_token, "alignment must be a power of two", absl::StrCat(align));
  }
  uint8_t flags = 0;
  while (align >>= 1) ++flags;
  if (memory != 0) flags |= 0x40;
  PutByte(out, flags);
  if (memory != 0) PutUnsigned(out, memory);
  PutUnsigned(out, offset);
  if (has_lane) Lane(out);
}

bool CodeAssembler::PeekNumber(int ahead) const {
  Token::Kind kind = cursor_.Peek(static_cast<size_t>(ahead)).kind;
  return kind == Token::kNat || kind == Token::kInt || kind == Token::kFloat;
}

// --- Constants. spec: text/instructions#numeric-instructions ---

void CodeAssembler::Integer(int bits, Bytes* out) {
  Token token = cursor_.Expect(cursor_.PeekIs(Token::kInt) ? Token::kInt : Token::kNat);
  if (!cursor_.ok()) return;
  std::optional<uint64_t> value = ParseInteger(cursor_.Text(token), bits);
  if (!value.has_value()) return cursor_.FailAt(token, "constant out of range", cursor_.Text(token));
  PutSigned(out, bits == 32 ? static_cast<int32_t>(*value) : static_cast<int64_t>(*value));
}

void CodeAssembler::Float(int bits, Bytes* out) { VectorLane(true, bits, out); }

// A number as it lies in a vector, which for floats is as it lies in f32.const and f64.const.
void CodeAssembler::VectorLane(bool is_float, int bits, Bytes* out) {
  Token token = cursor_.Peek();
  bool is_integer = token.kind == Token::kNat || token.kind == Token::kInt;
  if (!is_integer && !(is_float && token.kind == Token::kFloat)) return cursor_.Unexpected("a number");
  cursor_.Next();
  absl::string_view text = cursor_.Text(token);
  std::optional<uint64_t> value;
  if (is_float && bits == 32) {
    value = ParseFloat32(text);
  } else if (is_float) {
    value = ParseFloat64(text);
  } else {
    value = ParseInteger(text, bits);
  }
  if (!value.has_value()) return cursor_.FailAt(token, "constant out of range", text);
  PutFixed(out, *value, bits / 8);
}

void CodeAssembler::V128(Bytes* out) {
  struct Shape {
    const char* name;
    bool is_float;
    int bits;
  };
  static constexpr Shape kShapes[] = {{"i8x16", false, 8},  {"i16x8", false, 16}, {"i32x4", false, 32},
                                      {"i64x2", false, 64}, {"f32x4", true, 32},  {"f64x2", true, 64}};
  for (const Shape& shape : kShapes) {
    if (!cursor_.TakeKeyword(shape.name)) continue;
    const int lanes = 128 / shape.bits;
    int given = 0;
    while (given <= lanes && PeekNumber(given)) ++given;
    if (given != lanes) {
      cursor_.MoveTo(cursor_.pos() + static_cast<size_t>(given));
      bool is_word = cursor_.PeekIs(Token::kReserved) || cursor_.PeekIs(Token::kKeyword);
      if (is_word && !IsKeyword(cursor_.Text(cursor_.Peek()))) return cursor_.Unexpected("a number");
      return cursor_.Fail("wrong number of lane literals", absl::StrCat(given, ", not ", lanes));
    }
    for (int i = 0; cursor_.ok() && i < lanes; ++i) VectorLane(shape.is_float, shape.bits, out);
    return;
  }
  cursor_.Unexpected("a shape");
}

void CodeAssembler::Lane(Bytes* out) {
  Token token = cursor_.Expect(Token::kNat);
  if (!cursor_.ok()) return;
  std::optional<uint64_t> lane = ParseNat(cursor_.Text(token), 255);
  if (!lane.has_value()) return cursor_.FailAt(token, "i8 constant out of range", cursor_.Text(token));
  PutByte(out, static_cast<uint8_t>(*lane));
}

void CodeAssembler::Shuffle(Bytes* out) {
  int given = 0;
  while (given < 17 && PeekNumber(given)) ++given;
  if (given != 16) return cursor_.Fail("invalid lane length", absl::StrCat(given, ", not 16"));
  for (int i = 0; cursor_.ok() && i < 16; ++i) {
    if (!cursor_.PeekIs(Token::kNat)) return cursor_.Fail("i8 constant out of range", cursor_.Text(cursor_.Peek()));
    Lane(out);
  }
}

// --- References and control ---

void CodeAssembler::Select(Bytes* out) {
  if (!cursor_.PeekForm("result")) return PutOpcode(Opcode::kSelect, out);
  PutOpcode(Opcode::kSelectT, out);
  Bytes types;
  PutUnsigned(out, types_.Results(&types));
  PutBytes(out, types);
}

// ref.test and ref.cast have an opcode for a nullable target, and one for the others.
void CodeAssembler::RefTypeOperand(Opcode opcode, Bytes* out) {
  RefTypeText type = types_.RefType();
  bool is_test = opcode == Opcode::kRefTest || opcode == Opcode::kRefTestNull;
  if (is_test) {
    PutOpcode(type.nullable ? Opcode::kRefTestNull : Opcode::kRefTest, out);
  } else {
    PutOpcode(type.nullable ? Opcode::kRefCastNull : Opcode::kRefCast, out);
  }
  PutBytes(out, type.heap);
}

void CodeAssembler::BrOnCast(Bytes* out) {
  uint32_t label = ParseLabel();
  RefTypeText source = types_.RefType();
  RefTypeText target = types_.RefType();
  PutByte(out, static_cast<uint8_t>((source.nullable ? 1 : 0) | (target.nullable ? 2 : 0)));
  PutUnsigned(out, label);
  PutBytes(out, source.heap);
  PutBytes(out, target.heap);
}

void CodeAssembler::TryTable(Bytes* out) {
  static constexpr const char* kKinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  types_.BlockType(out);
  Bytes clauses;
  uint32_t count = 0;
  for (bool found = true; cursor_.ok() && found;) {
    found = false;
    for (uint8_t kind = 0; kind < 4 && !found; ++kind) {
      if (!cursor_.TakeForm(kKinds[kind])) continue;
      PutByte(&clauses, kind);
      if (kind < 2) PutUnsigned(&clauses, names_.tags.ParseIndex(&cursor_));
      PutUnsigned(&clauses, ParseLabel());
      cursor_.Expect(Token::kRightParen);
      ++count;
      found = true;
    }
  }
  PutUnsigned(out, count);
  PutBytes(out, clauses);
}

}  // namespace umiak
