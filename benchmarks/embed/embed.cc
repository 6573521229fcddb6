// embed [PLUGIN.wasm]: what umiak costs a program that embeds it. Prints, as minima of rounds in CPU time of the thread:
// instances (time and memory of 10 000, each in a store of its own and all in one), calls in both directions, atomic
// operations, and how two threads scale.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/cpu_time.h"
#include "umiak/text.h"
#include "umiak/umiak.h"

namespace {

using namespace umiak;

constexpr int kInstances = 10000;
constexpr int kRounds = 5;

constexpr char kCalls[] = R"((module
  (import "host" "nothing" (func $nothing))
  (import "host" "add" (func $add (param i32 i32) (result i32)))
  (import "host" "back" (func $back (param i32) (result i32)))
  (func (export "empty"))
  (func (export "plus") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "call_nothing") (param $n i32)
    (loop $l (call $nothing) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "call_add") (param $n i32) (result i32) (local $sum i32)
    (loop $l (local.set $sum (call $add (local.get $sum) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "call_back") (param $n i32) (result i32) (local $sum i32)
    (loop $l (local.set $sum (call $back (local.get $sum)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
)";

constexpr char kAtomics[] = R"((module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "add") (param $at i32) (param $n i32)
    (loop $l (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "compute") (param $n i32) (result i32) (local $x i32)
    (loop $l (local.set $x (i32.xor (i32.mul (local.get $x) (i32.const 31)) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x)))
)";

template <typename T>
T Get(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "embed: %s\n", std::string(value.status().message()).c_str());
  std::exit(1);
}

// Bytes of this process that are in memory.
int64_t Resident() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void Say(const char* what, double value, const char* unit) { std::printf("%-58s %10.1f %s\n", what, value, unit); }

void DefineLog(Linker& linker) {
  linker.Define("host", "log", [](Caller&, uint32_t, uint32_t) {});
}

void Instances(const std::shared_ptr<const Module>& module, BoundsMode bounds, const char* name) {
  StoreOptions options;
  options.bounds = bounds;
  const double alone = Nanoseconds(kRounds, kInstances, [&] {
    for (int i = 0; i < kInstances; ++i) {
      Store store(options);
      Linker linker(&store);
      DefineLog(linker);
      Get(linker.Instantiate(module));
    }
  });
  Say((std::string("store, linker and instance, made and ended, ") + name).c_str(), alone / 1000, "us");
}

// In a process of its own, whose heap holds nothing yet that could be used again.
void InstancesMemory(const std::shared_ptr<const Module>& module, BoundsMode bounds, const char* name) {
  const pid_t child = fork();
  if (child != 0) {
    waitpid(child, nullptr, 0);
    return;
  }
  StoreOptions options;
  options.bounds = bounds;
  std::vector<std::unique_ptr<Store>> stores;
  stores.reserve(kInstances);
  const int64_t before = Resident();
  for (int i = 0; i < kInstances; ++i) {
    stores.push_back(std::make_unique<Store>(options));
    Linker linker(stores.back().get());
    DefineLog(linker);
    Get(linker.Instantiate(module));
  }
  const auto each = static_cast<double>(Resident() - before) / kInstances / 1024;
  Say((std::string("memory of each of 10 000 that live, ") + name).c_str(), each, "KiB");
  std::fflush(stdout);
  _exit(0);
}

void InstancesInOneStore(const std::shared_ptr<const Module>& module) {
  StoreOptions options;
  options.bounds = BoundsMode::kChecked;
  const double each = Nanoseconds(kRounds, kInstances, [&] {
    Store store(options);
    Linker linker(&store);
    DefineLog(linker);
    for (int i = 0; i < kInstances; ++i) Get(linker.Instantiate(module));
  });
  Say("instance, of 10 000 in one store, checked", each / 1000, "us");
}

void Calls() {
  const auto module = Get(LoadModule(Get(AssembleWat(kCalls))));
  Store store;
  Linker linker(&store);
  std::optional<TypedFunc<int32_t(int32_t, int32_t)>> plus;
  linker.Define("host", "nothing", [](Caller&) {});
  linker.Define("host", "add", [](Caller&, int32_t a, int32_t b) { return a + b; });
  linker.Define("host", "back", [&](Caller&, int32_t a) { return (*plus)(a, 1); });
  const Instance instance = Get(linker.Instantiate(module));
  plus = Get(instance.GetFunc<int32_t(int32_t, int32_t)>("plus"));
  const auto empty = Get(instance.GetFunc<void()>("empty"));
  constexpr int kCount = 1000000;
  Say("host calls a guest's empty function", Nanoseconds(kRounds, kCount, [&] {
        for (int i = 0; i < kCount; ++i) empty().IgnoreError();
      }), "ns");
  Say("host calls (i32, i32) -> i32", Nanoseconds(kRounds, kCount, [&] {
        int32_t sum = 0;
        for (int i = 0; i < kCount; ++i) sum = Get((*plus)(sum, i));
      }), "ns");
  const auto nothing = Get(instance.GetFunc<void(int32_t)>("call_nothing"));
  const auto add = Get(instance.GetFunc<int32_t(int32_t)>("call_add"));
  const auto back = Get(instance.GetFunc<int32_t(int32_t)>("call_back"));
  const auto call_nothing = [&] { nothing(kCount).IgnoreError(); };
  Say("guest calls a host's empty function", Nanoseconds(kRounds, kCount, call_nothing), "ns");
  Say("guest calls (i32, i32) -> i32", Nanoseconds(kRounds, kCount, [&] { Get(add(kCount)); }), "ns");
  Say("guest calls the host, which calls the guest", Nanoseconds(kRounds, kCount, [&] { Get(back(kCount)); }), "ns");
}

// Wall clock of so many threads that each do the same, in nanoseconds per turn of one.
double OnThreads(const std::shared_ptr<const Module>& module, const SharedMemory& memory, int threads, int count,
                 const std::function<void(const Instance&, int)>& run) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> all;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < threads; ++i) {
      all.emplace_back([&, i] {
        Store store;
        Linker linker(&store);
        linker.Define("env", "memory", memory.In(store));
        run(Get(linker.Instantiate(module)), i);
      });
    }
    for (std::thread& thread : all) thread.join();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best / count * 1e9;
}

void Atomics() {
  const auto module = Get(LoadModule(Get(AssembleWat(kAtomics))));
  MemoryType type;
  type.limits = {1, 1};
  type.shared = true;
  const SharedMemory memory = Get(SharedMemory::Create(type));
  constexpr int kCount = 10000000;
  const auto add = [&](int stride) {
    return [stride](const Instance& instance, int thread) {
      Get(instance.GetFunc<void(int32_t, int32_t)>("add"))(stride * thread, kCount).IgnoreError();
    };
  };
  const auto compute = [](const Instance& instance, int) {
    Get(Get(instance.GetFunc<int32_t(int32_t)>("compute"))(kCount));
  };
  Say("i32.atomic.rmw.add in a loop, one thread", OnThreads(module, memory, 1, kCount, add(0)), "ns");
  Say("two threads, each its own counter", OnThreads(module, memory, 2, kCount, add(4096)), "ns");
  Say("two threads, one counter", OnThreads(module, memory, 2, kCount, add(0)), "ns");
  const double one = OnThreads(module, memory, 1, kCount, compute);
  Say("speed-up of two threads that only compute", 2 * one / OnThreads(module, memory, 2, kCount, compute), "x");
}

}  // namespace

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "examples/plugin.wasm";
  std::ifstream file(path, std::ios::binary);
  const auto plugin = Get(LoadModule(std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {})));
  InstancesMemory(plugin, BoundsMode::kChecked, "checked");
  InstancesMemory(plugin, BoundsMode::kGuarded, "guarded");
  Instances(plugin, BoundsMode::kChecked, "checked");
  Instances(plugin, BoundsMode::kGuarded, "guarded");
  InstancesInOneStore(plugin);
  Calls();
  Atomics();
}
