// Small blocks that are written once more instead of a branch to them: vm/translate/lower_control.cc.
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/instance.h"
#include "tests/vm/listed.h"
#include "tests/vm/turns.h"

namespace umiak {
namespace {

// How many branches without a condition the only function of the module has, translated in full.
int CountBranches(absl::string_view text) { return Listed(text).CountOf("Br"); }

TEST_SUITE("vm/copied_block") {
  TEST_CASE("a loop that asks at its beginning whether to go on asks at its end instead") {
    Turns full(0);
    // Collatz: how many steps to 1.
    const std::string text = R"((module (func (export "f") (param $n i32) (result i32) (local $steps i32)
      (block $out (loop $next
        (br_if $out (i32.eq (local.get $n) (i32.const 1)))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 3)) (i32.const 1))))
          (else (local.set $n (i32.shr_u (local.get $n) (i32.const 1)))))
        (br $next)))
      (local.get $steps))))";
    CHECK(CountBranches(text) == 0);
    Guest guest(text);
    for (const auto& [n, steps] : {std::pair{1, 0}, {2, 1}, {3, 7}, {27, 111}, {97, 118}}) {
      CHECK(guest.Run("f", {n}) == absl::StrCat(steps));
    }
  }

  TEST_CASE("a comparison of floats is turned so that NaN goes the same way as before") {
    Turns full(0);
    for (const char* comparison : {"lt", "gt", "le", "ge", "eq", "ne"}) {
      // Halves x until the comparison with 1 holds, at most 20 times.
      const std::string text = absl::StrCat(R"((module (func (export "f") (param $x f64) (result i32) (local $n i32)
        (block $out (loop $next
          (br_if $out (f64.)", comparison, R"( (local.get $x) (f64.const 1)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (local.set $x (f64.mul (local.get $x) (f64.const 0.5)))
          (br_if $out (i32.eq (local.get $n) (i32.const 20)))
          (br $next)))
        (local.get $n))))");
      INFO(std::string(comparison));
      Guest guest(text);
      const auto holds = [&](double x) {
        const absl::string_view name = comparison;
        return name == "lt" ? x < 1 : name == "gt" ? x > 1 : name == "le" ? x <= 1 : name == "ge" ? x >= 1
                            : name == "eq" ? x == 1 : x != 1;
      };
      for (double start : {0.25, 1.0, 8.0, 3.0, std::numeric_limits<double>::quiet_NaN()}) {
        int expected = 0;
        for (double x = start; !holds(x) && expected < 20; x *= 0.5) ++expected;
        INFO(start);
        CHECK(guest.Run("f", {start}) == absl::StrCat(expected));
      }
    }
  }

  TEST_CASE("each way round a loop ends in its own copy of what they share") {
    Turns full(0);
    const std::string text = R"((module (memory 1)
      (data (i32.const 0) "\01\02\01\03\02\02\01\03\03\01\00")
      (func (export "f") (param $p i32) (result i32) (local $sum i32) (local $c i32)
        (loop $next
          (block $step
            (local.set $c (i32.load8_u (local.get $p)))
            (if (i32.eq (local.get $c) (i32.const 1))
              (then (local.set $sum (i32.add (local.get $sum) (i32.const 1))) (br $step)))
            (if (i32.eq (local.get $c) (i32.const 2))
              (then (local.set $sum (i32.xor (local.get $sum) (i32.const 40))) (br $step)))
            (local.set $sum (i32.mul (local.get $sum) (i32.const 3))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $next (i32.load8_u (local.get $p))))
        (local.get $sum))))";
    CHECK(CountBranches(text) == 0);
    Guest guest(text);
    for (int start : {0, 1, 5, 9}) {
      const unsigned char bytes[] = {1, 2, 1, 3, 2, 2, 1, 3, 3, 1, 0};
      int32_t sum = 0;
      for (int p = start;; ++p) {
        sum = bytes[p] == 1 ? sum + 1 : bytes[p] == 2 ? sum ^ 40 : sum * 3;
        if (bytes[p + 1] == 0) break;
      }
      CHECK(guest.Run("f", {start}) == absl::StrCat(sum));
    }
  }

  TEST_CASE("a copy is made with the moves of its own edge") {
    Turns full(0);
    // The block's result comes from three sides, and what follows it is small.
    const std::string text = R"((module (func (export "f") (param $a i32) (param $b i32) (result i32) (local $n i32)
      (loop $next (result i32)
        (local.set $b (block $r (result i32)
          (drop (br_if $r (i32.const 7) (i32.eq (local.get $a) (i32.const 3))))
          (if (i32.gt_s (local.get $a) (i32.const 5))
            (then (br $r (i32.mul (local.get $b) (local.get $a)))))
          (i32.sub (local.get $b) (local.get $a))))
        (local.set $a (i32.sub (local.get $a) (i32.const 1)))
        (br_if $next (local.get $a))
        (local.get $b)))))";
    Guest guest(text);
    for (int32_t a : {1, 3, 4, 9}) {
      for (int32_t b : {0, 1, -5}) {
        int32_t expected = b;
        for (int32_t i = a; i != 0; --i) expected = i == 3 ? 7 : i > 5 ? expected * i : expected - i;
        CHECK(guest.Run("f", {a, b}) == absl::StrCat(expected));
      }
    }
  }

  TEST_CASE("a turned branch of a copy behind all blocks leads to its edge's moves") {
    Turns full(0);
    // The copy stands where the edge from br_if has its moves, and needs others for the way to the return.
    Guest guest(R"((module (func (export "f") (param $a i32) (param $b i32) (result i32) (local $c i32)
      (block $out
        (block $s (result i32)
          (drop (br_if $s (i32.const 7) (local.get $a)))
          (i32.mul (local.get $b) (i32.const 9)))
        (local.set $c)
        (br_if $out (i32.eq (local.get $c) (local.get $b)))
        (return (local.get $c)))
      (i32.add (i32.mul (local.get $c) (i32.const 100)) (local.get $b)))))");
    for (int32_t a : {0, 1}) {
      for (int32_t b : {0, 3, 7}) {
        const int32_t c = a != 0 ? 7 : b * 9;
        CHECK(guest.Run("f", {a, b}) == absl::StrCat(c == b ? c * 100 + b : c));
      }
    }
  }

  TEST_CASE("a dispatch that a turned copy leads to is not turned") {
    const char* text = R"((module (func (export "f") (param $n i32) (param $acc i32) (result i32) (local $r anyref)
      (block $out (loop $next
        (block $x
          (block $c1 (block $c0
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $x (ref.test (ref i31) (local.get $r)))
            (br_table $c0 $c1 (local.get $n)))
            (local.set $acc (i32.add (local.get $acc) (i32.const 1)))
            (br $out))
          (block $s
            (if (i32.eq (local.get $acc) (i32.const 13)) (then (local.set $acc (i32.const 17)) (br $s)))
            (local.set $acc (i32.add (i32.mul (local.get $acc) (i32.const 3)) (i32.const 2))))
          (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))
          (local.set $acc (i32.add (local.get $acc) (i32.const 7)))
          (local.set $acc (i32.mul (local.get $acc) (i32.add (local.get $acc) (i32.const 13))))
          (br_if $next (i32.gt_s (local.get $n) (i32.const -5)))
          (br $out))
        (local.set $acc (i32.add (local.get $acc) (i32.const 1000)))
        (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))
      (local.get $acc))))";
    Turns full(0);
    CHECK(Guest(text).Run("f", {2, 13}) == "18");
    CHECK(Guest(text).Run("f", {1, 13}) == "14");
  }

  TEST_CASE("copies do not make code grow without bounds") {
    std::string arms;
    for (int i = 0; i < 3000; ++i) {
      absl::StrAppend(&arms, "(if (i32.eq (local.get 0) (i32.const ", i, ")) (then (br $step)))");
    }
    const Listed listed(absl::StrCat(
        "(module (memory 1) (func (param i32 i32) (loop $next (block $step ", arms, ")"
        "(i32.store (local.get 1) (i32.mul (local.get 0) (i32.const 77)))"
        "(br_if $next (i32.load offset=4 (local.get 1))))))"));
    CHECK(listed.code->size <= 24 * listed.body_bytes() + 4096);
  }
}

}  // namespace
}  // namespace umiak
