// Structs and arrays of running guests: what keeps an object alive, what collects it, what the host may do with it.
#include <doctest/doctest.h>

#include "tests/support/guest.h"
#include "vm/runtime/store_impl.h"

namespace umiak {
namespace {

// A list of nodes, its head wherever the function of that name keeps it.
constexpr char kList[] = R"((module
  (type $node (struct (field $value i32) (field $next (mut (ref null $node)))))
  (type $box (array (mut (ref null $node))))
  (global $root (mut (ref null $node)) (ref.null $node))
  (table $t 4 (ref null $node))
  (func $garbage (param $n i32)
    (loop $l
      (drop (struct.new $node (i32.const 7) (ref.null $node)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $make (export "make") (param $n i32) (result (ref null $node))
    (local $list (ref null $node))
    (loop $l
      (local.set $list (struct.new $node (local.get $n) (local.get $list)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $list))
  (func $sum (export "sum") (param $list (ref null $node)) (result i32)
    (local $sum i32)
    (block $done
      (loop $l
        (br_on_null $done (local.get $list))
        (drop)
        (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $l)))
    (local.get $sum))
  (func (export "in-global") (param $n i32) (result i32)
    (global.set $root (call $make (local.get $n)))
    (call $garbage (i32.const 1000))
    (call $sum (global.get $root)))
  (func (export "in-table") (param $n i32) (result i32)
    (table.set $t (i32.const 2) (call $make (local.get $n)))
    (call $garbage (i32.const 1000))
    (call $sum (table.get $t (i32.const 2))))
  (func (export "in-array") (param $n i32) (result i32)
    (local $box (ref $box))
    (local.set $box (array.new $box (ref.null $node) (i32.const 20)))
    (array.set $box (local.get $box) (i32.const 19) (call $make (local.get $n)))
    (call $garbage (i32.const 1000))
    (call $sum (array.get $box (local.get $box) (i32.const 19))))
  ;; The list is in a local of each frame of a recursion.
  (func $deep (export "in-frames") (param $depth i32) (result i32)
    (local $list (ref null $node))
    (local.set $list (call $make (i32.const 3)))
    (if (result i32) (local.get $depth)
      (then (i32.add (call $deep (i32.sub (local.get $depth) (i32.const 1))) (call $sum (local.get $list))))
      (else (call $garbage (i32.const 100)) (call $sum (local.get $list)))))
  ;; Many values live at the allocation, more than there are registers.
  (func (export "in-registers") (result i32)
    (local $a (ref null $node)) (local $b (ref null $node)) (local $c (ref null $node))
    (local $d (ref null $node)) (local $i i32) (local $sum i32)
    (loop $l
      (local.set $a (struct.new $node (i32.const 1) (ref.null $node)))
      (local.set $b (struct.new $node (i32.const 2) (local.get $a)))
      (local.set $c (struct.new $node (i32.const 3) (local.get $b)))
      (local.set $d (struct.new $node (i32.const 4) (local.get $a)))
      (local.set $sum (i32.add (local.get $sum)
        (i32.add (call $sum (local.get $c)) (struct.get $node $value (local.get $d)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
    (local.get $sum))
  (func $count (export "tail") (param $n i32) (param $list (ref null $node)) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (call $sum (local.get $list)))))
    (return_call $count (i32.sub (local.get $n) (i32.const 1))
      (struct.new $node (i32.const 1) (struct.get $node $next
        (struct.new $node (i32.const 5) (local.get $list))))))
  (func (export "grow") (local $list (ref null $node))
    (loop $l
      (local.set $list (struct.new $node (i32.const 1) (local.get $list)))
      (br $l)))
  (func (export "huge") (param i32) (drop (array.new_default $box (local.get 0))))
  (func (export "clear") (global.set $root (ref.null $node)) (table.set $t (i32.const 2) (ref.null $node)))))";

uint64_t LiveObjects(Store& store) {
  GcHeap& heap = store.impl()->heap;
  for (uint64_t& word : store.impl()->execution.spill_r) word = 0;
  heap.Collect(store.impl()->execution.top);
  return heap.stats().live_objects;
}

StoreOptions CollectAlways() {
  StoreOptions options;
  options.collect_always = true;
  return options;
}

TEST_SUITE_BEGIN("vm/gc");

TEST_CASE("objects stay alive wherever a guest keeps them") {
  for (const StoreOptions& options : {StoreOptions(), CollectAlways()}) {
    Guest guest(options);
    const Instance instance = guest.Instantiate(kList);
    CHECK(Guest::CallI32(instance, "in-global", {Value(100)}) == 5050);
    CHECK(Guest::CallI32(instance, "in-table", {Value(100)}) == 5050);
    CHECK(Guest::CallI32(instance, "in-array", {Value(100)}) == 5050);
    CHECK(Guest::CallI32(instance, "in-frames", {Value(20)}) == 6 * 21);
    CHECK(Guest::CallI32(instance, "in-registers") == 100 * 10);
    CHECK(LiveObjects(guest.store) == 200);
    Guest::Call(instance, "clear");
    CHECK(LiveObjects(guest.store) == 0);
  }
}

TEST_CASE("tail calls keep their arguments and nothing else") {
  Guest guest(CollectAlways());
  const Instance instance = guest.Instantiate(kList);
  CHECK(Guest::CallI32(instance, "tail", {Value(50), Value(ValType::Ref(HeapType::kNone, true), Ref{})}) == 50);
  CHECK(LiveObjects(guest.store) == 0);
}

TEST_CASE("a list of ten million nodes is made, counted and collected") {
  Guest guest;
  const Instance instance = guest.Instantiate(kList);
  RefScope scope(guest.store);
  const Value list = Guest::Call(instance, "make", {Value(10'000'000)}).at(0);
  CHECK(LiveObjects(guest.store) == 10'000'000);
  CHECK(Guest::CallI32(instance, "sum", {list}) == static_cast<int32_t>(50'000'005'000'000));
}

TEST_CASE("past the limit of the heap a guest traps, and the store stays usable") {
  StoreOptions options;
  options.max_gc_heap_bytes = 2 << 20;
  Guest guest(options);
  const Instance instance = guest.Instantiate(kList);
  for (int i = 0; i < 3; ++i) {
    const absl::Status status = Guest::TryCall(instance, "grow").status();
    REQUIRE(TrapOf(status).has_value());
    CHECK(TrapOf(status)->code == TrapCode::kGcHeapExhausted);
    CHECK(MessageOf(status).substr(0, 17) == "GC heap exhausted");
    CHECK(TrapOf(status)->frames.size() == 1);
    CHECK(Guest::CallI32(instance, "in-global", {Value(100)}) == 5050);
  }
  CHECK(TrapOf(Guest::TryCall(instance, "huge", {Value(-1)}).status())->code == TrapCode::kGcHeapExhausted);
}

TEST_CASE("what the host holds lives until its scope ends") {
  Guest guest(CollectAlways());
  const Instance instance = guest.Instantiate(kList);
  {
    RefScope scope(guest.store);
    const Value list = Guest::Call(instance, "make", {Value(10)}).at(0);
    CHECK(RefKindOf(list) == RefKind::kStruct);
    CHECK(LiveObjects(guest.store) == 10);
    CHECK(Guest::CallI32(instance, "sum", {list}) == 55);
  }
  CHECK(LiveObjects(guest.store) == 0);
}

TEST_CASE("a host reference passes through a guest, and is itself again") {
  Guest guest(CollectAlways());
  const Instance instance = guest.Instantiate(R"((module
    (global $g (mut anyref) (ref.null any))
    (func (export "put") (param externref) (global.set $g (any.convert_extern (local.get 0))))
    (func (export "get") (result externref) (extern.convert_any (global.get $g)))
    (func (export "any") (result anyref) (global.get $g))
    (func (export "is-eq") (result i32) (ref.test eqref (global.get $g)))))");
  const Value host = *NewHostRef(guest.store, 42);
  Guest::Call(instance, "put", {host});
  CHECK(Guest::Call(instance, "get").at(0).ref() == host.ref());
  CHECK(HostDataOf(Guest::Call(instance, "any").at(0)) == 42);
  CHECK(Guest::CallI32(instance, "is-eq") == 0);
  CHECK(HostDataOf(Value(kExternRef, Ref{})) == std::nullopt);
}

TEST_CASE("arguments that a host function gets live while it calls the guest again") {
  Guest guest(CollectAlways());
  Instance instance;
  guest.linker.DefineFunc("env", "again", FuncType{{ValType::Ref(HeapType::kAny, true)}, {ValType::Ref(HeapType::kAny, true)}},
                          [&](Caller& caller, uint64_t* slots) {
                            const uint64_t kept = slots[0];
                            slots[0] = 0;
                            Guest::Call(instance, "garbage");
                            const absl::StatusOr<Value> other = NewHostRef(guest.store, 1);
                            CHECK(caller.store() != nullptr);
                            CHECK(other.ok());
                            slots[0] = kept;
                            return absl::OkStatus();
                          });
  instance = guest.Instantiate(R"((module
    (type $s (struct (field i64)))
    (import "env" "again" (func $again (param anyref) (result anyref)))
    (func (export "garbage") (drop (struct.new $s (i64.const 1))))
    (func (export "run") (result i64)
      (local $kept (ref $s))
      (local.set $kept (struct.new $s (i64.const 5)))
      (i64.add
        (struct.get $s 0 (ref.cast (ref $s) (call $again (struct.new $s (i64.const 37)))))
        (struct.get $s 0 (local.get $kept))))))");
  CHECK(Guest::Call(instance, "run").at(0).i64() == 42);
  CHECK(LiveObjects(guest.store) == 0);
}

TEST_CASE("a host function's result must be a reference of the store") {
  Guest guest;
  uint64_t result = 0x1230;
  guest.linker.DefineFunc("env", "f", FuncType{{}, {kExternRef}}, [&](Caller&, uint64_t* slots) {
    slots[0] = result;
    return absl::OkStatus();
  });
  const Instance instance = guest.Instantiate(R"((module
    (import "env" "f" (func $f (result externref))) (func (export "run") (drop (call $f)))))");
  CHECK_FALSE(Guest::TryCall(instance, "run").ok());
  result = NewHostRef(guest.store, 1)->bits();
  CHECK(Guest::TryCall(instance, "run").ok());
}

TEST_CASE("a guest's parameters take references of their type and store only") {
  Guest guest;
  Guest other;
  const char kModule[] = R"((module
    (rec (type $a (struct (field i32))) (type $b (struct (field i32))))
    (func (export "make-a") (result anyref) (struct.new $a (i32.const 1)))
    (func (export "make-b") (result anyref) (struct.new $b (i32.const 1)))
    (func (export "i31") (result anyref) (ref.i31 (i32.const -5)))
    (func (export "take-a") (param (ref $a)))
    (func (export "take-i31") (param i31ref))))";
  const Instance instance = guest.Instantiate(kModule);
  const Value a = Guest::Call(instance, "make-a").at(0);
  const Value b = Guest::Call(instance, "make-b").at(0);
  const Value foreign = Guest::Call(other.Instantiate(kModule), "make-a").at(0);
  const Value i31 = Guest::Call(instance, "i31").at(0);
  CHECK(I31Of(i31) == -5);
  CHECK(Guest::TryCall(instance, "take-a", {a}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-a", {b}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-a", {foreign}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-a", {i31}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-a", {Value(a.type(), Ref{a.bits() + 8})}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-a", {Value(a.type(), Ref{})}).ok());
  CHECK(Guest::TryCall(instance, "take-i31", {i31}).ok());
  CHECK_FALSE(Guest::TryCall(instance, "take-i31", {a}).ok());
}

TEST_CASE("element segments and constant expressions hold objects") {
  Guest guest(CollectAlways());
  const Instance instance = guest.Instantiate(R"((module
    (type $p (struct (field i32) (field f64) (field (mut i8))))
    (type $v (array (ref null $p)))
    (type $d (array i16))
    (global $g (ref $v) (array.new_fixed $v 2 (struct.new $p (i32.const 1) (f64.const 2) (i32.const 3)) (struct.new_default $p)))
    (global $w (ref $v) (array.new $v (struct.new $p (i32.const 9) (f64.const 2) (i32.const 300)) (i32.const 3)))
    (elem $e (ref null $p) (item (struct.new $p (i32.const 4) (f64.const 5) (i32.const 6))) (item (ref.null $p)))
    (table $t 3 3 (ref null $p) (struct.new $p (i32.const 7) (f64.const 0) (i32.const 0)))
    (func (export "run") (result i32)
      (drop (struct.new_default $p))
      (i32.add
        (i32.add
          (struct.get $p 0 (array.get $v (global.get $g) (i32.const 0)))
          (struct.get_u $p 2 (array.get $v (global.get $w) (i32.const 2))))
        (i32.add
          (struct.get $p 0 (array.get $v (array.new_elem $v $e (i32.const 0) (i32.const 2)) (i32.const 0)))
          (struct.get $p 0 (table.get $t (i32.const 2))))))
    (func (export "drop") (elem.drop $e))))");
  CHECK(Guest::CallI32(instance, "run") == 1 + 44 + 4 + 7);
  CHECK(LiveObjects(guest.store) == 3 + 2 + 1 + 1);
  Guest::Call(instance, "drop");
  CHECK(LiveObjects(guest.store) == 3 + 2 + 1);
}

TEST_CASE("objects of one instance are kept by another of its store") {
  Guest guest(CollectAlways());
  const char* const kTypes = "(type $s (struct (field (mut i32))))";
  const Instance first = guest.Instantiate((std::string("(module ") + kTypes + R"(
    (func (export "new") (param i32) (result (ref $s)) (struct.new $s (local.get 0)))))").c_str());
  guest.linker.DefineInstance("first", first);
  const Instance second = guest.Instantiate((std::string("(module ") + kTypes + R"(
    (import "first" "new" (func $new (param i32) (result (ref $s))))
    (func (export "run") (result i32)
      (local $a (ref $s)) (local $b (ref $s))
      (local.set $a (call $new (i32.const 40)))
      (local.set $b (call $new (i32.const 2)))
      (i32.add (struct.get $s 0 (local.get $a)) (struct.get $s 0 (local.get $b))))))").c_str());
  CHECK(Guest::CallI32(second, "run") == 42);
  CHECK(LiveObjects(guest.store) == 0);
}

TEST_CASE("structs of many fields and wide multi-values are made by one cell each") {
  std::string fields, values, sum;
  for (int i = 0; i < 300; ++i) {
    fields += i % 3 == 0 ? "(field i64)" : i % 3 == 1 ? "(field i8)" : "(field f32)";
    values += i % 3 == 2 ? "(f32.const 1)" : i % 3 == 0 ? "(i64.const " + std::to_string(i) + ")" : "(i32.const 5)";
  }
  Guest guest(CollectAlways());
  const Instance instance = guest.Instantiate((R"((module (type $s (struct )" + fields + R"())
    (type $a (array (mut i16)))
    (func (export "run") (result i64)
      (struct.get $s 297 (struct.new $s )" + values + R"()))
    (func (export "fixed") (result i32)
      (array.get_s $a (array.new_fixed $a 5 (i32.const 1) (i32.const 2) (i32.const 3) (i32.const -4) (i32.const 5)) (i32.const 3)))))").c_str());
  CHECK(Guest::Call(instance, "run").at(0).i64() == 297);
  CHECK(Guest::CallI32(instance, "fixed") == -4);
}

TEST_CASE("casts know sixteen and more levels of subtypes") {
  std::string types = "(type $t0 (sub (struct (field i32))))";
  for (int i = 1; i <= 40; ++i) {
    types += "(type $t" + std::to_string(i) + " (sub $t" + std::to_string(i - 1) + " (struct (field i32))))";
  }
  Guest guest;
  const Instance instance = guest.Instantiate(("(module " + types + R"(
    (func (export "run") (result i32)
      (local $x anyref)
      (local.set $x (struct.new $t30 (i32.const 1)))
      (i32.or
        (i32.or (ref.test (ref $t0) (local.get $x)) (i32.shl (ref.test (ref $t15) (local.get $x)) (i32.const 1)))
        (i32.or
          (i32.or (i32.shl (ref.test (ref $t16) (local.get $x)) (i32.const 2))
                  (i32.shl (ref.test (ref $t30) (local.get $x)) (i32.const 3)))
          (i32.or (i32.shl (ref.test (ref $t31) (local.get $x)) (i32.const 4))
                  (i32.shl (ref.test (ref $t40) (ref.i31 (i32.const 1))) (i32.const 5))))))))").c_str());
  CHECK(Guest::CallI32(instance, "run") == 0b1111);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
