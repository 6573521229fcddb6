#include "loader/text/names.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "umiak/text_number.h"

namespace umiak {

std::optional<std::string> TakeNameAnnotation(TokenCursor* cursor, absl::string_view what) {
  const Annotation* annotation = cursor->TakeAnnotation("name");
  if (annotation == nullptr) return std::nullopt;
  TokenCursor contents(cursor->source(), annotation->tokens);
  std::string name = contents.ExpectString();
  if (!contents.ok() || !contents.PeekIs(Token::kEnd)) {
    cursor->FailAt(annotation->place, "@name annotation: unexpected token", "where one string belongs");
  } else if (!IsValidUtf8(name)) {
    cursor->FailAt(annotation->place, "@name annotation: malformed UTF-8 encoding");
  } else if (const Annotation* second = cursor->TakeAnnotation("name")) {
    cursor->FailAt(second->place, absl::StrCat("@name annotation: multiple ", what));
  }
  return name;
}

uint32_t IndexSpace::Define(TokenCursor* cursor) {
  std::optional<std::string> name;
  if (cursor->PeekIs(Token::kId)) {
    name = cursor->IdName(cursor->Peek());
    if (!ids_.emplace(*name, count_).second) {
      cursor->Fail(absl::StrCat("duplicate ", what_), absl::StrCat("$", *name));
      return 0;
    }
    cursor->Next();
  }
  if (std::optional<std::string> annotated = TakeNameAnnotation(cursor, what_)) name = std::move(annotated);
  if (name.has_value()) named_.emplace_back(count_, *std::move(name));
  return count_++;
}

uint32_t IndexSpace::ParseIndex(TokenCursor* cursor) const {
  Token token = cursor->Peek();
  if (token.kind == Token::kId) {
    std::string name = cursor->IdName(token);
    auto found = ids_.find(name);
    if (found == ids_.end()) {
      cursor->Fail(absl::StrCat("unknown ", what_), absl::StrCat("$", name));
      return 0;
    }
    cursor->Next();
    return found->second;
  }
  cursor->Expect(Token::kNat);
  if (!cursor->ok()) return 0;
  std::optional<uint64_t> index = ParseNat(cursor->Text(token), std::numeric_limits<uint32_t>::max());
  if (!index.has_value()) cursor->FailAt(token, "i32 constant out of range");
  return static_cast<uint32_t>(index.value_or(0));
}

}  // namespace umiak
