#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

StoreOptions Metered() {
  StoreOptions options;
  options.metered = true;
  return options;
}

constexpr const char* kEndless = R"((module
  (func (export "loop") (loop $l (br $l)))
  (func (export "count") (param i32) (result i32) (local i32)
    (loop $l
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get 1) (local.get 0))))
    (local.get 1))))";

TEST_SUITE_BEGIN("api/limits");

TEST_CASE("an interrupt from another thread ends an endless loop, and the store goes on") {
  Guest guest(Metered());
  const Instance instance = guest.Instantiate(kEndless);
  const InterruptHandle handle = guest.store.interrupt_handle();
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(20));
    handle.Interrupt();
  });
  const auto status = Guest::TryCall(instance, "loop").status();
  stopper.join();
  CHECK(KindOf(status) == ErrorKind::kInterrupt);
  CHECK(TrapOf(status)->code == TrapCode::kInterrupted);
  CHECK_FALSE(Guest::TryCall(instance, "count", {Value(5)}).ok());
  guest.store.ClearInterrupt();
  CHECK(Guest::CallI32(instance, "count", {Value(5)}) == 5);
}

TEST_CASE("a deadline ends an endless loop") {
  Guest guest(Metered());
  const Instance instance = guest.Instantiate(kEndless);
  const auto start = steady_clock::now();
  guest.store.SetDeadline(start + milliseconds(30));
  const auto status = Guest::TryCall(instance, "loop").status();
  CHECK(KindOf(status) == ErrorKind::kInterrupt);
  CHECK(steady_clock::now() - start >= milliseconds(30));
  CHECK(steady_clock::now() - start < milliseconds(5000));
  guest.store.SetDeadline(std::nullopt);
  CHECK(Guest::CallI32(instance, "count", {Value(5)}) == 5);
}

TEST_CASE("bulk operations are charged by what they move") {
  constexpr const char* kBulk = R"((module (memory 256) (table 100000 funcref) (data $d "0123456789")
    (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 7) (local.get 0)))
    (func (export "copy") (param i32) (memory.copy (i32.const 8) (i32.const 0) (local.get 0)))
    (func (export "init") (memory.init $d (i32.const 0) (i32.const 2) (i32.const 8)))
    (func (export "table") (param i32) (table.fill (i32.const 0) (ref.null func) (local.get 0)))
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))))";
  Guest guest(Metered());
  const Instance instance = guest.Instantiate(kBulk);
  const auto cost = [&](const char* function, const std::vector<Value>& arguments) {
    guest.store.SetFuel(10'000'000);
    CHECK(Guest::TryCall(instance, function, arguments).ok());
    return 10'000'000 - *guest.store.fuel();
  };
  CHECK(cost("fill", {Value(16 << 20)}) >= (16 << 20) / 64);
  CHECK(cost("copy", {Value(8 << 20)}) >= (8 << 20) / 64);
  CHECK(cost("copy", {Value(100)}) < 100);
  CHECK(cost("table", {Value(100'000)}) >= 100'000 / 8);
  CHECK(cost("init", {}) < 100);
  CHECK(Guest::CallI32(instance, "peek", {Value(9)}) == 7);

  guest.store.SetFuel(100'000);
  const auto status = Guest::TryCall(instance, "fill", {Value(16 << 20)}).status();
  CHECK(TrapOf(status)->code == TrapCode::kOutOfFuel);
}

TEST_CASE("a copy in slices moves overlapping bytes as if all had been read first") {
  for (const bool metered : {false, true}) {
    Guest guest(metered ? Metered() : StoreOptions{});
    const Instance instance = guest.Instantiate(R"((module (memory 400)
      (func (export "f") (param $to i32) (param $from i32) (param $at i32) (result i32) (local $i i32)
        (loop $fill
          (i32.store (local.get $i) (i32.mul (local.get $i) (i32.const 0x9e3779b1)))
          (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 0x1000000))))
        (memory.copy (local.get $to) (local.get $from) (i32.const 0xa00000))
        (i32.load (i32.add (local.get $to) (local.get $at))))))");
    const auto value = [](uint32_t address) { return static_cast<int32_t>(address * 0x9e3779b1u); };
    for (const int32_t at : {0, 0x3ffffc, 0x400000, 0x7ffffc, 0x9ffffc}) {
      CHECK(Guest::CallI32(instance, "f", {Value(0x300000), Value(0x100000), Value(at)}) == value(0x100000 + at));
      CHECK(Guest::CallI32(instance, "f", {Value(0x100000), Value(0x300000), Value(at)}) == value(0x300000 + at));
    }
  }
}

TEST_CASE("fuel ends a loop when it is used up, and is counted") {
  Guest guest(Metered());
  const Instance instance = guest.Instantiate(kEndless);
  guest.store.SetFuel(1'000'000);
  CHECK(Guest::CallI32(instance, "count", {Value(100)}) == 100);
  const uint64_t left = *guest.store.fuel();
  CHECK(left < 1'000'000);
  CHECK(left > 990'000);
  guest.store.SetFuel(100'000);
  const auto status = Guest::TryCall(instance, "loop").status();
  CHECK(KindOf(status) == ErrorKind::kInterrupt);
  CHECK(TrapOf(status)->code == TrapCode::kOutOfFuel);
  CHECK(MessageOf(status).find("all fuel consumed") == 0);
  CHECK(*guest.store.fuel() < 1000);
  guest.store.SetFuel(std::nullopt);
  CHECK(Guest::CallI32(instance, "count", {Value(5)}) == 5);
}

TEST_CASE("stack_bytes sets how deep calls may go") {
  constexpr const char* kDeep = R"((module
    (func $f (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))))";
  StoreOptions options;
  options.stack_bytes = 128 << 10;
  Guest small(options);
  const Instance in_small = small.Instantiate(kDeep);
  CHECK(Guest::CallI32(in_small, "f", {Value(100)}) == 100);
  CHECK(KindOf(Guest::TryCall(in_small, "f", {Value(100'000)}).status()) == ErrorKind::kExhaustion);
  options.stack_bytes = 64 << 20;
  Guest large(options);
  CHECK(Guest::CallI32(large.Instantiate(kDeep), "f", {Value(100'000)}) == 100'000);
}

TEST_CASE("memory.grow and table.grow return -1 at the store's limits") {
  StoreOptions options;
  options.max_memory_bytes = 4 * 65536;
  options.max_table_elements = 10;
  Guest guest(options);
  const Instance instance = guest.Instantiate(R"((module (memory 1) (table 4 funcref)
    (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
    (func (export "sizes") (result i32) (i32.add (memory.size) (table.size)))))");
  CHECK(Guest::CallI32(instance, "memory", {Value(4)}) == -1);
  CHECK(Guest::CallI32(instance, "memory", {Value(3)}) == 1);
  CHECK(Guest::CallI32(instance, "table", {Value(7)}) == -1);
  CHECK(Guest::CallI32(instance, "table", {Value(6)}) == 4);
  CHECK(Guest::CallI32(instance, "sizes") == 14);
}

TEST_CASE("the last byte of memory can be read and the one behind it not, in either mode") {
  for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    StoreOptions options;
    options.bounds = bounds;
    Guest guest(options);
    const Instance instance = guest.Instantiate(R"((module (memory (export "memory") 1)
      (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
      (func (export "load64") (param i32) (result i64) (i64.load offset=8 (local.get 0)))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))))");
    instance.GetMemory("memory")->data()[65535] = 9;
    CHECK(Guest::CallI32(instance, "load", {Value(65535)}) == 9);
    CHECK_FALSE(Guest::TryCall(instance, "load", {Value(65536)}).ok());
    CHECK_FALSE(Guest::TryCall(instance, "load", {Value(-1)}).ok());
    CHECK(Guest::TryCall(instance, "load64", {Value(65520)}).ok());
    CHECK_FALSE(Guest::TryCall(instance, "load64", {Value(65521)}).ok());
    CHECK_FALSE(Guest::TryCall(instance, "load64", {Value(-8)}).ok());
    CHECK(Guest::CallI32(instance, "grow") == 1);
    CHECK(Guest::CallI32(instance, "load", {Value(65536)}) == 0);
    // Grown from outside, it is seen as well.
    CHECK_FALSE(Guest::TryCall(instance, "load", {Value(131072)}).ok());
    REQUIRE(instance.GetMemory("memory")->Grow(1).ok());
    CHECK(Guest::CallI32(instance, "load", {Value(131072)}) == 0);
  }
}

TEST_CASE("two instances that share a memory see each other's growth") {
  for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    StoreOptions options;
    options.bounds = bounds;
    Guest guest(options);
    guest.linker.DefineInstance("a", guest.Instantiate(R"((module (memory (export "memory") 1)
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))))"));
    const Instance b = guest.Instantiate(R"((module (import "a" "memory" (memory 1))
      (import "a" "grow" (func $grow (result i32)))
      (func (export "run") (result i32)
        (drop (call $grow))
        (i32.store (i32.const 70000) (i32.const 77))
        (i32.add (i32.load (i32.const 70000)) (memory.size)))))");
    CHECK(Guest::CallI32(b, "run") == 79);
  }
}

TEST_CASE("passive segments can be dropped, and nothing is left of them") {
  Guest guest;
  const Instance instance = guest.Instantiate(R"((module (memory 1) (table 4 funcref) (func $f)
    (data $d "abcd") (elem $e func $f $f)
    (func (export "data") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "elem") (param i32 i32 i32) (table.init $e (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop") (data.drop $d) (elem.drop $e))
    (func (export "load") (result i32) (i32.load (i32.const 0)))))");
  auto ok = [&](const char* name, int a, int b, int c) {
    return Guest::TryCall(instance, name, {Value(a), Value(b), Value(c)}).ok();
  };
  CHECK(ok("data", 0, 0, 4));
  CHECK(Guest::CallI32(instance, "load") == 0x64636261);
  CHECK_FALSE(ok("data", 0, 1, 4));
  CHECK_FALSE(ok("data", 65535, 0, 2));
  CHECK_FALSE(ok("data", 0, -1, -1));
  CHECK(ok("elem", 2, 0, 2));
  CHECK_FALSE(ok("elem", 3, 0, 2));
  CHECK_FALSE(ok("elem", 0, 2, 1));
  Guest::Call(instance, "drop");
  CHECK(ok("data", 0, 0, 0));
  CHECK_FALSE(ok("data", 0, 0, 1));
  CHECK(ok("elem", 0, 0, 0));
  CHECK_FALSE(ok("elem", 0, 0, 1));
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
