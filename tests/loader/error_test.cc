#include "umiak/error.h"

#include <doctest/doctest.h>

namespace umiak {
namespace {

TEST_CASE("an error is one line: phrase, detail, place") {
  ErrorLocation location;
  CHECK(std::string(MakeError(ErrorKind::kMalformed, "unexpected end", "").message()) == "unexpected end");
  location.offset = 0x1f3;
  CHECK(std::string(MakeError(ErrorKind::kMalformed, "unexpected end", "reading x", location).message()) ==
        "unexpected end: reading x (at 0x1f3)");
  location.function = 12;
  location.function_name = "fib";
  location.instruction = "i32.add";
  CHECK(std::string(MakeError(ErrorKind::kInvalid, "type mismatch", "expected i32", location).message()) ==
        "type mismatch: expected i32 (at 0x1f3, func 12 \"fib\", i32.add)");
}

TEST_CASE("a function's name cannot break the line") {
  ErrorLocation location;
  location.function = 0;
  location.function_name = "a\nb\x1b[31m";
  std::string message(MakeError(ErrorKind::kInvalid, "type mismatch", "", location).message());
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.find('\x1b') == std::string::npos);
}

TEST_CASE("kind and place are read back from the status") {
  ErrorLocation location;
  location.offset = 7;
  location.function = 3;
  location.function_name = "name";
  location.instruction = "drop";
  absl::Status status = MakeError(ErrorKind::kInvalid, "type mismatch", "", location);
  CHECK(KindOf(status) == ErrorKind::kInvalid);
  auto back = LocationOf(status);
  REQUIRE(back.has_value());
  CHECK(back->offset == 7);
  CHECK(back->function == 3);
  CHECK(back->function_name == "name");
  CHECK(back->instruction == "drop");
}

TEST_CASE("ordinary statuses have no kind") {
  CHECK(KindOf(absl::OkStatus()) == ErrorKind::kNone);
  CHECK(KindOf(absl::NotFoundError("x")) == ErrorKind::kNone);
  CHECK_FALSE(LocationOf(absl::NotFoundError("x")).has_value());
}

TEST_CASE("an exit carries its code") {
  absl::Status status = MakeExit(42);
  CHECK(KindOf(status) == ErrorKind::kExit);
  CHECK(ExitCodeOf(status) == 42);
  CHECK_FALSE(ExitCodeOf(absl::AbortedError("x")).has_value());
  CHECK_FALSE(status.ok());
}

}  // namespace
}  // namespace umiak
