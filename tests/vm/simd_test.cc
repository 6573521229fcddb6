// Vectors in running code: where they live, what accesses to them do at the edges of memories, what is left to choose.
// What each instruction computes is checked by the specification's scripts.
#include <doctest/doctest.h>

#include "tests/support/instance.h"
#include "umiak/trap.h"

namespace umiak {
namespace {

constexpr BoundsMode kBothBounds[] = {BoundsMode::kGuarded, BoundsMode::kChecked};

V128 OfWords(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  const uint32_t words[4] = {a, b, c, d};
  V128 v;
  for (int i = 0; i < 16; ++i) v.bytes[i] = static_cast<uint8_t>(words[i / 4] >> (8 * (i % 4)));
  return v;
}

bool IsOutOfBounds(const Guest& guest, const char* name, const std::vector<Value>& args) {
  const auto trap = TrapOf(guest.Call(name, args).status());
  return trap.has_value() && trap->code == TrapCode::kOutOfBoundsMemory;
}

TEST_SUITE("vm/simd") {
  TEST_CASE("vectors in locals survive calls that use every register") {
    Guest guest(R"((module
      (func $busy (param v128 v128) (result v128) (local v128 v128 v128 v128 v128)
        (local.set 2 (i32x4.add (local.get 0) (local.get 1)))
        (local.set 3 (i32x4.mul (local.get 2) (local.get 0)))
        (local.set 4 (i32x4.sub (local.get 3) (local.get 1)))
        (local.set 5 (v128.xor (local.get 2) (local.get 4)))
        (local.set 6 (v128.or (local.get 5) (local.get 3)))
        (i32x4.add (i32x4.add (local.get 2) (local.get 3)) (i32x4.add (i32x4.add (local.get 4) (local.get 5)) (local.get 6))))
      (func (export "f") (param i32) (result i32) (local $a v128) (local $b v128) (local $c v128)
        (local.set $a (v128.const i32x4 1 2 3 4))
        (local.set $b (v128.const i32x4 10 20 30 40))
        (local.set $c (v128.const i32x4 100 200 300 400))
        (loop $again
          (drop (call $busy (local.get $b) (i32x4.splat (local.get 0))))
          (local.set $a (i32x4.add (local.get $a) (local.get $b)))
          (drop (call $busy (local.get $c) (local.get $a)))
          (local.set $b (i32x4.sub (local.get $c) (local.get $b)))
          (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (i32.add (i32x4.extract_lane 3 (local.get $a)) (i32x4.extract_lane 2 (local.get $b))))))");
    // 4 + 40 + 360 + 40, and 300 - 30.
    CHECK(guest.Run("f", {3}) == "714");
  }

  TEST_CASE("a loop over more vectors than there are registers keeps them apart") {
    std::string locals, sets, steps, sum = "(local.get 1)";
    for (int i = 1; i <= 12; ++i) {
      absl::StrAppend(&locals, " v128");
      absl::StrAppend(&sets, "(local.set ", i, " (i32x4.splat (i32.const ", i, ")))");
      absl::StrAppend(&steps, "(local.set ", i, " (i32x4.add (local.get ", i, ") (local.get ", i % 12 + 1, ")))");
      if (i > 1) sum = absl::StrCat("(i32x4.add (i32x4.mul ", sum, " (v128.const i32x4 3 3 3 3)) (local.get ", i, "))");
    }
    Guest guest(absl::StrCat("(module (func (export \"f\") (param i32) (result i32) (local", locals, ")", sets,
                             "(loop $again ", steps,
                             "(br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
                             "(i32x4.extract_lane 1 ", sum, ")))"));
    uint32_t v[13], expected = 0;
    for (uint32_t i = 1; i <= 12; ++i) v[i] = i;
    for (int round = 0; round < 5; ++round) {
      for (int i = 1; i <= 12; ++i) v[i] += v[i % 12 + 1];
    }
    for (int i = 1; i <= 12; ++i) expected = expected * 3 + v[i];
    CHECK(guest.Run("f", {5}) == absl::StrCat(static_cast<int32_t>(expected)));
  }

  TEST_CASE("vectors are parameters and results of host functions, among values of other types") {
    Guest guest;
    guest.linker.Define("env", "add", [](Caller&, int32_t n, V128 v, double d) -> V128 {
      for (uint8_t& byte : v.bytes) byte = static_cast<uint8_t>(byte + n + static_cast<int>(d));
      return v;
    });
    guest.Instantiate(R"((module
      (import "env" "add" (func $add (param i32 v128 f64) (result v128)))
      (func $two (param v128 i32 v128) (result v128 i64 v128)
        (local.get 2) (i64.extend_i32_u (local.get 1)) (local.get 0))
      (func (export "f") (param v128) (result i64 v128 v128)
        (local $a v128) (local $b i64) (local $c v128)
        (call $two (call $add (i32.const 1) (local.get 0) (f64.const 2)) (i32.const 7) (v128.not (local.get 0)))
        (local.set $c) (local.set $b) (local.set $a)
        (local.get $b) (local.get $a) (local.get $c))))");
    const V128 in = OfWords(0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c);
    auto results = guest.Call("f", {Value(in)});
    REQUIRE(results.ok());
    CHECK(results->at(0).i64() == 7);
    CHECK(results->at(1).v128() == OfWords(0xfcfdfeff, 0xf8f9fafb, 0xf4f5f6f7, 0xf0f1f2f3));
    CHECK(results->at(2).v128() == OfWords(0x06050403, 0x0a090807, 0x0e0d0c0b, 0x1211100f));
  }

  TEST_CASE("a store of a lane faults exactly where its last byte leaves the memory") {
    for (BoundsMode bounds : kBothBounds) {
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(R"((module (memory 1)
        (func (export "f") (param i32 v128)
          (v128.store16_lane offset=2 5 (local.get 0) (local.get 1)))
        (func (export "read") (param i32) (result i32) (i32.load8_u (local.get 0)))))", options);
      const V128 v = OfWords(0, 0, 0xbeef0000, 0);
      CHECK(guest.Run("f", {65532, Value(v)}) == "");
      CHECK(guest.Run("read", {65534}) == "239");
      CHECK(guest.Run("read", {65535}) == "190");
      auto status = guest.Call("f", {65533, Value(OfWords(0, 0, 0x12340000, 0))}).status();
      REQUIRE(TrapOf(status).has_value());
      CHECK(TrapOf(status)->code == TrapCode::kOutOfBoundsMemory);
      CHECK(guest.Run("read", {65535}) == "190");  // nothing was written
      CHECK(TrapOf(status)->frames.size() == 1);
    }
  }

  TEST_CASE("a fused load that is out of bounds leaves the vectors it would have written") {
    for (BoundsMode bounds : kBothBounds) {
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(R"((module (memory 1) (global $seen (mut v128) (v128.const i32x4 0 0 0 0))
        (func (export "f") (param i32 i32) (result i32) (local $sum v128)
          (loop $again
            (global.set $seen (local.get $sum))
            (local.set $sum (i16x8.add (local.get $sum)
              (v128.load8x8_u (i32.add (local.get 0) (i32.const 8)))))
            (local.set 0 (i32.add (local.get 0) (i32.const 8)))
            (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
          (i16x8.extract_lane_u 3 (local.get $sum)))
        (func (export "fill") (memory.fill (i32.const 0) (i32.const 3) (i32.const 65536)))
        (func (export "seen") (result i32) (i16x8.extract_lane_u 7 (global.get $seen)))))", options);
      CHECK(guest.Run("fill") == "");
      CHECK(guest.Run("f", {65536 - 40, 4}) == "12");
      CHECK(IsOutOfBounds(guest, "f", {65536 - 40, 5}));
      CHECK(guest.Run("seen") == "12");
      CHECK(guest.Run("f", {-8, 1}) == "3");  // the addition wraps at 32 bits
    }
  }

  // Each kind of access on a second memory and on a 64-bit one: 16 bytes of which are 0xf0 ... 0xff.
  TEST_CASE("every kind of vector access works on any memory") {
    const char* const kMemories[] = {"(memory 1)", "(memory 1) (memory 1)", "(memory i64 1)"};
    for (int kind = 0; kind < 3; ++kind) {
      const std::string m = kind == 1 ? "1 " : "";
      const std::string address = kind == 2 ? "(i64.extend_i32_u (local.get 0))" : "(local.get 0)";
      const std::string data = kind == 1 ? "(data (memory 1) (i32.const 64) " : kind == 2 ? "(data (i64.const 64) " : "(data (i32.const 64) ";
      std::string text = absl::StrCat("(module ", kMemories[kind], data,
                                      "\"\\f0\\f1\\f2\\f3\\f4\\f5\\f6\\f7\\f8\\f9\\fa\\fb\\fc\\fd\\fe\\ff\")");
      const char* const kLoads[] = {"load", "load8x8_s", "load8x8_u", "load16x4_s", "load16x4_u", "load32x2_s",
                                    "load32x2_u", "load8_splat", "load16_splat", "load32_splat", "load64_splat",
                                    "load32_zero", "load64_zero"};
      for (const char* load : kLoads) {
        absl::StrAppend(&text, "(func (export \"", load, "\") (param i32) (result v128) (v128.", load, " ", m,
                        "offset=1 ", address, "))");
      }
      for (int width : {8, 16, 32, 64}) {
        absl::StrAppend(&text, "(func (export \"load_lane", width, "\") (param i32) (result v128) (v128.load", width,
                        "_lane ", m, "offset=1 1 ", address, " (v128.const i64x2 0 -1)))");
        absl::StrAppend(&text, "(func (export \"store_lane", width, "\") (param i32) (result v128) (v128.store", width,
                        "_lane ", m, "offset=17 1 ", address, " (v128.const i64x2 0x0807060504030201 0x100f0e0d0c0b0a09))",
                        "(v128.load ", m, "offset=16 ", address, "))");
      }
      absl::StrAppend(&text, "(func (export \"store\") (param i32) (result v128) (v128.store ", m, "offset=32 ", address,
                      " (v128.const i64x2 5 6)) (v128.load ", m, "offset=32 ", address, "))");
      absl::StrAppend(&text, ")");
      Guest guest(text);
      const auto result = [&](const char* name) {
        auto results = guest.Call(name, {64});
        REQUIRE(results.ok());
        return results->at(0).v128();
      };
      CHECK(result("load") == OfWords(0xf4f3f2f1, 0xf8f7f6f5, 0xfcfbfaf9, 0x00fffefd));
      CHECK(result("load8x8_s") == OfWords(0xfff2fff1, 0xfff4fff3, 0xfff6fff5, 0xfff8fff7));
      CHECK(result("load8x8_u") == OfWords(0x00f200f1, 0x00f400f3, 0x00f600f5, 0x00f800f7));
      CHECK(result("load16x4_s") == OfWords(0xfffff2f1, 0xfffff4f3, 0xfffff6f5, 0xfffff8f7));
      CHECK(result("load16x4_u") == OfWords(0xf2f1, 0xf4f3, 0xf6f5, 0xf8f7));
      CHECK(result("load32x2_s") == OfWords(0xf4f3f2f1, 0xffffffff, 0xf8f7f6f5, 0xffffffff));
      CHECK(result("load32x2_u") == OfWords(0xf4f3f2f1, 0, 0xf8f7f6f5, 0));
      CHECK(result("load8_splat") == OfWords(0xf1f1f1f1, 0xf1f1f1f1, 0xf1f1f1f1, 0xf1f1f1f1));
      CHECK(result("load16_splat") == OfWords(0xf2f1f2f1, 0xf2f1f2f1, 0xf2f1f2f1, 0xf2f1f2f1));
      CHECK(result("load32_splat") == OfWords(0xf4f3f2f1, 0xf4f3f2f1, 0xf4f3f2f1, 0xf4f3f2f1));
      CHECK(result("load64_splat") == OfWords(0xf4f3f2f1, 0xf8f7f6f5, 0xf4f3f2f1, 0xf8f7f6f5));
      CHECK(result("load32_zero") == OfWords(0xf4f3f2f1, 0, 0, 0));
      CHECK(result("load64_zero") == OfWords(0xf4f3f2f1, 0xf8f7f6f5, 0, 0));
      CHECK(result("load_lane8") == OfWords(0xf100, 0, 0xffffffff, 0xffffffff));
      CHECK(result("load_lane16") == OfWords(0xf2f10000, 0, 0xffffffff, 0xffffffff));
      CHECK(result("load_lane32") == OfWords(0, 0xf4f3f2f1, 0xffffffff, 0xffffffff));
      CHECK(result("load_lane64") == OfWords(0, 0, 0xf4f3f2f1, 0xf8f7f6f5));
      CHECK(result("store_lane8") == OfWords(0x00000200, 0, 0, 0));
      CHECK(result("store_lane16") == OfWords(0x00040300, 0, 0, 0));
      CHECK(result("store_lane32") == OfWords(0x07060500, 0x00000008, 0, 0));
      CHECK(result("store_lane64") == OfWords(0x0b0a0900, 0x0f0e0d0c, 0x00000010, 0));
      CHECK(result("store") == OfWords(5, 0, 6, 0));
      for (const char* name : {"load", "load8x8_u", "load8_splat", "load32_zero", "load_lane64", "store_lane8", "store"}) {
        CHECK(IsOutOfBounds(guest, name, {65536}));
      }
      CHECK(guest.Run("load64_zero", {65536 - 9}) == "v128:0x00000000000000000000000000000000");
      CHECK(IsOutOfBounds(guest, "load64_zero", {65536 - 8}));
    }
  }

  TEST_CASE("under deterministic NaNs arithmetic of vectors makes the canonical one") {
    const char* const kText = R"((module
      (func (export "add") (param v128) (result v128) (f32x4.add (local.get 0) (f32x4.splat (f32.const 1))))
      (func (export "min") (param v128) (result v128) (f32x4.min (local.get 0) (f32x4.splat (f32.const 1))))
      (func (export "sqrt") (param v128) (result v128) (f64x2.sqrt (local.get 0)))
      (func (export "madd") (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))
      (func (export "pmin") (param v128) (result v128) (f32x4.pmin (local.get 0) (f32x4.splat (f32.const 1))))))";
    StoreOptions options;
    options.deterministic_nans = true;
    Guest guest(kText, options);
    const Value nans(OfWords(0xffc00123, 0x7f800001, 0x3f800000, 0x7fc00000));
    const auto result = [&](const char* name) { return guest.Call(name, {nans})->at(0).v128(); };
    CHECK(result("add") == OfWords(0x7fc00000, 0x7fc00000, 0x40000000, 0x7fc00000));
    CHECK(result("min") == OfWords(0x7fc00000, 0x7fc00000, 0x3f800000, 0x7fc00000));
    CHECK(result("madd") == OfWords(0x7fc00000, 0x7fc00000, 0x40000000, 0x7fc00000));
    CHECK(result("pmin") == nans.v128());  // a choice between operands, not arithmetic
    auto root = guest.Call("sqrt", {Value(OfWords(0, 0xfff00000, 0, 0x40100000))});
    CHECK(root->at(0).v128() == OfWords(0, 0x7ff80000, 0, 0x40000000));
  }

  TEST_CASE("relaxed instructions choose as the deterministic profile does") {
    Guest guest(R"((module
      (func (export "swizzle") (result v128)
        (i8x16.relaxed_swizzle (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
                               (v128.const i8x16 15 16 127 128 255 0 1 2 3 4 5 6 7 8 9 10)))
      (func (export "trunc") (result v128)
        (i32x4.relaxed_trunc_f32x4_u (v128.const f32x4 nan -1 5e9 3e9)))
      (func (export "select") (param v128) (result v128)
        (i8x16.relaxed_laneselect (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (local.get 0)))
      (func (export "madd") (param f32 f32 f32) (result f32)
        (f32x4.extract_lane 2 (f32x4.relaxed_madd (f32x4.splat (local.get 0)) (f32x4.splat (local.get 1))
                                                  (f32x4.splat (local.get 2)))))
      (func (export "nmadd") (param f64 f64 f64) (result f64)
        (f64x2.extract_lane 1 (f64x2.relaxed_nmadd (f64x2.splat (local.get 0)) (f64x2.splat (local.get 1))
                                                   (f64x2.splat (local.get 2)))))
      (func (export "q15") (result i32)
        (i16x8.extract_lane_s 0 (i16x8.relaxed_q15mulr_s (i16x8.splat (i32.const -32768)) (i16x8.splat (i32.const -32768)))))
      (func (export "dot") (result i32)
        (i16x8.extract_lane_s 0 (i16x8.relaxed_dot_i8x16_i7x16_s (i8x16.splat (i32.const -128)) (i8x16.splat (i32.const -128)))))
      (func (export "dot_add") (result i32)
        (i32x4.extract_lane 3 (i32x4.relaxed_dot_i8x16_i7x16_add_s (i8x16.splat (i32.const -3)) (i8x16.splat (i32.const 5))
                                                                   (i32x4.splat (i32.const 100)))))))");
    CHECK(guest.Call("swizzle")->at(0).v128() == OfWords(0x00000010, 0x03020100, 0x07060504, 0x0b0a0908));
    CHECK(guest.Call("trunc")->at(0).v128() == OfWords(0, 0, 0xffffffff, 3000000000u));
    const V128 mask = OfWords(0x80000001, 0x12345678, 0, 0xffffffff);
    CHECK(guest.Call("select", {Value(mask)})->at(0).v128() == mask);  // bit by bit
    // (1 + 2^-12)^2 - 1 rounds twice: the product loses its 2^-24.
    CHECK(guest.Call("madd", {Value(1.0f + 0x1p-12f), Value(1.0f + 0x1p-12f), Value(-1.0f)})->at(0).f32() == 0x1p-11f);
    CHECK(guest.Call("nmadd", {Value(1.0 + 0x1p-27), Value(1.0 + 0x1p-27), Value(1.0)})->at(0).f64() == -0x1p-26);
    CHECK(guest.Run("q15") == "32767");
    CHECK(guest.Run("dot") == "32767");
    CHECK(guest.Run("dot_add") == "40");
  }

  TEST_CASE("operands that no cell can name go through scratch slots one by one") {
    // Locals of two slots, all used: those used least lie beyond slot 65 535.
    constexpr int kCount = 33'000;
    std::string locals, sets;
    for (int i = 0; i < kCount; ++i) {
      absl::StrAppend(&locals, "v128 ");
      absl::StrAppend(&sets, "(local.set ", i + 7, " (local.get 0))(local.set ", i + 7, " (local.get 1))",
                      "(local.set ", i + 7, " (local.get 2))");
    }
    Guest guest(absl::StrCat("(module (func (export \"f\") (param v128 v128 v128) (result v128)",
                             "(local v128 v128 v128 v128 ", locals, ")", R"(
      (local.set 3 (local.get 0)) (local.set 4 (local.get 1)) (local.set 5 (local.get 2)))", sets, R"(
      (local.set 6 (v128.bitselect (local.get 3) (local.get 4) (local.get 5)))
      (i8x16.shuffle 16 1 18 3 20 5 22 7 24 9 26 11 28 13 30 15 (local.get 6) (local.get 4)))))"));
    auto results = guest.Call("f", {Value(OfWords(0x11111111, 0x22222222, 0x33333333, 0x44444444)),
                                    Value(OfWords(0x55555555, 0x66666666, 0x77777777, 0x88888888)),
                                    Value(OfWords(0xffffffff, 0, 0xffff0000, 0x00ff00ff))});
    REQUIRE(results.ok());
    CHECK(results->at(0).v128() == OfWords(0x11551155, 0x66666666, 0x33777777, 0x88888888));
  }
}

}  // namespace
}  // namespace umiak
