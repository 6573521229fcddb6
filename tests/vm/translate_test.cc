// What the translator makes of typical code, by its listing.
#include "vm/translate/translate.h"

#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/instance.h"
#include "tests/vm/listed.h"
#include "vm/interp/stub.h"

namespace umiak {
namespace {

TEST_SUITE("vm/translate") {
  TEST_CASE("a loop with a bounds check keeps its locals in registers") {
    if (kIntRegs < 4) return;  // with two registers some of them live in slots
    // What rustc makes of `for i in 0..len { sum += A[i] }` where A has 64 elements.
    Listed listed(R"((module (memory 1)
      (func (param $len i32) (result i32) (local $i i32) (local $sum i32)
        (block $panic
          (loop $next
            (br_if $panic (i32.ge_u (local.get $i) (i32.const 64)))
            (local.set $sum (i32.add (i32.load offset=1024 (i32.shl (local.get $i) (i32.const 2))) (local.get $sum)))
            (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $len))))
          (return (local.get $sum)))
        (call $fail) (unreachable))
      (func $fail)))");
    const std::string text = Listing(listed.record);
    INFO(text);
    bool in_loop = false;
    int cells = 0;
    for (const CellRecord& cell : listed.record.cells) {
      const absl::string_view name = InfoOf(cell.op).name;
      in_loop = in_loop || name == "BrI32GeU";
      if (!in_loop) continue;
      ++cells;
      CHECK(cell.operands.find('s') == std::string::npos);
      if (name == "StepI32LtU") break;
    }
    CHECK(cells == 4);  // check, load, add, step and branch
  }

  TEST_CASE("a v128 local of a loop lives in the vector bank") {
    Listed listed(R"((module (func (param i32) (result i64) (local $v v128)
      (local.set $v (v128.const i64x2 7 9))
      (loop $again
        (local.set $v (i64x2.add (local.get $v) (local.get $v)))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i64x2.extract_lane 0 (local.get $v)))))");
    INFO(Listing(listed.record));
    REQUIRE(listed.CountOf("I64x2Add") == 1);
    for (const CellRecord& cell : listed.record.cells) {
      const absl::string_view name = InfoOf(cell.op).name;
      if (name != "I64x2Add" && name != "I64x2ExtractLane") continue;
      CHECK(cell.operands.find('f') != std::string::npos);
      CHECK(cell.operands.find('s') == std::string::npos);
    }
  }

  TEST_CASE("a trap inside a fused cell, and in the second of two identical loads, names its own instruction") {
    constexpr absl::string_view kText = R"((module (memory 1)
      (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 1) (i32.load (local.get 0))))
      (func (export "two") (param i32 i32)
        (drop (i32.load offset=8 (local.get 0)))
        (drop (i32.load offset=8 (local.get 1))))))";
    const Listed add(kText);
    INFO(Listing(add.record));
    CHECK(add.CountOf("I32LoadAdd") == 1);
    const Listed two(kText, {}, 1);
    INFO(Listing(two.record));
    REQUIRE(two.record.cells.size() == 3);
    CHECK(two.record.cells[0].op == two.record.cells[1].op);

    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(kText, options);
      auto offset_of = [&](const char* name, const std::vector<Value>& args) -> uint64_t {
        auto trap = TrapOf(guest.Call(name, args).status());
        REQUIRE(trap.has_value());
        CHECK(trap->code == TrapCode::kOutOfBoundsMemory);
        REQUIRE(trap->frames.size() == 1);
        return trap->frames[0].offset;
      };
      constexpr uint8_t kI32Load = 0x28;
      const auto& bytes = guest.instance.module().bytes();
      CHECK(bytes[offset_of("add", {-1, 1})] == kI32Load);
      const uint64_t first = offset_of("two", {-1, 0});
      const uint64_t second = offset_of("two", {0, -1});
      CHECK(bytes[first] == kI32Load);
      CHECK(bytes[second] == kI32Load);
      CHECK(second == first + 6);  // load with its two immediates, drop, local.get with its one
    }
  }

  TEST_CASE("translation is a pure function: a second one gives the same cells") {
    constexpr absl::string_view kText = R"((module (memory 1) (func (param i32 i64) (result i64)
      (if (result i64) (i64.eqz (local.get 1)) (then (i64.load (local.get 0)))
        (else (i64.mul (i64.load offset=8 (local.get 0)) (local.get 1)))))))";
    CHECK(Listing(Listed(kText).record) == Listing(Listed(kText).record));
  }

  TEST_CASE("plain code has no meter, metered code one per entry and back edge") {
    constexpr absl::string_view kText = "(module (func (param i32) (loop (br_if 0 (local.get 0)))))";
    Listed plain(kText);
    CHECK(plain.CountOf("MeterEntry") + plain.CountOf("MeteredBr") == 0);
    CodeVariant variant;
    variant.metered = true;
    Listed metered(kText, variant);
    CHECK(metered.CountOf("MeterEntry") == 1);
    CHECK(metered.CountOf("MeteredBr") == 1);
  }

  TEST_CASE("code stays within 64 bytes per byte of the body") {
    std::string labels;
    for (int i = 0; i < 65'000; ++i) absl::StrAppend(&labels, "0 ");
    std::string results;
    std::string constants;
    for (int i = 0; i < 900; ++i) {
      absl::StrAppend(&results, "i32 ");
      absl::StrAppend(&constants, "(i32.const 1) ");
    }
    std::string locals;
    for (int i = 0; i < 40'000; ++i) absl::StrAppend(&locals, "v128 ");
    std::string deep;
    for (int i = 0; i < 30'000; ++i) absl::StrAppend(&deep, "(local.get 0) ");
    std::string adds;
    for (int i = 0; i < 29'999; ++i) absl::StrAppend(&adds, "i32.add ");
    for (const std::string& text : {
             absl::StrCat("(module (func (param i32) (block (br_table ", labels, " 0 (local.get 0)))))"),
             absl::StrCat("(module (func (param i32) (result ", results, ") (block (result ", results, ") ", constants,
                          " (br_if 0 (local.get 0)) (br_if 0 (local.get 0)) (br_if 0 (local.get 0)))))"),
             absl::StrCat("(module (func (param i32) (local ", locals, ") (local.set 39999 (local.get 1))))"),
             absl::StrCat("(module (func (param i32) (result i32) ", deep, adds, "))"),
         }) {
      Listed listed(text);
      const CodeSpan body = listed.module->functions[0].body;
      CHECK(listed.code->size <= 64 * (body.end - body.begin) + 4096);
    }
  }

  TEST_CASE("memory 0 is guarded beside a checked memory 1") {
    constexpr absl::string_view kText = R"((module (memory 1) (memory 1)
      (func (export "first") (param i32) (result i32) (i32.load 0 (local.get 0)))
      (func (export "second") (param i32) (result i32) (i32.load 1 (local.get 0)))
      (func (export "copy") (i32.store 1 (i32.const 8) (i32.const 7))
        (memory.copy 0 1 (i32.const 100) (i32.const 8) (i32.const 4)))))";
    CHECK(Listed(kText).CountOf("I32Load") == 1);
    CHECK(Listed(kText, {}, 1).CountOf("I32LoadFar") == 1);
    Guest guest(kText);
    CHECK(guest.instance.data()->code->variant().checked == !GuardedMemorySupported());
    CHECK(guest.Run("copy") == "");
    CHECK(guest.Run("first", {100}) == "7");
    CHECK(guest.Run("second", {8}) == "7");
    CHECK(guest.Run("first", {65533}).find("out of bounds memory access") == 0);
    CHECK(guest.Run("second", {65533}).find("out of bounds memory access") == 0);
  }

  TEST_CASE("before each return address stands the callee of a direct call, or what no address equals") {
    // Operands and frames that would read as an address, if they stood there.
    Listed listed(R"((module (type $f (func)) (import "a" "b" (func $import)) (table 1 funcref)
      (func (param (ref $f) i32)
        (call_ref $f (local.get 0)) (call_indirect (local.get 1)) (call $import) (call_indirect (i32.const 0)))))");
    int calls = 0;
    for (size_t i = 0; i + 1 < listed.record.cells.size(); ++i) {
      const Op op = listed.record.cells[i].op;
      if (op != Op::kCallRef && op != Op::kCallIndirect && op != Op::kCallImport) continue;
      ++calls;
      const uint32_t behind = listed.record.cells[i + 1].position;
      CHECK(LoadBytes<uint64_t>(listed.code->begin() + behind - 8) == kNoCallee);
    }
    CHECK(calls == 4);
  }
}

}  // namespace
}  // namespace umiak
