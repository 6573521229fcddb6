// Throws, landing blocks, and the table that leads from the ones to the others.
#include <utility>

#include "vm/interp/bridge.h"
#include "vm/translate/lower.h"

namespace umiak {

// The calls and throws that follow are in that region.
void Lowering::EnterRegion(ir::RegionId region) {
  static_assert(ir::kNone == UnwindTable::kNone);
  if (f_.regions.empty() || (!ranges_.empty() && ranges_.back().region == region)) return;
  ranges_.push_back({emit_.size(), region});
}

// The unwinder has left the arguments and the reference in slots; registers hold nothing.
void Lowering::LowerCatch(const ir::Node& node) {
  FindLandingMoves(block_);
  const auto take = [&](ir::VReg v, uint32_t height) {
    const Place to = PlaceOf(v);
    if (f_.vregs[v].uses != 0) {
      moves_.push_back({Place::Slot(to.bank, placement_.operand_base() + height, to.words), to});
    }
    return to.words;
  };
  uint32_t height = node.height;
  for (ir::VReg v : f_.Results(node)) height += take(v, height);
  if (node.result != ir::kNone) take(node.result, node.index2);
  // Only pinned values are many, and they are where they belong.
  EmitParallelMoves(&emit_, &moves_, 0);
}

void Lowering::LowerThrow(ir::NodeId id, const ir::Node& node) {
  EnterRegion(node.region);
  StoreSaves(id);
  if (node.opcode == Opcode::kThrowRef) {
    emit_.Emit(Op::kThrowRef, {PlaceOf(node.in[0])});
    return;
  }
  const uint32_t at = placement_.frame_slots() + kHeaderSlots;
  MoveArguments(node, at, 0);
  emit_.Emit(Op::kThrow, {}, Extra().U32(node.index).U32(at));
}

std::unique_ptr<const UnwindTable> Lowering::MakeUnwindTable() const {
  bool catches = false;
  for (const ir::Region& region : f_.regions) catches = catches || (region.is_used && !region.clauses.empty());
  if (!catches) return nullptr;
  auto table = std::make_unique<UnwindTable>();
  table->ranges = ranges_;
  for (const ir::Region& region : f_.regions) {
    const uint32_t first = static_cast<uint32_t>(table->clauses.size());
    for (const ir::Region::Clause& clause : region.clauses) {
      if (clause.landing == ir::kNone) continue;  // nothing in the region throws
      const ir::Node& node = f_.nodes[f_.blocks[clause.landing].first];
      const bool wants_ref = node.result != ir::kNone && f_.vregs[node.result].uses != 0;
      const uint32_t base = placement_.operand_base();
      table->clauses.push_back({clause.tag, emit_.PositionOf(LabelOfBlock(clause.landing)), base + node.height,
                                wants_ref ? base + node.index2 : UnwindTable::kNone});
    }
    table->regions.push_back({region.parent, first, static_cast<uint32_t>(table->clauses.size()) - first});
  }
  return table;
}

}  // namespace umiak
