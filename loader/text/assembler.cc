// Assembler: the passes, and the sections of the result. The fields are in assemble_fields.cc.
#include "loader/text/assembler.h"

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak {
namespace {

constexpr const char* kExternWords[] = {"func", "table", "memory", "global", "tag"};

}  // namespace

absl::StatusOr<Bytes> AssembleWat(absl::string_view text) {
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(text));
  return Assembler(text, tokens).Run();
}

absl::StatusOr<Bytes> Assembler::Run() {
  in_module_form_ = cursor_.TakeForm("module");
  if (in_module_form_ && cursor_.PeekIs(Token::kId)) module_name_ = cursor_.IdName(cursor_.Next());
  size_t fields = cursor_.pos();
  DefineNames();
  cursor_.MoveTo(fields);
  Types();
  cursor_.MoveTo(fields);
  while (FieldsGoOn()) Field();
  if (in_module_form_) cursor_.Expect(Token::kRightParen);
  if (cursor_.ok() && !cursor_.PeekIs(Token::kEnd)) cursor_.Unexpected("the end");
  if (!cursor_.ok()) return cursor_.status();

  Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
  Section types;
  types.count = types_.group_count();
  types.entries = types_.section();
  PutSection(1, types, &out);
  PutSection(2, imports_, &out);
  PutSection(3, funcs_, &out);
  PutSection(4, tables_, &out);
  PutSection(5, memories_, &out);
  PutSection(13, tags_, &out);
  PutSection(6, globals_, &out);
  PutSection(7, exports_, &out);
  if (has_start_) {
    Bytes start;
    PutUnsigned(&start, start_);
    PutByte(&out, 8);
    PutSized(&out, start);
  }
  PutSection(9, elems_, &out);
  if (code_.uses_data()) {
    Bytes count;
    PutUnsigned(&count, datas_.count);
    PutByte(&out, 12);
    PutSized(&out, count);
  }
  PutSection(10, codes_, &out);
  PutSection(11, datas_, &out);
  PutNames(&out);
  return out;
}

void Assembler::PutSection(uint8_t id, const Section& section, Bytes* out) {
  if (section.count == 0) return;
  Bytes count;
  PutUnsigned(&count, section.count);
  PutByte(out, id);
  PutUnsigned(out, count.size() + section.entries.size());
  PutBytes(out, count);
  PutBytes(out, section.entries);
}

// The name section, of whatever has an identifier. spec: appendix/custom#name-section
void Assembler::PutNames(Bytes* out) {
  Bytes names;
  PutString(&names, "name");
  const size_t empty = names.size();
  auto put_map = [](const IndexSpace& space, Bytes* map) {
    PutUnsigned(map, space.named().size());
    for (const auto& [index, name] : space.named()) {
      PutUnsigned(map, index);
      PutString(map, name);
    }
  };
  auto put_subsection = [&](uint8_t id, const IndexSpace& space) {
    if (space.named().empty()) return;
    Bytes map;
    put_map(space, &map);
    PutByte(&names, id);
    PutSized(&names, map);
  };
  if (!module_name_.empty()) {
    Bytes name;
    PutString(&name, module_name_);
    PutByte(&names, 0);
    PutSized(&names, name);
  }
  put_subsection(1, names_.funcs);
  if (!local_names_.empty()) {
    Bytes maps;
    PutUnsigned(&maps, local_names_.size());
    for (const auto& [function, locals] : local_names_) {
      PutUnsigned(&maps, function);
      put_map(locals, &maps);
    }
    PutByte(&names, 2);
    PutSized(&names, maps);
  }
  put_subsection(4, names_.types);
  put_subsection(5, names_.tables);
  put_subsection(6, names_.memories);
  put_subsection(7, names_.globals);
  put_subsection(8, names_.elems);
  put_subsection(9, names_.datas);
  put_subsection(11, names_.tags);
  if (names.size() == empty) return;
  PutByte(out, 0);
  PutSized(out, names);
}

// --- The first pass ---

bool Assembler::IsExternKind(const TokenCursor& cursor, size_t ahead, ExternKind* kind) {
  for (int i = 0; i < 5; ++i) {
    if (!cursor.PeekForm(kExternWords[i], ahead)) continue;
    *kind = static_cast<ExternKind>(i);
    return true;
  }
  return false;
}

IndexSpace& Assembler::SpaceOf(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return names_.funcs;
    case ExternKind::kTable: return names_.tables;
    case ExternKind::kMemory: return names_.memories;
    case ExternKind::kGlobal: return names_.globals;
    default: return names_.tags;
  }
}

bool Assembler::FieldsGoOn() const {
  return cursor_.ok() && !cursor_.PeekIs(Token::kEnd) && !(in_module_form_ && cursor_.PeekIs(Token::kRightParen));
}

void Assembler::DefineNames() {
  while (FieldsGoOn()) {
    if (!cursor_.PeekIs(Token::kLeftParen)) return cursor_.Unexpected("(");
    size_t begin = cursor_.pos();
    DefineField();
    cursor_.MoveTo(begin);
    if (cursor_.ok()) cursor_.SkipForm();
  }
}

// Gives what the field defines its index. What is wrong in the field, the second pass says.
void Assembler::DefineField() {
  ExternKind kind;
  if (cursor_.TakeForm("type")) {
    names_.types.Define(&cursor_);
  } else if (cursor_.PeekForm("rec")) {
    DefineRec();
  } else if (cursor_.TakeForm("import")) {
    if (defined_ != nullptr) return cursor_.Fail(absl::StrCat("import after ", defined_));
    if (!cursor_.Take(Token::kString) || !cursor_.Take(Token::kString)) return;
    if (!IsExternKind(cursor_, 0, &kind)) return;
    cursor_.TakeForm(kExternWords[static_cast<int>(kind)]);
    SpaceOf(kind).Define(&cursor_);
  } else if (cursor_.TakeForm("elem")) {
    names_.elems.Define(&cursor_);
  } else if (cursor_.TakeForm("data")) {
    names_.datas.Define(&cursor_);
  } else if (IsExternKind(cursor_, 0, &kind)) {
    DefineExtern(kind);
  } else if (!cursor_.PeekForm("export") && !cursor_.PeekForm("start")) {
    cursor_.Next();
    cursor_.Unexpected("a field of a module");
  }
}

void Assembler::DefineRec() {
  cursor_.TakeForm("rec");
  while (cursor_.PeekForm("type")) {
    size_t begin = cursor_.pos();
    cursor_.TakeForm("type");
    names_.types.Define(&cursor_);
    cursor_.MoveTo(begin);
    if (cursor_.ok()) cursor_.SkipForm();
  }
}

// A function, table, memory, global or tag; inline segments have indices too.
void Assembler::DefineExtern(ExternKind kind) {
  cursor_.TakeForm(kExternWords[static_cast<int>(kind)]);
  SpaceOf(kind).Define(&cursor_);
  while (cursor_.PeekForm("export")) cursor_.SkipForm();
  if (cursor_.PeekForm("import")) {
    if (defined_ != nullptr) cursor_.Fail(absl::StrCat("import after ", defined_));
    return;
  }
  static constexpr const char* kDefined[] = {"function", "table", "memory", "global", "tag"};
  defined_ = kDefined[static_cast<int>(kind)];
  if (kind == ExternKind::kMemory) {
    types_.AddressType();
    if (cursor_.PeekForm("pagesize")) cursor_.SkipForm();
    if (cursor_.PeekForm("data")) names_.datas.DefineAnonymous();
  } else if (kind == ExternKind::kTable) {
    types_.AddressType();
    if (cursor_.PeekForm("ref")) {
      cursor_.SkipForm();
    } else {
      cursor_.Take(Token::kKeyword);
    }
    if (cursor_.PeekForm("elem")) names_.elems.DefineAnonymous();
  }
}

// Between the passes: all types, in order. REQUIRES: all names are defined.
void Assembler::Types() {
  while (FieldsGoOn()) {
    if (cursor_.PeekForm("type")) {
      types_.TypeField();
    } else if (cursor_.PeekForm("rec")) {
      types_.RecField();
    } else {
      cursor_.SkipForm();
    }
  }
}

}  // namespace umiak
