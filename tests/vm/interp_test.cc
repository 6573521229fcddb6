// Guest code runs: calls, loops, results, traps.
#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/instance.h"

namespace umiak {
namespace {

TEST_SUITE("vm/interp") {
  TEST_CASE("a recursive function returns its result") {
    Guest guest(R"((module (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))");
    CHECK(guest.Run("fib", {20}) == "6765");
  }

  TEST_CASE("a loop counts in registers and leaves its sum") {
    Guest guest(R"((module (func (export "sum") (param $n i32) (result i64) (local $i i32) (local $sum i64)
      (loop $again
        (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.le_u (local.get $i) (local.get $n))))
      (local.get $sum))))");
    CHECK(guest.Run("sum", {1000}) == "500500");
  }

  TEST_CASE("a block of three results leaves them in order") {
    Guest guest(R"((module (func (export "f") (param i32) (result i32 i64 f64)
      (block (result i32 i64 f64)
        (i32.const 1) (i64.const 2) (f64.const 3)
        (br_if 0 (local.get 0))
        (drop) (drop) (drop)
        (i32.const 4) (i64.const 5) (f64.const 6)))))");
    CHECK(guest.Run("f", {1}) == "1 2 3");
    CHECK(guest.Run("f", {0}) == "4 5 6");
  }

  TEST_CASE("a v128 local keeps its value across a loop") {
    Guest guest(R"((module (memory 1) (func (export "f") (param i32) (result i64) (local $v v128)
      (local.set $v (v128.const i64x2 7 9))
      (loop $again
        (v128.store offset=16 (i32.const 0) (local.get $v))
        (local.set $v (v128.load offset=16 (i32.const 0)))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (v128.store (i32.const 0) (local.get $v))
      (i64.add (i64.load (i32.const 0)) (i64.load (i32.const 8))))))");
    CHECK(guest.Run("f", {3}) == "16");
  }

  TEST_CASE("return_call to a callee with more parameters runs in constant stack") {
    Guest guest(R"((module
      (func $many (param i32 i32 i32 i32 i32 i64) (result i64)
        (if (result i64) (i32.eqz (local.get 0)) (then (local.get 5))
          (else (return_call $few (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 5) (i64.const 1))))))
      (func $few (export "few") (param i32 i64) (result i64)
        (return_call $many (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (local.get 1)))))");
    CHECK(guest.Run("few", {1000000, int64_t{0}}) == "1000000");
  }

  TEST_CASE("six results of two banks come back in order, whatever slots they were in") {
    Guest guest(R"((module
      (func $six (param i32 f64 i64 i32 f32 i64) (result i64 f32 i32 i64 f64 i32)
        (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
      (func (export "f") (result i64 f32 i32 i64 f64 i32)
        (call $six (i32.const 1) (f64.const 2) (i64.const 3) (i32.const 4) (f32.const 5) (i64.const 6)))
      (type $t (func (param i32 f64 i64 i32 f32 i64) (result i64 f32 i32 i64 f64 i32)))
      (table funcref (elem $six))
      (func (export "g") (param i32) (result i64 f32 i32 i64 f64 i32)
        (return_call_indirect (type $t)
          (i32.const 1) (f64.const 2) (i64.const 3) (i32.const 4) (f32.const 5) (i64.const 6) (local.get 0)))))");
    CHECK(guest.Run("f") == "6 5 4 3 2 1");
    CHECK(guest.Run("g", {0}) == "6 5 4 3 2 1");
  }

  TEST_CASE("an address of two additions keeps both when another address comes between it and its store") {
    Guest guest(R"((module (memory 1) (data (i32.const 64) "\2a")
      (func (export "f") (param i32 i32 i32) (result i32)
        (i32.store (i32.add (i32.add (local.get 0) (i32.const 16)) (local.get 1))
                   (i32.load (i32.add (local.get 2) (local.get 1))))
        (i32.load (i32.const 24)))))");
    CHECK(guest.Run("f", {4, 4, 60}) == "42");
  }

  TEST_CASE("calls and tail calls between two instances go through a table in constant stack") {
    Guest guest;
    Instance a = guest.Instantiate(R"((module
      (type $f (func (param i32) (result i32)))
      (table (export "t") 2 funcref) (global $n (mut i32) (i32.const 100))
      (memory 1) (data (i32.const 0) "a")
      (func $even (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.load8_u (i32.const 0)))
        (else (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))))
      (elem (i32.const 0) $even)
      (func (export "call") (param i32) (result i32)
        (i32.add (call_indirect (type $f) (local.get 0) (i32.const 1)) (i32.load8_u (i32.const 0))))))");
    guest.linker.DefineInstance("a", a);
    guest.Instantiate(R"((module
      (type $f (func (param i32) (result i32)))
      (import "a" "t" (table 2 funcref)) (import "a" "call" (func $call (type $f)))
      (memory 1) (data (i32.const 0) "b")
      (func $odd (type $f) (if (result i32) (i32.eqz (local.get 0)) (then (i32.load8_u (i32.const 0)))
        (else (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
      (elem (i32.const 1) $odd)
      (func (export "go") (param i32) (result i32) (i32.add (call $call (local.get 0)) (i32.load8_u (i32.const 0))))))");
    // 'b' (98) or 'a' (97) from the last one, 'a' from "call", 'b' from "go".
    CHECK(guest.Run("go", {1000000}) == "293");
    CHECK(guest.Run("go", {1000001}) == "292");
  }

  TEST_CASE("a host function is called and its result used") {
    Guest guest;
    guest.linker.Define("env", "add", [](Caller&, int32_t a, int64_t b, double c) -> double { return a + b + c; });
    guest.Instantiate(R"((module (import "env" "add" (func $add (param i32 i64 f64) (result f64)))
      (func (export "f") (result f64) (f64.mul (call $add (i32.const 1) (i64.const 2) (f64.const 0.5)) (f64.const 2)))))");
    CHECK(guest.Run("f") == "7");
  }

  TEST_CASE("an access beyond the memory traps in guarded and in checked memories") {
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(R"((module (memory 1) (func (export "load") (param i32) (result i32) (i32.load offset=4 (local.get 0)))))",
                  options);
      CHECK(guest.Run("load", {65528}) == "0");
      auto results = guest.Call("load", {65529});
      REQUIRE(!results.ok());
      auto trap = TrapOf(results.status());
      REQUIRE(trap.has_value());
      CHECK(trap->code == TrapCode::kOutOfBoundsMemory);
      REQUIRE(trap->frames.size() == 1);
      CHECK(trap->frames[0].function_name == "load");
      CHECK(guest.Run("load", {-1}).find("out of bounds memory access") == 0);
    }
  }

  TEST_CASE("an access that shares a cell reaches the last byte of guarded and of checked memories, and no further") {
    struct Row {
      const char* body;  // of a function of $a that returns an i32
      int32_t last;      // $a with which its last access is the last of the memory
    };
    constexpr Row kRows[] = {
        {"(i32.load offset=4 (i32.add (local.get $a) (i32.const 8)))", 65520},
        {"(i32.load offset=4 (i32.add (local.get $a) (local.get $a)))", 32764},
        {"(i32.load offset=8 (i32.add (local.get $a) (i32.shl (local.get $a) (i32.const 2))))", 13104},
        {"(i32.load offset=8 (i32.shl (i32.and (local.get $a) (i32.const 0xfffff)) (i32.const 2)))", 16381},
        {"(i32.add (local.get $a) (i32.load offset=4 (local.get $a)))", 65528},
        {"(i32.store offset=4 (local.get $a) (i32.add (i32.load offset=4 (local.get $a)) (i32.const 1))) (i32.const 0)",
         65528},
        {"(i32.store offset=4 (i32.add (local.get $a) (i32.const 8)) (local.get $a)) (i32.const 0)", 65520},
        {"(if (result i32) (i32.eq (i32.load offset=4 (local.get $a)) (i32.const 7)) (then (i32.const 1)) (else (i32.const 0)))",
         65528},
        {"(if (result i32) (i32.and (i32.load8_u offset=4 (local.get $a)) (i32.const 1)) (then (i32.const 1)) (else (i32.const 0)))",
         65531},
        {"(i32.add (i32.load offset=4 (local.tee $a (i32.add (local.get $a) (i32.const 8)))) (local.get $a))", 65520},
        {"(i32x4.extract_lane 0 (i32x4.add (i32x4.splat (local.get $a)) (v128.load offset=4 (local.get $a))))", 65516},
        {"(i32x4.extract_lane 0 (i32x4.add (i32x4.splat (local.get $a))"
         "   (v128.load offset=4 (i32.add (local.get $a) (i32.const 8)))))", 65508},
        {"(i16x8.extract_lane_u 0 (v128.load8x8_u offset=4 (local.get $a)))", 65524},
        {"(i32x4.extract_lane 1 (v128.load32_lane offset=4 1 (local.get $a) (i32x4.splat (local.get $a))))", 65528},
        {"(v128.store16_lane offset=4 1 (local.get $a) (i32x4.splat (local.get $a))) (i32.const 0)", 65530},
    };
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      StoreOptions options;
      options.bounds = bounds;
      for (const Row& row : kRows) {
        INFO(std::string(row.body));
        Guest guest(absl::StrCat("(module (memory 1) (func (export \"f\") (param $a i32) (result i32) ", row.body, "))"),
                    options);
        CHECK(guest.Call("f", {row.last}).ok());
        CHECK(guest.Run("f", {row.last + 1}).find("out of bounds memory access") == 0);
      }
    }
  }

  TEST_CASE("endless recursion exhausts the stack, in guests and through hosts") {
    Guest guest;
    Func* back = nullptr;
    guest.linker.Define("env", "back", [&back](Caller&) -> absl::Status { return back->Call({}).status(); });
    guest.Instantiate(R"((module (import "env" "back" (func $back))
      (func $f (export "f") (call $f)) (func (export "g") (call $back))))");
    CHECK(guest.Run("f").find("call stack exhausted") == 0);
    Func g = *guest.instance.GetFunc("g");
    back = &g;
    CHECK(guest.Run("g").find("call stack exhausted") == 0);
    CHECK(guest.Run("f").find("call stack exhausted") == 0);
  }

  TEST_CASE("a metered endless loop and a metered endless tail call end when fuel does") {
    StoreOptions options;
    options.metered = true;
    Guest guest(R"((module (func (export "loop") (loop (br 0))) (func $t (export "tail") (return_call $t))
      (func (export "sum") (param i32) (result i32) (local i32)
        (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
          (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))))",
                options);
    guest.store.SetFuel(1000000);
    CHECK(guest.Run("sum", {100}) == "5050");
    uint64_t used = 1000000 - *guest.store.fuel();
    CHECK(used > 300);
    CHECK(used < 2000);
    CHECK(guest.Run("loop").find("all fuel consumed") == 0);
    guest.store.SetFuel(1000000);
    CHECK(guest.Run("tail").find("all fuel consumed") == 0);
    CHECK(*guest.store.fuel() == 0);
  }
}

}  // namespace
}  // namespace umiak
