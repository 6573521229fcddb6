// Assembler: annotations, and the custom sections that they and the identifiers become.
// spec: appendix/custom
#include "absl/strings/str_cat.h"
#include "loader/text/assembler.h"
#include "loader/text/name_section.h"
#include "loader/binary/section_words.h"

namespace umiak {

// --- Annotations ---

// Between the fields of a module.
void Assembler::TakeCustoms() {
  for (const Annotation* annotation : cursor_.TakeAnnotations("custom")) CustomAnnotation(*annotation);
  if (const Annotation* hint = cursor_.PeekAnnotation("metadata.code.branch_hint")) {
    cursor_.FailAt(hint->place, "@metadata.code.branch_hint annotation: not in a function");
  }
}

// "(@custom "name" (before code)? "bytes"*)". spec: appendix/custom#custom-annotations
void Assembler::CustomAnnotation(const Annotation& annotation) {
  TokenCursor contents(cursor_.source(), annotation.tokens);
  Custom custom;
  custom.section = kLast;
  if (!contents.PeekIs(Token::kString)) {
    return cursor_.FailAt(annotation.place, "@custom annotation: missing section name");
  }
  custom.name = contents.ExpectString();
  if (!IsValidUtf8(custom.name)) {
    return cursor_.FailAt(annotation.place, "@custom annotation: malformed UTF-8 encoding");
  }
  if (contents.Take(Token::kLeftParen)) CustomPlace(&contents, &custom);
  while (contents.PeekIs(Token::kString)) custom.payload += contents.ExpectString();
  if (contents.ok() && !contents.PeekIs(Token::kEnd)) contents.Fail("@custom annotation: unexpected token");
  if (!contents.ok()) return cursor_.FailWith(contents.status());
  customs_.push_back(std::move(custom));
}

// "before code)" and its like.
void Assembler::CustomPlace(TokenCursor* contents, Custom* custom) {
  custom->after = contents->TakeKeyword("after");
  if (!custom->after && !contents->TakeKeyword("before")) {
    return contents->Fail("@custom annotation: malformed placement");
  }
  bool known = true;
  if (contents->TakeKeyword("first")) {
    custom->section = kFirst;
  } else if (contents->TakeKeyword("last")) {
    custom->section = kLast;
  } else {
    known = false;
    for (int id = 1; id <= static_cast<int>(SectionId::kTag); ++id) {
      if (known || !contents->TakeKeyword(SectionWord(id))) continue;
      custom->section = id;
      known = true;
    }
  }
  // Before the first section and after the last one, and not the other way round.
  if (!known || custom->section == (custom->after ? kFirst : kLast)) {
    return contents->Fail("@custom annotation: malformed section kind");
  }
  if (!contents->Take(Token::kRightParen)) contents->Fail("@custom annotation: malformed placement");
}

// Those that stand where they mean nothing.
void Assembler::RefuseAnnotations() {
  for (const Annotation& annotation : annotations_) {
    if (!annotation.used) cursor_.FailAt(annotation.place, absl::StrCat("misplaced @", annotation.id, " annotation"));
  }
}

// --- Custom sections ---

void Assembler::PutCustoms(bool after, int section, Bytes* out) const {
  for (const Custom& custom : customs_) {
    if (custom.after != after || custom.section != section) continue;
    Bytes contents;
    PutString(&contents, custom.name);
    contents.insert(contents.end(), custom.payload.begin(), custom.payload.end());
    PutByte(out, 0);
    PutSized(out, contents);
  }
}

// By function, by offset: one byte each. spec: appendix/custom#branch-hint-section
void Assembler::PutBranchHints(Bytes* out) const {
  Bytes functions;
  uint32_t count = 0;
  for (const auto& [function, notes] : notes_) {
    if (notes.hints.empty()) continue;
    ++count;
    PutUnsigned(&functions, function);
    PutUnsigned(&functions, notes.hints.size());
    for (const auto& [offset, hint] : notes.hints) {
      PutUnsigned(&functions, offset);
      PutUnsigned(&functions, 1);
      PutByte(&functions, hint);
    }
  }
  if (count == 0) return;
  Bytes contents;
  PutString(&contents, "metadata.code.branch_hint");
  PutUnsigned(&contents, count);
  PutBytes(&contents, functions);
  PutByte(out, 0);
  PutSized(out, contents);
}

// Of whatever has an identifier.
void Assembler::PutNames(Bytes* out) {
  NameSection names;
  names.module = std::move(module_name_);
  const std::pair<NameSection::Kind, const IndexSpace*> spaces[] = {
      {NameSection::kFunction, &names_.funcs}, {NameSection::kType, &names_.types},
      {NameSection::kTable, &names_.tables},   {NameSection::kMemory, &names_.memories},
      {NameSection::kGlobal, &names_.globals}, {NameSection::kElem, &names_.elems},
      {NameSection::kData, &names_.datas},     {NameSection::kTag, &names_.tags}};
  for (const auto& [kind, space] : spaces) names.things[kind] = space->named();
  for (const auto& [function, locals] : local_names_) {
    names.inner[NameSection::kLocal].emplace_back(function, locals.named());
  }
  for (auto& [function, notes] : notes_) {
    if (!notes.labels.empty()) names.inner[NameSection::kLabel].emplace_back(function, std::move(notes.labels));
  }
  for (uint32_t type = 0; type < names_.types.count(); ++type) {
    const NameList& fields = types_.FieldNames(type);
    if (!fields.empty()) names.inner[NameSection::kField].emplace_back(type, fields);
  }
  Bytes payload;
  WriteNameSection(names, &payload);
  if (payload.empty()) return;
  Bytes contents;
  PutString(&contents, "name");
  PutBytes(&contents, payload);
  PutByte(out, 0);
  PutSized(out, contents);
}

}  // namespace umiak
