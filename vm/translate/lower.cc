#include "vm/translate/lower.h"

#include <algorithm>
#include <utility>

#include "vm/interp/bridge.h"
#include "vm/translate/frame.h"

namespace umiak {

Lowering::Lowering(const TranslateContext& context, const ir::Function& function, const ir::Placement& placement,
                   TranslateRecord* record)
    : context_(context),
      f_(function),
      placement_(placement),
      emit_(context.variant.checked, placement.scratch_base(), record, /*with_chains=*/true, ExpectedBytes()),
      edge_stubs_(function.edges.size(), kNoLabel),
      frame_slots_(FrameSlots()) {}

// Of the code: three times the body is usual.
size_t Lowering::ExpectedBytes() const {
  const CodeSpan body = context_.module.functions[f_.index].body;
  return 3 * size_t{body.end - body.begin} + 64;
}

// The block whose cells come behind those of `block`, or kNone.
ir::BlockId Lowering::BlockBehind(ir::BlockId block) const {
  const bool exceptional = f_.blocks[block].is_exceptional;
  for (ir::BlockId b = block + 1; b < f_.blocks.size(); ++b) {
    if (f_.blocks[b].is_exceptional == exceptional) return b;
  }
  for (ir::BlockId b = 0; !exceptional && b < block; ++b) {
    if (f_.blocks[b].is_exceptional) return b;
  }
  return ir::kNone;
}

// With what instructions use above the frame: arguments of intrinsics, and values on their way to the first slots.
uint32_t Lowering::FrameSlots() const {
  uint32_t above = std::max<uint32_t>(4, SlotsOf(f_.type->results) + 2);
  for (const ir::Node& node : f_.nodes) {
    if (node.count == 0) continue;
    if (node.kind != ir::NodeKind::kReturnCall && node.kind != ir::NodeKind::kOp && node.kind != ir::NodeKind::kThrow) {
      continue;
    }
    uint32_t slots = 1;
    for (const ir::Operand& argument : f_.Arguments(node)) slots += ir::SlotsOf(argument.type);
    above = std::max(above, slots);
  }
  return placement_.frame_slots() + kHeaderSlots + above;
}

std::unique_ptr<Code> Lowering::Run() {
  first_block_label_ = emit_.NewLabels(f_.blocks.size());
  LowerEntry();
  // What runs after an exception stands behind everything else, so that nothing has to branch around it.
  for (bool exceptional : {false, true}) {
    if (exceptional && f_.regions.empty()) break;
    for (ir::BlockId block = 0; block < f_.blocks.size(); ++block) {
      if (f_.blocks[block].is_exceptional == exceptional) LowerBlock(block);
    }
  }
  LowerStubs();
  std::unique_ptr<const LoopEntry> loop_entry = LowerLoopEntry();
  std::unique_ptr<const UnwindTable> unwind = MakeUnwindTable();
  std::unique_ptr<Code> code = emit_.Finish(f_.index);
  code->frame_slots = frame_slots_;
  code->unwind = std::move(unwind);
  code->loop_entry = std::move(loop_entry);
  return code;
}

void Lowering::LowerEntry() {
  emit_.SetOffset(context_.module.functions[f_.index].body.begin);
  if (context_.variant.metered) {
    FindLoopCosts();
    emit_.Emit(Op::kMeterEntry, {}, Extra().U32(loop_costs_[0]));
  }
  if (frame_slots_ > kUncheckedFrame) emit_.Emit(Op::kCheckFrame, {}, Extra().U32(frame_slots_));
  transfers_.clear();
  placement_.EntryTransfers(&transfers_);
  // Zeros of neighbouring slots are one cell; the rest are moves out of parameters, which nothing here overwrites
  // but other moves.
  std::vector<std::pair<uint32_t, uint32_t>> zeros;
  moves_.clear();
  for (const ir::Transfer& t : transfers_) {
    bool is_constant = t.from.kind == ir::Location::kNowhere;
    if (is_constant && t.to.is_slot() && (t.constant.kind == ir::Operand::kNothing || t.constant.bits == 0)) {
      zeros.push_back({t.to.index, t.type == ValType::kV128 ? 2 : 1});
    } else {
      moves_.push_back({is_constant ? PlaceOf(t.constant) : PlaceOf(t.from, t.type), PlaceOf(t.to, t.type)});
    }
  }
  EmitParallelMoves(&emit_, &moves_, 0);
  std::sort(zeros.begin(), zeros.end());
  for (size_t i = 0; i < zeros.size();) {
    uint32_t first = zeros[i].first;
    uint32_t end = first;
    for (; i < zeros.size() && zeros[i].first == end; ++i) end += zeros[i].second;
    if (end - first == 1) {
      emit_.Move(Place::Imm(0), Place::Slot(Bank::kInt, first));
    } else {
      emit_.Emit(Op::kZeroSlots, {}, Extra().U32(first).U32(end - first));
    }
  }
}

// The block that the loop instruction at that offset begins, or kNone: it is not reached.
ir::BlockId Lowering::HeaderOf(uint32_t loop) const {
  for (const ir::Block& block : f_.blocks) {
    const ir::Node& node = f_.Terminator(block);
    if (node.kind != ir::NodeKind::kBranch || node.opcode != Opcode::kLoop || node.offset != loop) continue;
    return f_.edges[block.first_edge].to;
  }
  return ir::kNone;
}

void Lowering::FindLandingMoves(ir::BlockId block) {
  transfers_.clear();
  placement_.LandingTransfers(block, &transfers_);
  moves_.clear();
  for (const ir::Transfer& t : transfers_) moves_.push_back({PlaceOf(t.from, t.type), PlaceOf(t.to, t.type)});
}

// Cells that load what the loop keeps in registers, and go to its header. They stand behind all others, and there is no
// edge for them: the header has every value in the same place whichever way it is reached, and that all home slots are
// valid on this way takes nothing away from what is known about the others.
std::unique_ptr<const LoopEntry> Lowering::LowerLoopEntry() {
  if (context_.loop_entry == kNoLoopEntry) return nullptr;
  const ir::BlockId header = HeaderOf(context_.loop_entry);
  if (header == ir::kNone || IsReturnOnly(header)) return nullptr;
  // A caught exception of the legacy proposal is in the operand area too; nobody checks a larger frame here.
  if (!f_.regions.empty() || frame_slots_ > kUncheckedFrame) return nullptr;
  auto entry = std::make_unique<LoopEntry>();
  entry->loop = context_.loop_entry;
  entry->position = emit_.PositionOf(LabelOfBlock(header));
  entry->operand_base = placement_.operand_base();
  entry->homes.reserve(f_.local_count);
  for (ir::VReg v = 0; v < f_.local_count; ++v) entry->homes.push_back(placement_.HomeOf(v).index);
  FindLandingMoves(header);
  if (moves_.empty()) return entry;
  const LabelId label = emit_.NewLabel();
  emit_.Bind(label);
  emit_.SetOffset(entry->loop);
  EmitParallelMoves(&emit_, &moves_, 0);
  emit_.EmitBranch(Op::kBr, {}, LabelOfBlock(header));
  entry->position = emit_.PositionOf(label);
  return entry;
}

void Lowering::LowerBlock(ir::BlockId block) {
  block_ = block;
  next_block_ = BlockBehind(block);
  placement_.Enter(block);
  emit_.Bind(LabelOfBlock(block));
  if (block != 0 && IsReturnOnly(block)) return;  // every edge to it returns by itself
  LowerNodes(block);
}

void Lowering::LowerNodes(ir::BlockId block) {
  const ir::Block& b = f_.blocks[block];
  for (ir::NodeId id = b.first; id < b.end; ++id) {
    const ir::Node& node = f_.nodes[id];
    if (node.fused) continue;
    emit_.SetOffset(node.offset);
    const bool is_add = node.opcode == Opcode::kI32Add || node.opcode == Opcode::kI64Add;
    if (is_add && (LowerStep(id, node) || LowerReturnedSum(id, node))) break;
    if (const ir::NodeId last = LowerPair(id, node); last != id) {
      id = last;
      continue;
    }
    LowerNode(id, node);
  }
}

void Lowering::LowerNode(ir::NodeId id, const ir::Node& node) {
  const ir::Block& block = f_.blocks[block_];
  switch (node.kind) {
    case ir::NodeKind::kOp:
      if (const ir::Node* producer = FusedInto(id)) return LowerFused(id, node, *producer);
      return LowerOp(node);
    case ir::NodeKind::kMove: return emit_.Move(PlaceOf(node.in[0]), Result(node));
    case ir::NodeKind::kCall: return LowerCall(id, node);
    case ir::NodeKind::kCatch: return LowerCatch(node);
    case ir::NodeKind::kThrow: return LowerThrow(id, node);
    case ir::NodeKind::kReturnCall: return LowerReturnCall(node);
    case ir::NodeKind::kBranch: return FollowEdge(block.first_edge);
    case ir::NodeKind::kBranchIf: return LowerBranchIf(id, node);
    case ir::NodeKind::kBranchTable: return LowerBranchTable(id, node);
    case ir::NodeKind::kReturn: return LowerReturn(id, node);
    case ir::NodeKind::kUnreachable: emit_.Emit(Op::kUnreachable, {}); return;
  }
}

Place Lowering::PlaceOfConstant(const ir::Operand& operand) const {
  Place place = Place::Imm(operand.bits, ToBank(ir::BankOf(operand.type)));
  if (operand.type == ValType::kV128) {
    place.words = 2;
    place.value = 0;
    if (operand.kind == ir::Operand::kV128Const) {
      const V128& value = f_.v128_constants[operand.bits];
      place.value = LoadBytes<uint64_t>(value.bytes);
      place.high = LoadBytes<uint64_t>(value.bytes + 8);
    }
  }
  return place;
}

// Per loop the wasm instructions of one pass through it, one pass through each loop inside included: so that what a
// guest is charged depends on its code alone. The top level's is the function's.
void Lowering::FindLoopCosts() {
  std::vector<uint64_t> costs(f_.loops.size(), 0);
  for (const ir::Block& block : f_.blocks) costs[block.loop] += block.instructions;
  // Parents come before their children.
  for (size_t loop = f_.loops.size(); loop-- > 1;) costs[f_.loops[loop].parent] += costs[loop];
  for (uint64_t cost : costs) loop_costs_.push_back(static_cast<uint32_t>(std::min<uint64_t>(cost + 1, 1u << 30)));
}

}  // namespace umiak
