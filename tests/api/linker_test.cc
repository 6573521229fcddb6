#include "umiak/linker.h"

#include <doctest/doctest.h>

#include "tests/support/guest.h"

namespace umiak {
namespace {

std::string LinkError(Guest& guest, const char* wat) {
  const auto instance = guest.TryInstantiate(wat);
  REQUIRE_FALSE(instance.ok());
  CHECK(KindOf(instance.status()) == ErrorKind::kUnlinkable);
  return MessageOf(instance.status());
}

bool Contains(const std::string& text, const char* part) {
  if (text.find(part) != std::string::npos) return true;
  MESSAGE(text);
  return false;
}

TEST_SUITE_BEGIN("api/linker");

TEST_CASE("all missing imports are listed at once, with their types") {
  Guest guest;
  CHECK(LinkError(guest, R"((module (import "host" "f" (func (param i32 i64) (result f32)))
                                    (import "host" "m" (memory 1 2))
                                    (import "host" "g" (global (mut i64)))
                                    (import "host" "t" (table 3 funcref))))") ==
        "unknown import: \"host\".\"f\": func (i32 i64) -> (f32), \"host\".\"m\": memory 1 2, "
        "\"host\".\"g\": global (mut i64), \"host\".\"t\": table 3 funcref");
}

TEST_CASE("a misspelt import is told the name that was probably meant") {
  Guest guest;
  guest.linker.Define("plugin", "log_message", [](Caller&, int32_t) {});
  CHECK(Contains(LinkError(guest, R"((module (import "plugin" "log_mesage" (func (param i32)))))"),
                 "did you mean \"plugin\".\"log_message\"?"));
  CHECK(Contains(LinkError(guest, R"((module (import "plugins" "log_message" (func (param i32)))))"),
                 "did you mean \"plugin\".\"log_message\"?"));
  CHECK_FALSE(LinkError(guest, R"((module (import "plugin" "x" (func))))").find("did you mean") != std::string::npos);
}

TEST_CASE("imports of other toolchains are told what to build with") {
  Guest guest;
  CHECK(Contains(LinkError(guest, R"((module (import "__wbindgen_placeholder__" "__wbindgen_describe" (func))))"),
                 "built for wasm-bindgen (JavaScript); build with --target wasm32-wasip1"));
  CHECK(Contains(LinkError(guest, R"((module (import "env" "emscripten_memcpy_js" (func))))"), "Emscripten"));
  CHECK(Contains(LinkError(guest, R"((module (import "wasi:cli/run@0.2.0" "run" (func))))"), "component"));
  CHECK(Contains(LinkError(guest, R"((module (import "wasi_snapshot_preview1" "fd_write" (func))))"), "no WASI"));
}

TEST_CASE("a module with very many missing imports gets a short error") {
  Guest guest;
  std::string wat = "(module";
  for (int i = 0; i < 2000; ++i) wat += " (import \"a\" \"f" + std::to_string(i) + "\" (func))";
  const std::string error = LinkError(guest, (wat + ")").c_str());
  CHECK(error.size() < 4000);
  CHECK(Contains(error, "and 1984 more"));
}

TEST_CASE("an import of another type is told what is wanted and what is given") {
  Guest guest;
  guest.linker.Define("env", "log", [](Caller&, int64_t) {});
  CHECK(LinkError(guest, R"((module (import "env" "log" (func (param i32)))))") ==
        "incompatible import type: \"env\".\"log\" wants func (i32) -> (), is given func (i64) -> ()");
  CHECK(LinkError(guest, R"((module (import "env" "log" (memory 1))))") ==
        "incompatible import type: \"env\".\"log\" wants memory 1, is given func (i64) -> ()");
}

TEST_CASE("limits of imported memories and tables are matched against the present size") {
  Guest guest;
  guest.linker.DefineInstance("m", guest.Instantiate(R"((module (memory (export "mem") 2 5) (memory (export "free") 1)
                                                                (table (export "tab") 4 8 funcref)))"));
  for (const char* good : {R"((module (import "m" "mem" (memory 2 5))))", R"((module (import "m" "mem" (memory 0 9))))",
                           R"((module (import "m" "mem" (memory 1))))", R"((module (import "m" "tab" (table 4 8 funcref))))",
                           R"((module (import "m" "tab" (table 0 funcref))))"}) {
    CAPTURE(good);
    CHECK(guest.TryInstantiate(good).ok());
  }
  for (const char* bad : {R"((module (import "m" "mem" (memory 3 5))))", R"((module (import "m" "mem" (memory 2 4))))",
                          R"((module (import "m" "free" (memory 1 65536))))",
                          R"((module (import "m" "mem" (memory i64 2 5))))",
                          R"((module (import "m" "tab" (table 5 8 funcref))))",
                          R"((module (import "m" "tab" (table 4 8 externref))))"}) {
    CAPTURE(bad);
    CHECK(LinkError(guest, bad).find("incompatible import type") == 0);
  }
  // What grew counts.
  REQUIRE(std::get<Memory>(*guest.linker.Find("m", "mem")).Grow(1).ok());
  CHECK(guest.TryInstantiate(R"((module (import "m" "mem" (memory 3 5))))").ok());
}

TEST_CASE("globals match by mutability and type") {
  Guest guest;
  const auto constant = Global::Create(guest.store, {ValType::kI32, false}, Value(7));
  const auto variable = Global::Create(guest.store, {ValType::kI64, true}, Value(int64_t{8}));
  guest.linker.Define("g", "c", *constant);
  guest.linker.Define("g", "v", *variable);
  CHECK(guest.TryInstantiate(R"((module (import "g" "c" (global i32)) (import "g" "v" (global (mut i64)))))").ok());
  CHECK(LinkError(guest, R"((module (import "g" "c" (global (mut i32)))))").find("incompatible import type") == 0);
  CHECK(LinkError(guest, R"((module (import "g" "v" (global i64))))").find("incompatible import type") == 0);
  CHECK(LinkError(guest, R"((module (import "g" "c" (global i64))))").find("incompatible import type") == 0);
}

TEST_CASE("what belongs to another store is refused") {
  Guest one, two;
  const auto memory = Memory::Create(one.store, MemoryType{.limits = {1, 2}});
  REQUIRE(memory.ok());
  two.linker.Define("m", "m", *memory);
  const auto instance = two.TryInstantiate(R"((module (import "m" "m" (memory 1))))");
  CHECK(instance.status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a later definition of a name replaces an earlier one") {
  Guest guest;
  guest.linker.Define("env", "f", [](Caller&, int64_t) {});
  guest.linker.Define("env", "f", [](Caller&, int32_t) {});
  CHECK(guest.TryInstantiate(R"((module (import "env" "f" (func (param i32)))))").ok());
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
