#include <doctest/doctest.h>

#include "tests/support/guest.h"
#include "umiak/ref.h"

namespace umiak {
namespace {

TEST_SUITE_BEGIN("api/host_function");

TEST_CASE("a host function gets its arguments in order and its result reaches the guest") {
  Guest guest;
  guest.linker.Define("env", "mix", [](Caller&, int32_t a, int64_t b, float c, double d, uint32_t e) -> double {
    return a * 10000.0 + static_cast<double>(b) * 1000 + c * 100 + d * 10 + e;
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "mix" (func $mix (param i32 i64 f32 f64 i32) (result f64)))
    (func (export "run") (result f64)
      (call $mix (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5)))))");
  CHECK(Guest::Call(instance, "run").at(0).f64() == 12345.0);
}

TEST_CASE("vectors go through host functions whole") {
  Guest guest;
  guest.linker.Define("env", "swap", [](Caller&, int32_t, V128 v) -> V128 {
    V128 out;
    for (int i = 0; i < 16; ++i) out.bytes[i] = v.bytes[15 - i];
    return out;
  });
  const auto swap = std::get<Func>(*guest.linker.Find("env", "swap"));
  V128 in;
  for (int i = 0; i < 16; ++i) in.bytes[i] = static_cast<uint8_t>(i);
  const auto results = swap.Call({Value(1), Value(in)});
  REQUIRE(results.ok());
  CHECK(results->at(0).v128().bytes[0] == 15);
  CHECK(results->at(0).v128().bytes[15] == 0);
}

TEST_CASE("a host function reads and writes the memory of its caller") {
  Guest guest;
  guest.linker.Define("env", "upper", [](Caller& caller, uint32_t at, uint32_t count) -> absl::Status {
    const absl::Span<uint8_t> memory = caller.memory();
    if (count > memory.size() || at > memory.size() - count) return MakeTrap(TrapCode::kOutOfBoundsMemory);
    for (uint8_t& byte : memory.subspan(at, count)) byte = static_cast<uint8_t>(byte - 32);
    return absl::OkStatus();
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "upper" (func $upper (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 8) "abc")
    (func (export "run") (param i32 i32) (result i32)
      (call $upper (local.get 0) (local.get 1)) (i32.load (i32.const 8)))))");
  CHECK(Guest::CallI32(instance, "run", {Value(8), Value(3)}) == ('A' | 'B' << 8 | 'C' << 16));
  const auto status = Guest::TryCall(instance, "run", {Value(65535), Value(2)}).status();
  CHECK(KindOf(status) == ErrorKind::kTrap);
  CHECK(TrapOf(status)->code == TrapCode::kOutOfBoundsMemory);
  // The guest's frame that called it is named.
  REQUIRE(TrapOf(status)->frames.size() == 1);
  CHECK(TrapOf(status)->frames[0].function == 1);
}

TEST_CASE("a caller's memory is its export \"memory\" where it has several") {
  Guest guest;
  uint64_t size = 0;
  guest.linker.Define("env", "look", [&size](Caller& caller) { size = caller.memory().size(); });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "look" (func $look))
    (memory 1) (memory (export "memory") 3)
    (func (export "run") (call $look))))");
  Guest::Call(instance, "run");
  CHECK(size == 3 * 65536);
}

TEST_CASE("an error of a host function ends the guest as a host error") {
  Guest guest;
  guest.linker.Define("env", "fail", [](Caller&) { return absl::InternalError("disk on fire"); });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "fail" (func $fail)) (func (export "run") (call $fail) unreachable)))");
  const auto status = Guest::TryCall(instance, "run").status();
  CHECK(KindOf(status) == ErrorKind::kTrap);
  const auto trap = TrapOf(status);
  REQUIRE(trap.has_value());
  CHECK(trap->code == TrapCode::kHostError);
  CHECK(trap->detail == "disk on fire");
}

TEST_CASE("exit passes through nested guests and hosts as it is") {
  Guest guest;
  guest.linker.Define("env", "exit", [](Caller&, uint32_t code) { return MakeExit(code); });
  guest.linker.DefineInstance("inner", guest.Instantiate(R"((module
    (import "env" "exit" (func $exit (param i32))) (func (export "f") (call $exit (i32.const 42)))))"));
  const Func inner = std::get<Func>(*guest.linker.Find("inner", "f"));
  guest.linker.Define("env", "again", [inner](Caller&) { return inner.Call({}).status(); });
  const Instance outer = guest.Instantiate(R"((module
    (import "env" "again" (func $again)) (func (export "run") (call $again))))");
  const auto status = Guest::TryCall(outer, "run").status();
  CHECK(KindOf(status) == ErrorKind::kExit);
  CHECK(ExitCodeOf(status) == 42);
}

TEST_CASE("a host function may call back into the guest that called it") {
  Guest guest;
  guest.linker.Define("env", "twice", [](Caller& caller, int32_t n) -> absl::StatusOr<int32_t> {
    auto f = caller.instance().GetFunc<int32_t(int32_t)>("double");
    if (!f.ok()) return f.status();
    return (*f)(n);
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "twice" (func $twice (param i32) (result i32)))
    (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "run") (param i32) (result i32)
      (i32.add (local.get 0) (call $twice (local.get 0))))))");
  CHECK(Guest::CallI32(instance, "run", {Value(7)}) == 21);
}

TEST_CASE("a guest may grow its memory in a nested call, and the outer frames see it") {
  for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    StoreOptions options;
    options.bounds = bounds;
    Guest guest(options);
    guest.linker.Define("env", "grow", [](Caller& caller) -> absl::StatusOr<int32_t> {
      auto f = caller.instance().GetFunc<int32_t()>("grow");
      if (!f.ok()) return f.status();
      return (*f)();
    });
    const Instance instance = guest.Instantiate(R"((module
      (import "env" "grow" (func $grow (result i32)))
      (memory (export "memory") 1)
      (func (export "grow") (result i32) (memory.grow (i32.const 70)))
      (func (export "run") (result i32)
        (i32.store (i32.const 100) (i32.const 5))
        (drop (call $grow))
        (i32.store (i32.const 0x400000) (i32.const 6))
        (i32.add (i32.load (i32.const 100)) (i32.load (i32.const 0x400000))))))");
    CHECK(Guest::CallI32(instance, "run") == 11);
  }
}

TEST_CASE("arguments are checked by number and type") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module (func (export "f") (param i32 f64)) (func (export "r") (param externref) (result externref) (local.get 0))))");
  const Func f = *instance.GetFunc("f");
  CHECK(f.Call({Value(1)}).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(f.Call({Value(1), Value(1.0f)}).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(f.Call({Value(1), Value(1.0)}).ok());
  const Value host = *NewHostRef(guest.store, 0x1230);
  CHECK(Guest::Call(instance, "r", {host}).at(0).ref() == host.ref());
  CHECK_FALSE(instance.GetFunc("r")->Call({Value(kExternRef, Ref{0x1230})}).ok());
  CHECK_FALSE(instance.GetFunc("r")->Call({f.ToValue()}).ok());
}

TEST_CASE("a host function can be a table's element and called indirectly") {
  Guest guest;
  guest.linker.Define("env", "three", [](Caller&) -> int32_t { return 3; });
  const Instance instance = guest.Instantiate(R"((module
    (type $t (func (result i32)))
    (import "env" "three" (func $three (type $t)))
    (table (export "t") 2 funcref) (elem (i32.const 1) func $three)
    (func (export "run") (param i32) (result i32) (call_indirect (type $t) (local.get 0)))))");
  CHECK(Guest::CallI32(instance, "run", {Value(1)}) == 3);
  REQUIRE(instance.GetTable("t")->Set(0, *instance.GetTable("t")->Get(1)).ok());
  CHECK(Guest::CallI32(instance, "run", {Value(0)}) == 3);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
