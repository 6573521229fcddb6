#include "umiak/store.h"

#include <poll.h>

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "umiak/caller.h"
#include "umiak/error.h"
#include "umiak/trap.h"
#include "vm/runtime/fault_injection.h"
#include "vm/runtime/store_impl.h"

namespace umiak {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool IsReadable(int fd, int timeout_ms) {
  pollfd entry = {fd, POLLIN, 0};
  return poll(&entry, 1, timeout_ms) == 1;
}

StoreOptions Metered() {
  StoreOptions options;
  options.metered = true;
  return options;
}

TEST_SUITE_BEGIN("vm/store");

TEST_CASE("an interrupt makes interrupt_fd readable until it is cleared") {
  Store store(Metered());
  Caller caller(store.impl(), nullptr);
  REQUIRE(caller.interrupt_fd() >= 0);
  CHECK_FALSE(IsReadable(caller.interrupt_fd(), 0));
  CHECK(caller.CheckInterrupt().ok());
  const InterruptHandle handle = store.interrupt_handle();
  std::thread([&] { handle.Interrupt(); }).join();
  CHECK(IsReadable(caller.interrupt_fd(), 0));
  CHECK(KindOf(caller.CheckInterrupt()) == ErrorKind::kInterrupt);
  store.ClearInterrupt();
  CHECK_FALSE(IsReadable(caller.interrupt_fd(), 0));
  CHECK(caller.CheckInterrupt().ok());
}

TEST_CASE("a deadline makes interrupt_fd readable when it passes") {
  Store store(Metered());
  Caller caller(store.impl(), nullptr);
  store.SetDeadline(steady_clock::now() + milliseconds(20));
  CHECK_FALSE(IsReadable(caller.interrupt_fd(), 0));
  CHECK(IsReadable(caller.interrupt_fd(), 5000));
  CHECK(KindOf(caller.CheckInterrupt()) == ErrorKind::kInterrupt);
  store.SetDeadline(std::nullopt);
  CHECK_FALSE(IsReadable(caller.interrupt_fd(), 0));
  CHECK(caller.CheckInterrupt().ok());
}

TEST_CASE("a store that is not metered has no interrupt_fd, and its host calls still notice") {
  Store store;
  Caller caller(store.impl(), nullptr);
  CHECK(caller.interrupt_fd() == -1);
  store.interrupt_handle().Interrupt();
  CHECK_FALSE(caller.CheckInterrupt().ok());
}

TEST_CASE("an interrupt handle outlives its store") {
  InterruptHandle handle;
  {
    Store store(Metered());
    handle = store.interrupt_handle();
  }
  handle.Interrupt();
}

TEST_CASE("fuel is what was set, until something runs") {
  Store store(Metered());
  CHECK_FALSE(store.fuel().has_value());
  store.SetFuel(1000);
  CHECK(store.fuel() == 1000);
  store.SetDeadline(steady_clock::now());
  CHECK(store.fuel() == 1000);
  store.SetFuel(std::nullopt);
  CHECK_FALSE(store.fuel().has_value());
}

TEST_CASE("the stack is mapped once, with its limit below a red zone") {
  StoreOptions options;
  options.stack_bytes = 1 << 20;
  Store store(options);
  REQUIRE(EnsureStack(store.impl()).ok());
  const Stack stack = store.impl()->execution.stack;
  CHECK(static_cast<uint64_t>(stack.limit - stack.base) * 8 >= options.stack_bytes);
  stack.limit[Stack::kRedZoneSlots - 1] = 1;
  REQUIRE(EnsureStack(store.impl()).ok());
  CHECK(store.impl()->execution.stack.base == stack.base);
}

TEST_CASE("a stack of any size in the options is kept within bounds or refused") {
  for (uint64_t bytes : {uint64_t{0}, ~uint64_t{0}}) {
    StoreOptions options;
    options.stack_bytes = bytes;
    Store store(options);
    const absl::Status status = EnsureStack(store.impl());
    CHECK((status.ok() || KindOf(status) == ErrorKind::kLimit));
  }
}

TEST_CASE("a stack that cannot be mapped is an error, not a crash") {
  Store store;
  FailAllocation(1);
  CHECK(KindOf(EnsureStack(store.impl())) == ErrorKind::kLimit);
  FailAllocation(0);
  CHECK(EnsureStack(store.impl()).ok());
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
