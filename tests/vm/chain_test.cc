// Cells that one handler runs: which they are depends on vm/interp/chains.def and the registers of the build, what they do
// on neither.
#include "vm/interp/chain.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tests/support/instance.h"
#include "tests/vm/listed.h"
#include "umiak/trap.h"

namespace umiak {
namespace {

// Four words are added up: loads behind loads, which are among the most frequent neighbours.
constexpr absl::string_view kSum = R"((module (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\04\00\00\00\08\00\00\00")
  (func (export "sum") (param i32 i32) (result i32) (local i32 i32)
    (local.set 2 (i32.load offset=4 (local.get 0)))
    (local.set 3 (i32.load offset=8 (local.get 1)))
    (i32.store offset=16 (local.get 0) (local.get 2))
    (i32.store offset=20 (local.get 1) (local.get 3))
    (i32.add (local.get 2) (local.get 3)))))";

TEST_SUITE("vm/chain") {
  TEST_CASE("no chain reaches past the end of the code or runs itself alone") {
    const TranslateRecord record = Listed(kSum).record;
    for (size_t i = 0; i < record.cells.size(); ++i) {
      CHECK(record.cells[i].chain >= 1);
      CHECK(i + record.cells[i].chain <= record.cells.size());
    }
  }

  TEST_CASE("frequent neighbours take one dispatch where there are registers enough") {
    int chains = 0;
    for (const CellRecord& cell : Listed(kSum).record.cells) chains += cell.chain > 1 ? 1 : 0;
    if (kIntRegs >= 4) CHECK(chains > 0);
  }

  TEST_CASE("chains that need a guarded memory are not taken for a checked one") {
    const CellKind loads[] = {KindOf(Op::kI32LoadOff, std::array<OperandClass, 2>{kSlot, kSlot}.data()),
                              KindOf(Op::kI32LoadOff, std::array<OperandClass, 2>{kSlot, kSlot}.data())};
    Chain found[kMaxChain - 1];
    CHECK(FindChains(loads, false, found) == 1);
    CHECK(found[0].cells == 2);
    CHECK(FindChains(loads, true, found) == (GuardedMemorySupported() ? 0 : 1));
    CHECK(FindChains(absl::MakeConstSpan(loads, 1), false, found) == 0);
  }

  TEST_CASE("operands of a commutative operation in either order are one kind of cell") {
    CHECK(KindOf(Op::kI32Add, std::array<OperandClass, 3>{0, 1, 0}.data()) ==
          KindOf(Op::kI32Add, std::array<OperandClass, 3>{1, 0, 0}.data()));
    CHECK(KindOf(Op::kI32Sub, std::array<OperandClass, 3>{0, 1, 0}.data()) !=
          KindOf(Op::kI32Sub, std::array<OperandClass, 3>{1, 0, 0}.data()));
  }

  TEST_CASE("each access of a chain traps at its own instruction, and those before it have happened") {
    for (BoundsMode bounds : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
      StoreOptions options;
      options.bounds = bounds;
      Guest guest(kSum, options);
      CHECK(guest.Run("sum", {0, 4}) == "10");
      const auto& bytes = guest.instance.module().bytes();
      // The byte of the offset immediate tells which access it was.
      auto offset_immediate = [&](int32_t a, int32_t b) -> int {
        auto trap = TrapOf(guest.Call("sum", {a, b}).status());
        REQUIRE(trap.has_value());
        CHECK(trap->code == TrapCode::kOutOfBoundsMemory);
        return bytes[trap->frames.at(0).offset + 2];
      };
      CHECK(offset_immediate(65532, 0) == 4);
      CHECK(offset_immediate(0, 65532) == 8);
      CHECK(offset_immediate(65524, 0) == 16);
      CHECK(offset_immediate(0, 65522) == 20);
    }
  }

  TEST_CASE("a branch goes into the middle of what runs as one otherwise") {
    Guest guest(R"((module (memory 1)
      (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\00\00\00\00")
      (func (export "f") (param $first i32) (param $at i32) (result i32) (local $sum i32) (local $x i32)
        (block $inside
          (br_if $inside (local.get $first))
          (local.set $at (i32.add (local.get $at) (i32.const 4))))
        (loop $again
          (local.set $x (i32.load (local.get $at)))
          (local.set $sum (i32.add (local.get $sum) (local.get $x)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if $again (local.get $x)))
        (local.get $sum))))");
    CHECK(guest.Run("f", {1, 0}) == "6");
    CHECK(guest.Run("f", {0, 0}) == "5");
  }
}

}  // namespace
}  // namespace umiak
