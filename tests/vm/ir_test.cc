#include "vm/translate/ir.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/wat.h"
#include "umiak/error.h"
#include "umiak/load.h"
#include "vm/translate/builder.h"

namespace umiak::ir {
namespace {

// The listing of a module's first defined function.
std::string Listing(absl::string_view wat) {
  auto module = LoadModule(Wat(wat));
  INFO(std::string(module.status().message()));
  REQUIRE(module.ok());
  auto function = BuildFunction(**module, (*module)->num_imported_functions);
  INFO(std::string(function.status().message()));
  REQUIRE(function.ok());
  return ToString(*function);
}

TEST_SUITE_BEGIN("vm/ir");

TEST_CASE("reads of locals and constants are operands, not nodes") {
  CHECK(Listing(R"((module (func (param i32 i32) (result i32)
    (i32.add (local.get 0) (i32.mul (local.get 1) (i32.const 3))))))") ==
        R"(b0:
  v2 = i32.mul v1, 3
  v3 = i32.add v0, v2
  return v3
)");
}

TEST_CASE("local.set lets the producer write the local") {
  CHECK(Listing(R"((module (func (param i32)
    (local.set 0 (i32.add (local.get 0) (i32.const 1))))))") ==
        R"(b0:
  v0 = i32.add v0, 1
  return
)");
}

TEST_CASE("a pending read is copied when its local is written, and the producer still writes the local") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    local.get 0
    local.get 0
    i32.const 1
    i32.add
    local.set 0)))") ==
        R"(b0:
  v2 = v0
  v0 = i32.add v0, 1
  return v2
)");
}

TEST_CASE("a pending read below a block that writes its local is copied before the block") {
  CHECK(Listing(R"((module (func (param i32 i32) (result i32)
    local.get 0
    block
      local.get 1
      br_if 0
      i32.const 7
      local.set 0
    end)))") ==
        R"(b0:
  v2 = v0
  br_if i32.ne v1, 0 -> b2, b1
b1:
  v0 = 7
  br -> b2
b2:
  return v2
)");
}

TEST_CASE("a pending read below a block that leaves its local alone stays pending") {
  CHECK(Listing(R"((module (func (param i32 i32) (result i32)
    local.get 0
    block
      local.get 1
      br_if 0
      i32.const 7
      local.set 1
    end)))") ==
        R"(b0:
  br_if i32.ne v1, 0 -> b2, b1
b1:
  v1 = 7
  br -> b2
b2:
  return v0
)");
}

TEST_CASE("br_if takes in the comparison, through eqz") {
  CHECK(Listing(R"((module (func (param i32 i32)
    (block (br_if 0 (i32.eqz (i32.lt_s (local.get 0) (local.get 1))))
           (br_if 0 (i32.eqz (i32.eqz (local.get 0))))
           (br_if 0 (i64.eqz (i64.const 1)))
           (br_if 0 (i32.eqz (f32.lt (f32.convert_i32_s (local.get 0)) (f32.const 1))))
           (local.set 0 (i32.const 1))))))") ==
        R"(b0:
  br_if i32.ge_s v0, v1 -> b4, b1
b1:
  br_if i32.ne v0, 0 -> b4, b2
b2:
  v4 = f32.convert_i32_s v0
  br_if not f32.lt v4, 0x3f800000 -> b4, b3
b3:
  v0 = 1
  br -> b4
b4:
  return
)");
}

TEST_CASE("if branches to else under the inverted condition") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 9))
      (then (i32.const 1)) (else (i32.add (local.get 0) (i32.const 2)))))))") ==
        R"(b0:
  br_if i32.le_u v0, 9 -> b2, b1
b1:
  br -> b3 (v2 <- 1)
b2:
  v2 = i32.add v0, 2
  br -> b3
b3:
  return v2
)");
}

TEST_CASE("select takes in its condition") {
  CHECK(Listing(R"((module (func (param i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (i32.lt_s (local.get 0) (local.get 1))))))") ==
        R"(b0:
  v3 = select v0, v1 if i32.lt_s v0, v1
  return v3
)");
}

TEST_CASE("a loop's parameters are merge values, assigned on the edges that enter it") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (i32.const 0)
    (loop (param i32) (result i32)
      (i32.add (local.get 0))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))") ==
        R"(b0:
  br -> b1 (v1 <- 0)
b1: loop 1
  v2 = i32.add v1, v0
  v0 = i32.add v0, -1
  br_if i32.ne v0, 0 -> b1 (v1 <- v2), b2
b2:
  return v2
)");
}

TEST_CASE("code that cannot be reached is absent") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (block (br 0) (local.set 0 (i32.const 1)) (block (loop (br 1)) (if (i32.const 0) (then (nop)) (else (nop)))))
    (return (local.get 0))
    (drop (i32.const 5)) unreachable)))") ==
        R"(b0:
  br -> b1
b1:
  return v0
)");
}

TEST_CASE("a block that nobody branches to is no block") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (block (result i32) (i32.add (block (result i32) (local.get 0)) (i32.const 1))))))") ==
        R"(b0:
  v1 = i32.add v0, 1
  return v1
)");
}

TEST_CASE("more than four results travel in slots, as one copy") {
  CHECK(Listing(R"((module
    (type $five (func (result i32 i32 i32 i32 i32)))
    (import "" "f" (func $f (type $five)))
    (func (param i32) (result i32 i32 i32 i32 i32)
      (block (type $five)
        (i32.const 9)
        (call $f)
        (br_if 0 (local.get 0))
        (br 0)))))") ==
        R"(b0:
  v1, v2, v3, v4, v5 = call #0()
  br_if i32.ne v0, 0 -> b2 (slots 0 <- 1 * 5), b1
b1:
  br -> b2 (slots 0 <- 1 * 5)
b2:
  return v6, v1, v2, v3, v4
)");
}

TEST_CASE("br_table has one edge per distinct label") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (block $a (block $b (block $c
      (br_table $a $b $a $c $b (local.get 0)))
      (return (i32.const 3))) (return (i32.const 2)))
    (i32.const 1))))") ==
        R"(b0:
  br_table v0 -> b3, b2, b3, b1, b2
b1:
  return 3
b2:
  return 2
b3:
  return 1
)");
}

TEST_CASE("references are words: null is a constant, is_null is eqz") {
  CHECK(Listing(R"((module (func (param funcref) (result i32)
    (drop (ref.null func))
    (ref.is_null (local.get 0)))))") ==
        R"(b0:
  v1 = i64.eqz v0
  return v1
)");
}

TEST_CASE("conditions that are constants are decided") {
  CHECK(Listing(R"((module (func (param i32) (result i32)
    (block (br_if 0 (i32.const 0)) (br_if 0 (i32.const 1)) (return (i32.const 4)))
    (if (i32.const 1) (then (local.set 0 (i32.const 2))) (else (local.set 0 (i32.const 3))))
    (if (i32.const 0) (then (local.set 0 (i32.const 5))))
    (select (local.get 0) (i32.const 8) (i32.const 1)))))") ==
        R"(b0:
  br -> b1
b1:
  v0 = 2
  br -> b2
b2:
  br -> b3
b3:
  return v0
)");
}

TEST_CASE("calls list arguments and results") {
  CHECK(Listing(R"((module
    (import "" "f" (func $f (param i32 i64) (result i32 f64)))
    (func (param i32) (result f64) (local i32)
      (call $f (local.get 0) (i64.const 2))
      (local.set 0 (i32.const 3))
      (return_call $g (f64.neg)))
    (func $g (param f64) (result f64) (local.get 0))))") ==
        R"(b0:
  v2, v3 = call #0(v0, 2L)
  v0 = 3
  v4 = f64.neg v3
  return_call #2(v4)
)");
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak::ir
