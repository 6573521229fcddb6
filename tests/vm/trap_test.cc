#include "umiak/trap.h"

#include <doctest/doctest.h>

#include "umiak/error.h"
#include "vm/runtime/trap_status.h"

namespace umiak {
namespace {

Trap Example() {
  return Trap{.code = TrapCode::kIntegerDivideByZero,
              .detail = "7 / 0",
              .frames = {{"m", 12, "fib", 0x1f3}, {"m", 3, "", 0x88}},
              .omitted = 5};
}

TEST_SUITE_BEGIN("vm/trap");

TEST_CASE("a status carries its trap") {
  const auto trap = TrapOf(TrapStatus(Example()));
  REQUIRE(trap.has_value());
  CHECK(trap->code == TrapCode::kIntegerDivideByZero);
  CHECK(trap->detail == "7 / 0");
  CHECK(trap->omitted == 5);
  REQUIRE(trap->frames.size() == 2);
  CHECK(trap->frames[0].module == "m");
  CHECK(trap->frames[0].function == 12);
  CHECK(trap->frames[0].function_name == "fib");
  CHECK(trap->frames[1].offset == 0x88);
  CHECK_FALSE(TrapOf(absl::OkStatus()).has_value());
  CHECK_FALSE(TrapOf(absl::InternalError("x")).has_value());
}

TEST_CASE("a trap is written as a sentence with its backtrace") {
  CHECK(FormatTrap(Example()) ==
        "trap: integer divide by zero: 7 / 0\n"
        "    at func 12 \"fib\" (0x1f3)\n"
        "    at func 3 (0x88)\n"
        "    and 5 more\n");
  CHECK(FormatTrap(Trap{.code = TrapCode::kUnreachable, .detail = {}, .frames = {}}) == "trap: unreachable\n");
}

TEST_CASE("the status of a trap begins with the phrase and places the innermost frame") {
  const absl::Status status = TrapStatus(Example());
  CHECK(std::string(status.message()) == "integer divide by zero: 7 / 0 (at 0x1f3, func 12 \"fib\")");
  const auto location = LocationOf(status);
  REQUIRE(location.has_value());
  CHECK(location->offset == 0x1f3);
  CHECK(location->function == 12);
}

TEST_CASE("the kind of a trap follows from its code") {
  CHECK(KindOf(MakeTrap(TrapCode::kUnreachable)) == ErrorKind::kTrap);
  CHECK(KindOf(MakeTrap(TrapCode::kCallStackExhausted)) == ErrorKind::kExhaustion);
  CHECK(KindOf(MakeTrap(TrapCode::kInterrupted)) == ErrorKind::kInterrupt);
  CHECK(KindOf(MakeTrap(TrapCode::kOutOfFuel)) == ErrorKind::kInterrupt);
}

TEST_CASE("an ordinary error of a host function becomes a trap") {
  const auto trap = TrapOfHostError(absl::InternalError("disk on fire"));
  REQUIRE(trap.has_value());
  CHECK(trap->code == TrapCode::kHostError);
  CHECK(trap->detail == "disk on fire");
}

TEST_CASE("a trap that a host function made from a phrase alone is recognised") {
  const auto trap = TrapOfHostError(MakeError(ErrorKind::kTrap, "out of bounds memory access", "0x5 + 4 > 0x8"));
  REQUIRE(trap.has_value());
  CHECK(trap->code == TrapCode::kOutOfBoundsMemory);
  CHECK(trap->detail == "0x5 + 4 > 0x8");
}

TEST_CASE("exit passes as it is") { CHECK_FALSE(TrapOfHostError(MakeExit(3)).has_value()); }

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
