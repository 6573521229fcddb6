// The text format's tokens, and a cursor over them: what the assembler and the reader of scripts share.
//
// White space and comments are gone after Tokenize(), and so are annotations, but for those that mean something:
// they stand in a list of their own. A token is a place in the source; strings and quoted identifiers are decoded when
// they are used.
// spec: text/lexical
#ifndef UMIAK_TEXT_LEXER_H_
#define UMIAK_TEXT_LEXER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/error.h"

namespace umiak {

struct Token {
  enum Kind : uint8_t {
    kLeftParen,
    kRightParen,
    kKeyword,   // block, offset=4, nan:canonical
    kId,        // $x, $"x y"
    kNat,       // 12, 0x_c
    kInt,       // -12, +0xc
    kFloat,     // 1.5e3, 0x1p-4, inf, -nan:0x1
    kString,    // "..."
    kReserved,  // lexically a token, but none that means anything
    kEnd,       // one, after all others
  };
  Kind kind = kEnd;
  uint32_t offset = 0;  // in the source
  uint32_t size = 0;
};

// "(@id ...)", of an id that the assembler knows: custom, name, metadata.code.branch_hint.
// spec: text/lexical#annotations, appendix/custom
struct Annotation {
  std::string id;
  uint32_t before = 0;        // the index of the token that it stands before
  std::vector<Token> tokens;  // what follows the id, closed by kEnd at its parenthesis
  Token place;                // "(@id"
  bool used = false;          // some part of the grammar took it
};

// All tokens of the text, closed by kEnd, and the annotations in their order, for those who want them. Errors:
// ErrorKind::kMalformed; kLimit for a text of 1 GiB or more.
absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source, std::vector<Annotation>* annotations = nullptr);

// The bytes that a string token denotes. REQUIRES: it came from Tokenize().
std::string DecodeString(absl::string_view token);
bool IsValidUtf8(absl::string_view bytes);
// Whether the character may stand in an identifier that is not quoted.
bool IsIdChar(char c);

// "phrase: detail (line:column)".
absl::Status TextError(absl::string_view source, uint32_t offset, absl::string_view phrase,
                       absl::string_view detail, ErrorKind kind = ErrorKind::kMalformed);

// Reads tokens one after the other. The first error sticks and moves to the end, where every question is
// answered with no; so a grammar needs no branch for errors but in its loops: they end where ok() is false.
class TokenCursor {
 public:
  // All must outlive the cursor. REQUIRES: `tokens` is not empty (it ends with kEnd).
  TokenCursor(absl::string_view source, const std::vector<Token>& tokens,
              std::vector<Annotation>* annotations = nullptr)
      : source_(source), tokens_(tokens), annotations_(annotations) {}

  const Token& Peek(size_t ahead = 0) const {
    size_t at = pos_ + ahead;
    return at < tokens_.size() ? tokens_[at] : tokens_.back();
  }
  Token Next() {
    Token token = Peek();
    if (pos_ + 1 < tokens_.size()) ++pos_;
    return token;
  }
  absl::string_view Text(const Token& token) const { return source_.substr(token.offset, token.size); }
  absl::string_view source() const { return source_; }

  bool PeekIs(Token::Kind kind, size_t ahead = 0) const { return Peek(ahead).kind == kind; }
  bool PeekKeyword(absl::string_view keyword, size_t ahead = 0) const {
    return PeekIs(Token::kKeyword, ahead) && Text(Peek(ahead)) == keyword;
  }
  // "(" and then the keyword.
  bool PeekForm(absl::string_view keyword, size_t ahead = 0) const {
    return PeekIs(Token::kLeftParen, ahead) && PeekKeyword(keyword, ahead + 1);
  }
  bool Take(Token::Kind kind);
  bool TakeKeyword(absl::string_view keyword);
  bool TakeForm(absl::string_view keyword);
  // Takes it, or fails. What Expect() returns after a failure is kEnd.
  Token Expect(Token::Kind kind);
  void ExpectKeyword(absl::string_view keyword);
  void ExpectForm(absl::string_view keyword);
  // Strings: decoded; a name must be UTF-8.
  std::string ExpectString();
  std::string ExpectName();
  // An identifier without its "$", decoded.
  std::string IdName(const Token& token) const;
  // Skips one "(...)". REQUIRES: kLeftParen is next.
  void SkipForm();

  // The first annotation of that id right before the next token which is not taken yet, or null.
  const Annotation* PeekAnnotation(absl::string_view id) const { return FindAnnotation(id); }
  const Annotation* TakeAnnotation(absl::string_view id);
  // All of them.
  std::vector<const Annotation*> TakeAnnotations(absl::string_view id);

  // Where the cursor stands, to return to.
  size_t pos() const { return pos_; }
  void MoveTo(size_t pos) { if (ok()) pos_ = pos; }

  void Fail(absl::string_view phrase, absl::string_view detail = "") { FailAt(Peek(), phrase, detail); }
  void FailAt(const Token& token, absl::string_view phrase, absl::string_view detail = "");
  void FailLimit(absl::string_view detail);
  // The next token does not belong here: "unknown operator" where it is no word of the language.
  void Unexpected(absl::string_view wanted = "");
  // Takes over another cursor's error, or one of another kind.
  void FailWith(const absl::Status& status);
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  // Those right before the next token.
  absl::Span<Annotation> AnnotationsHere() const;
  Annotation* FindAnnotation(absl::string_view id) const;

  absl::string_view source_;
  const std::vector<Token>& tokens_;
  std::vector<Annotation>* annotations_;
  size_t pos_ = 0;
  absl::Status status_;
};

}  // namespace umiak

#endif  // UMIAK_TEXT_LEXER_H_
