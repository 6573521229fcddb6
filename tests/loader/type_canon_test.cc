#include "umiak/type_canon.h"

#include <thread>

#include <doctest/doctest.h>

#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

ValType RefTo(TypeIdx index) { return ValType::Ref(HeapType::Concrete(index), true); }

std::vector<uint32_t> IdsOf(const ModuleBuilder& builder) {
  auto module = Load(builder);
  CheckOk(module);
  return module.ok() ? (*module)->canonical_types : std::vector<uint32_t>();
}

TEST_CASE("equal function types of different modules have one id") {
  FuncType type{{ValType::kI32, ValType::kF64}, {ValType::kI64}};
  FuncType other{{ValType::kI32}, {ValType::kF64, ValType::kI64}};
  auto first = IdsOf(ModuleBuilder().Type(other).Type(type));
  auto second = IdsOf(ModuleBuilder().Type(type).Type(type));
  CHECK(first[1] == second[0]);
  CHECK(second[0] == second[1]);
  CHECK(first[0] != first[1]);
  CHECK(CanonicalFuncType(type) == first[1]);
  CHECK(CanonicalFuncType(other) == first[0]);
}

TEST_CASE("references inside a group are relative, those outside canonical") {
  auto pair = [](TypeIdx base) {
    Writer group;
    group.Byte(0x4E)
        .U32(2)
        .Type(FuncType{{RefTo(base + 1)}, {}})
        .Type(FuncType{{RefTo(base)}, {ValType::kI32}});
    return group;
  };
  auto alone = IdsOf(ModuleBuilder().Add(SectionId::kType, pair(0)));
  auto shifted = IdsOf(ModuleBuilder().Type(FuncType()).Add(SectionId::kType, pair(1)));
  CHECK(alone[0] == shifted[1]);
  CHECK(alone[1] == shifted[2]);
  CHECK(alone[0] != alone[1]);
  // The same types one by one are not the group.
  auto apart = IdsOf(ModuleBuilder().Type(FuncType{{RefTo(0)}, {}}));
  CHECK(apart[0] != alone[0]);
}

TEST_CASE("finality and supertypes are part of a type") {
  SubType open;
  open.is_final = false;
  auto ids = IdsOf(ModuleBuilder().Type(FuncType()).Type(open));
  CHECK(ids[0] != ids[1]);
  SubType below = open;
  below.supertypes = {1};
  auto more = IdsOf(ModuleBuilder().Type(FuncType()).Type(open).Type(below));
  CHECK(more[2] != more[1]);
  CHECK(IsSubtype(more[2], more[1]));
  CHECK(IsSubtype(more[1], more[1]));
  CHECK_FALSE(IsSubtype(more[1], more[2]));
  CHECK_FALSE(IsSubtype(more[2], more[0]));
}

TEST_CASE("heap types match as the specification's lattice has it") {
  SubType structure;
  structure.kind = SubType::kStruct;
  auto ids = IdsOf(ModuleBuilder().Type(FuncType()).Type(structure));
  HeapType func = HeapType::Concrete(ids[0]), record = HeapType::Concrete(ids[1]);
  using H = HeapType;
  CHECK(Matches(func, H(H::kFunc)));
  CHECK_FALSE(Matches(func, H(H::kAny)));
  CHECK(Matches(record, H(H::kStruct)));
  CHECK(Matches(record, H(H::kEq)));
  CHECK(Matches(record, H(H::kAny)));
  CHECK_FALSE(Matches(record, H(H::kArray)));
  CHECK(Matches(H(H::kNone), record));
  CHECK(Matches(H(H::kNoFunc), func));
  CHECK_FALSE(Matches(H(H::kNone), func));
  CHECK(Matches(H(H::kI31), H(H::kEq)));
  CHECK(Matches(H(H::kNoExtern), H(H::kExtern)));
  CHECK_FALSE(Matches(H(H::kExtern), H(H::kAny)));
  CHECK(Matches(H(H::kNoExn), H(H::kExn)));
  CHECK_FALSE(Matches(H(H::kAny), H(H::kEq)));
  CHECK(Matches(ValType::Ref(func, false), kFuncRef));
  CHECK_FALSE(Matches(kFuncRef, ValType::Ref(H::kFunc, false)));
  CHECK_FALSE(Matches(ValType(ValType::kI32), ValType(ValType::kI64)));
}

TEST_CASE("threads that intern the same types agree") {
  std::vector<std::vector<uint32_t>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result] {
      for (uint32_t n = 0; n < 300; ++n) {
        result.push_back(CanonicalFuncType({std::vector<ValType>(n, ValType::kF32), {ValType::kV128}}));
        IsSubtype(result.back(), result.front());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == results[0]);
}

}  // namespace
}  // namespace umiak
