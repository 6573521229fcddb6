// The functions as an importing module finds them: names, types, and how they end a guest.
#include <chrono>
#include <map>
#include <thread>

#include "tests/support/wat.h"
#include "tests/wasi/guest.h"
#include "umiak/load.h"
#include "umiak/linker.h"
#include "umiak/store.h"
#include "umiak/trap.h"

namespace umiak {
namespace {

// spec: the core signatures of wasi_snapshot_preview1; i is i32, I is i64.
const std::map<std::string, std::string> kSignatures = {
    {"args_get", "ii"}, {"args_sizes_get", "ii"}, {"clock_res_get", "ii"}, {"clock_time_get", "iIi"},
    {"environ_get", "ii"}, {"environ_sizes_get", "ii"}, {"fd_advise", "iIIi"}, {"fd_allocate", "iII"},
    {"fd_close", "i"}, {"fd_datasync", "i"}, {"fd_fdstat_get", "ii"}, {"fd_fdstat_set_flags", "ii"},
    {"fd_fdstat_set_rights", "iII"}, {"fd_filestat_get", "ii"}, {"fd_filestat_set_size", "iI"},
    {"fd_filestat_set_times", "iIIi"}, {"fd_pread", "iiiIi"}, {"fd_prestat_dir_name", "iii"},
    {"fd_prestat_get", "ii"}, {"fd_pwrite", "iiiIi"}, {"fd_read", "iiii"}, {"fd_readdir", "iiiIi"},
    {"fd_renumber", "ii"}, {"fd_seek", "iIii"}, {"fd_sync", "i"}, {"fd_tell", "ii"}, {"fd_write", "iiii"},
    {"path_create_directory", "iii"}, {"path_filestat_get", "iiiii"}, {"path_filestat_set_times", "iiiiIIi"},
    {"path_link", "iiiiiii"}, {"path_open", "iiiiiIIii"}, {"path_readlink", "iiiiii"},
    {"path_remove_directory", "iii"}, {"path_rename", "iiiiii"}, {"path_symlink", "iiiii"},
    {"path_unlink_file", "iii"}, {"poll_oneoff", "iiii"}, {"proc_raise", "i"}, {"random_get", "ii"},
    {"sched_yield", ""}, {"sock_accept", "iii"}, {"sock_recv", "iiiiii"}, {"sock_send", "iiiii"},
    {"sock_shutdown", "ii"}};

struct Host {
  Host() {
    auto context = MakeWasiContext({});
    REQUIRE(context.ok());
    AddWasiPreview1(linker, *context);
  }
  Func Get(const std::string& name) const {
    auto found = linker.Find("wasi_snapshot_preview1", name);
    REQUIRE_MESSAGE(found.has_value(), name);
    return std::get<Func>(*found);
  }
  Store store;
  Linker linker{&store};
};

// A guest that writes, then sleeps for an hour.
const char kSleeper[] = R"((module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "hello")
  (func (export "hello") (result i32)
    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
  (func (export "outside") (result i32)
    (call $write (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 8)))
  (func (export "sleep") (result i32)
    (i32.store (i32.const 112) (i32.const 1))
    (i64.store (i32.const 120) (i64.const 3600000000000))
    (call $poll (i32.const 96) (i32.const 256) (i32.const 1) (i32.const 8)))))";

}  // namespace

TEST_SUITE("wasi/preview1") {
  TEST_CASE("all functions are there with their exact types") {
    Host host;
    CHECK(kSignatures.size() == 45);
    for (const auto& [name, letters] : kSignatures) {
      CAPTURE(name);
      FuncType type = host.Get(name).type();
      std::string params;
      for (ValType param : type.params) params += param == ValType::kI64 ? 'I' : 'i';
      CHECK(params == letters);
      CHECK(type.results == std::vector<ValType>{ValType::kI32});
    }
    CHECK(host.Get("proc_exit").type() == FuncType{{ValType::kI32}, {}});
  }

  TEST_CASE("proc_exit ends the guest with its code") {
    Host host;
    for (uint32_t code : {0u, 33u, 0xffffffffu}) {
      auto result = host.Get("proc_exit").Call({Value(code)});
      CHECK(KindOf(result.status()) == ErrorKind::kExit);
      CHECK(ExitCodeOf(result.status()) == code);
    }
  }

  TEST_CASE("proc_exit in nested calls runs no more code of the guest, not even a handler of all exceptions") {
    auto module = LoadModule(Wat(R"((module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (global $after (export "after") (mut i32) (i32.const 0))
      (func $deep (param i32)
        (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $exit (i32.const 7))))
        (global.set $after (i32.const 1)))
      (func (export "_start")
        (block $caught (try_table (catch_all $caught) (call $deep (i32.const 50))))
        (global.set $after (i32.const 2)))
      (func (export "code") (result i32) (global.get $after))))"));
    REQUIRE_MESSAGE(module.ok(), module.status().ToString());
    Host host;
    auto instance = host.linker.Instantiate(*module);
    REQUIRE_MESSAGE(instance.ok(), instance.status().ToString());
    auto result = instance->GetFunc("_start")->Call({});
    CHECK(ExitCodeOf(result.status()) == 7);
    CHECK((*instance->GetFunc("code")->Call({}))[0].i32() == 0);
  }

  TEST_CASE("a pointer out of bounds traps") {
    Host host;
    auto result = host.Get("random_get").Call({Value(16), Value(4)});
    CHECK(KindOf(result.status()) == ErrorKind::kTrap);
    CHECK(result.status().message() == "out of bounds memory access: random_get: 0x10 + 4 > 0");
  }

  TEST_CASE("a guest's calls reach its own memory") {
    auto module = LoadModule(Wat(kSleeper));
    REQUIRE_MESSAGE(module.ok(), module.status().ToString());
    std::string out;
    WasiConfig config;
    config.stdout_stream = WasiStream::Output([&](absl::string_view text) { out.append(text.data(), text.size()); });
    auto context = MakeWasiContext(config);
    REQUIRE(context.ok());
    StoreOptions options;
    options.metered = true;
    Store store(options);
    Linker linker(&store);
    AddWasiPreview1(linker, *context);
    auto instance = linker.Instantiate(*module);
    REQUIRE_MESSAGE(instance.ok(), instance.status().ToString());

    auto result = instance->GetFunc("hello")->Call({});
    REQUIRE_MESSAGE(result.ok(), result.status().ToString());
    CHECK((*result)[0].i32() == 0);
    CHECK(out == "hello");

    result = instance->GetFunc("outside")->Call({});
    CHECK(KindOf(result.status()) == ErrorKind::kTrap);
    CHECK(TrapOf(result.status())->code == TrapCode::kOutOfBoundsMemory);

    std::thread interrupter([handle = store.interrupt_handle()] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      handle.Interrupt();
    });
    result = instance->GetFunc("sleep")->Call({});
    interrupter.join();
    CHECK(KindOf(result.status()) == ErrorKind::kInterrupt);
  }

  TEST_CASE("an errno is the result") {
    Host host;
    auto result = host.Get("fd_close").Call({Value(99)});
    REQUIRE(result.ok());
    CHECK((*result)[0].i32() == 8);
    result = host.Get("sched_yield").Call({});
    REQUIRE(result.ok());
    CHECK((*result)[0].i32() == 0);
  }
}

}  // namespace umiak
