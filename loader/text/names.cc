#include "loader/text/names.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "umiak/text_number.h"

namespace umiak {

uint32_t IndexSpace::Define(TokenCursor* cursor) {
  if (cursor->PeekIs(Token::kId)) {
    std::string name = cursor->IdName(cursor->Peek());
    if (!ids_.emplace(name, count_).second) {
      cursor->Fail(absl::StrCat("duplicate ", what_), absl::StrCat("$", name));
      return 0;
    }
    named_.emplace_back(count_, std::move(name));
    cursor->Next();
  }
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
