// Broken bytes and broken text: the loader, the printer and the assembler refuse them or agree about them, and never
// crash. The same mutations in every run.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/load.h"
#include "umiak/text.h"

namespace umiak {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr const char* kModules[] = {
    R"((module $m
      (type $t (func (param i32 i64) (result f32)))
      (import "env" "f" (func $f (type $t)))
      (memory $mem 1 2) (memory i64 1) (table $tab 2 4 funcref) (global $g (mut i64) (i64.const 7))
      (elem (i32.const 0) func $f $h) (elem $e funcref (ref.null func)) (data $d (i32.const 3) "abc\00")
      (func $h (export "h") (param $p i32) (result i32) (local $q i64) (local f64)
        (block $out (result i32)
          (loop $again (br_if $again (i32.eqz (local.get $p))) (br_table $again $out (local.get $p) (local.get $p)))
          (if (result i32) (local.get $p) (then (i32.load8_u $mem offset=9 (i32.const 1))) (else (unreachable))))
        (drop (call_indirect $tab (type $t) (i32.const 1) (i64.const 2) (i32.const 0)))
        (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d)
        (global.set $g (local.get $q)))
      (start 1) (@custom "x" (after type) "payload")))",
    R"((module
      (rec (type $s (sub (struct (field $a i32) (field (mut (ref null $v)))))) (type $v (array (mut i16))))
      (type $n (sub final $s (struct (field i32) (field (mut (ref null $v))) (field f64))))
      (tag $e (param i32 (ref null $s)))
      (func (param $x anyref) (result i32)
        (block $l (result (ref $s)) (drop (br_on_cast $l anyref (ref $s) (local.get $x))) (return (i32.const -1)))
        (struct.get $s $a))
      (func (export "t") (result exnref)
        (block $h (result i32 (ref null $s) exnref)
          (try_table (catch_ref $e $h) (throw $e (i32.const 1) (array.len (array.new_fixed $v 2 (i32.const 1) (i32.const 2)))
            (struct.new $n (i32.const 0) (ref.null $v) (f64.const nan:0x123)))) (unreachable))
        (return))
      (func (try (do (nop)) (catch $e (drop) (drop)) (catch_all (rethrow 0))))))",
    R"((module (memory 1 1 shared)
      (func $simd (@name "v") (param v128 i32) (result v128)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (v128.const f32x4 1 nan -inf 0x1p-149))
        (v128.load8_lane offset=4 7 (local.get 1) (local.get 0)) (f32x4.relaxed_madd (local.get 0)))
      (func (param i32) (result i64)
        (@metadata.code.branch_hint "\01") (if (local.get 0) (then (atomic.fence)))
        (i64.atomic.rmw32.cmpxchg_u offset=8 (local.get 0) (i64.const 1) (i64.const 2)))))"};

// xorshift64.
class Random {
 public:
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  size_t Below(size_t bound) { return static_cast<size_t>(Next() % bound); }

 private:
  uint64_t state_ = 0x9E3779B97F4A7C15;
};

// One to four changes: a byte set, flipped, put in, taken out, a piece copied over another, the end cut off.
template <class Container>
void Mutate(Random* random, absl::string_view alphabet, Container* data) {
  using Unit = typename Container::value_type;
  auto any_byte = [&] {
    return static_cast<Unit>(alphabet.empty() ? random->Next() & 0xFF
                                              : static_cast<uint8_t>(alphabet[random->Below(alphabet.size())]));
  };
  for (size_t changes = 1 + random->Below(4); changes > 0 && !data->empty(); --changes) {
    size_t at = random->Below(data->size());
    auto place = data->begin() + static_cast<ptrdiff_t>(at);
    switch (random->Below(alphabet.empty() ? 6 : 5)) {
      case 0: *place = any_byte(); break;
      case 1: data->insert(place, any_byte()); break;
      case 2: data->erase(place); break;
      case 3: {
        size_t from = random->Below(data->size());
        size_t length = std::min<size_t>(random->Below(12), data->size() - std::max(from, at));
        std::copy_n(Container(*data).begin() + static_cast<ptrdiff_t>(from), length, place);
        break;
      }
      case 4: if (random->Below(8) == 0) data->resize(at); break;
      default: *place = static_cast<Unit>(*place ^ (1u << random->Below(8))); break;
    }
  }
}

// What loads, prints; what prints, assembles to something that loads and prints the same.
void CheckBytes(const Bytes& bytes, int* loaded) {
  auto module = LoadModule(ModuleBytes(bytes));
  auto text = PrintWat(bytes);
  if (!module.ok()) {
    CHECK(KindOf(module.status()) != ErrorKind::kNone);
    return;
  }
  ++*loaded;
  REQUIRE_MESSAGE(text.ok(), text.status().ToString());
  auto again = AssembleWat(*text);
  REQUIRE_MESSAGE(again.ok(), absl::StrCat(again.status().message(), "\n", *text));
  auto module_again = LoadModule(ModuleBytes(*again));
  REQUIRE_MESSAGE(module_again.ok(), absl::StrCat(module_again.status().message(), "\n", *text));
  auto text_again = PrintWat(*again);
  REQUIRE(text_again.ok());
  CHECK(*AssembleWat(*text_again) == *again);
}

TEST_CASE("mutated binaries are refused, or load, print and assemble again") {
  Random random;
  int loaded = 0;
  constexpr int kRounds = 20'000;
  for (const char* text : kModules) {
    auto original = AssembleWat(text);
    REQUIRE_MESSAGE(original.ok(), original.status().ToString());
    for (int i = 0; i < kRounds; ++i) {
      Bytes bytes = *original;
      Mutate(&random, "", &bytes);
      CheckBytes(bytes, &loaded);
    }
  }
  // Otherwise nothing but refusals was tested.
  CHECK(loaded > kRounds / 10);
}

TEST_CASE("mutated text is refused with its place, or assembles to what prints") {
  Random random;
  int assembled = 0;
  constexpr int kRounds = 10'000;
  for (const char* original : kModules) {
    for (int i = 0; i < kRounds; ++i) {
      std::string text = original;
      Mutate(&random, "()$@\"\\;.0123456789abcdefghilmnoprstux_= \n\x80", &text);
      auto bytes = AssembleWat(text);
      if (!bytes.ok()) {
        CHECK(KindOf(bytes.status()) != ErrorKind::kNone);
        continue;
      }
      ++assembled;
      auto printed = PrintWat(*bytes);
      // It may name things that a binary can't hold.
      if (!printed.ok()) continue;
      auto again = AssembleWat(*printed);
      REQUIRE_MESSAGE(again.ok(), absl::StrCat(again.status().message(), "\n", text));
      CHECK_MESSAGE(*again == *bytes, text);
    }
  }
  CHECK(assembled > kRounds / 10);
}

}  // namespace
}  // namespace umiak
