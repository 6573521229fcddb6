// Atomic instructions against a model, in every width, near and far, with operands of every class.
#include <doctest/doctest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/instance.h"

namespace umiak {
namespace {

struct Width {
  const char* type;    // of the value
  const char* infix;   // "rmw8."
  const char* suffix;  // "_u"
  int bytes;
};
constexpr Width kWidths[] = {{"i32", "rmw.", "", 4},      {"i64", "rmw.", "", 8},      {"i32", "rmw8.", "_u", 1},
                             {"i32", "rmw16.", "_u", 2},  {"i64", "rmw8.", "_u", 1},   {"i64", "rmw16.", "_u", 2},
                             {"i64", "rmw32.", "_u", 4}};

struct Operation {
  const char* name;
  uint64_t (*apply)(uint64_t before, uint64_t value);
};
constexpr Operation kOperations[] = {
    {"add", [](uint64_t a, uint64_t b) { return a + b; }}, {"sub", [](uint64_t a, uint64_t b) { return a - b; }},
    {"and", [](uint64_t a, uint64_t b) { return a & b; }}, {"or", [](uint64_t a, uint64_t b) { return a | b; }},
    {"xor", [](uint64_t a, uint64_t b) { return a ^ b; }}, {"xchg", [](uint64_t, uint64_t b) { return b; }},
};

constexpr uint64_t kBefore = 0x8877665544332211;
constexpr uint64_t kValue = 0xf0e1d2c3b4a59687;

uint64_t Mask(int bytes) { return bytes == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * bytes)) - 1; }
uint64_t With(uint64_t word, uint64_t part, int bytes) { return (word & ~Mask(bytes)) | (part & Mask(bytes)); }

// Where the memory is, and how addresses are written.
struct Place {
  const char* memories;
  const char* index;    // of the memory: ""
  const char* address;  // type
};
constexpr Place kPlaces[] = {{"(memory 1)", "", "i32"},
                             {"(memory 1 1 shared)", "", "i32"},
                             {"(memory i64 1)", "", "i64"},
                             {"(memory 1) (memory 1)", "1 ", "i32"},
                             {"(memory 1) (memory i64 1 1 shared)", "1 ", "i64"}};

std::string Constant(const char* type, uint64_t bits) {
  return absl::StrCat("(", type, ".const ", std::string_view(type) == "i32" ? bits & 0xffffffff : bits, ")");
}

// "before after" of an access at 8 * 5 + 24 whose operands are parameters, then constants.
void CheckModify(const Place& place, const Width& width, const Operation& operation) {
  const std::string instruction = absl::StrCat(width.type, ".atomic.", width.infix, operation.name, width.suffix, " ",
                                               place.index, "offset=24");
  const std::string prologue = absl::StrCat("(i64.store ", place.index, Constant(place.address, 64), " (i64.const ",
                                            static_cast<int64_t>(kBefore), "))");
  const std::string epilogue = absl::StrCat("(i64.load ", place.index, Constant(place.address, 64), ")");
  const std::string value = Constant(width.type, kValue);
  const std::string text = absl::StrReplaceAll(R"((module $memories
      (func (export "vars") (param $a $A) (param $v $T) (result $T i64) $prologue
        ($op (local.get $a) (local.get $v)) $epilogue)
      (func (export "consts") (result $T i64) $prologue ($op $address $value) $epilogue)
      (func (export "loop") (param $a $A) (param $v $T) (param $n i32) (result $T i64) (local $x $T) $prologue
        (loop $again
          (local.set $x ($op (local.get $a) (local.get $v)))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $x) $epilogue)))",
                                               {{"$memories", place.memories}, {"$A", place.address}, {"$T", width.type},
                                                {"$op", instruction}, {"$prologue", prologue}, {"$epilogue", epilogue},
                                                {"$address", Constant(place.address, 40)}, {"$value", value}});
  INFO(text);
  Guest guest(text);
  const bool is_32 = std::string_view(width.type) == "i32";
  const Value address = std::string_view(place.address) == "i32" ? Value(int32_t{40}) : Value(int64_t{40});
  const Value v = is_32 ? Value(static_cast<int32_t>(kValue)) : Value(static_cast<int64_t>(kValue));
  const auto expected = [&](uint64_t before, uint64_t after) {
    const uint64_t part = before & Mask(width.bytes);
    return absl::StrCat(is_32 ? static_cast<int32_t>(part) : static_cast<int64_t>(part), " ", static_cast<int64_t>(after));
  };
  const uint64_t once = With(kBefore, operation.apply(kBefore, kValue), width.bytes);
  const uint64_t twice = With(once, operation.apply(once, kValue), width.bytes);
  CHECK(guest.Run("vars", {address, v}) == expected(kBefore, once));
  CHECK(guest.Run("consts") == expected(kBefore, once));
  CHECK(guest.Run("loop", {address, v, int32_t{2}}) == expected(once, twice));
}

TEST_SUITE("vm/atomic") {
  TEST_CASE("every read-modify-write does in each width and place what the model does") {
    for (const Place& place : kPlaces) {
      for (const Width& width : kWidths) {
        for (const Operation& operation : kOperations) CheckModify(place, width, operation);
      }
    }
  }

  TEST_CASE("cmpxchg stores where the accessed width of expected fits, and returns what was there") {
    for (const Place& place : kPlaces) {
      for (const Width& width : kWidths) {
        const std::string text = absl::StrReplaceAll(R"((module $memories
            (func (export "f") (param $a $A) (param $e $T) (param $v $T) (result $T i64)
              (i64.store $index$zero (i64.const $before))
              ($T.atomic.$infixcmpxchg$suffix $index(local.get $a) (local.get $e) (local.get $v))
              (i64.load $index$zero))))",
                                                     {{"$memories", place.memories}, {"$A", place.address},
                                                      {"$T", width.type}, {"$index", place.index},
                                                      {"$zero", Constant(place.address, 8)}, {"$infix", width.infix},
                                                      {"$before", absl::StrCat(static_cast<int64_t>(kBefore))},
                                                      {"$suffix", width.suffix}});
        INFO(text);
        Guest guest(text);
        const bool is_32 = std::string_view(width.type) == "i32";
        const auto of = [&](uint64_t bits) {
          return is_32 ? Value(static_cast<int32_t>(bits)) : Value(static_cast<int64_t>(bits));
        };
        const Value address = std::string_view(place.address) == "i32" ? Value(int32_t{8}) : Value(int64_t{8});
        const uint64_t part = kBefore & Mask(width.bytes);
        const std::string before =
            absl::StrCat(is_32 ? static_cast<int32_t>(part) : static_cast<int64_t>(part), " ");
        CHECK(guest.Run("f", {address, of(kBefore), of(kValue)}) ==
              absl::StrCat(before, static_cast<int64_t>(With(kBefore, kValue, width.bytes))));
        CHECK(guest.Run("f", {address, of(kBefore + 1), of(kValue)}) ==
              absl::StrCat(before, static_cast<int64_t>(kBefore)));
      }
    }
  }

  TEST_CASE("loads zero-extend, stores keep their neighbours") {
    for (const Place& place : kPlaces) {
      const std::string text = absl::StrReplaceAll(R"((module $memories
          (func (export "f") (param $v i64) (result i64 i64 i64 i64 i32 i32 i32)
            (i64.atomic.store $index$zero (i64.const -1))
            (i64.atomic.store32 $index$zero (local.get $v))
            (i32.atomic.store16 $indexoffset=4 $zero (i32.wrap_i64 (local.get $v)))
            (i64.atomic.store8 $indexoffset=6 $zero (local.get $v))
            (i64.atomic.load $index$zero) (i64.atomic.load8_u $index$zero) (i64.atomic.load16_u $index$zero)
            (i64.atomic.load32_u $index$zero) (i32.atomic.load $index$zero) (i32.atomic.load8_u $index$zero)
            (i32.atomic.load16_u $index$zero) (atomic.fence))))",
                                                   {{"$memories", place.memories},
                                                    {"$index", place.index},
                                                    {"$zero", Constant(place.address, 16)}});
      INFO(text);
      Guest guest(text);
      CHECK(guest.Run("f", {static_cast<int64_t>(0x80818283f0f1f2f3)}) ==
            absl::StrCat(static_cast<int64_t>(0xfff3f2f3f0f1f2f3), " 243 62195 4042388211 ",
                         static_cast<int32_t>(0xf0f1f2f3), " 243 62195"));
    }
  }

  TEST_CASE("a misaligned address traps before one out of bounds, each with its phrase") {
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) for (const Place& place : kPlaces) {
      const std::string text = absl::StrReplaceAll(R"((module $memories
          (func (export "load") (param $a i64) (result i64) (i64.atomic.load $indexoffset=8 $a))
          (func (export "store") (param $a i64) (i64.atomic.store16 $indexoffset=8 $a (i64.const 1)))
          (func (export "add") (param $a i64) (result i32) (i32.atomic.rmw.add $indexoffset=8 $a (i32.const 1)))
          (func (export "byte") (param $a i64) (result i32) (i32.atomic.rmw8.add_u $indexoffset=8 $a (i32.const 1)))
          (func (export "notify") (param $a i64) (result i32) (memory.atomic.notify $indexoffset=8 $a (i32.const 1)))))",
                                                   {{"$memories", place.memories},
                                                    {"$index", place.index},
                                                    {" $a (", std::string_view(place.address) == "i32"
                                                                  ? " (i32.wrap_i64 (local.get $a)) ("
                                                                  : " (local.get $a) ("},
                                                    {" $a))", std::string_view(place.address) == "i32"
                                                                  ? " (i32.wrap_i64 (local.get $a))))"
                                                                  : " (local.get $a)))"}});
      INFO(text);
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(text, options);
      constexpr int64_t kEnd = 65536 - 8;
      const auto starts = [&](const char* name, int64_t address, absl::string_view phrase) {
        const std::string message = guest.Run(name, {address});
        INFO(name << " " << address << ": " << message);
        CHECK(message.substr(0, phrase.size()) == phrase);
      };
      for (const char* name : {"load", "store", "add", "notify"}) {
        starts(name, 1, "unaligned atomic");
        starts(name, kEnd + 1, "unaligned atomic");
        starts(name, kEnd, "out of bounds memory access");
      }
      starts("byte", kEnd - 1, "0");
      starts("byte", kEnd, "out of bounds memory access");
      starts("load", 0xfffffff8, "out of bounds memory access");
      starts("load", 0xfffffff7, "unaligned atomic");
    }
  }

  TEST_CASE("what looks like a plain read-modify-write around an atomic store stays atomic") {
    Guest guest(R"((module (memory 1)
      (func (export "f") (param i32) (i32.atomic.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 5))))
      (func (export "get") (result i32) (i32.load (i32.const 8)))))");
    CHECK(guest.Run("f", {8}) == "");
    CHECK(guest.Run("get") == "5");
    CHECK(guest.Run("f", {9}).substr(0, 16) == "unaligned atomic");
  }
}

}  // namespace
}  // namespace umiak
