// The functions as an importing module finds them: names, types, and how they end a guest.
#include <map>

#include "tests/wasi/guest.h"
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

  TEST_CASE("a pointer out of bounds traps") {
    Host host;
    auto result = host.Get("random_get").Call({Value(16), Value(4)});
    CHECK(KindOf(result.status()) == ErrorKind::kTrap);
    CHECK(result.status().message() == "out of bounds memory access: random_get: 0x10 + 4 > 0");
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
