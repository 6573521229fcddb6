// Modules as text, and back.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loader/binary/writer.h"
#include "tests/support/wat.h"
#include "umiak/error.h"
#include "umiak/instruction_reader.h"
#include "umiak/load.h"
#include "umiak/opcode.h"
#include "umiak/text.h"

namespace umiak {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Assemble(absl::string_view text) {
  auto bytes = AssembleWat(text);
  INFO(std::string(text));
  REQUIRE_MESSAGE(bytes.ok(), bytes.status().ToString());
  return *bytes;
}

std::string Print(const Bytes& bytes) {
  auto text = PrintWat(bytes);
  REQUIRE_MESSAGE(text.ok(), text.status().ToString());
  return *text;
}

// The text comes out again as it is, and so do its bytes.
void CheckSame(absl::string_view text) {
  Bytes bytes = Assemble(text);
  CHECK(Print(bytes) == std::string(text));
}

// The bytes come back; returns the text between.
std::string CheckBytes(absl::string_view text) {
  Bytes bytes = Assemble(text);
  std::string printed = Print(bytes);
  INFO(printed);
  CHECK(Assemble(printed) == bytes);
  return printed;
}

TEST_CASE("a module prints its fields in the order of the sections") {
  CheckSame(R"((module $m
  (type $t (;0;) (func (param i32 i64) (result f32)))
  (type (;1;) (func))
  (import "env" "f" (func $f (;0;) (type $t) (param i32 i64) (result f32)))
  (import "env" "g" (global (;0;) (mut i32)))
  (table (;0;) 1 2 funcref)
  (table $u (;1;) i64 0 (ref null $t) (ref.null $t))
  (memory (;0;) 1 2 shared)
  (memory (;1;) i64 1)
  (memory (;2;) 0 (pagesize 1))
  (tag $e (;0;) (type 1))
  (global $h (;1;) i32 i32.const 1 i32.const 2 i32.add)
  (export "mem" (memory 0))
  (export "f" (func $f))
  (start 1)
  (elem (;0;) (i32.const 0) func $f 1)
  (elem (;1;) (table $u) (i64.const 0) (ref null $t) (ref.func $f) (ref.null $t))
  (elem (;2;) declare func 1)
  (elem $p (;3;) externref)
  (func (;1;) (type 1)
  )
  (data (;0;) (i32.const 8) "a\00\"\\\n\ff")
  (data (;1;) (memory 1) (offset i64.const 1 i64.const 2 i64.mul) "")
  (data $d (;2;) "p")
)
)");
}

TEST_CASE("types print with their groups, supertypes and fields") {
  CheckSame(R"((module
  (type $a (;0;) (array (mut i8)))
  (rec
    (type $s (;1;) (sub (struct (field $x i32) (field (mut (ref null $s))) (field i16))))
    (type (;2;) (sub $s (struct (field i32) (field (mut (ref null $s))) (field i16) (field (ref $a)))))
  )
  (type (;3;) (sub final 2 (struct (field i32) (field (mut (ref null $s))) (field i16) (field (ref $a)))))
)
)");
}

TEST_CASE("blocks are indented, and labels go by name or by a commented number") {
  CheckSame(R"((module
  (type (;0;) (func (param i32)))
  (func (;0;) (type 0) (param $x i32)
    (local i64 i64) (local $y f32)
    block $l
      loop (;@2;)
        local.get $x
        br_if $l
        local.get $x
        br_table 0 (;@2;) $l 2
      end
      local.get $x
      if (type 0) (;@3;)
      else
        nop
      end
    end
  )
)
)");
}

TEST_CASE("exceptions print in their new and in their old form") {
  CheckSame(R"((module
  (type (;0;) (func))
  (tag $e (;0;) (type 0))
  (func (;0;) (type 0)
    block $l
      try_table (catch $e $l) (catch_all 1) (;@2;)
        throw $e
      end
    end
    try $t
      try (;@4;)
        throw $e
      delegate $t
    catch $e
      rethrow $t
    catch_all
    end
  )
)
)");
}

TEST_CASE("numbers print as the shortest text that reads back") {
  std::string text = CheckBytes(R"((func
    i32.const -2147483648 i64.const 0x8000000000000000
    f32.const 0.1 f32.const -0 f32.const nan f32.const -nan:0x1 f32.const 0x1p-149 f32.const -inf
    f64.const 1e300 f64.const nan:0xfffffffffffff f64.const 3
    drop drop drop drop drop drop drop drop drop drop drop))");
  for (const char* line : {"i32.const -2147483648\n", "i64.const -9223372036854775808\n", "f32.const 0.1\n",
                           "f32.const -0\n", "f32.const nan\n", "f32.const -nan:0x1\n", "f32.const 1e-45\n",
                           "f32.const -inf\n", "f64.const 1e+300\n", "f64.const nan:0xfffffffffffff\n",
                           "f64.const 3\n"}) {
    CHECK_MESSAGE(absl::StrContains(text, line), line);
  }
}

TEST_CASE("memory operands print only what is not the default") {
  std::string text = CheckBytes(R"((memory 1) (memory $m 1) (func (param i32)
    (drop (i32.load offset=4 (local.get 0))) (drop (i64.load $m align=1 (local.get 0)))
    (v128.store8_lane 1 offset=9 3 (local.get 0) (v128.const i64x2 1 2))
    (memory.copy 1 0 (local.get 0) (local.get 0) (local.get 0))
    (memory.copy (local.get 0) (local.get 0) (local.get 0))))");
  for (const char* line : {"i32.load offset=4\n", "i64.load $m align=1\n", "v128.store8_lane $m offset=9 3\n",
                           "memory.copy $m 0\n", "memory.copy\n",
                           "v128.const i32x4 0x00000001 0x00000000 0x00000002 0x00000000\n"}) {
    CHECK_MESSAGE(absl::StrContains(text, line), line);
  }
}

TEST_CASE("names that are no identifiers, that are used twice or empty, stay") {
  std::string text = CheckBytes(R"((module (@name "m n")
    (func $a (@name "x")) (func $b (@name "x")) (func (@name "")) (func $"é \u{202e} \"")
    (func (param (@name "p q") i32) (param (@name "p q") i32) (local $x i32)
      (block $l (block $l (@name "k") (br $l)) (block (@name "l"))))))");
  for (const char* part : {"(module $\"m n\"", "(func $x ", "(func (@name \"x\") ", "(func (@name \"\") ",
                           "(func $\"é \\u{202e} \\\"\" ", "(param $\"p q\" i32) (param (@name \"p q\") i32)",
                           "block (@name \"l\")"}) {
    CHECK_MESSAGE(absl::StrContains(text, part), part);
  }
}

TEST_CASE("custom sections stay in their places") {
  CheckSame(R"((module $m
  (type $t (;0;) (func))
  (func (;0;) (type $t)
  )
  (@custom "a" (before first))
  (@custom "b" (after type) "x")
  (@custom "c" (after code) "\00")
  (@custom "d" "behind the names")
)
)");
}

TEST_CASE("a branch hint belongs to a branch; hints of something else stay bytes") {
  std::string text = CheckBytes(R"((func (param i32) (local i64)
    (@metadata.code.branch_hint "\01") (if (local.get 0) (then))
    (block (local.get 0) (@metadata.code.branch_hint "\00") br_if 0)))");
  CHECK(absl::StrContains(text, "    (@metadata.code.branch_hint \"\\01\")\n    if"));
  CHECK(absl::StrContains(text, "      (@metadata.code.branch_hint \"\\00\")\n      br_if 0"));
  std::string raw = CheckBytes(R"((func (nop))
    (@custom "metadata.code.branch_hint" (before code) "\01\00\01\01\01\00"))");
  CHECK(absl::StrContains(raw, "(@custom \"metadata.code.branch_hint\" (after func) \"\\01\\00\\01\\01\\01\\00\")"));
}

TEST_CASE("a broken name section stays bytes") {
  std::string text = CheckBytes("(module (func) (@custom \"name\" \"\\01\\ff\"))");
  CHECK(absl::StrContains(text, "(@custom \"name\" \"\\01\\ff\")"));
}

// An instruction of the kind, its operands small numbers of which no two are the same.
Instruction Example(Opcode opcode) {
  static const LabelIdx kLabels[] = {0, 1, 0};
  static const ValType kTypes[] = {ValType::kI32};
  static const CatchClause kCatches[] = {{CatchClause::kCatch, 0, 0}, {CatchClause::kCatchAllRef, 0, 1}};
  Instruction i;
  i.opcode = opcode;
  i.index = 1;
  i.index2 = 2;
  i.lane = 1;
  i.memarg.offset = 16;
  i.memarg.memory = 1;
  i.heap_type = HeapType::kAny;
  i.heap_type2 = HeapType::kI31;
  i.bits = 0x3f800000;
  for (uint8_t k = 0; k < 16; ++k) i.v128[k] = k;
  i.labels = kLabels;
  i.types = kTypes;
  i.catches = kCatches;
  return i;
}

TEST_CASE("every instruction of the table comes back from its text") {
  for (int k = 0; k < kOpcodeCount; ++k) {
    const Opcode opcode = static_cast<Opcode>(k);
    const Immediate kind = InfoOf(opcode).immediate;
    Writer code;
    code.Byte(0);  // no locals
    bool opens = kind == Immediate::kBlock || kind == Immediate::kTry || kind == Immediate::kTryTable;
    Instruction head;
    if (opcode == Opcode::kElse) head.opcode = Opcode::kIf;
    if (opcode == Opcode::kCatch || opcode == Opcode::kCatchAll || opcode == Opcode::kDelegate) {
      head.opcode = Opcode::kTry;
    }
    if (head.opcode != Opcode::kCount) code.Write(head);
    if (opcode != Opcode::kEnd) code.Write(Example(opcode));
    bool ends = opens || (head.opcode != Opcode::kCount && opcode != Opcode::kDelegate);
    if (ends) code.Op(Opcode::kEnd);
    code.Op(Opcode::kEnd);
    bool data = kind == Immediate::kDataMemory || kind == Immediate::kData || kind == Immediate::kTypeData;
    Writer types, funcs, bodies, count, module;
    types.U32(1).Type(FuncType{});
    funcs.U32(1).U32(0);
    bodies.U32(1).Sized(code);
    count.U32(0);
    module.Header().Section(1, types).Section(3, funcs);
    if (data) module.Section(12, count);
    module.Section(10, bodies);
    INFO(InfoOf(opcode).text);
    std::string text = Print(module.bytes());
    INFO(text);
    CHECK((opcode == Opcode::kEnd || absl::StrContains(text, InfoOf(opcode).text)));
    CHECK(Assemble(text) == module.bytes());
  }
}

TEST_CASE("what has no text is an error with its place") {
  auto no_module = PrintWat(Bytes{0, 'a', 's', 'm'});
  CHECK(KindOf(no_module.status()) == ErrorKind::kMalformed);
  // A body without its end.
  Writer types, funcs, bodies, code, module;
  types.U32(1).Type(FuncType{});
  funcs.U32(1).U32(0);
  code.Byte(0).Op(Opcode::kNop);
  bodies.U32(1).Sized(code);
  module.Header().Section(1, types).Section(3, funcs).Section(10, bodies);
  auto no_end = PrintWat(module.bytes());
  CHECK(no_end.status().message() == "END opcode expected: blocks and their ends do not match (at 0x18)");
}

TEST_CASE("a module need not be valid to be printed") {
  CheckBytes("(func (i32.add) (call 7) (local.get 3)) (export \"a\" (func 9))");
}

TEST_CASE("deep nesting makes text of linear size") {
  std::string text = "(func ";
  for (int i = 0; i < 20'000; ++i) text += "block ";
  for (int i = 0; i < 20'000; ++i) text += "end ";
  Bytes bytes = Assemble(text + ")");
  std::string printed = Print(bytes);
  CHECK(printed.size() < 20'000 * 300);
  CHECK(Assemble(printed) == bytes);
}

TEST_CASE("a loaded module prints as its bytes do") {
  Bytes bytes = Assemble("(func $f (param $p i32) (local $l i64))");
  auto module = LoadModule(ModuleBytes(bytes));
  REQUIRE(module.ok());
  CHECK(*PrintWat(**module) == Print(bytes));
}

}  // namespace
}  // namespace umiak
