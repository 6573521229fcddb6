// Shared memories: one in several stores on several threads, waiting and being woken, interrupted, stopped in time.
#include "umiak/shared_memory.h"

#include <doctest/doctest.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/instance.h"

namespace umiak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr absl::string_view kGuest = R"((module
  (memory (export "memory") (import "env" "memory") 1 4 shared)
  (func (export "count") (param $n i32)
    (loop $again
      (drop (i64.atomic.rmw.add (i32.const 0) (i64.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "race") (param $n i32)
    (loop $again
      (i64.store offset=64 (i32.const 3) (i64.add (i64.load offset=64 (i32.const 3)) (i64.const 1)))
      (memory.copy (i32.const 128) (i32.const 60) (i32.const 32))
      (memory.fill (i32.const 140) (i32.const 7) (i32.const 32))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "get") (param i32) (result i64) (i64.atomic.load (local.get 0)))
  (func (export "set") (param i32 i64) (i64.atomic.store (local.get 0) (local.get 1)))
  (func (export "wait") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "pages") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "mutex") (param $n i32)
    (loop $again
      (block $locked
        (loop $try
          (br_if $locked (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 32) (i32.const 0) (i32.const 1))))
          (drop (memory.atomic.wait32 (i32.const 32) (i32.const 1) (i64.const -1)))
          (br $try)))
      (i64.store (i32.const 40) (i64.add (i64.load (i32.const 40)) (i64.const 1)))
      (i32.atomic.store (i32.const 32) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 32) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))";

SharedMemory MakeMemory(uint64_t min = 1, uint64_t max = 4, BoundsMode bounds = BoundsMode::kGuarded) {
  MemoryType type;
  type.limits.min = min;
  type.limits.max = max;
  type.shared = true;
  StoreOptions options;
  options.bounds = bounds;
  auto memory = SharedMemory::Create(type, options);
  REQUIRE(memory.ok());
  return *memory;
}

std::shared_ptr<const Module> GuestModule() {
  static const std::shared_ptr<const Module> kModule = *LoadModule(Wat(kGuest));
  return kModule;
}

// A store with the guest in it.
struct Thread {
  explicit Thread(const SharedMemory& memory, const StoreOptions& options = {}) : store(options), linker(&store) {
    linker.Define("env", "memory", memory.In(store));
    auto made = linker.Instantiate(GuestModule());
    REQUIRE(made.ok());
    instance = *made;
  }
  std::string Run(absl::string_view name, const std::vector<Value>& args = {}) const {
    auto results = instance.GetFunc(name)->Call(args);
    if (!results.ok()) return ToString(TrapOf(results.status())->code);
    return results->empty() ? "" : ToString((*results)[0]);
  }
  Store store;
  Linker linker;
  Instance instance;
};

StoreOptions Metered() {
  StoreOptions options;
  options.metered = true;
  return options;
}

// Until another thread waits at the address: one notification too early would be lost.
void NotifyUntilWoken(const Thread& thread, int32_t address) {
  while (thread.Run("notify", {address, int32_t{1}}) == "0") std::this_thread::sleep_for(milliseconds(1));
}

TEST_SUITE("api/shared_memory") {
  TEST_CASE("what two threads add atomically is all there, guarded and checked") {
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      SharedMemory memory = MakeMemory(1, 4, bounds);
      std::thread other([&] { CHECK(Thread(memory).Run("count", {int32_t{20000}}) == ""); });
      Thread thread(memory);
      CHECK(thread.Run("count", {int32_t{20000}}) == "");
      other.join();
      CHECK(thread.Run("get", {int32_t{0}}) == "40000");
    }
  }

  TEST_CASE("a mutex made of cmpxchg, wait and notify excludes") {
    SharedMemory memory = MakeMemory();
    std::thread other([&] { CHECK(Thread(memory).Run("mutex", {int32_t{2000}}) == ""); });
    Thread thread(memory);
    CHECK(thread.Run("mutex", {int32_t{2000}}) == "");
    other.join();
    CHECK(thread.Run("get", {int32_t{40}}) == "4000");
  }

  TEST_CASE("data races of guests harm nobody") {
    SharedMemory memory = MakeMemory();
    std::thread other([&] { CHECK(Thread(memory).Run("race", {int32_t{5000}}) == ""); });
    CHECK(Thread(memory).Run("race", {int32_t{5000}}) == "");
    other.join();
  }

  TEST_CASE("wait says that the value is another, or that the time is over") {
    Thread thread(MakeMemory());
    CHECK(thread.Run("set", {int32_t{8}, int64_t{1} << 32}) == "");
    CHECK(thread.Run("wait", {int32_t{8}, int32_t{1}, int64_t{-1}}) == "1");
    CHECK(thread.Run("wait64", {int32_t{8}, int64_t{0}, int64_t{-1}}) == "1");
    const auto start = Clock::now();
    CHECK(thread.Run("wait", {int32_t{8}, int32_t{0}, int64_t{20'000'000}}) == "2");
    CHECK(Clock::now() - start >= milliseconds(20));
    CHECK(thread.Run("wait64", {int32_t{8}, int64_t{1} << 32, int64_t{0}}) == "2");
    CHECK(thread.Run("wait", {int32_t{6}, int32_t{0}, int64_t{0}}) == "unaligned atomic");
    CHECK(thread.Run("wait64", {int32_t{4}, int64_t{0}, int64_t{0}}) == "unaligned atomic");
    CHECK(thread.Run("wait", {int32_t{65536}, int32_t{0}, int64_t{0}}) == "out of bounds memory access");
  }

  TEST_CASE("wait on an unshared memory traps, notify finds nobody there") {
    Guest guest(R"((module (memory 1)
      (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))
      (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 9)))))");
    CHECK(guest.Run("wait").substr(0, 22) == "expected shared memory");
    CHECK(guest.Run("notify") == "0");
  }

  TEST_CASE("notify wakes those who wait at its address, and as many as it says") {
    SharedMemory memory = MakeMemory();
    std::atomic<int> awake{0};
    std::vector<std::thread> waiters;
    for (int i = 0; i < 3; ++i) {
      waiters.emplace_back([&] {
        CHECK(Thread(memory).Run("wait", {int32_t{16}, int32_t{0}, int64_t{-1}}) == "0");
        ++awake;
      });
    }
    Thread thread(memory);
    NotifyUntilWoken(thread, 16);
    NotifyUntilWoken(thread, 16);
    CHECK(thread.Run("notify", {int32_t{20}, int32_t{-1}}) == "0");
    CHECK(thread.Run("notify", {int32_t{16}, int32_t{0}}) == "0");
    NotifyUntilWoken(thread, 16);
    for (std::thread& waiter : waiters) waiter.join();
    CHECK(awake == 3);
    CHECK(thread.Run("notify", {int32_t{16}, int32_t{-1}}) == "0");
  }

  TEST_CASE("who waits sleeps: it uses no processor time") {
    // A quarter of a second of spinning would show as such.
    Thread thread(MakeMemory());
    timespec before, after;
    REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before) == 0);
    CHECK(thread.Run("wait", {int32_t{0}, int32_t{0}, int64_t{250'000'000}}) == "2");
    REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after) == 0);
    const int64_t used = (after.tv_sec - before.tv_sec) * 1'000'000'000 + after.tv_nsec - before.tv_nsec;
    CHECK(used < 125'000'000);
  }

  TEST_CASE("an interrupt ends a wait, in a plain store too") {
    SharedMemory memory = MakeMemory();
    for (const StoreOptions& options : {StoreOptions(), Metered()}) {
      Thread thread(memory, options);
      const InterruptHandle handle = thread.store.interrupt_handle();
      std::thread other([&] {
        std::this_thread::sleep_for(milliseconds(20));
        handle.Interrupt();
      });
      CHECK(thread.Run("wait", {int32_t{0}, int32_t{0}, int64_t{-1}}) == "interrupt");
      other.join();
      CHECK(thread.Run("wait", {int32_t{0}, int32_t{0}, int64_t{-1}}) == "interrupt");
      thread.store.ClearInterrupt();
      CHECK(thread.Run("wait", {int32_t{0}, int32_t{0}, int64_t{1}}) == "2");
    }
  }

  TEST_CASE("a deadline ends a wait") {
    Thread thread(MakeMemory(), Metered());
    thread.store.SetDeadline(Clock::now() + milliseconds(20));
    CHECK(thread.Run("wait", {int32_t{0}, int32_t{0}, int64_t{-1}}) == "interrupt");
  }

  TEST_CASE("a timeout of any size is taken") {
    SharedMemory memory = MakeMemory();
    std::thread other([&] {
      const Thread waiter(memory);
      CHECK(waiter.Run("wait", {int32_t{0}, int32_t{0}, std::numeric_limits<int64_t>::max()}) == "0");
      CHECK(waiter.Run("wait", {int32_t{0}, int32_t{0}, std::numeric_limits<int64_t>::min()}) == "0");
    });
    Thread thread(memory);
    NotifyUntilWoken(thread, 0);
    NotifyUntilWoken(thread, 0);
    other.join();
  }

  TEST_CASE("memory that one thread grows is there for the others, at the same place") {
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      SharedMemory memory = MakeMemory(1, 4, bounds);
      const uint8_t* before = memory.data().data();
      Thread thread(memory);
      CHECK(thread.Run("load", {int32_t{65536}}) == "out of bounds memory access");
      std::thread([&] {
        Thread other(memory);
        CHECK(other.Run("grow", {int32_t{2}}) == "1");
        CHECK(other.Run("set", {int32_t{131072}, int64_t{77}}) == "");
        CHECK(other.Run("grow", {int32_t{2}}) == "-1");
      }).join();
      CHECK(thread.Run("pages") == "3");
      CHECK(thread.Run("load", {int32_t{131072}}) == "77");
      CHECK(thread.Run("load", {int32_t{196608}}) == "out of bounds memory access");
      CHECK(memory.data().data() == before);
      CHECK(memory.data().size() == 3 * 65536);
    }
  }

  TEST_CASE("threads that grow at once give each page away once") {
    SharedMemory memory = MakeMemory(0, 200);
    std::vector<std::thread> threads;
    std::atomic<uint64_t> sum{0};
    // A memory of no page: the guest's own minimum is 1.
    const std::shared_ptr<const Module> module = *LoadModule(Wat(R"((module
      (import "env" "memory" (memory 0 200 shared))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))))"));
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        Store store;
        Linker linker(&store);
        linker.Define("env", "memory", memory.In(store));
        const auto grow = linker.Instantiate(module)->GetFunc("grow");
        for (int n = 0; n < 50; ++n) sum += static_cast<uint64_t>((*grow->Call({}))[0].i32());
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(sum == 199 * 200 / 2);
    CHECK(memory.data().size() == 200 * 65536);
  }

  TEST_CASE("a memory that an instance exports goes on living in another store") {
    SharedMemory memory;
    {
      Guest guest(R"((module (memory (export "m") 1 4 shared) (data (i32.const 0) "\2a")))");
      memory = *SharedMemory::Of(*guest.instance.GetMemory("m"));
    }
    CHECK(Thread(memory).Run("load", {int32_t{0}}) == "42");
  }

  TEST_CASE("an unshared type, and an unshared memory, are refused") {
    MemoryType type;
    type.limits.min = 1;
    CHECK(SharedMemory::Create(type).status().code() == absl::StatusCode::kInvalidArgument);
    Guest guest(R"((module (memory (export "m") 1)))");
    CHECK(SharedMemory::Of(*guest.instance.GetMemory("m")).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace umiak
