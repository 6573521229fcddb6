// Assembler: the passes, and the sections of the result. The fields are in assemble_fields.cc.
#include "loader/text/assembler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak {
namespace {

constexpr const char* kExternWords[] = {"func", "table", "memory", "global", "tag"};

}  // namespace

absl::StatusOr<Bytes> AssembleWat(absl::string_view text, Features features) {
  std::vector<Annotation> annotations;
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(text, &annotations));
  return Assembler(text, tokens, &annotations, features).Run();
}

absl::StatusOr<Bytes> Assembler::Run() {
  in_module_form_ = cursor_.TakeForm("module");
  if (in_module_form_) {
    if (cursor_.PeekIs(Token::kId)) module_name_ = cursor_.IdName(cursor_.Next());
    if (std::optional<std::string> name = TakeNameAnnotation(&cursor_, "module")) module_name_ = std::move(name);
  }
  size_t fields = cursor_.pos();
  DefineNames();
  cursor_.MoveTo(fields);
  Types();
  cursor_.MoveTo(fields);
  TakeCustoms();
  while (FieldsGoOn()) {
    Field();
    TakeCustoms();
  }
  if (in_module_form_) cursor_.Expect(Token::kRightParen);
  if (cursor_.ok() && !cursor_.PeekIs(Token::kEnd)) cursor_.Unexpected("the end");
  if (cursor_.ok()) RefuseAnnotations();
  if (!cursor_.ok()) return cursor_.status();

  Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
  PutSections(&out);
  return out;
}

// In the order of the binary format, custom sections between them.
void Assembler::PutSections(Bytes* out) {
  Section types, start, data_count;
  types.count = types_.group_count();
  types.entries = types_.section();
  if (has_start_) PutUnsigned(&start.entries, start_);
  if (code_.uses_data()) PutUnsigned(&data_count.entries, datas_.count);
  struct Entry {
    SectionId id;
    const Section* section;
  };
  const Entry entries[] = {
      {SectionId::kType, &types},     {SectionId::kImport, &imports_},  {SectionId::kFunction, &funcs_},
      {SectionId::kTable, &tables_},  {SectionId::kMemory, &memories_}, {SectionId::kTag, &tags_},
      {SectionId::kGlobal, &globals_}, {SectionId::kExport, &exports_}, {SectionId::kStart, &start},
      {SectionId::kElem, &elems_},    {SectionId::kDataCount, &data_count}, {SectionId::kCode, &codes_},
      {SectionId::kData, &datas_}};
  PutCustoms(false, kFirst, out);
  for (const Entry& entry : entries) {
    const int id = static_cast<int>(entry.id);
    PutCustoms(false, id, out);
    if (entry.id == SectionId::kCode) PutBranchHints(out);
    PutSection(entry.id, *entry.section, out);
    PutCustoms(true, id, out);
  }
  PutNames(out);
  PutCustoms(true, kLast, out);
}

// Nothing for an empty one. The start section is its index alone, and data count's count is all there is.
void Assembler::PutSection(SectionId id, const Section& section, Bytes* out) {
  if (section.entries.empty()) return;
  Bytes contents;
  if (section.count != 0) PutUnsigned(&contents, section.count);
  PutBytes(&contents, section.entries);
  PutByte(out, static_cast<uint8_t>(id));
  PutSized(out, contents);
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
