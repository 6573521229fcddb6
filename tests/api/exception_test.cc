// Exceptions at the border between guest and host.
#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

const FuncType kTakesI32{{ValType(ValType::kI32)}, {}};

TEST_SUITE_BEGIN("api/exception");

TEST_CASE("an exception that nobody catches ends the call, with its tag, arguments and a backtrace") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (tag $t (export "oops") (param i32 f64))
    (func $throw (throw $t (i32.const 42) (f64.const 0.5)))
    (func (export "run") (call $throw))))");
  const absl::Status status = Guest::TryCall(instance, "run").status();
  CHECK(KindOf(status) == ErrorKind::kException);
  CHECK(MessageOf(status).find("uncaught exception: tag 0 \"oops\" (42, 0.5) (at ") == 0);
  const auto exception = ExceptionOf(status);
  REQUIRE(exception.has_value());
  CHECK(exception->tag().inst() == std::get<Tag>(*instance.FindExport("oops")).inst());
  REQUIRE(exception->args().size() == 2);
  CHECK(exception->args()[0].i32() == 42);
  CHECK(exception->args()[1].f64() == 0.5);
  const auto trap = TrapOf(status);
  REQUIRE(trap.has_value());
  CHECK(trap->frames.size() == 2);
  CHECK(MessageOf(Guest::TryCall(instance, "run").status()) == MessageOf(status));
}

TEST_CASE("a host function returns a guest's exception onward, and the outer guest catches it") {
  Guest guest;
  guest.linker.DefineInstance("inner", guest.Instantiate(R"((module
    (tag (export "t") (param i64)) (func (export "throw") (throw 0 (i64.const 9)))))"));
  const Func inner = std::get<Func>(*guest.linker.Find("inner", "throw"));
  int calls = 0;
  guest.linker.Define("env", "through", [&, inner](Caller&) {
    ++calls;
    absl::Status status = inner.Call({}).status();
    CHECK(ExceptionOf(status).has_value());
    return status;
  });
  const Instance outer = guest.Instantiate(R"((module
    (import "env" "through" (func $through)) (import "inner" "t" (tag $t (param i64)))
    (func (export "caught") (result i64)
      (block $h (result i64) (try_table (catch $t $h) (call $through)) (i64.const 0)))
    (func (export "all") (result i32)
      (block $h (try_table (catch_all $h) (call $through)) (return (i32.const 0))) (i32.const 1))
    (func (export "ref") (block $h (result exnref)
      (try_table (catch_all_ref $h) (call $through)) (return)) (throw_ref))
    (func (export "tail") (return_call $through))
    (func (export "escapes") (call $through))))");
  CHECK(Guest::Call(outer, "caught").at(0).i64() == 9);
  CHECK(Guest::CallI32(outer, "all") == 1);
  for (const char* name : {"ref", "tail", "escapes"}) {
    CAPTURE(name);
    const absl::Status status = Guest::TryCall(outer, name).status();
    CHECK(KindOf(status) == ErrorKind::kException);
    REQUIRE(ExceptionOf(status).has_value());
    CHECK(ExceptionOf(status)->args().at(0).i64() == 9);
  }
  CHECK(calls == 5);
}

TEST_CASE("a host function throws an exception of a tag of its own") {
  Guest guest;
  const Tag tag = Tag::Create(guest.store, kTakesI32);
  guest.linker.Define("env", "tag", tag);
  guest.linker.Define("env", "throw", [tag](Caller& caller, int32_t n) { return caller.Throw(tag, {Value(n)}); });
  guest.linker.Define("env", "wrong", [tag](Caller& caller) { return caller.Throw(tag, {Value(1.5)}); });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "tag" (tag $t (param i32)))
    (import "env" "throw" (func $throw (param i32))) (import "env" "wrong" (func $wrong))
    (func (export "catch") (param i32) (result i32)
      (block $h (result i32) (try_table (catch $t $h) (call $throw (local.get 0))) (i32.const -1)))
    (func (export "escapes") (call $throw (i32.const 3)))
    (func (export "wrong") (try_table (catch_all 0) (call $wrong)))))");
  CHECK(Guest::CallI32(instance, "catch", {Value(12)}) == 12);
  const absl::Status status = Guest::TryCall(instance, "escapes").status();
  CHECK(KindOf(status) == ErrorKind::kException);
  CHECK(MessageOf(status).find("uncaught exception: tag 0 \"tag\" (3)") == 0);
  CHECK(ExceptionOf(status)->tag().inst() == tag.inst());
  CHECK(KindOf(Guest::TryCall(instance, "wrong").status()) == ErrorKind::kTrap);
}

TEST_CASE("catch_all takes neither traps nor exits of host functions") {
  Guest guest;
  guest.linker.Define("env", "exit", [](Caller&) { return MakeExit(3); });
  guest.linker.Define("env", "trap", [](Caller&) { return MakeTrap(TrapCode::kUnreachable); });
  guest.linker.Define("env", "fail", [](Caller&) { return absl::NotFoundError("no such thing"); });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "exit" (func $exit)) (import "env" "trap" (func $trap)) (import "env" "fail" (func $fail))
    (func (export "exit") (try_table (catch_all 0) (call $exit)))
    (func (export "trap") (try_table (catch_all 0) (call $trap)))
    (func (export "fail") (try_table (catch_all 0) (call $fail)))))");
  CHECK(ExitCodeOf(Guest::TryCall(instance, "exit").status()) == 3);
  CHECK(KindOf(Guest::TryCall(instance, "trap").status()) == ErrorKind::kTrap);
  CHECK(KindOf(Guest::TryCall(instance, "fail").status()) == ErrorKind::kTrap);
}

TEST_CASE("an exnref goes out to the host and comes back") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module (tag $t (param i32))
    (func (export "make") (result exnref) (block $h (result exnref)
      (try_table (catch_all_ref $h) (throw $t (i32.const 5))) (unreachable)))
    (func (export "throw") (param exnref) (result i32)
      (block $h (result i32) (try_table (catch $t $h) (throw_ref (local.get 0))) (unreachable)))))");
  const Value exception = Guest::Call(instance, "make").at(0);
  CHECK(Guest::CallI32(instance, "throw", {exception}) == 5);
}

TEST_CASE("a tail call of a host function leaves no frame, and the host sees whose code made it") {
  Guest guest;
  uint8_t seen = 0;
  guest.linker.Define("env", "look", [&](Caller& caller) { seen = caller.memory().at(0); });
  guest.linker.Define("env", "trap", [](Caller&) { return MakeTrap(TrapCode::kUnreachable); });
  guest.linker.DefineInstance("b", guest.Instantiate(R"((module
    (import "env" "look" (func $look)) (import "env" "trap" (func $trap))
    (memory 1) (data (i32.const 0) "b")
    (func (export "look") (return_call $look)) (func (export "trap") (return_call $trap))))"));
  const Instance a = guest.Instantiate(R"((module
    (import "b" "look" (func $look)) (import "b" "trap" (func $trap)) (import "env" "look" (func $own))
    (memory 1) (data (i32.const 0) "a")
    (func (export "look") (call $look)) (func (export "own") (call $own))
    (func $trap_ (export "trap") (call $trap))))");
  Guest::Call(a, "look");
  CHECK(seen == 'b');
  Guest::Call(a, "own");
  CHECK(seen == 'a');
  const auto trap = TrapOf(Guest::TryCall(a, "trap").status());
  REQUIRE(trap.has_value());
  CHECK(trap->frames.size() == 1);  // "trap" of a alone
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
