// Neighbours that share a cell: what comes out is what they do one by one, and the cell is really the shared one.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/instance.h"
#include "tests/vm/listed.h"

namespace umiak {
namespace {

bool HasCell(const std::string& text, absl::string_view name) {
  const Listed listed(text);
  INFO(Listing(listed.record));
  return listed.CountOf(name) != 0;
}

// Under which every instruction is a cell of its own.
StoreOptions Apart() {
  StoreOptions options;
  options.deterministic_nans = true;
  return options;
}

// `body`: of a function (param i32 i32) (result i32) with locals $x and $y. It must contain the cell, and give the same
// with and without it for several arguments, those that trap among them.
void CheckCell(absl::string_view cell, absl::string_view body) {
  const std::string text = absl::StrCat(R"((module (memory 1) (global $sp (mut i32) (i32.const 4096))
    (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\20\30\40\50\60\70\80\90\a0\b0\c0\d0\e0\f0\ff")
    (func (export "f") (param $a i32) (param $b i32) (result i32) (local $x i32) (local $y i32) )", body, "))");
  INFO(std::string(cell));
  CHECK(HasCell(text, cell));
  Guest together(text);
  Guest apart(text, Apart());
  for (int32_t a : {0, 1, 4, 12, 16, 31, 65532, 65535, -1, -8, INT32_MIN}) {
    for (int32_t b : {0, 1, 2, 7, 255, 0x03020100, -1, INT32_MIN}) {
      INFO(a, " ", b);
      CHECK(together.Run("f", {a, b}) == apart.Run("f", {a, b}));
    }
  }
}

std::string BranchOn(absl::string_view condition) {
  return absl::StrCat("(block $out (br_if $out ", condition, ") (return (i32.const 10))) (i32.const 20)");
}

TEST_SUITE("vm/pair") {
  TEST_CASE("a load and the branch that compares it are one cell") {
    for (const auto& [comparison, cell] : std::vector<std::pair<const char*, const char*>>{
             {"i32.eq", "Eq"}, {"i32.ne", "Ne"}, {"i32.lt_s", "LtS"}, {"i32.lt_u", "Lt"}, {"i32.gt_s", "GtS"},
             {"i32.gt_u", "Gt"}, {"i32.le_s", "LeS"}, {"i32.le_u", "Le"}, {"i32.ge_s", "GeS"}, {"i32.ge_u", "Ge"}}) {
      CheckCell(absl::StrCat("BrI32Load", cell),
                BranchOn(absl::StrCat("(", comparison, " (i32.load offset=2 (local.get $a)) (local.get $b))")));
    }
    CheckCell("BrI32Load8ULt", BranchOn("(i32.lt_u (i32.load8_u (local.get $a)) (i32.const 200))"));
    CheckCell("BrI32Load8UGt", BranchOn("(i32.lt_u (local.get $b) (i32.load8_u (local.get $a)))"));
    CheckCell("BrI32Load16UEq", BranchOn("(i32.eq (i32.load16_u offset=3 (local.get $a)) (local.get $b))"));
    CheckCell("BrI32Load8UEq", BranchOn("(i32.eqz (i32.load8_u offset=1 (local.get $a)))"));
    CheckCell("BrI64LoadNe", BranchOn("(i64.ne (i64.load (local.get $a)) (i64.const 0x0706050403020100))"));
  }

  TEST_CASE("a load, a mask and a branch are one cell") {
    CheckCell("BrI32Load8UTest", BranchOn("(i32.and (i32.load8_u offset=9 (local.get $a)) (i32.const 6))"));
    CheckCell("BrI32LoadNotTest", BranchOn("(i32.eqz (i32.and (i32.load (local.get $a)) (local.get $b)))"));
  }

  TEST_CASE("a pointer that moves on and a load through it are one cell, and the pointer keeps its new value") {
    CheckCell("AddI32Load", R"((local.set $x (i32.add (local.get $a) (i32.const 4)))
      (local.set $y (i32.load offset=1 (local.get $x))) (i32.xor (local.get $x) (local.get $y)))");
    CheckCell("AddI32Load8U", R"((local.set $a (i32.add (local.get $a) (i32.const -1)))
      (i32.mul (i32.load8_u (local.get $a)) (local.get $a)))");
    CheckCell("AddI32Load16U", R"((local.set $a (i32.add (local.get $a) (i32.const 2)))
      (local.set $a (i32.load16_u (local.get $a))) (local.get $a))");
  }

  TEST_CASE("an element of a table by masked index is loaded by one cell") {
    CheckCell("ElementI32Load", "(i32.load offset=4 (i32.shl (i32.and (local.get $b) (i32.const 3)) (i32.const 2)))");
    CheckCell("ElementI32Load16U", "(i32.load16_u (i32.shl (i32.and (local.get $b) (i32.const 99)) (i32.const 33)))");
    CheckCell("MaskedI32Load", "(i32.load offset=4 (i32.shl (i32.and (local.get $b) (i32.const 3)) (i32.const 3)))");
    CheckCell("MaskedI32Load", R"((i32.load
      (i32.shl (i32.and (local.get $b) (i32.const 0x40000003)) (i32.const 2))))");
    CheckCell("MaskedI32Load8U", "(i32.load8_u (i32.shl (i32.and (local.get $a) (i32.const 0xfffff)) (i32.const 33)))");
    CheckCell("MaskedI32Load8U", "(i32.load8_u (i32.shl (i32.and (local.get $a) (i32.const 0xfffff)) (i32.const 32)))");
    CheckCell("MaskedI32Load16U", "(i32.load16_u (i32.shl (i32.and (local.get $b) (i32.const 255)) (i32.const 9)))");
  }

  TEST_CASE("two counters are increased by one cell") {
    CheckCell("I32IncrementTwo", R"((local.set $a (i32.add (local.get $a) (i32.const 3)))
      (local.set $b (i32.add (local.get $b) (i32.const -7))) (i32.mul (local.get $a) (local.get $b)))");
  }

  TEST_CASE("the stack pointer goes down and up by one cell each") {
    CheckCell("GlobalAdd", R"((global.set $sp (local.tee $x (i32.sub (global.get $sp) (i32.const 16))))
      (global.set $sp (i32.add (local.get $x) (local.get $a))) (i32.add (local.get $x) (global.get $sp)))");
    CheckCell("GlobalPlus", "(i32.mul (i32.add (global.get $sp) (i32.const -48)) (local.get $b))");
    CheckCell("GlobalSetAdd", R"((global.set $sp (i32.add (local.get $a) (i32.const 32)))
      (i32.xor (global.get $sp) (local.get $b)))");
  }

  TEST_CASE("the lesser and the greater of two values are one cell, whichever way they are asked for") {
    const auto select = [](const char* first, const char* second, const char* comparison) {
      return absl::StrCat("(select (local.get ", first, ") (local.get ", second, ") (", comparison,
                          " (local.get $a) (local.get $b)))");
    };
    CheckCell("I32MinS", select("$a", "$b", "i32.lt_s"));
    CheckCell("I32MinU", select("$a", "$b", "i32.le_u"));
    CheckCell("I32MaxS", select("$b", "$a", "i32.lt_s"));
    CheckCell("I32MaxU", select("$a", "$b", "i32.ge_u"));
    CheckCell("I32MinU", select("$b", "$a", "i32.gt_u"));
  }

  TEST_CASE("sums, products and choices of three are one cell") {
    CheckCell("I32AddAddChain", "(i32.add (i32.add (local.get $a) (local.get $b)) (local.get $a))");
    CheckCell("I32MulAddChain", "(i32.add (local.get $b) (i32.mul (local.get $a) (local.get $b)))");
    CheckCell("I32XorAndChain", "(i32.and (i32.xor (local.get $a) (local.get $b)) (local.get $a))");
    CheckCell("I32AndXorChain", "(i32.xor (local.get $a) (i32.and (local.get $a) (local.get $b)))");
  }

  TEST_CASE("a load and arithmetic with a constant are one cell") {
    CheckCell("I32LoadAdd", "(i32.add (i32.load (local.get $a)) (i32.const 77))");
    CheckCell("I32Load8UAnd", "(i32.and (i32.load8_u offset=5 (local.get $a)) (i32.const 0x55))");
    CheckCell("I32LoadSub", "(i32.sub (local.get $b) (i32.load (local.get $a)))");
  }

  TEST_CASE("moves in a row share cells, and a move of what the one before wrote does not") {
    CheckCell("MoveTwo", R"((local.set $x (local.get $a)) (local.set $y (local.get $b))
      (local.set $a (i32.const 5)) (local.set $b (i32.const 6))
      (loop $l (local.set $b (local.get $a)) (local.set $a (local.get $x)) (local.set $x (local.get $y))
        (br_if $l (local.tee $y (i32.shr_u (local.get $y) (i32.const 1)))))
      (i32.add (i32.mul (local.get $a) (i32.const 3)) (i32.add (local.get $b) (local.get $x))))");
  }

  // A guest that interprets the bytes at 0: every arm goes on by itself.
  TEST_CASE("arms of a loop that dispatches go to the next one by a copy of the dispatch") {
    const auto loop = [](const char* fetch) {
      return absl::StrCat("(loop $next (block $two (block $one (block $zero (br_table $zero $one $two $two ", fetch, R"())
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (local.set $a (i32.add (local.get $a) (i32.const 1))) (br $next))
        (local.set $y (i32.mul (local.get $y) (i32.const 3)))
        (local.set $a (i32.add (local.get $a) (i32.const 1))) (br $next))
        (br_if $next (local.tee $b (i32.shr_u (local.get $b) (i32.const 1)))))
      (local.get $y))");
    };
    const std::string plain = loop("(i32.and (local.get $a) (i32.const 3))");
    CheckCell("BrTableCopy", plain);
    CheckCell("BrTableLoad8UCopy", loop("(i32.load8_u (local.get $a))"));
  }

  TEST_CASE("copies of a dispatch do not make code grow without bounds") {
    std::string blocks;
    std::string arms;
    std::string targets;
    for (int i = 0; i < 2000; ++i) {
      blocks += "(block ";
      arms += ") (br $next)";
      absl::StrAppend(&targets, i, " ");
    }
    const Listed listed(absl::StrCat("(module (memory 1) (func (param i32) (loop $next ", blocks, "(br_table ", targets,
        "(i32.add (i32.mul (i32.load8_u (local.get 0)) (i32.load8_u offset=1 (local.get 0)))"
        " (i32.load8_u offset=7 (local.get 0)))) ", arms, ")))"));
    CHECK(listed.code->size <= 64 * listed.body_bytes() + 4096);
  }
}

}  // namespace
}  // namespace umiak
