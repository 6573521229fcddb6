// Every allocation of guest-sized memory fails once, at each place in turn.
#include "vm/runtime/fault_injection.h"

#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

// Whatever fails, the answer is an error of the kind "limit" or the documented -1, and the store stays usable.
// Returns whether everything succeeded.
bool Scenario(BoundsMode bounds) {
  StoreOptions options;
  options.bounds = bounds;
  Guest guest(options);
  const auto instance = guest.TryInstantiate(R"((module
    (memory (export "memory") 1) (memory 2) (table (export "t") 3 funcref) (func $f (export "f"))
    (data (i32.const 0) "hello") (elem (i32.const 0) func $f)))");
  if (!instance.ok()) {
    CHECK(KindOf(instance.status()) == ErrorKind::kLimit);
    return false;
  }
  CHECK(instance->GetMemory("memory")->data()[4] == 'o');
  const auto memory = instance->GetMemory("memory")->Grow(3);
  const auto table = instance->GetTable("t")->Grow(100, Value(kFuncRef, Ref{}));
  CHECK(instance->GetMemory("memory")->pages() == (memory.ok() ? 4 : 1));
  CHECK(instance->GetTable("t")->size() == (table.ok() ? 103 : 3));
  const auto host_memory = Memory::Create(guest.store, MemoryType{.limits = {1, 2}});
  const auto host_table = Table::Create(guest.store, TableType{kFuncRef, {1, 2}}, Value(kFuncRef, Ref{}));
  for (const absl::Status& status : {memory.status(), table.status(), host_memory.status(), host_table.status()}) {
    if (!status.ok()) CHECK(KindOf(status) == ErrorKind::kLimit);
  }
  return memory.ok() && table.ok() && host_memory.ok() && host_table.ok();
}

TEST_SUITE_BEGIN("vm/fault_injection");

TEST_CASE("no allocation that fails is a crash") {
  for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    int failures = 0;
    for (uint64_t n = 1; n <= 20; ++n) {
      FailAllocation(n);
      if (!Scenario(bounds)) ++failures;
    }
    FailAllocation(0);
    // At least the stack, the instance, and what grows; a reservation that fails only costs speed.
    CHECK(failures >= 5);
    CHECK(Scenario(bounds));
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
