// wasi-threads: spawning, and how a guest of several threads ends, whatever they are doing.
#include "umiak/wasi_threads.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/wat.h"
#include "tests/wasi/server.h"
#include "umiak/umiak.h"

namespace umiak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A guest around the bodies of its functions.
std::string Program(absl::string_view main, absl::string_view thread) {
  return absl::StrReplaceAll(R"((module
    (import "foo" "bar" (memory 1 4 shared))
    (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $dir_name (param i32 i32 i32) (result i32)))
    (export "memory" (memory 0))
    (data (i32.const 1400) "fifo")
    (func $block (drop (memory.atomic.wait32 (i32.const 1024) (i32.const 0) (i64.const -1))))
    (func $busy (loop (br 0)))
    (func $read_from (param i32)  ;; to 2048
      (i32.store (i32.const 1040) (i32.const 2048)) (i32.store (i32.const 1044) (i32.const 16))
      (drop (call $fd_read (local.get 0) (i32.const 1040) (i32.const 1) (i32.const 1048))))
    (func $read (call $read_from (i32.const 0)))
    (func $read_fifo  ;; of directory 4
      (if (call $open (i32.const 4) (i32.const 0) (i32.const 1400) (i32.const 4) (i32.const 0) (i64.const 2)
            (i64.const 0) (i32.const 0) (i32.const 1408))
        (then (unreachable)))
      (call $read_from (i32.load (i32.const 1408))))
    (func $read_socket  ;; of a client that says nothing
      (if (call $accept (i32.const 3) (i32.const 0) (i32.const 1412)) (then (unreachable)))
      (call $read_from (i32.load (i32.const 1412))))
    (func $accept_next
      (loop (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 1416))) (br 0)))
    (func $write  ;; to stdout, which nobody reads
      (i32.store (i32.const 1440) (i32.const 2048)) (i32.store (i32.const 1444) (i32.const 4096))
      (loop (drop (call $fd_write (i32.const 1) (i32.const 1440) (i32.const 1) (i32.const 1448))) (br 0)))
    (func $poll_stdin  ;; without a clock
      (i32.store8 (i32.const 1512) (i32.const 1))
      (drop (call $poll (i32.const 1504) (i32.const 1600) (i32.const 1) (i32.const 1650))))
    (func $sleep  ;; for an hour
      (i32.store (i32.const 1104) (i32.const 1)) (i64.store (i32.const 1112) (i64.const 3600000000000))
      (drop (call $poll (i32.const 1088) (i32.const 1200) (i32.const 1) (i32.const 1300))))
    (func $share (local $n i32)  ;; addresses with whoever does the same
      (loop $again
        (if (call $open (i32.const 4) (i32.const 0) (i32.const 1400) (i32.const 4) (i32.const 0) (i64.const 2)
              (i64.const 0) (i32.const 0) (i32.const 1408))
          (then (unreachable)))
        (i32.store (i32.const 1440) (i32.const 2048)) (i32.store (i32.const 1444) (i32.const 64))
        (if (call $fd_write (i32.const 1) (i32.const 1440) (i32.const 1) (i32.const 1448)) (then (unreachable)))
        (if (call $random (i32.const 2048) (i32.const 64)) (then (unreachable)))
        (if (call $dir_name (i32.const 4) (i32.const 2048) (i32.const 16)) (then (unreachable)))
        (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200)))))
    (func $started  ;; a thread is running
      (i32.atomic.store (i32.const 512) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 512) (i32.const -1))))
    (func $await
      (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const -1))))
    (func (export "wasi_thread_start") (param $id i32) (param $argument i32) $thread)
    (func (export "_start") $main)))",
                             {{"$thread)", absl::StrCat(thread, ")")}, {"$main)", absl::StrCat(main, ")")}});
}

struct Outcome {
  absl::Status status;
  std::string text() const {
    if (KindOf(status) == ErrorKind::kExit) return absl::StrCat("exit ", *ExitCodeOf(status));
    if (const auto trap = TrapOf(status)) return ToString(trap->code);
    return status.ok() ? "ok" : std::string(status.message());
  }
};

// Runs it with a stdin that nobody writes to, a stdout that nobody reads, a listener with one client that says nothing,
// and a FIFO that is open for writing.
Outcome RunGuest(const std::string& text, WasiThreadsOptions options = {},
                 const std::function<void(WasiThreads&)>& meanwhile = nullptr) {
  INFO(text);
  auto module = LoadModule(Wat(text));
  REQUIRE_MESSAGE(module.ok(), module.status().ToString());
  int in[2], out[2];
  REQUIRE(pipe2(in, O_CLOEXEC) == 0);
  REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  const wasi::TempDir dir;
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);
  const int writer = open((dir / "fifo").c_str(), O_RDWR | O_CLOEXEC);
  WasiConfig config;
  config.stdin_stream = WasiStream::FromHostFd(in[0]);
  config.stdout_stream = WasiStream::FromHostFd(out[1]);
  config.listeners.push_back(wasi::Server::Bind());
  config.preopens.push_back({dir.string(), "/"});
  const wasi::Client client(wasi::PortOf(config.listeners[0].address()));
  auto context = MakeWasiContext(config);
  REQUIRE(context.ok());
  Outcome outcome;
  {
    StoreOptions store_options;
    store_options.metered = true;
    Store store(store_options);
    Linker linker(&store);
    AddWasiPreview1(linker, *context);
    auto threads = WasiThreads::Create(*module, *context, options);
    REQUIRE_MESSAGE(threads.ok(), threads.status().ToString());
    threads->Define(linker);
    std::thread other;
    if (meanwhile) other = std::thread([&] { meanwhile(*threads); });
    outcome.status = threads->Run(store, [&]() -> absl::Status {
      auto instance = linker.Instantiate(*module);
      if (!instance.ok()) return instance.status();
      uint64_t slots[1];
      return instance->GetFunc("_start")->CallRaw(slots);
    });
    if (other.joinable()) other.join();
  }
  for (int fd : {in[0], in[1], out[0], out[1], writer}) close(fd);
  return outcome;
}

constexpr const char* kPlights[] = {"$block", "$busy",       "$read",  "$read_fifo", "$read_socket",
                                    "$accept_next", "$write", "$sleep", "$poll_stdin"};

TEST_SUITE("wasi/threads") {
  TEST_CASE("a thread gets its id and the argument, and both see the same memory") {
    CHECK(RunGuest(Program(R"(
        (local $id i32)
        (local.set $id (call $spawn (i32.const 99)))
        (if (i32.le_s (local.get $id) (i32.const 0)) (then (call $exit (i32.const 1))))
        (if (i32.ge_u (local.get $id) (i32.const 0x20000000)) (then (call $exit (i32.const 2))))
        (call $await)
        (if (i32.ne (i32.load (i32.const 600)) (local.get $id)) (then (call $exit (i32.const 3))))
        (if (i32.ne (i32.load (i32.const 604)) (i32.const 99)) (then (call $exit (i32.const 4))))
        (call $exit (i32.const 22)))",
                           R"(
        (i32.store (i32.const 600) (local.get $id)) (i32.store (i32.const 604) (local.get $argument))
        (call $started))"))
              .text() == "exit 22");
  }

  TEST_CASE("proc_exit of the main thread ends the others, whatever they do") {
    for (const char* plight : kPlights) {
      CHECK(RunGuest(Program("(drop (call $spawn (i32.const 0))) (call $await) (call $exit (i32.const 99))",
                             absl::StrCat("(call $started) (call ", plight, ")")))
                .text() == "exit 99");
    }
  }

  TEST_CASE("proc_exit of another thread ends the main one, whatever it does") {
    for (const char* plight : kPlights) {
      CHECK(RunGuest(Program(absl::StrCat("(drop (call $spawn (i32.const 0))) (call ", plight, ")"),
                             "(call $exit (i32.const 99))"))
                .text() == "exit 99");
    }
  }

  TEST_CASE("a trap of another thread ends the main one, and is what is reported") {
    for (const char* plight : kPlights) {
      const Outcome outcome = RunGuest(Program(
          absl::StrCat("(drop (call $spawn (i32.const 0))) (call ", plight, ")"), "(unreachable)"));
      CHECK(outcome.text() == "unreachable");
      CHECK(TrapOf(outcome.status)->frames.size() == 1);
    }
  }

  TEST_CASE("a trap of the main thread ends the others") {
    for (const char* plight : kPlights) {
      CHECK(RunGuest(Program("(drop (call $spawn (i32.const 0))) (call $await) (unreachable)",
                             absl::StrCat("(call $started) (call ", plight, ")")))
                .text() == "unreachable");
    }
  }

  TEST_CASE("the end of the main function ends the others, with success") {
    for (const char* plight : kPlights) {
      CHECK(RunGuest(Program("(drop (call $spawn (i32.const 0))) (call $await)",
                             absl::StrCat("(call $started) (call ", plight, ")")))
                .text() == "ok");
    }
  }

  TEST_CASE("the host stops all of them") {
    for (const char* plight : kPlights) {
      const auto start = Clock::now();
      CHECK(RunGuest(Program(absl::StrCat("(drop (call $spawn (i32.const 0))) (call ", plight, ")"),
                             absl::StrCat("(call ", plight, ")")),
                     {},
                     [](WasiThreads& threads) {
                       std::this_thread::sleep_for(milliseconds(20));
                       threads.Stop();
                     })
                .text() == "interrupt");
      CHECK(Clock::now() - start < std::chrono::seconds(20));
    }
  }

  TEST_CASE("a deadline holds for every thread") {
    for (const char* plight : kPlights) {
      WasiThreadsOptions options;
      options.deadline = Clock::now() + milliseconds(30);
      CHECK(RunGuest(Program(absl::StrCat("(drop (call $spawn (i32.const 0))) (call ", plight, ")"),
                             absl::StrCat("(call ", plight, ")")),
                     options)
                .text() == "interrupt");
    }
  }

  TEST_CASE("beyond the limit spawn fails with again, and works when a thread has ended") {
    WasiThreadsOptions options;
    options.max_threads = 3;
    // Threads wait at 700 until told to go on; the main one counts how many it got.
    CHECK(RunGuest(Program(R"(
        (local $n i32) (local $id i32)
        (loop $more
          (local.set $id (call $spawn (i32.const 0)))
          (if (i32.gt_s (local.get $id) (i32.const 0))
            (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $more))))
        (if (i32.ne (local.get $n) (i32.const 3)) (then (call $exit (i32.const 1))))
        (if (i32.ne (local.get $id) (i32.const -6)) (then (call $exit (i32.const 2))))
        (i32.atomic.store (i32.const 700) (i32.const 1))
        (drop (memory.atomic.notify (i32.const 700) (i32.const -1)))
        (loop $retry (br_if $retry (i32.le_s (call $spawn (i32.const 0)) (i32.const 0))))
        (call $exit (i32.const 7)))",
                           "(drop (memory.atomic.wait32 (i32.const 700) (i32.const 0) (i64.const -1)))"),
                   options)
              .text() == "exit 7");
  }

  TEST_CASE("where the process has no descriptors left, spawn fails with again") {
    // One that could not be interrupted while it reads must not start.
    rlimit before;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit few = before;
    few.rlim_cur = 40;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
    const Outcome outcome = RunGuest(Program(R"(
        (local $id i32)
        (loop $more (br_if $more (i32.gt_s (local.tee $id (call $spawn (i32.const 0))) (i32.const 0))))
        (call $exit (i32.sub (i32.const 0) (local.get $id))))",
                                             "(call $read)"));
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(outcome.text() == "exit 6");
  }

  TEST_CASE("hundreds of threads one after the other have ids of their own") {
    CHECK(RunGuest(Program(R"(
        (local $n i32)
        (loop $more
          (i32.atomic.store (i32.const 512) (i32.const 0))
          (if (i32.ne (call $spawn (i32.const 0)) (i32.add (local.get $n) (i32.const 1)))
            (then (call $exit (i32.const 1))))
          (call $await)
          (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200))))
        (call $exit (i32.const 5)))",
                           "(call $started)"))
              .text() == "exit 5");
  }

  TEST_CASE("memory that one thread grows is there for the others") {
    CHECK(RunGuest(Program(R"(
        (drop (call $spawn (i32.const 0))) (call $await)
        (if (i32.ne (memory.size) (i32.const 3)) (then (call $exit (i32.const 1))))
        (call $exit (i32.load (i32.const 131072))))",
                           R"(
        (drop (memory.grow (i32.const 2))) (i32.store (i32.const 131072) (i32.const 42)) (call $started))"))
              .text() == "exit 42");
  }

  TEST_CASE("without wasi_thread_start, or with another type of it, spawn returns -1 and all else works") {
    for (absl::string_view start : {"", R"((func (export "wasi_thread_start") (param i32)))",
                                    R"((global (export "wasi_thread_start") i32 (i32.const 1)))"}) {
      CHECK(RunGuest(absl::StrCat(R"((module
        (import "foo" "bar" (memory 0 0 shared))
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (export "memory" (memory 0))
        (func (export "_start") (call $exit (i32.sub (i32.const 0) (call $spawn (i32.const 0))))))",
                                  start, ")"))
                .text() == "exit 1");
    }
  }

  TEST_CASE("threads spawn threads, and the start function runs in each instance") {
    CHECK(RunGuest(R"((module
        (import "env" "memory" (memory 1 1 shared))
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (export "memory" (memory 0))
        (global $own (mut i32) (i32.const 0))
        (func $init
          (global.set $own (i32.const 5))
          (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
        (start $init)
        (func (export "wasi_thread_start") (param $id i32) (param $left i32)
          (if (local.get $left)
            (then (drop (call $spawn (i32.sub (local.get $left) (i32.const 1)))))
            (else  ;; the last of them: 1 + 11 instances by now
              (call $exit (i32.add (i32.mul (global.get $own) (i32.const 20)) (i32.atomic.load (i32.const 0)))))))
        (func (export "_start")
          (drop (call $spawn (i32.const 10)))
          (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))))")
              .text() == "exit 112");
  }

  TEST_CASE("threads that share their buffers race harmlessly for the host") {
    // ThreadSanitizer is what makes this one fail.
    CHECK(RunGuest(Program("(drop (call $spawn (i32.const 0))) (call $await) (call $share) (call $exit (i32.const 9))",
                           "(call $started) (call $share)"))
              .text() == "exit 9");
  }

  TEST_CASE("a memory beyond the store's limit is an error, and a plain module wants no threads") {
    auto module = LoadModule(Wat(Program("", "")));
    CHECK(WasiThreads::IsWantedBy(**module));
    WasiThreadsOptions options;
    options.store.max_memory_bytes = 1000;
    auto context = MakeWasiContext({});
    CHECK(KindOf(WasiThreads::Create(*module, *context, options).status()) == ErrorKind::kLimit);
    CHECK(!WasiThreads::IsWantedBy(**LoadModule(Wat("(module (memory 1 1 shared))"))));
  }
}

}  // namespace
}  // namespace umiak
