// Assembler: the second pass, one function per field.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "loader/text/assembler.h"

namespace umiak {
namespace {

constexpr uint8_t kI32ConstCode = 0x41;
constexpr uint8_t kI64ConstCode = 0x42;
constexpr uint8_t kRefFuncCode = 0xD2;
constexpr uint8_t kEndCode = 0x0B;
constexpr uint8_t kFuncRefCode = 0x70;

// "(i32.const 0)", or of the address type.
void PutZero(bool is_64, Bytes* out) {
  PutByte(out, is_64 ? kI64ConstCode : kI32ConstCode);
  PutByte(out, 0);
  PutByte(out, kEndCode);
}

bool IsFuncRef(const RefTypeText& type) {
  return type.nullable && type.heap.size() == 1 && type.heap[0] == kFuncRefCode;
}

}  // namespace

void Assembler::Field() {
  ExternKind kind;
  if (cursor_.PeekForm("type") || cursor_.PeekForm("rec")) {
    cursor_.SkipForm();  // done
  } else if (cursor_.PeekForm("import")) {
    ImportField();
  } else if (cursor_.PeekForm("export")) {
    ExportField();
  } else if (cursor_.PeekForm("start")) {
    StartField();
  } else if (cursor_.PeekForm("elem")) {
    ElemField();
  } else if (cursor_.PeekForm("data")) {
    DataField();
  } else if (IsExternKind(cursor_, 0, &kind)) {
    ExternField(kind);
  } else {
    cursor_.Unexpected("a field of a module");
  }
}

// --- Imports, exports, start. spec: text/modules#imports ---

void Assembler::ImportField() {
  cursor_.ExpectForm("import");
  Bytes* out = imports_.Add();
  PutString(out, cursor_.ExpectName());
  PutString(out, cursor_.ExpectName());
  ExternKind kind;
  if (!IsExternKind(cursor_, 0, &kind)) {
    cursor_.Expect(Token::kLeftParen);
    return cursor_.Unexpected("what is imported");
  }
  cursor_.Next();
  cursor_.Next();
  cursor_.Take(Token::kId);
  ExternType(kind, next_[static_cast<int>(kind)]++, out);
  cursor_.Expect(Token::kRightParen);
  cursor_.Expect(Token::kRightParen);
}

// The type of an import, after its kind.
void Assembler::ExternType(ExternKind kind, uint32_t index, Bytes* out) {
  PutByte(out, static_cast<uint8_t>(kind));
  switch (kind) {
    case ExternKind::kFunc: {
      TypeUse use = types_.ParseTypeUse(true);
      PutUnsigned(out, use.type);
      if (!use.signature.locals.named().empty()) local_names_.emplace_back(index, std::move(use.signature.locals));
      break;
    }
    case ExternKind::kTable: types_.TableType(out); break;
    case ExternKind::kMemory: types_.MemoryType(out); break;
    case ExternKind::kGlobal: types_.GlobalType(out); break;
    case ExternKind::kTag:
      PutByte(out, 0);
      PutUnsigned(out, types_.ParseTypeUse(true).type);
      break;
  }
}

void Assembler::ExportField() {
  cursor_.ExpectForm("export");
  Bytes* out = exports_.Add();
  PutString(out, cursor_.ExpectName());
  ExternKind kind;
  if (!IsExternKind(cursor_, 0, &kind)) {
    cursor_.Expect(Token::kLeftParen);
    return cursor_.Unexpected("what is exported");
  }
  cursor_.Next();
  cursor_.Next();
  PutByte(out, static_cast<uint8_t>(kind));
  PutUnsigned(out, SpaceOf(kind).ParseIndex(&cursor_));
  cursor_.Expect(Token::kRightParen);
  cursor_.Expect(Token::kRightParen);
}

void Assembler::StartField() {
  Token token = cursor_.Peek();
  cursor_.ExpectForm("start");
  if (has_start_) return cursor_.FailAt(token, "multiple start sections");
  has_start_ = true;
  start_ = names_.funcs.ParseIndex(&cursor_);
  cursor_.Expect(Token::kRightParen);
}

// --- Functions, tables, memories, globals, tags ---

// "(func $f (export "a")* (import "b" "c")? ...".
void Assembler::ExternField(ExternKind kind) {
  cursor_.Next();
  cursor_.Next();
  cursor_.Take(Token::kId);
  uint32_t index = next_[static_cast<int>(kind)]++;
  while (cursor_.TakeForm("export")) {
    Bytes* out = exports_.Add();
    PutString(out, cursor_.ExpectName());
    PutByte(out, static_cast<uint8_t>(kind));
    PutUnsigned(out, index);
    cursor_.Expect(Token::kRightParen);
  }
  if (cursor_.TakeForm("import")) {
    Bytes* out = imports_.Add();
    PutString(out, cursor_.ExpectName());
    PutString(out, cursor_.ExpectName());
    cursor_.Expect(Token::kRightParen);
    ExternType(kind, index, out);
  } else if (kind == ExternKind::kFunc) {
    FuncField(index);
  } else if (kind == ExternKind::kTable) {
    TableField(index);
  } else if (kind == ExternKind::kMemory) {
    MemoryField(index);
  } else if (kind == ExternKind::kGlobal) {
    GlobalField();
  } else {
    TagField();
  }
  cursor_.Expect(Token::kRightParen);
}

void Assembler::FuncField(uint32_t index) {
  TypeUse use = types_.ParseTypeUse(true);
  PutUnsigned(funcs_.Add(), use.type);
  IndexSpace& locals = use.signature.locals;
  Bytes body;
  Locals(&locals, &body);
  BodyNotes notes;
  code_.Sequence(&locals, &notes, &body);
  PutSized(codes_.Add(), body);
  if (!notes.labels.empty() || !notes.hints.empty()) notes_.emplace_back(index, std::move(notes));
  if (!locals.named().empty()) local_names_.emplace_back(index, std::move(locals));
}

// Runs of locals of one type are one entry.
void Assembler::Locals(IndexSpace* locals, Bytes* out) {
  struct RunOfLocals {
    uint32_t count;
    Bytes type;
  };
  std::vector<RunOfLocals> runs;
  auto add = [&] {
    Bytes type;
    types_.ValueType(&type);
    if (!runs.empty() && runs.back().type == type) {
      ++runs.back().count;
    } else {
      runs.push_back({1, std::move(type)});
    }
  };
  while (cursor_.TakeForm("local")) {
    if (cursor_.PeekIs(Token::kId) || cursor_.PeekAnnotation("name") != nullptr) {
      locals->Define(&cursor_);
      add();
      cursor_.Expect(Token::kRightParen);
      continue;
    }
    while (cursor_.ok() && !cursor_.Take(Token::kRightParen)) {
      locals->DefineAnonymous();
      add();
    }
  }
  PutUnsigned(out, runs.size());
  for (const RunOfLocals& run : runs) {
    PutUnsigned(out, run.count);
    PutBytes(out, run.type);
  }
}

void Assembler::GlobalField() {
  Bytes* out = globals_.Add();
  types_.GlobalType(out);
  code_.Sequence(nullptr, nullptr, out);
}

void Assembler::TagField() {
  Bytes* out = tags_.Add();
  PutByte(out, 0);
  PutUnsigned(out, types_.ParseTypeUse(true).type);
}

// Either limits, type and perhaps a value; or a type and its elements. spec: text/modules#tables
void Assembler::TableField(uint32_t index) {
  size_t begin = cursor_.pos();
  bool is_64 = types_.AddressType();
  Bytes* out = tables_.Add();
  if (cursor_.PeekIs(Token::kNat)) {
    cursor_.MoveTo(begin);
    Bytes type;
    types_.TableType(&type);
    if (!cursor_.PeekIs(Token::kRightParen)) {
      PutByte(out, 0x40);
      PutByte(out, 0);
      PutBytes(out, type);
      return code_.Sequence(nullptr, nullptr, out);
    }
    return PutBytes(out, type);
  }
  InlineElems(index, is_64, types_.RefType());
}

void Assembler::InlineElems(uint32_t table, bool is_64, const RefTypeText& type) {
  cursor_.ExpectForm("elem");
  Bytes entries;
  uint32_t count = 0;
  // Functions are (ref func), which not every table takes: then each is an expression of the table's type.
  const bool expressions = cursor_.PeekIs(Token::kLeftParen);
  const bool plain = !expressions && IsFuncRef(type);
  if (expressions) {
    count = ElemExpressions(&entries);
  } else {
    for (; cursor_.ok() && !cursor_.PeekIs(Token::kRightParen); ++count) {
      if (!plain) PutByte(&entries, kRefFuncCode);
      PutUnsigned(&entries, names_.funcs.ParseIndex(&cursor_));
      if (!plain) PutByte(&entries, kEndCode);
    }
  }
  cursor_.Expect(Token::kRightParen);

  types_.PutRefType(type, &tables_.entries);
  PutByte(&tables_.entries, is_64 ? 5 : 1);
  PutUnsigned(&tables_.entries, count);
  PutUnsigned(&tables_.entries, count);
  Bytes* out = elems_.Add();
  bool is_short = table == 0 && IsFuncRef(type);
  PutByte(out, static_cast<uint8_t>((is_short ? 0 : 2) | (plain ? 0 : 4)));
  if (!is_short) PutUnsigned(out, table);
  PutZero(is_64, out);
  if (!is_short && plain) PutByte(out, 0);
  if (!is_short && !plain) types_.PutRefType(type, out);
  PutUnsigned(out, count);
  PutBytes(out, entries);
}

void Assembler::MemoryField(uint32_t index) {
  size_t begin = cursor_.pos();
  bool is_64 = types_.AddressType();
  uint8_t page_size = types_.PageSize();
  const bool has_page_size = page_size != TypeAssembler::kDefaultPageSize;
  if (!cursor_.TakeForm("data")) {
    cursor_.MoveTo(begin);
    return types_.MemoryType(memories_.Add());
  }
  std::string data = Strings();
  cursor_.Expect(Token::kRightParen);
  Bytes* type = memories_.Add();
  uint64_t page_bytes = page_size < 32 ? uint64_t{1} << page_size : uint64_t{1} << 32;
  uint64_t pages = (data.size() + page_bytes - 1) / page_bytes;
  PutByte(type, static_cast<uint8_t>(1 | (is_64 ? 4 : 0) | (has_page_size ? 8 : 0)));
  PutUnsigned(type, pages);
  PutUnsigned(type, pages);
  if (has_page_size) PutByte(type, page_size);

  Bytes* out = datas_.Add();
  PutByte(out, index == 0 ? 0 : 2);
  if (index != 0) PutUnsigned(out, index);
  PutZero(is_64, out);
  PutString(out, data);
}

// --- Segments. spec: text/modules#element-segments ---

// "(offset instr*)" or one folded instruction.
void Assembler::Offset(Bytes* out) {
  if (!cursor_.TakeForm("offset")) return code_.FoldedExpression(out);
  code_.Sequence(nullptr, nullptr, out);
  cursor_.Expect(Token::kRightParen);
}

uint32_t Assembler::ElemExpressions(Bytes* out) {
  uint32_t count = 0;
  for (; cursor_.ok() && !cursor_.PeekIs(Token::kRightParen); ++count) {
    if (cursor_.TakeForm("item")) {
      code_.Sequence(nullptr, nullptr, out);
      cursor_.Expect(Token::kRightParen);
    } else {
      code_.FoldedExpression(out);
    }
  }
  return count;
}

uint32_t Assembler::ElemFunctions(Bytes* out) {
  uint32_t count = 0;
  for (; cursor_.ok() && !cursor_.PeekIs(Token::kRightParen); ++count) {
    PutUnsigned(out, names_.funcs.ParseIndex(&cursor_));
  }
  return count;
}

// The elements, up to the ")" of the segment. True if they are expressions, of `type`; else function indices.
bool Assembler::ElemList(bool may_omit_kind, Bytes* out, RefTypeText* type, uint32_t* count) {
  bool indices = cursor_.TakeKeyword("func");
  if (!indices && may_omit_kind) indices = !types_.PeekValueType();
  if (indices) {
    *count = ElemFunctions(out);
    return false;
  }
  *type = types_.RefType();
  *count = ElemExpressions(out);
  return true;
}

void Assembler::ElemField() {
  cursor_.ExpectForm("elem");
  cursor_.Take(Token::kId);
  bool declarative = cursor_.TakeKeyword("declare");
  bool has_table = !declarative && cursor_.TakeForm("table");
  bool has_old_table = !declarative && cursor_.PeekIs(Token::kNat);  // "(elem 0 (i32.const 0) $f)", in Wasm 1.0
  uint32_t table = 0;
  if (has_table) {
    table = names_.tables.ParseIndex(&cursor_);
    cursor_.Expect(Token::kRightParen);
  } else if (has_old_table) {
    table = names_.tables.ParseIndex(&cursor_);
  }
  bool active = has_table || has_old_table || (!declarative && cursor_.PeekIs(Token::kLeftParen) && !cursor_.PeekForm("ref"));
  Bytes offset;
  if (active) Offset(&offset);

  Bytes entries;
  RefTypeText type;
  uint32_t count = 0;
  bool expressions = ElemList(active && !has_table, &entries, &type, &count);
  cursor_.Expect(Token::kRightParen);
  if (!cursor_.ok()) return;

  // No elements of (ref func) are no functions.
  if (count == 0 && expressions && !type.nullable && type.heap == Bytes{kFuncRefCode}) expressions = false;
  // Bit 0: not active. Bit 1: declarative, or with table index and kind. Bit 2: expressions.
  bool is_long = active && (table != 0 || (expressions && !IsFuncRef(type)));
  uint8_t flags = active ? (is_long ? 2 : 0) : (declarative ? 3 : 1);
  Bytes* out = elems_.Add();
  PutByte(out, static_cast<uint8_t>(flags | (expressions ? 4 : 0)));
  if (is_long) PutUnsigned(out, table);
  PutBytes(out, offset);
  if (flags != 0) {
    if (expressions) {
      types_.PutRefType(type, out);
    } else {
      PutByte(out, 0);  // functions
    }
  }
  PutUnsigned(out, count);
  PutBytes(out, entries);
}

std::string Assembler::Strings() {
  std::string data;
  while (cursor_.PeekIs(Token::kString)) data += cursor_.ExpectString();
  return data;
}

void Assembler::DataField() {
  cursor_.ExpectForm("data");
  cursor_.Take(Token::kId);
  uint32_t memory = 0;
  bool has_memory = cursor_.TakeForm("memory");
  if (has_memory) {
    memory = names_.memories.ParseIndex(&cursor_);
    cursor_.Expect(Token::kRightParen);
  } else if (cursor_.PeekIs(Token::kNat)) {
    has_memory = true;  // as it was in Wasm 1.0
    memory = names_.memories.ParseIndex(&cursor_);
  }
  bool active = has_memory || cursor_.PeekIs(Token::kLeftParen);
  Bytes* out = datas_.Add();
  PutByte(out, active ? (memory != 0 ? 2 : 0) : 1);
  if (memory != 0) PutUnsigned(out, memory);
  if (active) Offset(out);
  PutString(out, Strings());
  cursor_.Expect(Token::kRightParen);
}

}  // namespace umiak
