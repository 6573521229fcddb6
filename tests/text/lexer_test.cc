// Tokens of the text format.
#include "umiak/text_lexer.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "umiak/error.h"

namespace umiak {
namespace {

// One letter per token.
std::string Kinds(absl::string_view text) {
  auto tokens = Tokenize(text);
  if (!tokens.ok()) return std::string(tokens.status().message());
  std::string kinds;
  for (const Token& token : *tokens) kinds.push_back("()k$nifsr."[token.kind]);
  return kinds;
}

TEST_CASE("each kind of token is told by its characters") {
  CHECK(Kinds("(i32.add $x 1 -1 1.5 \"a\" ,)") == "(k$nifsr).");
  CHECK(Kinds("inf -nan nan:0x1 nan:canonical offset=4") == "fffkk.");
  CHECK(Kinds("0x 1__0 1_ 1e _1 $a\"b\" \"a\"b \"a\"\"b\"") == "rrrrrrrr.");
  CHECK(Kinds("0x1.p 0x1.8 1. .5") == "rffr.");
  CHECK(Kinds("$\"a b\" $!?@#") == "$$.");
}

TEST_CASE("comments and annotations leave no tokens") {
  CHECK(Kinds("nop;;x\n(;a (;b;) c;)(nop)") == "k(k).");
  CHECK(Kinds("(@a x (y \")\") ,;[]{}) (@\"b c\") nop") == "k.");
  CHECK(Kinds("(@a (@ b (@)) )nop") == "k.");
}

TEST_CASE("what is left open is named where it began") {
  CHECK(Kinds("a\n (; (; ;)") == "unclosed comment (2:2)");
  CHECK(Kinds("\"abc") == "unclosed string (1:1)");
  CHECK(Kinds("(@a (b)") == "unclosed annotation (1:1)");
}

TEST_CASE("source must be UTF-8, and outside of strings and comments ASCII") {
  CHECK(Kinds(";; \xC3\xA9\n\"\xC3\xA9\"") == "s.");
  CHECK(Kinds("\xC3\xA9") == "illegal character (1:1)");
  CHECK(Kinds(";; \xC3(") == "malformed UTF-8 encoding (1:4)");
  CHECK(Kinds("\"\xED\xA0\x80\"") == "malformed UTF-8 encoding (1:2)");
  CHECK(Kinds(absl::string_view("a\0", 2)) == "illegal character (1:2)");
}

TEST_CASE("identifiers and annotations need a name") {
  CHECK(Kinds("(func $)") == "empty identifier (1:7)");
  CHECK(Kinds("$\"\"") == "empty identifier (1:1)");
  CHECK(Kinds("(@ a)") == "empty annotation id (1:1)");
  CHECK(Kinds("$\"\\ef\"") == "malformed UTF-8 encoding (1:1)");
}

TEST_CASE("escapes in strings denote bytes and characters") {
  CHECK(DecodeString("\"\\t\\n\\r\\\"\\'\\\\\\00\\ff\\u{2_61}\"") == std::string("\t\n\r\"'\\\0\xFF\xC9\xA1", 10));
  CHECK(Kinds("\"\\u{110000}\"") == "illegal escape: no character (1:2)");
  CHECK(Kinds("\"\\u{d800}\"") == "illegal escape: no character (1:2)");
  CHECK(Kinds("\"\\u{}\"") == "illegal escape (1:2)");
  CHECK(Kinds("\"\\x\"") == "illegal escape (1:2)");
  CHECK(Kinds("\"\\0") == "illegal escape (1:2)");
}

TEST_CASE("a cursor's first error sticks and answers all that follows") {
  std::string text = "(a b)";
  auto tokens = Tokenize(text);
  REQUIRE(tokens.ok());
  TokenCursor cursor(text, *tokens);
  cursor.ExpectForm("a");
  cursor.Expect(Token::kId);
  CHECK_FALSE(cursor.ok());
  CHECK(cursor.status().message() == "unknown operator b: where an identifier belongs (1:4)");
  CHECK(KindOf(cursor.status()) == ErrorKind::kMalformed);
  CHECK(cursor.PeekIs(Token::kEnd));
  cursor.Fail("another");
  CHECK(cursor.status().message() == "unknown operator b: where an identifier belongs (1:4)");
}

}  // namespace
}  // namespace umiak
