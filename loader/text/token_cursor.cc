// The cursor over tokens, and the place of errors.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loader/text/keywords.h"
#include "umiak/error.h"
#include "umiak/text_lexer.h"

namespace umiak {

absl::Status TextError(absl::string_view source, uint32_t offset, absl::string_view phrase,
                       absl::string_view detail, ErrorKind kind) {
  absl::string_view before = source.substr(0, offset);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t newline = before.rfind('\n');
  size_t column = newline == absl::string_view::npos ? offset + 1 : offset - newline;
  std::string place = absl::StrCat(" (", line, ":", column, ")");
  if (detail.empty()) return MakeError(kind, absl::StrCat(phrase, place), "");
  return MakeError(kind, phrase, absl::StrCat(detail, place));
}

bool TokenCursor::Take(Token::Kind kind) {
  if (!PeekIs(kind)) return false;
  Next();
  return true;
}

bool TokenCursor::TakeKeyword(absl::string_view keyword) {
  if (!PeekKeyword(keyword)) return false;
  Next();
  return true;
}

bool TokenCursor::TakeForm(absl::string_view keyword) {
  if (!PeekForm(keyword)) return false;
  Next();
  Next();
  return true;
}

Token TokenCursor::Expect(Token::Kind kind) {
  static constexpr const char* kNames[] = {"(",         ")",       "a keyword", "an identifier", "an index",
                                           "an integer", "a float", "a string",  "a word",        "the end"};
  if (!PeekIs(kind)) Unexpected(kNames[kind]);
  return Next();
}

void TokenCursor::ExpectKeyword(absl::string_view keyword) {
  if (!TakeKeyword(keyword)) Unexpected(keyword);
}

void TokenCursor::ExpectForm(absl::string_view keyword) {
  if (!PeekIs(Token::kLeftParen)) return Unexpected(absl::StrCat("(", keyword));
  Next();
  ExpectKeyword(keyword);
}

std::string TokenCursor::ExpectString() {
  Token token = Expect(Token::kString);
  return token.kind == Token::kString ? DecodeString(Text(token)) : "";
}

std::string TokenCursor::ExpectName() {
  Token token = Peek();
  std::string name = ExpectString();
  if (!IsValidUtf8(name)) FailAt(token, "malformed UTF-8 encoding");
  return name;
}

std::string TokenCursor::IdName(const Token& token) const {
  absl::string_view text = Text(token).substr(1);
  return absl::StartsWith(text, "\"") ? DecodeString(text) : std::string(text);
}

void TokenCursor::SkipForm() {
  size_t depth = 0;
  do {
    if (PeekIs(Token::kEnd)) return Unexpected(")");
    Token::Kind kind = Next().kind;
    if (kind == Token::kLeftParen) ++depth;
    if (kind == Token::kRightParen) --depth;
  } while (depth > 0);
}

void TokenCursor::FailAt(const Token& token, absl::string_view phrase, absl::string_view detail) {
  if (!ok()) return;
  status_ = TextError(source_, token.offset, phrase, detail);
  pos_ = tokens_.size() - 1;
}

absl::Span<Annotation> TokenCursor::AnnotationsHere() const {
  if (annotations_ == nullptr || annotations_->empty()) return {};
  auto first = absl::c_lower_bound(*annotations_, pos_,
                                   [](const Annotation& one, size_t pos) { return one.before < pos; });
  auto last = std::find_if(first, annotations_->end(), [this](const Annotation& one) { return one.before != pos_; });
  return absl::MakeSpan(*annotations_)
      .subspan(static_cast<size_t>(first - annotations_->begin()), static_cast<size_t>(last - first));
}

Annotation* TokenCursor::FindAnnotation(absl::string_view id) const {
  for (Annotation& one : AnnotationsHere()) {
    if (one.id == id && !one.used) return &one;
  }
  return nullptr;
}

const Annotation* TokenCursor::TakeAnnotation(absl::string_view id) {
  Annotation* found = FindAnnotation(id);
  if (found != nullptr) found->used = true;
  return found;
}

std::vector<const Annotation*> TokenCursor::TakeAnnotations(absl::string_view id) {
  std::vector<const Annotation*> taken;
  for (Annotation& one : AnnotationsHere()) {
    if (one.id != id || one.used) continue;
    one.used = true;
    taken.push_back(&one);
  }
  return taken;
}

void TokenCursor::FailWith(const absl::Status& status) {
  if (!ok()) return;
  status_ = status;
  pos_ = tokens_.size() - 1;
}

void TokenCursor::FailLimit(absl::string_view detail) {
  if (!ok()) return;
  status_ = MakeError(ErrorKind::kLimit, "nesting too deep", detail);
  pos_ = tokens_.size() - 1;
}

void TokenCursor::Unexpected(absl::string_view wanted) {
  const Token& token = Peek();
  absl::string_view text = token.kind == Token::kEnd ? "the end" : Text(token).substr(0, 40);
  bool word = token.kind == Token::kReserved || (token.kind == Token::kKeyword && !IsKeyword(text));
  std::string where = wanted.empty() ? "" : absl::StrCat("where ", wanted, " belongs");
  if (word) return Fail(absl::StrCat("unknown operator ", text), where);
  Fail("unexpected token", absl::StrCat(text, where.empty() ? "" : ", ", where));
}

}  // namespace umiak
