// Tail calls of every kind run in constant stack.
#include <doctest/doctest.h>

#include "tests/support/instance.h"

namespace umiak {
namespace {

StoreOptions SmallStack() {
  StoreOptions options;
  options.stack_bytes = 64 << 10;
  return options;
}

TEST_SUITE("vm/tail_call") {
  TEST_CASE("a million tail calls: to itself, to a function translated later, through a table, by reference") {
    Guest guest(R"((module (type $f (func (param i32) (result i32))) (table 1 funcref) (elem declare func $ref)
      (func $self (export "self") (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
        (else (return_call $self (i32.sub (local.get 0) (i32.const 1))))))
      (func $one (export "later") (type $f) (return_call $two (local.get 0)))
      (func $two (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 2))
        (else (return_call $one (i32.sub (local.get 0) (i32.const 1))))))
      (func $table (export "table") (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 3))
        (else (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
      (elem (i32.const 0) $table)
      (func $ref (export "ref") (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 4))
        (else (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (ref.func $ref)))))))",
                SmallStack());
    CHECK(guest.Run("self", {1'000'000}) == "1");
    CHECK(guest.Run("later", {1'000'000}) == "2");
    CHECK(guest.Run("table", {1'000'000}) == "3");
    CHECK(guest.Run("ref", {1'000'000}) == "4");
  }

  TEST_CASE("a callee with a frame larger than the red zone is checked when it is tail-called") {
    std::string locals;
    for (int i = 0; i < 9000; ++i) locals += " i64";
    std::string reads;
    for (int i = 1; i <= 9000; ++i) {
      absl::StrAppend(&reads, "(local.set ", i, " (i64.extend_i32_u (local.get 0)))(drop (i64.div_u (i64.const 1) (local.get ", i, ")))");
    }
    Guest guest(absl::StrCat("(module (func $big (param i32) (result i32) (local", locals, ")", reads,
                             "(local.get 0)) (func (export \"f\") (param i32) (result i32) (return_call $big (local.get 0))))"),
                SmallStack());
    CHECK(guest.Run("f", {1}).find("call stack exhausted") == 0);
  }

  TEST_CASE("tail calls of host functions return to the caller's caller, a million times") {
    StoreOptions options = SmallStack();
    Guest guest(options);
    int calls = 0;
    guest.linker.Define("env", "count", [&](Caller&, int32_t n) { return calls += n; });
    guest.Instantiate(R"((module (type $f (func (param i32) (result i32)))
      (import "env" "count" (func $count (type $f))) (table 1 funcref) (elem (i32.const 0) $count)
      (func $direct (type $f) (return_call $count (local.get 0)))
      (func $table (type $f) (return_call_indirect (type $f) (local.get 0) (i32.const 0)))
      (func (export "run") (param $n i32) (result i32) (local $sum i32)
        (loop $again
          (local.set $sum (call $direct (i32.const 1)))
          (local.set $sum (call $table (i32.const 2)))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))))");
    CHECK(guest.Run("run", {500'000}) == "1500000");
  }
}

}  // namespace
}  // namespace umiak
