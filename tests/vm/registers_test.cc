#include "vm/translate/registers.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/wat.h"
#include "umiak/load.h"
#include "vm/translate/builder.h"
#include "vm/translate/flow.h"

namespace umiak::ir {
namespace {

// A module's first defined function, with places for its values.
struct Placed {
  explicit Placed(absl::string_view wat, RegisterCounts counts = {{4, 4}}) {
    auto loaded = LoadModule(Wat(wat));
    INFO(std::string(loaded.status().message()));
    REQUIRE(loaded.ok());
    module = *loaded;
    auto built = BuildFunction(*module, module->num_imported_functions);
    INFO(std::string(built.status().message()));
    REQUIRE(built.ok());
    function = *std::move(built);
    liveness = std::make_unique<Liveness>(function);
    placement = std::make_unique<Placement>(function, *liveness, counts);
  }
  std::vector<Transfer> OnEdge(BlockId from, BlockId to) const {
    std::vector<Transfer> transfers;
    for (EdgeId edge = 0; edge < function.edges.size(); ++edge) {
      if (function.edges[edge].from == from && function.edges[edge].to == to) {
        placement->EdgeTransfers(edge, &transfers);
      }
    }
    return transfers;
  }
  std::string Listing() const { return ToString(function) + ToString(function, *placement); }

  std::shared_ptr<const Module> module;
  Function function;
  std::unique_ptr<Liveness> liveness;
  std::unique_ptr<Placement> placement;
};

std::string Repeat(absl::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

constexpr char kSum[] = R"((module (memory 1)
  (func (param $p i32) (param $end i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (i32.ne (local.get $p) (local.get $end))))
    (local.get $sum))))";

TEST_SUITE_BEGIN("vm/registers");

TEST_CASE("the locals of a loop live in registers, and one is left for temporaries") {
  const Placed placed(kSum);
  INFO(placed.Listing());
  const BlockId loop = placed.function.loops[1].header;
  for (VReg local : {0u, 1u, 2u}) CHECK(placed.placement->At(local, loop).is_register());
  const VReg loaded = placed.function.nodes[placed.function.blocks[loop].first].result;
  CHECK(placed.placement->At(loaded, loop) == Location{Location::kRegister, Bank::kInt, 0});
}

TEST_CASE("what a loop does not write is not written back after it") {
  const Placed placed(R"((module
    (func (param $n i32) (param $step i32) (result i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (local.get $step)))
        (local.set $sum (i32.xor (local.get $sum) (local.get $step)))
        (local.set $sum (i32.add (local.get $sum) (local.get $step)))
        (br_if $again (i32.lt_s (local.get $sum) (local.get $n))))
      (loop $other
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $other (i32.lt_s (local.get $n) (i32.const 100))))
      (i32.add (local.get $sum) (local.get $step)))))");
  INFO(placed.Listing());
  for (EdgeId edge = 0; edge < placed.function.edges.size(); ++edge) {
    std::vector<Transfer> transfers;
    placed.placement->EdgeTransfers(edge, &transfers);
    for (const Transfer& transfer : transfers) {
      if (transfer.to.is_slot()) CHECK(transfer.vreg != 1);
    }
  }
}

TEST_CASE("a value in a register across a call is saved once and reloaded") {
  const Placed placed(R"((module (import "" "f" (func $f))
    (func (param $n i32) (result i32) (local $a i32)
      (loop $again
        (local.set $a (i32.mul (i32.add (i32.add (local.get $a) (local.get $a)) (local.get $a)) (local.get $a)))
        (local.set $a (i32.mul (i32.add (i32.add (local.get $a) (local.get $a)) (local.get $a)) (local.get $a)))
        (call $f)
        (local.set $a (i32.mul (i32.add (i32.add (local.get $a) (local.get $a)) (local.get $a)) (local.get $a)))
        (br_if $again (i32.lt_s (local.get $a) (i32.const 5))))
      (local.get $a))))");
  INFO(placed.Listing());
  int saves = 0;
  for (NodeId node = 0; node < placed.function.nodes.size(); ++node) {
    for (const CallSave& save : placed.placement->SavesAt(node)) {
      ++saves;
      CHECK(save.vreg == 1);
      CHECK(save.store);
      CHECK(save.reg.is_register());
      CHECK(save.slot == placed.placement->HomeOf(1));
    }
  }
  CHECK(saves == 1);
}

TEST_CASE("a local that mostly lives across calls stays in its slot") {
  const Placed placed(R"((module (import "" "f" (func $f))
    (func (param $n i32)
      (loop $again
        (call $f)
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))");
  INFO(placed.Listing());
  CHECK(placed.placement->At(0, placed.function.loops[1].header).is_slot());
}

TEST_CASE("code that ends in a trap takes no register from the loop around it") {
  const Placed placed(R"((module (import "" "panic" (func $panic (param i32)))
    (func (param $i i32) (param $n i32) (result i32)
      (loop $again
        (if (i32.ge_u (local.get $i) (local.get $n)) (then (call $panic (local.get $i)) (unreachable)))
        (local.set $i (i32.mul (local.get $i) (i32.const 3)))
        (br_if $again (i32.ne (local.get $i) (local.get $n))))
      (local.get $i))))");
  INFO(placed.Listing());
  CHECK(placed.placement->At(0, placed.function.loops[1].header).is_register());
  for (const Block& block : placed.function.blocks) {
    if (block.is_cold) CHECK(block.loop == 0);
  }
}

TEST_CASE("locals that may be read before they are written begin as zero, and no others") {
  const Placed placed(R"((module (func (param i32) (result i32) (local i32 i64 f32)
    (local.set 2 (i64.const 4))
    (if (local.get 0) (then (local.set 1 (i32.const 3))))
    (i32.add (local.get 1) (i32.wrap_i64 (local.get 2))))))");
  std::vector<Transfer> transfers;
  placed.placement->EntryTransfers(&transfers);
  int zeros = 0;
  for (const Transfer& transfer : transfers) {
    if (transfer.constant) ++zeros;
    CHECK(transfer.vreg <= 1);
  }
  CHECK(zeros == 1);
}

TEST_CASE("params lie first, a vector takes two slots, unused locals none") {
  const Placed placed(R"((module (func (param i32 v128 i64) (result i64) (local v128 i32 i64)
    (local.set 5 (i64x2.extract_lane 0 (local.get 1)))
    (drop (call 0 (local.get 0) (local.get 1) (local.get 5)))
    (i64.add (local.get 2) (local.get 5)))))");
  CHECK(placed.placement->HomeOf(0).index == 0);
  CHECK(placed.placement->HomeOf(1).index == 1);
  CHECK(placed.placement->HomeOf(2).index == 3);
  CHECK(placed.placement->HomeOf(5).index == 4 + ir::kScratchSlots);
  CHECK(placed.placement->operand_base() == 5 + ir::kScratchSlots);
}

TEST_CASE("floats and integers have banks of their own") {
  const Placed placed(R"((module (func (param $x f64) (param $n i32) (result f64) (local $sum f64)
    (loop $again
      (local.set $sum (f64.add (f64.mul (local.get $sum) (local.get $x)) (f64.convert_i32_s (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))))");
  const BlockId loop = placed.function.loops[1].header;
  CHECK(placed.placement->At(2, loop).bank == Bank::kFloat);
  CHECK(placed.placement->At(2, loop).is_register());
  CHECK(placed.placement->At(1, loop).bank == Bank::kInt);
  CHECK(placed.placement->At(1, loop).is_register());
}

TEST_CASE("an inner loop's values have its registers; the outer loop's move on the edges between") {
  const Placed placed(R"((module (func (param $n i32) (result i32) (local $i i32) (local $j i32) (local $a i32)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $inner
        (local.set $a (i32.add (i32.mul (local.get $a) (local.get $j)) (local.get $n)))
        (br_if $inner (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
      (br_if $outer (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $a))))", {{4, 4}});
  INFO(placed.Listing());
  REQUIRE(placed.function.loops.size() == 3);
  CHECK(placed.function.loops[2].parent == 1);
  const BlockId inner = placed.function.loops[2].header;
  for (VReg local : {0u, 2u, 3u}) CHECK(placed.placement->At(local, inner).is_register());
}

TEST_CASE("a branch table of many targets is one node and few edges") {
  const Placed placed(absl::StrCat("(module (func (param i32) (block (block (br_table ", Repeat("0 1 ", 32000),
                                   "1 (local.get 0)))) (nop)))"));
  CHECK(placed.function.targets.size() == 64001);
  CHECK(placed.function.edges.size() < 10);
}

TEST_CASE("fifty thousand vector locals are placed") {
  const Placed placed(absl::StrCat("(module (func (result v128) (local ", Repeat("v128 ", 49990), ") (local.set 0 ",
                                   Repeat("(v128.xor (local.get 49000) ", 1000), "(local.get 7)", Repeat(")", 1001),
                                   "(local.get 0)))"));
  CHECK(placed.placement->frame_slots() < 3000);
}

TEST_CASE("an operand stack of a hundred thousand values is linear work") {
  constexpr int kHeight = 100000;
  const Placed placed(absl::StrCat("(module (func (param i32) (result i32) ", Repeat("local.get 0 ", kHeight),
                                   Repeat("block end ", kHeight), "i32.const 1 local.set 0 ",
                                   Repeat("local.get 0 local.get 0 i32.const 1 i32.add local.set 0 drop ", kHeight),
                                   Repeat("i32.add ", kHeight - 1), "))"));
  CHECK(placed.function.nodes.size() < 6 * kHeight);
}

TEST_CASE("a thousand results cost a branch one copy") {
  const std::string types = Repeat("i32 ", 1000);
  const Placed placed(absl::StrCat("(module (type $many (func (result ", types, "))) (func $f (param i32) (result ",
                                   types, ") (block (type $many) (block (type $many) (i32.const 7) (call $f (i32.const 1)) ",
                                   Repeat("(br_if 0 (local.get 0)) (br_if 1 (local.get 0))", 2000), "(br 0)))))"));
  CHECK(placed.function.assignments.size() == 0);
  CHECK(placed.function.nodes.size() < 10000);
}

TEST_CASE("a thousand nested loops are linear work") {
  constexpr int kDepth = 1000;
  const Placed placed(absl::StrCat("(module (func (param i32) (result i32) (local i32) ",
                                   Repeat("(loop (local.set 1 (i32.add (local.get 1) (local.get 0))) ", kDepth),
                                   "(local.set 1 (i32.const 0))", Repeat("(br_if 0 (local.get 1)))", kDepth),
                                   "(local.get 1)))"));
  CHECK(placed.function.loops.size() == kDepth + 1);
  CHECK(placed.function.loops.back().depth == kDepth);
  CHECK(placed.liveness->is_known());
}

TEST_CASE("a function too large for liveness keeps all but temporaries in slots") {
  const Placed known(kSum);
  const Liveness unknown(known.function, 0);
  CHECK_FALSE(unknown.is_known());
  const Placement placement(known.function, unknown);
  for (BlockId block = 0; block < known.function.blocks.size(); ++block) {
    for (VReg local : {0u, 1u, 2u}) CHECK(placement.At(local, block).is_slot());
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak::ir
