#include "umiak/trap.h"

#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

Trap TrapOfCall(const Instance& instance, const char* name, const std::vector<Value>& args = {}) {
  const auto results = Guest::TryCall(instance, name, args);
  REQUIRE_FALSE(results.ok());
  const auto trap = TrapOf(results.status());
  REQUIRE(trap.has_value());
  return *trap;
}

std::vector<uint32_t> FunctionsOf(const Trap& trap) {
  std::vector<uint32_t> functions;
  for (const Frame& frame : trap.frames) functions.push_back(frame.function);
  return functions;
}

TEST_SUITE_BEGIN("api/trap");

TEST_CASE("a trap names the functions that were running, innermost first") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module $math
    (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func $middle (param i32) (result i32) (i32.add (i32.const 1) (call $divide (i32.const 7) (local.get 0))))
    (func (export "run") (param i32) (result i32) (call $middle (local.get 0)))))");
  CHECK(Guest::CallI32(instance, "run", {Value(2)}) == 4);
  const Trap trap = TrapOfCall(instance, "run", {Value(0)});
  CHECK(trap.code == TrapCode::kIntegerDivideByZero);
  CHECK(FunctionsOf(trap) == std::vector<uint32_t>{0, 1, 2});
  CHECK(trap.frames[0].module == "math");
  CHECK(trap.frames[0].function_name == "divide");
  CHECK(trap.frames[2].function_name == "run");
  CHECK(trap.omitted == 0);
  // The offsets are those of the division and of the calls.
  const auto bytes = instance.module().bytes();
  CHECK(bytes[trap.frames[0].offset] == 0x6d);
  CHECK(bytes[trap.frames[1].offset] == 0x10);
  CHECK(bytes[trap.frames[2].offset] == 0x10);
}

TEST_CASE("a store can be used again after a trap") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (func (export "trap") unreachable) (func (export "fine") (result i32) (i32.const 5))))");
  for (int i = 0; i < 3; ++i) {
    CHECK(TrapOfCall(instance, "trap").code == TrapCode::kUnreachable);
    CHECK(Guest::CallI32(instance, "fine") == 5);
  }
}

TEST_CASE("a backtrace goes through other instances") {
  Guest guest;
  guest.linker.DefineInstance("a", guest.Instantiate(R"((module $a
    (func (export "f") (param i32) (result i32) (i32.load (local.get 0))) (memory 1)))"));
  const Instance b = guest.Instantiate(R"((module $b
    (import "a" "f" (func $f (param i32) (result i32))) (memory 2)
    (func (export "run") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.load (local.get 0))))))");
  CHECK(Guest::CallI32(b, "run", {Value(0)}) == 0);
  const Trap trap = TrapOfCall(b, "run", {Value(70000)});
  CHECK(trap.code == TrapCode::kOutOfBoundsMemory);
  REQUIRE(trap.frames.size() == 2);
  CHECK(trap.frames[0].module == "a");
  CHECK(trap.frames[0].function == 0);
  CHECK(trap.frames[1].module == "b");
  CHECK(trap.frames[1].function == 1);
}

TEST_CASE("a backtrace goes through host functions that call guests") {
  Guest guest;
  guest.linker.Define("env", "callback", [](Caller& caller) -> absl::Status {
    return caller.instance().GetFunc("inner")->Call({}).status();
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "callback" (func $callback))
    (func (export "inner") unreachable)
    (func (export "outer") (call $callback))))");
  const Trap trap = TrapOfCall(instance, "outer");
  CHECK(trap.code == TrapCode::kUnreachable);
  CHECK(FunctionsOf(trap) == std::vector<uint32_t>{1, 2});
}

TEST_CASE("an endless recursion ends with call stack exhausted, some frames and a count of the others") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (func $f (export "f") (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))))");
  const auto status = Guest::TryCall(instance, "f", {Value(int64_t{1})}).status();
  CHECK(KindOf(status) == ErrorKind::kExhaustion);
  CHECK(MessageOf(status).find("call stack exhausted") == 0);
  const Trap trap = *TrapOf(status);
  CHECK(trap.frames.size() == Trap::kMaxFrames);
  CHECK(trap.omitted > 10'000);
}

TEST_CASE("a recursion through host functions ends too") {
  Guest guest;
  guest.linker.Define("env", "again", [](Caller& caller) -> absl::Status {
    return caller.instance().GetFunc("f")->Call({}).status();
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "again" (func $again)) (func (export "f") (call $again))))");
  const auto status = Guest::TryCall(instance, "f").status();
  CHECK(KindOf(status) == ErrorKind::kExhaustion);
  CHECK(TrapOf(status)->frames.size() == Trap::kMaxFrames);
}

TEST_CASE("a recursion between two instances ends too") {
  Guest guest;
  const Table table = *Table::Create(guest.store, TableType{kFuncRef, {2, 2}}, Value(kFuncRef, Ref{}));
  guest.linker.Define("t", "t", table);
  guest.Instantiate(R"((module (import "t" "t" (table 2 funcref)) (type $t (func)) (elem (i32.const 0) func $f)
    (func $f (call_indirect (type $t) (i32.const 1)))))");
  const Instance b = guest.Instantiate(R"((module (import "t" "t" (table 2 funcref)) (type $t (func))
    (elem (i32.const 1) func $f) (func $f (export "f") (call_indirect (type $t) (i32.const 0)))))");
  const auto status = Guest::TryCall(b, "f").status();
  CHECK(KindOf(status) == ErrorKind::kExhaustion);
}

TEST_CASE("each way to trap has its phrase") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (type $v (func)) (type $i (func (result i32)))
    (table 3 funcref) (elem (i32.const 0) func $f) (memory 1)
    (func $f)
    (func (export "unreachable") unreachable)
    (func (export "overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
    (func (export "conversion") (drop (i32.trunc_f32_s (f32.const nan))))
    (func (export "undefined") (call_indirect (type $v) (i32.const 3)))
    (func (export "uninitialized") (call_indirect (type $v) (i32.const 2)))
    (func (export "mismatch") (drop (call_indirect (type $i) (i32.const 0))))
    (func (export "table") (drop (table.get (i32.const 3))))
    (func (export "load") (drop (i64.load (i32.const 0xfff9))))
    (func (export "far") (drop (i64.load offset=0xffffffff (i32.const -1))))
    (func (export "store") (i32.store8 (i32.const 0x10000) (i32.const 1)))
    (func (export "fill") (memory.fill (i32.const 0xffff) (i32.const 1) (i32.const 2)))))");
  const std::pair<const char*, const char*> cases[] = {
      {"unreachable", "unreachable"},
      {"overflow", "integer overflow"},
      {"conversion", "invalid conversion to integer"},
      {"undefined", "undefined element"},
      {"uninitialized", "uninitialized element"},
      {"mismatch", "indirect call type mismatch"},
      {"table", "out of bounds table access"},
      {"load", "out of bounds memory access"},
      {"far", "out of bounds memory access"},
      {"store", "out of bounds memory access"},
      {"fill", "out of bounds memory access"}};
  for (const auto& [name, phrase] : cases) {
    CAPTURE(name);
    const auto status = Guest::TryCall(instance, name).status();
    CHECK(KindOf(status) == ErrorKind::kTrap);
    CHECK(MessageOf(status).rfind(phrase, 0) == 0);
    CHECK(FunctionsOf(*TrapOf(status)).size() == 1);
  }
}

TEST_CASE("a trap of the start function is the error of instantiation") {
  Guest guest;
  const auto instance = guest.TryInstantiate("(module (func $s unreachable) (start $s))");
  REQUIRE_FALSE(instance.ok());
  CHECK(TrapOf(instance.status())->code == TrapCode::kUnreachable);
  CHECK(TrapOf(instance.status())->frames.size() == 1);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
