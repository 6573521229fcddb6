#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

TEST_SUITE_BEGIN("api/instantiate");

TEST_CASE("globals are initialised by constants, imports, earlier globals and arithmetic") {
  Guest guest;
  const auto seven = Global::Create(guest.store, {ValType::kI32, false}, Value(7));
  guest.linker.Define("g", "seven", *seven);
  const Instance instance = guest.Instantiate(R"((module
    (import "g" "seven" (global $seven i32))
    (global (export "copy") i32 (global.get $seven))
    (global $a (export "sum") i32 (i32.sub (i32.mul (global.get $seven) (i32.const 6)) (i32.const 50)))
    (global (export "again") i32 (i32.add (global.get $a) (i32.const 1)))
    (global (export "long") i64 (i64.mul (i64.const -3) (i64.add (i64.const 1) (i64.const 0x4000000000))))
    (global (export "float") f64 (f64.const 0.25))
    (global (export "null") funcref (ref.null func))))");
  auto get = [&](const char* name) { return instance.GetGlobal(name)->Get(); };
  CHECK(get("copy").i32() == 7);
  CHECK(get("sum").i32() == -8);
  CHECK(get("again").i32() == -7);
  CHECK(get("long").i64() == -3 * (int64_t{0x4000000000} + 1));
  CHECK(get("float").f64() == 0.25);
  CHECK(get("null").ref().is_null());
}

TEST_CASE("a vector global keeps all of its bytes") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (global $v v128 (v128.const i32x4 1 2 3 4))
    (global (export "i") i32 (i32.const 9))
    (global (export "v") (mut v128) (global.get $v))))");
  const V128 vector = instance.GetGlobal("v")->Get().v128();
  for (int i = 0; i < 16; ++i) CHECK(vector.bytes[i] == (i % 4 == 0 ? i / 4 + 1 : 0));
  CHECK(instance.GetGlobal("i")->Get().i32() == 9);
}

TEST_CASE("active segments are copied and bounds are those of the present size") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (memory (export "memory") 1) (table (export "t") 4 funcref) (func $f) (func $g)
    (data (i32.const 65533) "abc") (data (i32.const 65536) "")
    (elem (i32.const 2) func $f $g) (elem (i32.const 4) func)))");
  const auto bytes = instance.GetMemory("memory")->data();
  CHECK(bytes[65535] == 'c');
  const Table table = *instance.GetTable("t");
  CHECK(table.Get(1)->ref().is_null());
  CHECK_FALSE(table.Get(3)->ref().is_null());
}

TEST_CASE("a data segment that does not fit is a trap, and what came before it stays written") {
  Guest guest;
  const Memory memory = *Memory::Create(guest.store, MemoryType{.limits = {1, 1}});
  guest.linker.Define("m", "m", memory);
  const auto instance = guest.TryInstantiate(R"((module (import "m" "m" (memory 1))
    (data (i32.const 0) "x") (data (i32.const 65535) "yz")))");
  REQUIRE_FALSE(instance.ok());
  CHECK(KindOf(instance.status()) == ErrorKind::kTrap);
  CHECK(TrapOf(instance.status())->code == TrapCode::kOutOfBoundsMemory);
  CHECK(MessageOf(instance.status()) == "out of bounds memory access: data segment 1 at 0xffff + 2 > 0x10000");
  CHECK(memory.data()[0] == 'x');
  CHECK(memory.data()[65535] == 0);
}

TEST_CASE("an element segment that does not fit is a trap") {
  Guest guest;
  for (const char* wat : {R"((module (table 1 funcref) (func $f) (elem (i32.const 1) func $f)))",
                          R"((module (table 1 funcref) (func $f) (elem (i32.const -1) func $f)))",
                          R"((module (table 0 funcref) (elem (i32.const 1) func)))"}) {
    const auto instance = guest.TryInstantiate(wat);
    REQUIRE_FALSE(instance.ok());
    CHECK(MessageOf(instance.status()).find("out of bounds table access") == 0);
  }
}

TEST_CASE("a table's initialiser fills it before its segments") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (func $f (export "f")) (func $g (export "g"))
    (table (export "t") 3 (ref func) (ref.func $f))
    (elem (i32.const 1) func $g)))");
  const Table table = *instance.GetTable("t");
  CHECK(table.Get(0)->ref() == instance.GetFunc("f")->ToValue().ref());
  CHECK(table.Get(1)->ref() == instance.GetFunc("g")->ToValue().ref());
  CHECK(table.Get(2)->ref() == instance.GetFunc("f")->ToValue().ref());
}

TEST_CASE("a memory or table beyond the store's limits is an error") {
  StoreOptions options;
  options.max_memory_bytes = 1 << 20;
  options.max_table_elements = 100;
  Guest guest(options);
  CHECK(KindOf(guest.TryInstantiate("(module (memory 17))").status()) == ErrorKind::kLimit);
  CHECK(KindOf(guest.TryInstantiate("(module (table 101 funcref))").status()) == ErrorKind::kLimit);
  CHECK(guest.TryInstantiate("(module (memory 16) (table 100 funcref))").ok());
}

TEST_CASE("a module may have a thousand memories") {
  std::string wat = "(module";
  for (int i = 0; i < 1000; ++i) wat += " (memory 1)";
  Guest guest;
  CHECK(guest.TryInstantiate((wat + ")").c_str()).ok());
}

TEST_CASE("exports are found by name, and errors list what there is") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (func (export "run") (param i32) (result i64) (i64.const 0)) (func (export "stop")) (memory (export "memory") 1)))");
  CHECK(instance.FindExport("run").has_value());
  CHECK_FALSE(instance.FindExport("ran").has_value());
  CHECK(MessageOf(instance.GetFunc("ran").status()) ==
        "no exported function \"ran\": the module exports \"run\", \"stop\"");
  CHECK(MessageOf(instance.GetFunc("memory").status()) == "export \"memory\" is a memory, not a function");
  CHECK(MessageOf(instance.GetTable("t").status()) == "no exported table \"t\": the module exports no table");
  CHECK(instance.GetFunc<int64_t(int32_t)>("run").ok());
  CHECK(MessageOf(instance.GetFunc<int32_t()>("run").status()) ==
        "function \"run\" is (i32) -> (i64), wanted as () -> (i32)");
}

TEST_CASE("the same function is the same reference wherever it comes from") {
  Guest guest;
  const Instance a = guest.Instantiate(R"((module (func (export "f")) (export "g" (func 0))))");
  CHECK(a.GetFunc("f")->inst() == a.GetFunc("g")->inst());
  guest.linker.DefineInstance("a", a);
  const Instance b = guest.Instantiate(R"((module (import "a" "f" (func)) (export "h" (func 0))))");
  CHECK(b.GetFunc("h")->inst() == a.GetFunc("f")->inst());
}

TEST_CASE("values from the host are checked against the type of a global and a table") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module
    (type $t (func (param i32))) (func (export "f") (param i32)) (func (export "g"))
    (global (export "c") i32 (i32.const 1)) (global (export "v") (mut i32) (i32.const 1))
    (table (export "any") 1 funcref) (table (export "typed") 1 (ref null $t))))");
  CHECK_FALSE(instance.GetGlobal("c")->Set(Value(2)).ok());
  CHECK_FALSE(instance.GetGlobal("v")->Set(Value(int64_t{2})).ok());
  CHECK(instance.GetGlobal("v")->Set(Value(2)).ok());
  CHECK(instance.GetGlobal("v")->Get().i32() == 2);
  const Value f = instance.GetFunc("f")->ToValue();
  const Value g = instance.GetFunc("g")->ToValue();
  const Table any = *instance.GetTable("any");
  CHECK(any.Set(0, f).ok());
  CHECK(any.Set(0, g).ok());
  CHECK_FALSE(any.Set(0, Value(1)).ok());
  CHECK_FALSE(any.Set(0, Value(kExternRef, Ref{16})).ok());
  CHECK_FALSE(any.Set(1, f).ok());
  const Table typed = *instance.GetTable("typed");
  CHECK(typed.Set(0, f).ok());
  CHECK_FALSE(typed.Set(0, g).ok());
  CHECK(typed.Set(0, Value(kFuncRef, Ref{})).ok());
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
