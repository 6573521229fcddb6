// .wast scripts to commands, and how results and errors are compared.
#include "spec-tests/script.h"

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "spec-tests/expectations.h"
#include "spec-tests/match.h"
#include "umiak/ref.h"

namespace umiak::spec {
namespace {

std::vector<Command> Parse(absl::string_view text) {
  auto commands = ParseScript(text);
  INFO(commands.status().ToString());
  REQUIRE(commands.ok());
  return *std::move(commands);
}

// The one expected result of an assert_return.
Pattern ResultPattern(const std::string& text) {
  return Parse("(assert_return (invoke \"f\") " + text + ")").at(0).expected.at(0);
}

TEST_CASE("every command is told apart, with its line") {
  auto commands = Parse(R"wast((module $m (func))
    (module definition $d (memory 1))
    (module instance $i $d)
    (register "m" $m)
    (invoke $m "f" (i32.const 1))
    (assert_return (get "g") (i64.const -1))
    (assert_trap (invoke "f") "unreachable")
    (assert_trap (module (func $s unreachable) (start $s)) "unreachable")
    (assert_malformed (module quote "(func" ")") "unexpected token")
    (assert_invalid (module binary "\00asm") "type mismatch")
    (assert_exception (invoke "f")))wast");
  REQUIRE(commands.size() == 11);
  const Command::Kind kinds[] = {Command::kModule,      Command::kDefinition,       Command::kInstance,
                                 Command::kRegister,    Command::kAction,           Command::kAssertReturn,
                                 Command::kAssertTrap,  Command::kAssertModuleTrap, Command::kAssertMalformed,
                                 Command::kAssertInvalid, Command::kAssertException};
  for (size_t i = 0; i < commands.size(); ++i) {
    CHECK(commands[i].kind == kinds[i]);
    CHECK(commands[i].line == static_cast<int>(i) + 1);
  }
  CHECK(commands[0].module.bytes == "(module $m (func))");
  CHECK(commands[1].module.bytes == "(module  (memory 1))");
  CHECK(commands[2].module.id == "i");
  CHECK(commands[2].name == "d");
  CHECK(commands[4].action.module == "m");
  CHECK(commands[4].action.args[0].i32() == 1);
  CHECK(commands[5].action.is_get);
  CHECK(commands[7].phrase == "unreachable");
  CHECK(commands[8].module.bytes == "(func ) ");
  CHECK(commands[9].module.bytes == std::string("\0asm", 4));
}

TEST_CASE("a thread has commands of its own, and may share a module") {
  auto commands = Parse(R"wast((thread $t (shared (module $m))
      (register "m" $m)
      (assert_return (invoke "f")))
    (thread $u)
    (wait $t))wast");
  REQUIRE(commands.size() == 3);
  CHECK(commands[0].kind == Command::kThread);
  CHECK(commands[0].module.id == "t");
  CHECK(commands[0].name == "m");
  REQUIRE(commands[0].commands.size() == 2);
  CHECK(commands[0].commands[1].kind == Command::kAssertReturn);
  CHECK(commands[0].commands[1].line == 3);
  CHECK(commands[1].name == "");
  CHECK(commands[2].kind == Command::kWait);
  CHECK_FALSE(ParseScript("(thread $t (thread $u))").ok());
}

TEST_CASE("a definition keeps its annotations") {
  CHECK(Parse("(module definition $m (@name \"x\") (func))").at(0).module.bytes ==
        "(module  (@name \"x\") (func))");
}

TEST_CASE("a script may be the fields of one module") {
  auto commands = Parse("(func) (memory 0)");
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].module.bytes == "(func) (memory 0)");
}

TEST_CASE("an unknown command is an error with its place") {
  auto commands = ParseScript("(module)\n(assert_nothing)");
  CHECK(commands.status().message() == "unknown operator assert_nothing: where a command belongs (2:2)");
}

TEST_CASE("the counter sees assertions, but none in comments and strings") {
  CHECK(CountAssertions("(assert_trap \"(assert_x\") ;; (assert_y\n (; (assert_z ;) (assert_return)") == 2);
}

TEST_CASE("numbers match by their bits") {
  CHECK(Matches(ResultPattern("(i32.const -1)"), Value(int32_t{-1})));
  CHECK_FALSE(Matches(ResultPattern("(i32.const -1)"), Value(int64_t{-1})));
  CHECK_FALSE(Matches(ResultPattern("(f32.const 0)"), Value(-0.0f)));
  CHECK(Matches(ResultPattern("(f64.const 0x1p-1)"), Value(0.5)));
}

TEST_CASE("NaN patterns look at the payload and not at the sign") {
  Pattern canonical = ResultPattern("(f32.const nan:canonical)");
  Pattern arithmetic = ResultPattern("(f32.const nan:arithmetic)");
  const Value negative(std::bit_cast<float>(0xFFC00000u));
  const Value payload(std::bit_cast<float>(0x7FC00001u));
  const Value signalling(std::bit_cast<float>(0x7FA00000u));
  CHECK(Matches(canonical, negative));
  CHECK_FALSE(Matches(canonical, payload));
  CHECK(Matches(arithmetic, payload));
  CHECK_FALSE(Matches(arithmetic, signalling));
  CHECK_FALSE(Matches(arithmetic, Value(std::bit_cast<float>(0x7F800000u))));
}

TEST_CASE("vectors match lane by lane") {
  V128 vector;
  for (uint8_t i = 0; i < 16; ++i) vector.bytes[i] = i;
  CHECK(Matches(ResultPattern("(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)"), Value(vector)));
  CHECK(Matches(ResultPattern("(v128.const i64x2 0x0706050403020100 0x0f0e0d0c0b0a0908)"), Value(vector)));
  CHECK_FALSE(Matches(ResultPattern("(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 0)"), Value(vector)));
  V128 nans;
  const uint32_t nan = 0x7FC00000u;
  for (int lane = 0; lane < 4; ++lane) std::memcpy(nans.bytes + 4 * lane, &nan, 4);
  CHECK(Matches(ResultPattern("(v128.const f32x4 nan:canonical nan:arithmetic nan nan:canonical)"), Value(nans)));
}

TEST_CASE("references match by null, kind and number") {
  const Value null(kExternRef, Ref{});
  Store store;
  const Value host = *NewHostRef(store, 7);
  CHECK(Matches(ResultPattern("(ref.null extern)"), null));
  CHECK(Matches(ResultPattern("(ref.null)"), null));
  CHECK_FALSE(Matches(ResultPattern("(ref.extern)"), null));
  CHECK(Matches(ResultPattern("(ref.extern 7)"), host));
  CHECK_FALSE(Matches(ResultPattern("(ref.extern 8)"), host));
  CHECK(Matches(ResultPattern("(ref.extern)"), host));
  CHECK(Matches(ResultPattern("(either (ref.null) (ref.extern 7))"), host));
  CHECK_FALSE(Matches(ResultPattern("(ref.i31)"), host));
}

TEST_CASE("references match by their type") {
  Store store;
  const Value external = *NewHostRef(store, 7);
  const Value internal(ValType::Ref(HeapType::kAny, true), external.ref());
  CHECK(Matches(ResultPattern("(ref.extern)"), external));
  CHECK_FALSE(Matches(ResultPattern("(ref.any)"), external));
  CHECK_FALSE(Matches(ResultPattern("(ref.host 7)"), external));
  CHECK_FALSE(Matches(ResultPattern("(ref.func)"), external));
  CHECK(Matches(ResultPattern("(ref.any)"), internal));
  CHECK(Matches(ResultPattern("(ref.host 7)"), internal));
  CHECK_FALSE(Matches(ResultPattern("(ref.extern)"), internal));
  CHECK_FALSE(Matches(ResultPattern("(ref.extern 7)"), internal));
}

TEST_CASE("an either inside another adds its parts, however deep") {
  Pattern either = ResultPattern("(either (i32.const 1) (either (either (i32.const 2)) (i32.const 3)))");
  REQUIRE(either.parts.size() == 3);
  CHECK(Matches(either, Value(int32_t{2})));
  CHECK_FALSE(Matches(either, Value(int32_t{4})));
  std::string deep = "(assert_return (invoke \"f\") ";
  for (int i = 0; i < 1'000'000; ++i) deep += "(either ";
  CHECK(ParseScript(deep).status().message() == "unexpected token: the end, where ( belongs (1:8000029)");
}

TEST_CASE("a result that is no value of the specification is an error") {
  auto error = [](const std::string& result) {
    return std::string(ParseScript("(assert_return (invoke \"f\") " + result + ")").status().message());
  };
  CHECK(error("(v128.const)") == "unexpected token: ), where a shape belongs (1:40)");
  CHECK(error("(v128.const i4x32 0)") == "unknown operator i4x32: where a shape belongs (1:41)");
  CHECK(error("(ref.foo)") == "unexpected token: no value (1:30)");
  CHECK(error("(ref.null foo)") == "unknown operator foo: where a heap type belongs (1:39)");
  CHECK(error("(ref.extern 99999999999)") == "i32 constant out of range: 99999999999 (1:41)");
  CHECK(error("(ref.host)") == "unexpected token: ), where an index belongs (1:38)");
}

TEST_CASE("arguments become values of every type") {
  auto commands = Parse("(invoke \"f\" (f64.const 1.5) (v128.const i16x8 1 2 3 4 5 6 7 8) (ref.null func) (ref.extern 3))");
  const std::vector<Value>& args = commands[0].action.args;
  REQUIRE(args.size() == 4);
  CHECK(args[0].f64() == 1.5);
  CHECK(args[1].v128().bytes[14] == 8);
  CHECK(args[2].ref().is_null());
  CHECK(args[3].ref() == HostReference(3));
}

TEST_CASE("an error's sentence must begin with the phrase") {
  CHECK(PhraseMatches("type mismatch: expected i32", "type mismatch"));
  CHECK(PhraseMatches("type mismatch: expected i32", "type mismatch: instruction requires [i32]"));
  CHECK_FALSE(PhraseMatches("unknown type", "type mismatch"));
}

TEST_CASE("a listed failure is no failure, and a listed success is one") {
  Expectations expectations;
  REQUIRE(expectations.Add("# comment\na.wast:3 reason\na.wast:5 reason\n").ok());
  REQUIRE(expectations.Add("b.wast:unsupported reason\n").ok());
  Result result;
  result.failures = {{3, "x"}, {4, "y"}};
  expectations.Apply("a.wast", &result);
  REQUIRE(result.failures.size() == 2);
  CHECK(result.failures[0].line == 4);
  CHECK(result.failures[1].text == "listed as failing, but passes: take it off the list");
  Result all;
  all.failures = {{1, "f: unsupported instruction: throw"}, {2, "got x, expected y"}};
  expectations.Apply("b.wast", &all);
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].line == 2);
  Result none;
  expectations.Apply("b.wast", &none);
  CHECK(none.failures.size() == 1);
  CHECK_FALSE(expectations.Add("a.wast:3\n").ok());
  CHECK_FALSE(expectations.Add("a.wast:x reason\n").ok());
}

}  // namespace
}  // namespace umiak::spec
