// Guest code throws and catches.
#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/instance.h"
#include "tests/vm/listed.h"
#include "vm/interp/code.h"
#include "vm/runtime/instance_data.h"
#include "vm/translate/translate.h"

namespace umiak {
namespace {

StoreOptions Metered() {
  StoreOptions options;
  options.metered = true;
  return options;
}

std::string ListingOf(absl::string_view text) { return Listing(Listed(text).record); }

TEST_SUITE("vm/exception") {
  TEST_CASE("an exception is caught with its arguments, from however deep it comes") {
    Guest guest(R"((module (tag $t (param i32 i64 f64))
      (func $down (param i32)
        (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))) (return)))
        (throw $t (i32.const 7) (i64.const 8) (f64.const 9.5)))
      (func (export "f") (param i32) (result i32 i64 f64)
        (block $h (result i32 i64 f64)
          (try_table (catch $t $h) (call $down (local.get 0)))
          (unreachable)))))");
    for (int depth : {0, 1, 100, 5000}) CHECK(guest.Run("f", {depth}) == "7 8 9.5");
  }

  TEST_CASE("what a handler reads is what the locals held at the throw") {
    // $x changes around the calls, by their results too; the handler sees the value of the time.
    Guest guest(R"((module (tag $t)
      (func $at (param $n i32) (param $when i32) (result i32)
        (if (i32.eq (local.get $n) (local.get $when)) (then (throw $t)))
        (i32.mul (local.get $n) (i32.const 10)))
      (func (export "f") (param $when i32) (result i32) (local $x i32) (local $i i32)
        (block $h
          (try_table (catch $t $h)
            (local.set $x (i32.const 1))
            (local.set $x (call $at (i32.const 1) (local.get $when)))
            (loop $again
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (local.set $x (i32.add (local.get $x) (i32.const 1)))
              (local.set $x (i32.add (local.get $x) (call $at (i32.add (local.get $i) (i32.const 1)) (local.get $when))))
              (br_if $again (i32.lt_u (local.get $i) (i32.const 100)))))
          (return (i32.const -1)))
        (local.get $x))))");
    CHECK(guest.Run("f", {1}) == "1");
    CHECK(guest.Run("f", {2}) == "11");       // 10 + 1
    CHECK(guest.Run("f", {3}) == "32");       // 10 + 1 + 20 + 1
    CHECK(guest.Run("f", {5000}) == "-1");
  }

  TEST_CASE("values on the stack below a try_table outlive what it catches") {
    Guest guest(R"((module (tag $t (param i32))
      (func $f (param i32) (result i32) (throw $t (local.get 0)))
      (func (export "f") (param i32) (result i32)
        (i32.mul (local.get 0) (i32.const 3))
        (block $h (result i32)
          (i32.const 1) (i32.const 2)
          (try_table (param i32 i32) (result i32) (catch $t $h)
            (i32.add (call $f (i32.add)) (i32.const 100))))
        (i32.sub))))");
    CHECK(guest.Run("f", {5}) == "12");
  }

  TEST_CASE("a clause may lead to a loop, out of the function, and through many values") {
    Guest guest(R"((module (tag $one (param i32)) (tag $six (param i32 i64 f32 f64 i32 i64))
      (func $throw (param i32)
        (if (i32.lt_u (local.get 0) (i32.const 10)) (then (throw $one (i32.add (local.get 0) (i32.const 1)))))
        (throw $six (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5) (i64.const 6)))
      (func (export "f") (result i32 i64 f32 f64 i32 i64)
        (i32.const 0)
        (loop $again (param i32)
          (try_table (param i32) (catch $one $again) (catch $six 1) (call $throw)))
        (unreachable))))");
    CHECK(guest.Run("f") == "1 2 3 4 5 6");
  }

  TEST_CASE("a tag is itself alone: instances, imports and types do not make two the same") {
    Guest guest;
    constexpr absl::string_view kThrower = R"((module (tag (export "t") (param i32))
      (func (export "throw") (throw 0 (i32.const 5)))))";
    guest.linker.DefineInstance("a", guest.Instantiate(kThrower));
    guest.linker.DefineInstance("b", guest.Instantiate(kThrower));
    guest.Instantiate(R"((module (import "a" "t" (tag $a (param i32))) (import "b" "t" (tag $b (param i32)))
      (import "a" "throw" (func $a)) (import "b" "throw" (func $b))
      (tag $own (param i32))
      (func (export "f") (param i32) (result i32)
        (block $b (result i32) (block $a (result i32) (block $own (result i32)
            (try_table (catch $own $own) (catch $a $a) (catch $b $b)
              (if (local.get 0) (then (call $a)) (else (call $b))))
            (unreachable))
          (return (i32.const 1)))
        (return (i32.const 2)))
        (return (i32.const 3)))))");
    CHECK(guest.Run("f", {1}) == "2");
    CHECK(guest.Run("f", {0}) == "3");
  }

  TEST_CASE("an exnref can be kept and thrown again, and null is a trap that nobody catches") {
    Guest guest(R"((module (tag $t (param i64)) (global $kept (mut exnref) (ref.null exn))
      (table 1 exnref)
      (func $keep (block $h (result exnref)
          (try_table (catch_all_ref $h) (throw $t (i64.const 77))) (unreachable))
        (global.set $kept) (table.set (i32.const 0) (global.get $kept)))
      (func (export "f") (result i64)
        (call $keep)
        (block $h (result i64) (try_table (catch $t $h) (throw_ref (table.get (i32.const 0)))) (unreachable)))
      (func (export "null") (try_table (catch_all 0) (throw_ref (ref.null exn))))))");
    CHECK(guest.Run("f") == "77");
    CHECK(guest.Run("null").find("null exception reference") == 0);
  }

  TEST_CASE("exceptions live as long as something refers to them, and no longer") {
    StoreOptions options;
    options.collect_always = true;
    constexpr absl::string_view kText = R"((module (tag $t (param i64)) (tag $r (param exnref i64))
      (table 4 exnref) (global $g (mut exnref) (ref.null exn))
      (func $make (param i64) (result exnref)
        (block $h (result exnref) (try_table (catch_all_ref $h) (throw $t (local.get 0))) (unreachable)))
      (func $down (param i32) (param exnref)
        (if (local.get 0) (then (drop (call $make (i64.const 9)))
          (call $down (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (return)))
        (throw $r (local.get 1) (i64.const 1)))
      (func $value (param exnref) (result i64)
        (block $h (result i64) (try_table (catch $t $h) (throw_ref (local.get 0))) (unreachable)))
      (func (export "kept") (result i64) (local $e exnref)
        (local.set $e (call $make (i64.const 1)))
        (global.set $g (call $make (i64.const 2)))
        (table.set (i32.const 3) (call $make (i64.const 4)))
        (drop (call $make (i64.const 100)))
        (i64.add (call $value (local.get $e))
          (i64.add (call $value (global.get $g)) (call $value (table.get (i32.const 3))))))
      (func (export "argument") (result i64)
        (block $h (result exnref i64 exnref)
          (try_table (catch_ref $r $h) (call $down (i32.const 20) (call $make (i64.const 5))))
          (unreachable))
        (drop) (drop) (call $value))
      (func (export "many") (param $n i32) (result i32) (local $i i32)
        (loop $again
          (drop (call $make (i64.extend_i32_u (local.get $i))))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
        (local.get $i))))";
    Guest guest(kText, options);
    CHECK(guest.Run("kept") == "7");
    CHECK(guest.Run("argument") == "5");
    StoreOptions small;
    small.max_gc_heap_bytes = 1 << 20;
    Guest bounded(kText, small);
    CHECK(bounded.Run("many", {300'000}) == "300000");
  }

  TEST_CASE("traps and endless recursion are not caught") {
    Guest guest(R"((module (func $r (call $r))
      (func (export "trap") (try_table (catch_all 0) (unreachable)))
      (func (export "deep") (try_table (catch_all 0) (call $r)))))");
    CHECK(guest.Run("trap").find("unreachable") == 0);
    CHECK(guest.Run("deep").find("call stack exhausted") == 0);
  }

  TEST_CASE("an exception leaves several instances, and the instance of the handler goes on") {
    Guest guest;
    guest.linker.DefineInstance("a", guest.Instantiate(R"((module (memory 1) (data (i32.const 0) "a")
      (tag (export "t")) (type $v (func)) (table (export "table") 1 funcref)
      (func (export "throw") (throw 0))
      (func (export "tail") (return_call_indirect (type $v) (i32.const 0)))
      (func (export "call") (call_indirect (type $v) (i32.const 0)))))"));
    guest.Instantiate(R"((module
      (import "a" "t" (tag $t)) (import "a" "throw" (func $throw)) (import "a" "call" (func $call))
      (import "a" "tail" (func $tail)) (import "a" "table" (table 1 funcref))
      (memory 1) (data (i32.const 0) "b")
      (func $inner (call $throw)) (elem (i32.const 0) $inner)
      (func (export "call") (result i32)
        (block $h (try_table (catch $t $h) (call $call)) (unreachable)) (i32.load8_u (i32.const 0)))
      (func (export "tail") (result i32)
        (block $h (try_table (catch $t $h) (call $tail)) (unreachable)) (i32.load8_u (i32.const 0)))))");
    CHECK(guest.Run("call") == "98");
    CHECK(guest.Run("tail") == "98");
  }

  TEST_CASE("a tail call in a try_table leaves it first") {
    Guest guest(R"((module (tag $t) (func $throw (throw $t))
      (func $tail (try_table (catch_all 0) (return_call $throw)))
      (func (export "f") (result i32)
        (block $h (try_table (catch $t $h) (call $tail)) (return (i32.const 0))) (i32.const 1))))");
    CHECK(guest.Run("f") == "1");
  }

  TEST_CASE("the legacy instructions do the same: catch, catch_all, rethrow, delegate") {
    Guest guest(R"((module (tag $a (param i32)) (tag $b)
      (func $throw (param i32) (if (local.get 0) (then (throw $a (local.get 0)))) (throw $b))
      (func (export "catch") (param i32) (result i32)
        (try (result i32) (do (call $throw (local.get 0)) (i32.const -1))
          (catch $a (i32.add (i32.const 100)))
          (catch_all (i32.const 1))))
      (func (export "rethrow") (param i32) (result i32)
        (try (result i32)
          (do (try (result i32) (do (call $throw (local.get 0)) (i32.const -1))
                (catch $a (drop) (try (do (throw $b)) (catch_all (rethrow 1))) (i32.const -2))))
          (catch $a (i32.mul (i32.const 2)))
          (catch $b (i32.const 3))))
      (func (export "delegate") (param i32) (result i32)
        (try (result i32)
          (do (try (result i32)
                (do (try (do (call $throw (local.get 0))) (delegate 1)) (i32.const -1))
                (catch_all (i32.const -2))))
          (catch $a)
          (catch_all (i32.const 4))))))");
    CHECK(guest.Run("catch", {5}) == "105");
    CHECK(guest.Run("catch", {0}) == "1");
    CHECK(guest.Run("rethrow", {5}) == "10");
    CHECK(guest.Run("rethrow", {0}) == "3");
    CHECK(guest.Run("delegate", {5}) == "5");
    CHECK(guest.Run("delegate", {0}) == "4");
  }

  TEST_CASE("entering and leaving a try_table is no cell, and registers stay registers") {
    // The same kernel without and with a try_table whose handler reads the counters.
    constexpr absl::string_view kKernel = R"((module (tag $t) (memory 1)
      (func (param $n i32) (result i32) (local $i i32) (local $sum i32)
        (block $h
          (loop $again
            BEGIN
              (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $i))))
              (call $f (local.get $sum))
              (local.set $i (i32.add (local.get $i) (i32.const 4)))
            end
            (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
          (return (local.get $sum)))
        (i32.add (local.get $sum) (local.get $i)))
      (func $f (param i32) (if (i32.gt_s (local.get 0) (i32.const 1000)) (then (throw $t))))))";
    const std::string plain = ListingOf(absl::StrReplaceAll(kKernel, {{"BEGIN", "block"}}));
    const std::string with_try = ListingOf(absl::StrReplaceAll(kKernel, {{"BEGIN", "try_table (catch $t $h)"}}));
    INFO(plain);
    INFO(with_try);
    // The handler's cells come behind the others.
    CHECK(with_try.substr(0, plain.size()) == plain);
    CHECK(with_try.size() > plain.size());
  }

  TEST_CASE("a loop that throws uses fuel, and ends with it") {
    Guest guest(R"((module (tag $t)
      (func (export "f") (loop $again (try_table (catch $t $again) (throw $t))))
      (func $g (throw $t))
      (func (export "g") (loop $again (try_table (catch $t $again) (call $g))))))",
                Metered());
    for (const char* name : {"f", "g"}) {
      guest.store.SetFuel(1'000'000);
      CHECK(guest.Run(name).find("all fuel consumed") == 0);
    }
  }

  TEST_CASE("thousands of nested try_tables, each with a way out, are translated in no time") {
    std::string text = "(module (tag $t) (func $f) (func (export \"f\") (result i32)";
    constexpr int kDepth = 3000;
    for (int i = 0; i < kDepth; ++i) text += " block";
    for (int i = 0; i < kDepth; ++i) absl::StrAppend(&text, " try_table (catch $t ", i + i / 2, ") call $f");
    text += " throw $t";
    for (int i = 0; i < 2 * kDepth; ++i) text += " end";
    text += " i32.const 6))";
    Guest guest(text);
    CHECK(guest.Run("f") == "6");
  }
}

}  // namespace
}  // namespace umiak
