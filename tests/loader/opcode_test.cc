#include "umiak/opcode.h"

#include <bit>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "umiak/features.h"

namespace umiak {
namespace {

TEST_CASE("every row of the table is found by its code") {
  for (int i = 0; i < kOpcodeCount; ++i) {
    Opcode opcode = static_cast<Opcode>(i);
    const OpcodeInfo& info = InfoOf(opcode);
    INFO(info.text);
    CHECK(OpcodeFromCode(info.prefix, info.code) == opcode);
  }
}

TEST_CASE("every text names a row of that text, and only three texts have two rows") {
  std::set<std::string> texts;
  std::set<std::string> twice;
  for (int i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& info = InfoOf(static_cast<Opcode>(i));
    auto opcode = OpcodeFromText(info.text);
    REQUIRE(opcode.has_value());
    CHECK(std::string(InfoOf(*opcode).text) == info.text);
    if (!texts.insert(info.text).second) twice.insert(info.text);
  }
  CHECK(twice == std::set<std::string>{"ref.cast", "ref.test", "select"});
}

TEST_CASE("codes without an instruction give none") {
  CHECK_FALSE(OpcodeFromCode(0, 0xFF).has_value());
  CHECK_FALSE(OpcodeFromCode(0, 0xFC).has_value());
  CHECK_FALSE(OpcodeFromCode(0, 0x1000).has_value());
  CHECK_FALSE(OpcodeFromCode(0xFC, 0xffffffff).has_value());
  CHECK_FALSE(OpcodeFromCode(0xFD, 0x9A).has_value());
  CHECK_FALSE(OpcodeFromCode(0x42, 0).has_value());
  CHECK_FALSE(OpcodeFromText("i32.mystery").has_value());
  CHECK_FALSE(OpcodeFromText("").has_value());
}

TEST_CASE("instructions that touch memory, and only they, say how much") {
  for (int i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& info = InfoOf(static_cast<Opcode>(i));
    INFO(info.text);
    bool memarg = info.immediate == Immediate::kMemArg || info.immediate == Immediate::kMemArgLane;
    CHECK((info.access != 0) == memarg);
    if (memarg) CHECK(std::has_single_bit(info.access));
    if (memarg) CHECK(info.signature.params[0] == 'a');
  }
}

TEST_CASE("signatures are read from their strings") {
  const Signature& add = InfoOf(Opcode::kI32Add).signature;
  CHECK_FALSE(add.odd);
  CHECK(add.param_count == 2);
  CHECK(add.params[1] == 'i');
  CHECK(add.result_count == 1);
  CHECK(add.result == 'i');
  CHECK(InfoOf(Opcode::kI64Store).signature.result_count == 0);
  CHECK(InfoOf(Opcode::kV128Bitselect).signature.param_count == 3);
  CHECK(InfoOf(Opcode::kCall).signature.odd);
}

TEST_CASE("constant expressions may hold what their proposals say") {
  CHECK((InfoOf(Opcode::kI32Const).features & kConst) != 0);
  CHECK((InfoOf(Opcode::kI32Add).features & kConstExtended) != 0);
  CHECK((InfoOf(Opcode::kI32Add).features & kConst) == 0);
  CHECK((InfoOf(Opcode::kI32DivS).features & (uint32_t{kConst} | uint32_t{kConstExtended})) == 0);
}

}  // namespace
}  // namespace umiak
