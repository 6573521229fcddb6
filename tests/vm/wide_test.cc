// Wide arithmetic: cells with two results.
#include <doctest/doctest.h>

#include "tests/support/instance.h"

namespace umiak {
namespace {

TEST_SUITE("vm/wide") {
  TEST_CASE("i64.add128 carries, i64.sub128 borrows") {
    Guest guest(R"((module
      (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
        (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
      (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
        (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))))");
    CHECK(guest.Run("add", {int64_t{-1}, int64_t{5}, int64_t{1}, int64_t{7}}) == "0 13");
    CHECK(guest.Run("sub", {int64_t{0}, int64_t{5}, int64_t{1}, int64_t{7}}) == "-1 -3");
  }

  TEST_CASE("the halves of a product may change places, be dropped, or both go to one local") {
    Guest guest(R"((module
      (func (export "swap") (param i64 i64) (result i64 i64)
        (i64.mul_wide_u (local.get 0) (local.get 1)) (local.set 0) (local.set 1) (local.get 0) (local.get 1))
      (func (export "low") (param i64 i64) (result i64) (i64.mul_wide_s (local.get 0) (local.get 1)) (drop))
      (func (export "high") (param i64 i64) (result i64)
        (i64.mul_wide_s (local.get 0) (local.get 1)) (local.set 0) (drop) (local.get 0))
      (func (export "both") (param i64 i64) (result i64)
        (i64.mul_wide_u (local.get 0) (local.get 1)) (local.set 0) (local.set 0) (local.get 0))))");
    CHECK(guest.Run("swap", {int64_t{-1}, int64_t{3}}) == "2 -3");
    CHECK(guest.Run("low", {int64_t{-1}, int64_t{3}}) == "-3");
    CHECK(guest.Run("high", {int64_t{-1}, int64_t{3}}) == "-1");
    CHECK(guest.Run("both", {int64_t{-1}, int64_t{3}}) == "-3");
  }

  TEST_CASE("a loop of wide arithmetic computes 2^64 factorials modulo 2^128") {
    // (low, high) *= i, with constants and locals as operands.
    Guest guest(R"((module (func (export "f") (param $n i64) (result i64 i64)
        (local $low i64) (local $high i64) (local $carry i64)
      (local.set $low (i64.const 1))
      (loop $next
        (i64.mul_wide_u (local.get $low) (local.get $n))
        (local.set $carry) (local.set $low)
        (i64.add128 (local.get $carry) (i64.const 0) (i64.mul (local.get $high) (local.get $n)) (i64.const 0))
        (drop) (local.set $high)
        (br_if $next (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
      (local.get $low) (local.get $high))))");
    __extension__ unsigned __int128 product = 1;
    for (unsigned i = 30; i > 0; --i) product *= i;
    CHECK(guest.Run("f", {int64_t{30}}) ==
          absl::StrCat(static_cast<int64_t>(product), " ", static_cast<int64_t>(product >> 64)));
  }
}

}  // namespace
}  // namespace umiak
