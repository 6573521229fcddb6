// WAT to bytes, seen through LoadModule and byte by byte.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/wat.h"
#include "umiak/error.h"
#include "umiak/load.h"
#include "umiak/text.h"

namespace umiak {
namespace {

std::shared_ptr<const Module> Load(absl::string_view text) {
  auto module = LoadModule(Wat(text));
  INFO(module.status().ToString());
  REQUIRE(module.ok());
  return *module;
}

std::string ErrorOf(absl::string_view text) {
  auto bytes = AssembleWat(text);
  if (bytes.ok()) return "no error";
  CHECK(KindOf(bytes.status()) == ErrorKind::kMalformed);
  return std::string(bytes.status().message());
}

// The bytes of the first body, without size and locals count, in hexadecimal.
std::string Body(absl::string_view fields, absl::string_view instructions) {
  auto module = AssembleWat(absl::StrCat(fields, "(func ", instructions, ")"));
  if (!module.ok()) return std::string(module.status().message());
  auto loaded = LoadModule(ModuleBytes(*module));
  if (!loaded.ok()) return std::string(loaded.status().message());
  CodeSpan body = (*loaded)->functions.back().body;
  std::string hex;
  for (uint32_t i = body.begin; i < body.end; ++i) absl::StrAppend(&hex, absl::Hex((*module)[i], absl::kZeroPad2));
  return hex;
}

TEST_CASE("an empty text and an empty module are a module") {
  CHECK(AssembleWat("")->size() == 8);
  CHECK(AssembleWat("(module)")->size() == 8);
}

TEST_CASE("identifiers become the name section") {
  auto module = Load("(module $m (func $f (param $x i32) (local $y i64)) (func) (func $\"g h\"))");
  CHECK(module->name == "m");
  CHECK(module->FunctionName(0) == "f");
  CHECK(module->FunctionName(1) == "");
  CHECK(module->FunctionName(2) == "g h");
}

TEST_CASE("folded instructions put operands first") {
  CHECK(Body("", "(drop (i32.add (i32.const 1) (i32.const 2)))") == "410141026a1a0b");
  CHECK(Body("", "i32.const 1 i32.const 2 i32.add drop") == "410141026a1a0b");
  CHECK(Body("", "(if (i32.const 1) (then (nop)) (else (nop)))") == "4101044001" "05" "010b0b");
  CHECK(Body("", "(if (i32.const 1) (then))") == "410104400b0b");
}

TEST_CASE("labels count outwards, by name or number, and an inner one hides an outer") {
  CHECK(Body("", "(block $a (block $b (br $a) (br $b) (br 2)))") == "024002400c010c000c020b0b0b");
  CHECK(Body("", "(block $a (block $a (br $a)))") == "024002400c000b0b0b");
  CHECK(Body("", "block $a loop $b br $a end $b br $a end $a") == "024003400c010b0c000b0b");
}

TEST_CASE("a block has the shortest type that says it") {
  CHECK(Body("", "(block)") == "02400b0b");
  CHECK(Body("", "(drop (block (result i32) (i32.const 0)))") == "027f41000b1a0b");
  CHECK(Body("", "(drop (drop (block (result i32 i64) (i32.const 0) (i64.const 0))))") == "0201410042000b1a1a0b");
}

TEST_CASE("memory instructions carry alignment, memory and offset") {
  CHECK(Body("(memory 1)", "(drop (i32.load offset=300 align=2 (i32.const 0)))") == "41002801ac021a0b");
  CHECK(Body("(memory 1) (memory $m 1)", "(drop (i64.load $m (i32.const 0)))") == "4100294301001a0b");
  CHECK(Body("(memory 1)", "(drop (v128.load8_lane 3 (i32.const 0) (v128.const i64x2 0 0)))") ==
        "4100fd0c00000000000000000000000000000000fd54000003" "1a0b");
  CHECK(Body("(memory 1) (memory 1)", "(memory.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0))") ==
        "410041004100fc0a01000b");
}

TEST_CASE("type uses find a type or append one") {
  auto module = Load(R"((module
    (func (param i32) (result i32) (local.get 0))
    (type $t (func (param i64)))
    (func (type $t))
    (func (param i32) (result i32) (local.get 0))
    (func (param i64))))");
  REQUIRE(module->types.size() == 2);
  CHECK(module->functions[0].type == 1);
  CHECK(module->functions[1].type == 0);
  CHECK(module->functions[2].type == 1);
  CHECK(module->functions[3].type == 0);
}

TEST_CASE("a type use never means a type of a larger group") {
  auto module = Load("(module (rec (type (func)) (type (func (param i32)))) (type (sub (func))) (func))");
  CHECK(module->functions[0].type == 3);
}

TEST_CASE("inline imports, exports and segments become fields of their own") {
  auto module = Load(R"((module
    (func $f (export "a") (export "b") (import "m" "f") (param i32))
    (memory (export "mem") (data "ab" "c"))
    (table (export "tab") funcref (elem $f $f))
    (table $t (ref null $sig) (elem (ref.null $sig)))
    (type $sig (func))))");
  CHECK(module->imports.size() == 1);
  CHECK(module->exports.size() == 4);
  CHECK(module->memories[0].type.limits.min == 1);
  CHECK(module->memories[0].type.limits.max == 1);
  CHECK(module->datas[0].size == 3);
  CHECK(module->tables[0].type.limits.min == 2);
  CHECK(module->elems.size() == 2);
  CHECK(module->elems[1].table == 1);
}

TEST_CASE("every form of element segment assembles") {
  auto module = Load(R"((module
    (table $t 4 funcref) (table $u 4 funcref)
    (func $f)
    (elem (i32.const 0) $f)
    (elem (i32.const 0) func $f)
    (elem (offset i32.const 0) funcref (ref.func $f) (item ref.null func))
    (elem (table $u) (i32.const 0) func $f)
    (elem $p func $f $f)
    (elem declare func $f)
    (elem (ref func) (ref.func $f))))");
  REQUIRE(module->elems.size() == 7);
  CHECK(module->elems[3].table == 1);
  CHECK(module->elems[4].mode == SegmentMode::kPassive);
  CHECK(module->elems[4].size() == 2);
  CHECK(module->elems[5].mode == SegmentMode::kDeclarative);
  CHECK(module->elems[6].exprs.size() == 1);
}

TEST_CASE("active segments may name their table or memory as in Wasm 1.0") {
  auto module = Load("(module (table 1 funcref) (memory 1) (func $f) (elem 0 (i32.const 0) $f) (data 0 (i32.const 0) \"a\"))");
  CHECK(module->elems[0].mode == SegmentMode::kActive);
  CHECK(module->datas[0].mode == SegmentMode::kActive);
  CHECK(ErrorOf("(memory 1) (data 0 \"a\")") == "unexpected token: \"a\", where ( belongs (1:20)");
}

TEST_CASE("memory64, shared memories and custom pages assemble") {
  auto module = Load("(module (memory i64 1 2) (memory 1 2 shared) (memory 0 (pagesize 1)))");
  CHECK(module->memories[0].type.is_64);
  CHECK(module->memories[1].type.shared);
  CHECK(module->memories[2].type.page_size_log2 == 0);
}

TEST_CASE("structs, arrays and their fields have names") {
  auto module = Load(R"((module
    (rec (type $a (array (mut i8))) (type $s (sub (struct (field $x i32) (field (mut (ref null $s)) i16)))))
    (type $d (sub final $s (struct (field i32) (field (mut (ref null $s))) (field i16))))
    (func (param (ref $s)) (result i32) (struct.get $s $x (local.get 0)))))");
  CHECK(module->types.size() == 4);
  CHECK(module->types[1].fields.size() == 3);
  CHECK(module->types[2].is_final);
}

TEST_CASE("exceptions assemble in their new and in their old form") {
  CHECK(Body("(tag $e)", "(block $l (try_table (catch $e $l) (throw $e)))") == "02401f40010000000800" "0b0b0b");
  CHECK(Body("(tag $e)", "(try (do (throw $e)) (catch $e) (catch_all (rethrow 0)))") == "06400800070019" "09000b0b");
  CHECK(Body("(tag $e)", "try $l try throw $e delegate $l end") == "0640064008001800" "0b0b");
}

TEST_CASE("call_indirect and table.init name their table last in the binary format") {
  CHECK(Body("(table 1 funcref) (table $t 1 funcref) (type $f (func))", "(call_indirect $t (type $f) (i32.const 0))") ==
        "410011000" "10b");
  CHECK(Body("(table 1 funcref) (table $t 1 funcref) (elem func) (elem $e func)",
             "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0))") == "410041004100fc0c01010b");
}

TEST_CASE("errors start with the specification's phrase and end with the place") {
  CHECK(ErrorOf("(module\n  (func (i32.foo)))") ==
        "unknown operator i32.foo: where an instruction belongs (2:10)");
  CHECK(ErrorOf("(func (call $f))") == "unknown function: $f (1:13)");
  CHECK(ErrorOf("(func (br $l))") == "unknown label: $l (1:11)");
  CHECK(ErrorOf("(func (local.get $x))") == "unknown local: $x (1:18)");
  CHECK(ErrorOf("(func $f) (func $f)") == "duplicate function: $f (1:17)");
  CHECK(ErrorOf("(func (param $x i32) (local $x i32))") == "duplicate local: $x (1:29)");
  CHECK(ErrorOf("(func (i32.const 0x100000000))") == "constant out of range: 0x100000000 (1:18)");
  CHECK(ErrorOf("(func block $a end $b)") == "mismatching label: $b (1:20)");
  CHECK(ErrorOf("(type $t (func)) (func (type $t) (param i32))") ==
        "inline function type: is not the type named (1:34)");
  CHECK(ErrorOf("(func) (import \"\" \"\" (func))") == "import after function (1:16)");
  CHECK(ErrorOf("(import \"\\ff\" \"\" (func))") == "malformed UTF-8 encoding (1:9)");
  CHECK(ErrorOf("(memory 1) (func (drop (i32.load align=3 (i32.const 0))))") ==
        "alignment must be a power of two: 3 (1:34)");
  CHECK(ErrorOf("(func (v128.const i32x4 1 2 3))") == "wrong number of lane literals: 3, not 4 (1:30)");
  CHECK(ErrorOf("(start 0) (start 0)") == "multiple start sections (1:11)");
  CHECK(ErrorOf("(func") == "unexpected token: the end, where ) belongs (1:6)");
  CHECK(ErrorOf("(module))") == "unexpected token: ), where the end belongs (1:9)");
  CHECK(ErrorOf("(func (block) end)") == "unexpected token: end (1:15)");
  CHECK(ErrorOf("(func block)") == "unexpected token: ), where end belongs (1:12)");
}

TEST_CASE("nesting is bounded, and deep nesting within the bound needs no native stack") {
  auto nested = [](int depth) {
    std::string text = "(func ";
    for (int i = 0; i < depth; ++i) text += "(block ";
    text.append(static_cast<size_t>(depth) + 1, ')');
    return text;
  };
  CHECK(AssembleWat(nested(kMaxTextNesting)).ok());
  CHECK(KindOf(AssembleWat(nested(kMaxTextNesting + 1)).status()) == ErrorKind::kLimit);
  // Where nothing keeps count, nothing recurses either.
  CHECK_FALSE(AssembleWat(std::string(1'000'000, '(')).ok());
  std::string comments;
  for (int i = 0; i < 500'000; ++i) comments += "(;";
  CHECK_FALSE(AssembleWat(comments).ok());
}

}  // namespace
}  // namespace umiak
