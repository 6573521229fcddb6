// Code that is entered at the start of a loop, by whoever has everything in slots.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/instance.h"
#include "umiak/instruction_reader.h"
#include "vm/interp/code.h"
#include "vm/interp/interp.h"
#include "vm/runtime/slots.h"
#include "vm/translate/translate.h"

namespace umiak {
namespace {

using Slots = std::vector<uint64_t>;

// The n-th loop instruction of the function.
uint32_t OffsetOfLoop(const Module& module, FuncIdx function, int n) {
  InstructionReader reader(module.bytes(), module.functions[function].body);
  Instruction instr;
  while (reader.Read(&instr)) {
    if (instr.opcode == Opcode::kLoop && n-- == 0) return instr.offset;
  }
  FAIL("no such loop");
  return 0;
}

// The export "f" of a module, translated with and without an entry at its n-th loop.
struct Entered {
  Entered(absl::string_view text, int n, CodeVariant variant = {}) : guest(text) {
    func = *guest.instance.GetFunc("f");
    const Module& module = guest.instance.module();
    ModuleCode* owner = ModuleCode::Of(module);
    TranslateContext context{module, owner->layout(), variant, owner->Table(variant)};
    record.listing = plain_record.listing = true;
    auto without = TranslateFunction(context, func.inst()->index, &plain_record);
    REQUIRE(without.ok());
    plain = *std::move(without);
    context.loop_entry = OffsetOfLoop(module, func.inst()->index, n);
    auto translated = TranslateFunction(context, func.inst()->index, &record);
    REQUIRE(translated.ok());
    code = *std::move(translated);
    CHECK(plain->loop_entry == nullptr);
    CHECK((code->loop_entry == nullptr || code->loop_entry->loop == context.loop_entry));
    // What stands behind the rest is all there is to it.
    REQUIRE(code->size >= plain->size);
    CHECK(std::memcmp(code->begin(), plain->begin(), plain->size) == 0);
    CHECK((code->size == plain->size || code->loop_entry->position == plain->size));
  }

  // Runs it from there on, as if called with the frame. `locals`: the slots of each.
  Slots Run(const std::vector<Slots>& locals, const Slots& operands) {
    const LoopEntry& entry = *code->loop_entry;
    Slots slots(code->frame_slots + 8, 0xbad0bad0bad0bad0u);
    REQUIRE(entry.homes.size() == locals.size());
    for (size_t i = 0; i < locals.size(); ++i) {
      std::copy(locals[i].begin(), locals[i].end(), slots.begin() + entry.homes[i]);
    }
    std::copy(operands.begin(), operands.end(), slots.begin() + entry.operand_base);
    // A function whose parameters are the frame, and whose code begins there.
    FuncType type = *func.inst()->type;
    type.params.assign(code->frame_slots, ValType::kI64);
    FuncInst inst = *func.inst();
    inst.entry = code->begin() + entry.position;
    inst.type = &type;
    REQUIRE(Invoke(func.store(), &inst, slots.data()).ok());
    slots.resize(SlotsOf(type.results));
    return slots;
  }
  // The cells that stand behind the rest.
  std::string Landing() const {
    std::string text;
    for (const CellRecord& cell : record.cells) {
      if (cell.position >= plain->size) absl::StrAppend(&text, InfoOf(cell.op).name, " ", cell.operands, "\n");
    }
    return text;
  }

  Guest guest;
  Func func;
  TranslateRecord record, plain_record;
  std::unique_ptr<Code> code, plain;
};

uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

TEST_SUITE("vm/loop_entry") {
  TEST_CASE("what the loop keeps in registers is loaded from the home slots") {
    Entered entered(R"((module (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (local.get $i)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
      (local.get $sum))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    INFO(Listing(entered.record));
    const LoopEntry& entry = *entered.code->loop_entry;
    CHECK(entry.homes[0] == 0);
    if (kIntRegs >= 4) {
      const std::string landing = entered.Landing();
      for (uint32_t home : entry.homes) CHECK(absl::StrContains(landing, absl::StrCat("s", home, " -> r")));
      CHECK(absl::StrContains(landing, "Br"));
      CHECK(absl::StrContains(landing, "=> 0x"));
    }
    CHECK(entered.Run({{10}, {5}, {100}}, {}) == Slots{100 + 5 + 6 + 7 + 8 + 9});
    CHECK(entered.Run({{1}, {7}, {1}}, {}) == Slots{8});
  }

  TEST_CASE("an inner and an outer loop") {
    constexpr absl::string_view kText = R"((module
      (func (export "f") (param $n i32) (param $m i64) (result i64) (local $i i32) (local $j i32) (local $sum i64)
        (loop $outer
          (local.set $j (i32.const 0))
          (loop $inner
            (local.set $sum (i64.add (i64.mul (local.get $sum) (local.get $m)) (i64.extend_i32_u (local.get $j))))
            (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $i))))
          (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
        (local.get $sum))))";
    const auto expected = [](uint64_t n, uint64_t m, uint64_t i, uint64_t j, uint64_t sum, bool inner) {
      for (; inner || i < n; ++i, inner = false, j = 0) {
        do sum = sum * m + j; while (++j < i);
      }
      return Slots{sum};
    };
    Entered outer(kText, 0), inner(kText, 1);
    REQUIRE(outer.code->loop_entry != nullptr);
    REQUIRE(inner.code->loop_entry != nullptr);
    CHECK(outer.Run({{9}, {31}, {4}, {77}, {5}}, {}) == expected(9, 31, 4, 0, 5, false));
    CHECK(inner.Run({{9}, {31}, {4}, {2}, {5}}, {}) == expected(9, 31, 4, 2, 5, true));
  }

  TEST_CASE("parameters of the loop, and values below it: of a call, constants, locals that are read later, vectors") {
    Entered entered(R"((module
      (func $seven (result i32) (i32.const 7))
      (func $pair (result i64 f64) (i64.const 3) (f64.const 0.5))
      (func (export "f") (param $n i32) (param $v v128) (result i64) (local $x i64) (local $unused v128)
        (call $seven) (i32.const 1000) (local.get $x) (i64x2.add (local.get $v) (local.get $v))
        (call $pair)
        (loop $next (param i64 f64) (result i64 f64)
          (f64.add (f64.const 1.5))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (call $drop2) (br_if $next (local.get $n)))
        (i64.trunc_f64_s) (i64.add)                ;; the two parameters
        (local.set $x) (i64x2.extract_lane 1) (i64.add (local.get $x)) (i64.add)
        (local.set $x) (i32.add) (i64.extend_i32_u) (i64.add (local.get $x)))
      (func $drop2 (param i64 f64) (result i64 f64) (i64.add (local.get 0) (i64.const 2)) (local.get 1))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    INFO(Listing(entered.record));
    // On the stack: a constant that is not read, nor is the local; the vector's two words; the parameters.
    const Slots operands = {50, 0xbad, 0xbad, 0xbad, 400, 3, Bits(0.5)};
    const auto result = entered.Run({{3}, {1, 2}, {60'000}, {0xbad, 0xbad}}, operands);
    CHECK(result == Slots{50 + 1000 + 60'000 + 400 + (3 + 3 * 2) + 5});
  }

  TEST_CASE("more parameters than travel in registers stay in their slots") {
    Entered entered(R"((module
      (type $six (func (param i32 i64 v128 i32 i32 f64) (result i32 i64 v128 i32 i32 f64)))
      (func (export "f") (param $n i32) (result i32 i64 v128 i32 i32 f64)
        (local $a i32) (local $l i64) (local $v v128) (local $b i32) (local $c i32) (local $f f64)
        (i32.const 8) (i32.const 1) (i64.const 2) (v128.const i64x2 3 4) (i32.const 5) (i32.const 6) (f64.const 7)
        (loop $next (type $six)
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (f64.add (f64.const 1)) (local.set $f)
        (local.set $c) (local.set $b) (local.set $v) (local.set $l) (local.set $a)
        (i32.add (local.get $a)) (local.get $l) (local.get $v) (local.get $b) (local.get $c) (local.get $f))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    INFO(Listing(entered.record));
    const std::vector<Slots> locals = {{3}, {0xbad}, {0xbad}, {0xbad, 0xbad}, {0xbad}, {0xbad}, {0xbad}};
    CHECK(entered.Run(locals, {0xbad, 10, 20, 30, 40, 50, 60, Bits(70)}) == Slots{18, 20, 30, 40, 50, 60, Bits(71)});
  }

  TEST_CASE("registers that live across calls, and floats") {
    Entered entered(R"((module
      (func $half (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
      (func (export "f") (param $n i32) (param $x f64) (result f64) (local $y f64) (local $k i64)
        (loop $next
          (local.set $y (f64.add (local.get $y) (f64.mul (local.get $x) (local.get $x))))
          (local.set $k (i64.add (local.get $k) (i64.const 3)))
          (if (i64.eqz (i64.rem_u (local.get $k) (i64.const 9))) (then
            (local.set $y (call $half (local.get $y)))))
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (f64.add (local.get $y) (f64.convert_i64_u (local.get $k))))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    INFO(Listing(entered.record));
    double y = 0.25;
    uint64_t k = 6;
    for (int n = 11; n != 0; --n) {
      y += 1.5 * 1.5;
      k += 3;
      if (k % 9 == 0) y *= 0.5;
    }
    CHECK(entered.Run({{11}, {Bits(1.5)}, {Bits(0.25)}, {6}}, {}) == Slots{Bits(y + static_cast<double>(k))});
  }

  TEST_CASE("a loop that keeps nothing in registers is entered at its header") {
    Entered entered(R"((module (func $g)
      (func (export "f") (param i32) (result i32) (loop (call $g) (call $g) (call $g)) (local.get 0))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    CHECK(entered.code->size == entered.plain->size);
    CHECK(entered.Run({{5}}, {}) == Slots{5});
  }

  TEST_CASE("a dispatching loop, whose header is written many times") {
    Entered entered(R"((module
      (func (export "f") (param $ops i32) (result i32) (local $acc i32)
        (loop $next
          (block $stop (block $double (block $inc
            (br_table $stop $inc $double (i32.and (local.get $ops) (i32.const 3))))
            (local.set $acc (i32.add (local.get $acc) (i32.const 1)))
            (local.set $ops (i32.shr_u (local.get $ops) (i32.const 2)))
            (br $next))
            (local.set $acc (i32.shl (local.get $acc) (i32.const 1)))
            (local.set $ops (i32.shr_u (local.get $ops) (i32.const 2)))
            (br $next)))
        (local.get $acc))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    INFO(Listing(entered.record));
    CHECK(entered.Run({{0b01'10'01}, {20}}, {}) == Slots{(20 + 1) * 2 + 1});
  }

  TEST_CASE("the variants of code") {
    constexpr absl::string_view kText = R"((module (func (export "f") (param i32 i32) (result i32)
      (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1))))";
    for (int i = 0; i < CodeVariant::kCount; ++i) {
      const CodeVariant variant = {(i & 1) != 0, false, (i & 4) != 0};
      CHECK(Entered(kText, 0, variant).Run({{4}, {1}}, {}) == Slots{11});
      // Charged as ever but for the pass that begins there.
      Entered metered(kText, 0, {(i & 1) != 0, true, (i & 4) != 0});
      CHECK(metered.code->loop_entry != nullptr);
    }
  }

  TEST_CASE("refused: loops that are not reached, functions that catch, huge frames, offsets of no loop") {
    const auto refused = [](absl::string_view text) { return Entered(text, 0).code->loop_entry == nullptr; };
    CHECK(refused(R"((module (func (export "f") (unreachable) (loop (br 0)))))"));
    CHECK(refused(R"((module (func (export "f") (loop (return)))))"));
    CHECK(refused(R"((module (tag $t) (func (export "f") (block (try_table (catch $t 0) (loop (throw $t)))))))"));
    std::string locals, uses;
    for (int i = 0; i < 5000; ++i) {
      absl::StrAppend(&locals, " i32");
      absl::StrAppend(&uses, "(local.set ", i, " (i32.const 1))");
    }
    CHECK(refused(absl::StrCat("(module (func (export \"f\") (local", locals, ") (loop ", uses, "(br 0))))")));

    auto module = LoadModule(Wat("(module (func (param i32) (loop (br_if 0 (local.get 0)))))"));
    REQUIRE(module.ok());
    const InstanceLayout layout(**module);
    TranslateContext context{**module, layout, {}, nullptr};
    context.loop_entry = OffsetOfLoop(**module, 0, 0) + 1;
    auto code = TranslateFunction(context, 0);
    REQUIRE(code.ok());
    CHECK((*code)->loop_entry == nullptr);
  }

  TEST_CASE("locals that nothing uses take no slot of others") {
    Entered entered(R"((module (func (export "f") (param $n i32) (result i32) (local v128 i32) (local $k i32)
      (drop (local.get 2))
      (loop (local.set $k (i32.add (local.get $k) (i32.const 2)))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $k))))", 0);
    REQUIRE(entered.code->loop_entry != nullptr);
    CHECK(entered.Run({{4}, {0xbad, 0xbad}, {0xbad}, {10}}, {}) == Slots{18});
  }
}

}  // namespace
}  // namespace umiak
