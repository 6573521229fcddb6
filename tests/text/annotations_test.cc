// Annotations: what they become, and where they may not stand.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/wat.h"
#include "umiak/error.h"
#include "umiak/load.h"
#include "umiak/text.h"

namespace umiak {
namespace {

std::string ErrorOf(absl::string_view text, ErrorKind kind = ErrorKind::kMalformed) {
  auto bytes = AssembleWat(text);
  if (bytes.ok()) return "no error";
  CHECK(KindOf(bytes.status()) == kind);
  return std::string(bytes.status().message());
}

TEST_CASE("a name annotation is the name that the name section gets") {
  auto module = LoadModule(Wat("(module $m (@name \"Modül\") (func $f (@name \"λ\")) (func (@name \"g\")))"));
  REQUIRE(module.ok());
  CHECK((*module)->name == "Modül");
  CHECK((*module)->FunctionName(0) == "λ");
  CHECK((*module)->FunctionName(1) == "g");
}

TEST_CASE("custom annotations become sections in the places they name") {
  auto module = LoadModule(Wat(R"((module
    (type (func))
    (@custom "last" "1" "2")
    (func (type 0))
    (@custom "after" (after type) "3")
    (@custom "before" (before first))))"));
  REQUIRE(module.ok());
  const std::vector<CustomSection>& customs = (*module)->customs;
  REQUIRE(customs.size() == 3);
  CHECK(customs[0].name == "before");
  CHECK(customs[1].name == "after");
  CHECK(customs[2].name == "last");
  CHECK(customs[2].payload.end - customs[2].payload.begin == 2);
}

TEST_CASE("a file of nothing but custom sections is read and printed at once") {
  constexpr size_t kSections = 300'000;
  std::string text = "(module ";
  for (size_t i = 0; i < kSections; ++i) text += "(@custom \"a\")";
  const ModuleBytes bytes = Wat(text + ")");
  auto module = LoadModule(bytes);
  REQUIRE(module.ok());
  CHECK((*module)->customs.size() == kSections);
  auto printed = PrintWat(**module);
  REQUIRE(printed.ok());
  CHECK(Wat(*printed).span() == bytes.span());
}

TEST_CASE("unknown annotations are skipped wherever they stand") {
  CHECK(AssembleWat("(@x)(module (@y (z \")\")) (func (@w) nop (@custom.x 4)))").ok());
}

TEST_CASE("annotations in wrong places or of wrong contents are errors") {
  CHECK(ErrorOf("(func (@custom \"a\"))") == "misplaced @custom annotation (1:7)");
  CHECK(ErrorOf("(@custom)") == "@custom annotation: missing section name (1:1)");
  CHECK(ErrorOf("(@custom \"a\" (before last))") == "@custom annotation: malformed section kind (1:26)");
  CHECK(ErrorOf("(@custom \"a\" (after type) 4)") == "@custom annotation: unexpected token (1:27)");
  CHECK(ErrorOf("(module (func) (@name \"a\"))") == "misplaced @name annotation (1:16)");
  CHECK(ErrorOf("(func (@name 4))") == "@name annotation: unexpected token: where one string belongs (1:7)");
  CHECK(ErrorOf("(func (@name \"\\ff\"))") == "@name annotation: malformed UTF-8 encoding (1:7)");
  CHECK(ErrorOf("(func (@name \"a\") (@name \"b\"))") == "@name annotation: multiple function (1:19)");
  CHECK(ErrorOf("(global i32 (@metadata.code.branch_hint \"\\00\") (i32.const 1))") ==
        "@metadata.code.branch_hint annotation: not in a function (1:13)");
  CHECK(ErrorOf("(func (@metadata.code.branch_hint \"\\02\") if end)") ==
        "@metadata.code.branch_hint annotation: unexpected token: where \"\\00\" or \"\\01\" belongs (1:7)");
  const char* kTarget = "@metadata.code.branch_hint annotation: invalid target (1:7)";
  CHECK(ErrorOf("(func (@metadata.code.branch_hint \"\\00\") nop)", ErrorKind::kInvalid) == kTarget);
  CHECK(ErrorOf("(func (@metadata.code.branch_hint \"\\00\") (nop))", ErrorKind::kInvalid) == kTarget);
}

}  // namespace
}  // namespace umiak
