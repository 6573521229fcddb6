#include "umiak/types.h"

#include <doctest/doctest.h>

namespace umiak {
namespace {

TEST_CASE("types print as the text format has them") {
  CHECK(ToString(ValType(ValType::kI32)) == "i32");
  CHECK(ToString(ValType(ValType::kV128)) == "v128");
  CHECK(ToString(kFuncRef) == "funcref");
  CHECK(ToString(ValType::Ref(HeapType::kFunc, false)) == "(ref func)");
  CHECK(ToString(ValType::Ref(HeapType::kNoExtern, true)) == "nullexternref");
  CHECK(ToString(ValType::Ref(HeapType::Concrete(7), true)) == "(ref null 7)");
  CHECK(ToString(HeapType(HeapType::kI31)) == "i31");
  CHECK(ToString(FuncType{{ValType::kI32, ValType::kI64}, {ValType::kF32}}) == "(i32 i64) -> (f32)");
  CHECK(ToString(FuncType{}) == "() -> ()");
  CHECK(std::string(ToString(ExternKind::kMemory)) == "memory");
}

TEST_CASE("a value type packs its heap type and nullability") {
  for (uint32_t index : {0u, 1u, 999'999u, (1u << 26) - 1}) {
    for (bool nullable : {false, true}) {
      ValType type = ValType::Ref(HeapType::Concrete(index), nullable);
      CHECK(type.is_ref());
      CHECK(type.nullable() == nullable);
      CHECK(type.heap().is_concrete());
      CHECK(type.heap().type_index() == index);
    }
  }
  CHECK(ValType::Ref(HeapType::kNone, false).heap().abstract() == HeapType::kNone);
}

}  // namespace
}  // namespace umiak
