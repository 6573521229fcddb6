// The first tier computes what the full translation does, and hands over to it at entries and loops.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/instance.h"
#include "tests/vm/turns.h"
#include "umiak/trap.h"
#include "vm/interp/code.h"
#include "vm/interp/tier.h"
#include "vm/translate/first_tier.h"

namespace umiak {
namespace {

constexpr int32_t kForever = 2'000'000'000;

// What the call gives in the full code; checks that it gives the same in the first tier, and handed over at each turn.
std::string InAllTiers(absl::string_view text, absl::string_view name, const std::vector<Value>& args) {
  std::string wanted;
  {
    const Turns turns(0);
    wanted = Guest(text).Run(name, args);
  }
  for (int32_t n : {1, 2, 3, 5, 10, kForever}) {
    INFO(n, " turns");
    const Turns turns(n);
    const Guest guest(text);
    CHECK(guest.Run(name, args) == wanted);
    CHECK(guest.Run(name, args) == wanted);
  }
  return wanted;
}

std::string Cells(absl::string_view text) {
  const auto module = LoadModule(Wat(text));
  REQUIRE(module.ok());
  const InstanceLayout layout(**module);
  TranslateRecord record;
  record.listing = true;
  const auto code = TranslateFirstTier({**module, layout, {}, nullptr}, 0, &record);
  return code == nullptr ? "none" : Listing(record);
}

// The code of a function of the module's own, as it is called now; null before the first call.
const Code* CodeOf(const Module& module, uint32_t defined) {
  for (bool checked : {false, true}) {
    CodeVariant variant;
    variant.checked = checked;
    const CodeTable* table = ModuleCode::Of(module)->Table(variant);
    if (const Code* code = table->FindCode(table->entry(defined))) return code;
  }
  return nullptr;
}

constexpr const char* kTwice = R"((module (func (export "twice") (param i32) (result i32) (local i32 i32)
  (local.set 1 (i32.add (local.get 0) (local.get 0))) (local.set 2 (i32.mul (local.get 1) (i32.const 1)))
  (local.get 2))))";

TEST_SUITE("vm/first_tier") {
  TEST_CASE("a function begins in the first tier, and after its turns it is the full code that is called") {
    const Turns turns(3);
    const Guest called(kTwice);
    for (int i = 0; i < 3; ++i) {
      CHECK(called.Run("twice", {21}) == "42");
      REQUIRE(CodeOf(*called.module, 0) != nullptr);
      CHECK(CodeOf(*called.module, 0)->tier != nullptr);
    }
    CHECK(called.Run("twice", {21}) == "42");
    CHECK(CodeOf(*called.module, 0)->tier == nullptr);
    CHECK(called.Run("twice", {21}) == "42");
  }

  TEST_CASE("a loop that turns often goes on in full code with an entry at it, which is what is called next") {
    const Turns turns(3);
    const Guest called(R"((module (func (export "f") (param $n i32) (result i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (local.get $n)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))");
    CHECK(called.Run("f", {2}) == "3");
    CHECK(CodeOf(*called.module, 0)->tier != nullptr);
    CHECK(called.Run("f", {100}) == "5050");
    CHECK(CodeOf(*called.module, 0)->tier == nullptr);
    CHECK(CodeOf(*called.module, 0)->loop_entry != nullptr);
  }

  TEST_CASE("what is tail-called is translated in full at once, first-tier code that there is, too") {
    const Turns turns(kForever);
    const Guest called(R"((module
      (func $two (export "two") (param i32) (result i32) (local i32 i32)
        (local.set 1 (i32.add (local.get 0) (i32.const 1))) (local.set 2 (i32.mul (local.get 1) (i32.const 2)))
        (local.get 2))
      (func (export "one") (param i32) (result i32) (return_call $two (local.get 0)))))");
    CHECK(called.Run("two", {1}) == "4");
    CHECK(CodeOf(*called.module, 0)->tier != nullptr);
    CHECK(called.Run("one", {2}) == "6");
    CHECK(CodeOf(*called.module, 0)->tier == nullptr);
    CHECK(called.Run("one", {3}) == "8");
  }

  TEST_CASE("values that wait on the operand stack move to where the full code has them") {
    // Locals that nothing uses have a slot in the first tier alone.
    CHECK(InAllTiers(R"((module (func (export "f") (param $n i32) (result i32) (local f64 f64 f64 i64 i32)
        (i32.mul (local.get $n) (i32.const 3))
        (i32.mul (local.get $n) (i32.const 5))
        (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i32.sub))))",
                     "f", {50}) == "-100");
  }

  TEST_CASE("NaNs are the canonical ones in either tier where the store asks for that") {
    StoreOptions options;
    options.deterministic_nans = true;
    for (int32_t n : {0, 1, kForever}) {
      const Turns turns(n);
      const Guest guest(R"((module (func (export "f") (param f64) (result i64) (local i32 i32)
        (i64.reinterpret_f64 (f64.neg (f64.add (local.get 0) (f64.reinterpret_i64 (i64.const 0x7ff8000000001234)))))))
        )",
                        options);
      CHECK(guest.Run("f", {1.0}) == absl::StrCat(static_cast<int64_t>(0xfff8000000000000)));
      CHECK(guest.Run("f", {1.0}) == absl::StrCat(static_cast<int64_t>(0xfff8000000000000)));
    }
  }

  TEST_CASE("a local read beneath where many values were is copied on every path that a block may take") {
    std::string seventeen;
    for (int i = 0; i < 17; ++i) seventeen += " (i32.const 0)";
    std::string drops;
    for (int i = 0; i < 17; ++i) drops += " (drop)";
    const std::string text =
        absl::StrCat("(module (func (export \"f\") (param i32) (result i32) (local $a i32) (local.set $a (i32.const 7))",
                     seventeen, "(block)", drops,
                     "(local.get $a) (if (local.get 0) (then (local.set $a (i32.const 9))))))");
    CHECK(InAllTiers(text, "f", {0}) == "7");
    CHECK(InAllTiers(text, "f", {1}) == "7");
  }

  TEST_CASE("an operation reads locals and constants where they are and writes the local that is set next") {
    const std::string cells = Cells("(module (func (param i32 i32) (local i32) "
                                    "(local.set 2 (i32.add (local.get 0) (i32.const 5)))))");
    CHECK(cells.find("I32Add s0, #5 -> s14\n") != std::string::npos);
    CHECK(cells.find("0x0000  CountEntry\n") == 0);
  }

  TEST_CASE("a body with vectors, several results, tail calls or exceptions is left to the full translator") {
    CHECK(Cells("(module (func (drop (v128.const i64x2 0 0))))") == "none");
    CHECK(Cells("(module (func (result i32 i32) (i32.const 0) (i32.const 0)))") == "none");
    CHECK(Cells("(module (func (return_call 0)))") == "none");
    CHECK(Cells("(module (tag) (func (throw 0)))") == "none");
    CHECK(Cells("(module (func (param i32) (local.get 0) (loop (param i32) (drop))))") == "none");
    CHECK(Cells("(module (func (local i64 v128)))") == "none");
  }

  TEST_CASE("a loop goes on where it was when the code changes under it") {
    CHECK(InAllTiers(R"((module (func (export "sum") (param $n i32) (result i64) (local $sum i64) (local $unused f64)
        (loop $again
          (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))))",
                     "sum", {100}) == "5050");
  }

  TEST_CASE("an inner loop hands over with what waits on the operand stack, and the outer one goes on") {
    CHECK(InAllTiers(R"((module
      (func $id (param i32) (result i32) (local.get 0) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
        (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop))
      (func (export "f") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $sum i32)
        (loop $outer
          (local.set $j (i32.const 3))
          (local.set $sum (i32.add
            (call $id (local.get $sum))
            (i32.mul (i32.const 7) (i32.add (local.get $i)
              (loop $inner (result i32)
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $inner (local.tee $j (i32.sub (local.get $j) (i32.const 1))))
                (i32.mul (local.get $i) (i32.const 1000)))))))
          (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))))",
                     "f", {12}) == "1639386");
  }

  TEST_CASE("recursion: activations of both tiers of one function return to each other") {
    CHECK(InAllTiers(R"((module (func $f (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
        (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
        (local.set $i (i32.const 4))
        (loop $again
          (local.set $sum (i32.add (local.get $sum) (call $f (i32.sub (local.get $n) (i32.const 1)))))
          (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (local.get $sum))))",
                     "f", {5}) == "1024");
  }

  TEST_CASE("branches carry results from any height, out of blocks, ifs and the function") {
    const char* text = R"((module
      (func (export "f") (param i32) (result i32)
        (i32.add (i32.const 1000)
          (block $out (result i32)
            (i32.add (i32.const 100)
              (i32.add (local.get 0)
                (block $in (result i32)
                  (br_if $out (i32.const 7) (i32.eq (local.get 0) (i32.const 1)))
                  (drop)
                  (br_if $in (i32.const 8) (i32.lt_s (local.get 0) (i32.const 0)))
                  (drop)
                  (if (result i32) (i32.gt_u (local.get 0) (i32.const 5))
                    (then (return (i32.const 9)))
                    (else (br $in (i32.mul (local.get 0) (i32.const 3)))))))))))
      (func (export "g") (param f64) (result f64)
        (block $out (result f64)
          (br_if $out (f64.const 1) (i32.eqz (f64.lt (local.get 0) (f64.const 2))))
          (f64.add (local.get 0)))))
      )";
    CHECK(InAllTiers(text, "f", {1}) == "1007");
    CHECK(InAllTiers(text, "f", {-1}) == "1107");
    CHECK(InAllTiers(text, "f", {6}) == "9");
    CHECK(InAllTiers(text, "f", {2}) == "1108");
    CHECK(InAllTiers(text, "g", {1.5}) == "2.5");
    CHECK(InAllTiers(text, "g", {3.0}) == "1");
  }

  TEST_CASE("a local that is written while it waits on the stack keeps its old value there, on every path") {
    const char* text = R"((module (func (export "f") (param i32 i32) (result i32)
      (local.get 0)
      (if (local.get 1) (then (local.set 0 (i32.const 50))))
      (local.get 0) (i32.mul (i32.const 3)) (local.tee 0)
      (local.get 0) (local.set 0 (i32.const 2)) (i32.add) (i32.add) (local.get 0) (i32.add))))";
    CHECK(InAllTiers(text, "f", {1, 0}) == "9");
    CHECK(InAllTiers(text, "f", {1, 1}) == "303");
  }

  TEST_CASE("br_table leads to blocks, loops and out of the function") {
    const char* text = R"((module (global $g (mut i32) (i32.const 0))
      (func $f (param i32)
        (loop $loop
          (block $b (block $a
            (br_table $a $b $loop 3 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (global.set $g (i32.add (global.get $g) (i32.const 1))) (return))
          (global.set $g (i32.add (global.get $g) (i32.const 10)))))
      (func (export "f") (param i32) (result i32)
        (global.set $g (i32.const 0)) (call $f (local.get 0)) (global.get $g))))";
    CHECK(InAllTiers(text, "f", {1}) == "1");
    CHECK(InAllTiers(text, "f", {2}) == "10");
    CHECK(InAllTiers(text, "f", {3}) == "10");
    CHECK(InAllTiers(text, "f", {9}) == "0");
  }

  TEST_CASE("many arguments, calls through a table, memory and traps") {
    const char* text = R"((module (memory 1) (type $t (func (param i32 f32 i64 f64 i32 i32 i32) (result f64)))
      (table 2 funcref) (elem (i32.const 0) $many)
      (func $many (type $t) (f64.add (f64.convert_i32_s (i32.add (i32.add (local.get 0) (local.get 4))
          (i32.sub (local.get 5) (local.get 6))))
        (f64.add (f64.promote_f32 (local.get 1)) (f64.add (f64.convert_i64_s (local.get 2)) (local.get 3)))))
      (func (export "f") (param i32) (result f64)
        (i32.store offset=8 (local.get 0) (i32.const -3))
        (i64.store8 (i32.const 100) (i64.const 0x1ff))
        (call_indirect (type $t) (i32.load8_u offset=100 (i32.const 0)) (f32.const 0.5) (i64.const -4) (f64.const 8)
          (i32.load offset=8 (local.get 0)) (select (i32.const 5) (i32.const 6) (local.get 0))
          (memory.size) (i32.and (local.get 0) (i32.const 3)))))
      )";
    CHECK(InAllTiers(text, "f", {0}) == "261.5");
    CHECK(InAllTiers(text, "f", {4}) == "260.5");
    CHECK(InAllTiers(text, "f", {1}).find("uninitialized element") == 0);
    CHECK(InAllTiers(text, "f", {2}).find("undefined element") == 0);
    CHECK(InAllTiers(text, "f", {65536}).find("out of bounds memory access") == 0);
  }

  TEST_CASE("threads that run one module hand over at the same time") {
    const Turns turns(2);
    const auto module = LoadModule(Wat(R"((module (func $f (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
      (local.set $i (i32.const 3))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (call $f (i32.sub (local.get $n) (i32.const 1)))))
        (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (local.get $sum))))"));
    REQUIRE(module.ok());
    std::vector<std::string> results(4);
    std::vector<std::thread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&] {
        Store store;
        Linker linker(&store);
        const auto instance = linker.Instantiate(*module);
        const auto sum = instance->GetFunc("f")->Call({8});
        result = sum.ok() ? ToString((*sum)[0]) : std::string(sum.status().message());
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& result : results) CHECK(result == "6561");
  }

  TEST_CASE("endless recursion is found in either tier") {
    CHECK(InAllTiers("(module (func $f (export \"f\") (param i64) (local i64 i64 i64 i64) (call $f (i64.add (local.get 0) "
                     "(i64.const 1))) (call $f (i64.const 2))))",
                     "f", {int64_t{1}})
              .find("call stack exhausted") == 0);
  }

  TEST_CASE("a function of many loops, each with an activation in the first tier, is translated for few of them only") {
    std::string loops;
    for (int i = 0; i < 12; ++i) {
      absl::StrAppend(&loops, "(if (i32.eq (local.get $n) (i32.const ", i, ")) (then (local.set $i (i32.const 30)) (loop $l", i,
                      " (if (i32.eq (local.get $i) (i32.const 29)) (then (local.set $sum (i32.add (local.get $sum) (call $f "
                      "(i32.sub (local.get $n) (i32.const 1)))))))"
                      " (local.set $sum (i32.add (local.get $sum) (local.get $i)))"
                      " (br_if $l", i, " (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))");
    }
    const std::string text = absl::StrCat(
        "(module (func $f (export \"f\") (param $n i32) (result i32) (local $i i32) (local $sum i32)", loops,
        "(local.get $sum)))");
    CHECK(InAllTiers(text, "f", {11}) == "5580");
    const Turns turns(2);
    const Guest called(text);
    CHECK(called.Run("f", {11}) == "5580");
    CHECK(CodeOf(*called.module, 0)->tier == nullptr);
    size_t codes = 0;
    for (bool checked : {false, true}) {
      CodeVariant variant;
      variant.checked = checked;
      codes += ModuleCode::Of(*called.module)->Table(variant)->code_count();
    }
    CHECK(codes > 2);
    CHECK(codes <= 6);
  }

  TEST_CASE("a trap's backtrace names the instruction, whichever tier it was in") {
    for (int32_t n : {0, 2, kForever}) {
      const Turns turns(n);
      const Guest guest(R"((module (func $div (export "f") (param i32) (result i32) (local $i i32)
        (local.set $i (i32.const 5))
        (loop $again (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.div_u (i32.const 1) (local.get 0)))))");
      CHECK(guest.Run("f", {1}) == "1");
      const auto failed = guest.Call("f", {0});
      REQUIRE(!failed.ok());
      const auto trap = TrapOf(failed.status());
      REQUIRE(trap.has_value());
      REQUIRE(!trap->frames.empty());
      CHECK(trap->frames[0].function_name == "div");
      CHECK(trap->frames[0].offset == 0x36);
    }
  }
}

}  // namespace
}  // namespace umiak
