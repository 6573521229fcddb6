// What the translator makes of typical code, by its listing.
#include "vm/translate/translate.h"

#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/instance.h"

namespace umiak {
namespace {

struct Listed {
  explicit Listed(absl::string_view text, CodeVariant variant = {}) {
    auto loaded = LoadModule(Wat(text));
    INFO(std::string(loaded.status().message()));
    REQUIRE(loaded.ok());
    module = *loaded;
    InstanceLayout layout(*module);
    record.listing = true;
    auto translated = TranslateFunction({*module, layout, variant, nullptr}, module->num_imported_functions, &record);
    REQUIRE(translated.ok());
    code = *std::move(translated);
  }
  int CountOf(absl::string_view name) const {
    int count = 0;
    for (const CellRecord& cell : record.cells) count += name == InfoOf(cell.op).name ? 1 : 0;
    return count;
  }

  std::shared_ptr<const Module> module;
  TranslateRecord record;
  std::unique_ptr<Code> code;
};

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
    Guest guest(R"((module (memory 1) (memory 1)
      (func (export "first") (param i32) (result i32) (i32.load 0 (local.get 0)))
      (func (export "second") (param i32) (result i32) (i32.load 1 (local.get 0)))
      (func (export "copy") (i32.store 1 (i32.const 8) (i32.const 7))
        (memory.copy 0 1 (i32.const 100) (i32.const 8) (i32.const 4)))))");
    CHECK(guest.Run("copy") == "");
    CHECK(guest.Run("first", {100}) == "7");
    CHECK(guest.Run("second", {8}) == "7");
    CHECK(guest.Run("first", {65533}).find("out of bounds memory access") == 0);
    CHECK(guest.Run("second", {65533}).find("out of bounds memory access") == 0);
  }
}

}  // namespace
}  // namespace umiak
