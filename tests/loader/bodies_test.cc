// Bodies of a large module on several threads, and bodies that are validated when they are first called.
#include "loader/validate/bodies.h"

#include <algorithm>

#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

constexpr uint32_t kFunctions = 400;

// Some MiB, so that several threads have work: functions of 10,000 drops each; those in `bad` leave a value.
ModuleBuilder Large(std::initializer_list<uint32_t> bad) {
  ModuleBuilder builder;
  builder.Type(FuncType{});
  Writer body;
  for (int i = 0; i < 10'000; ++i) body.Op(Opcode::kI32Const).S32(1).Op(Opcode::kDrop);
  for (uint32_t i = 0; i < kFunctions; ++i) {
    const bool is_bad = std::find(bad.begin(), bad.end(), i) != bad.end();
    builder.Function(0, is_bad ? Writer(body).Op(Opcode::kI32Const).S32(1) : body);
  }
  return builder;
}

TEST_CASE("a large module is judged the same by any number of threads") {
  const ModuleBuilder good = Large({});
  const ModuleBuilder bad = Large({kFunctions - 1, 70, 71, 200});
  const std::string error(Load(bad).status().message());
  CHECK(error.find("func 70") != std::string::npos);
  for (uint32_t threads : {0u, 1u, 2u, 3u, 8u, 1000u}) {
    CAPTURE(threads);
    CheckOk(Load(good, {.threads = threads}));
    for (int round = 0; round < 5; ++round) CHECK(Load(bad, {.threads = threads}).status().message() == error);
  }
}

TEST_CASE("a deferred body fails when it is asked for, each time the same") {
  const auto module = Load(Large({7}), {.defer_bodies = true});
  REQUIRE(module.ok());
  REQUIRE((*module)->deferred_bodies != nullptr);
  DeferredBodies& bodies = *(*module)->deferred_bodies;
  const absl::Status at_once = Load(Large({7})).status();
  for (int round = 0; round < 2; ++round) {
    CHECK(bodies.Check(6).ok());
    CHECK(bodies.Check(7) == at_once);
  }
}

TEST_CASE("what is not a body is not deferred") {
  ModuleBuilder builder;
  builder.Type(FuncType{}).Function(0, Writer()).Export("f", ExternKind::kFunc, 1);
  CHECK_FALSE(Load(builder, {.defer_bodies = true}).ok());
}

TEST_CASE("a deferred ref.func knows what the module declares") {
  ModuleBuilder builder;
  builder.Type(FuncType{}).Export("f", ExternKind::kFunc, 0);
  builder.Function(0, Writer().Op(Opcode::kRefFunc).U32(0).Op(Opcode::kDrop));
  builder.Function(0, Writer().Op(Opcode::kRefFunc).U32(1).Op(Opcode::kDrop));
  const auto module = Load(builder, {.defer_bodies = true});
  REQUIRE(module.ok());
  CHECK((*module)->deferred_bodies->Check(0).ok());
  CHECK_FALSE((*module)->deferred_bodies->Check(1).ok());
}

}  // namespace
}  // namespace umiak
