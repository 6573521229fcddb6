// Branches and the moves on their edges, returns.
#include <algorithm>
#include <utility>

#include "vm/interp/bridge.h"
#include "vm/translate/compare.h"
#include "vm/translate/flow.h"
#include "vm/translate/lower.h"
#include "vm/translate/manner.h"

namespace umiak {

bool Lowering::IsBackEdge(const ir::Edge& edge) const { return edge.to <= edge.from; }

void Lowering::EmitEdgeMoves(ir::EdgeId id) {
  const ir::Edge& edge = f_.edges[id];
  transfers_.clear();
  placement_.EdgeTransfers(id, &transfers_);
  moves_.clear();
  for (const ir::Transfer& t : transfers_) {
    const bool is_constant = t.from.kind == ir::Location::kNowhere;
    moves_.push_back({is_constant ? PlaceOf(t.constant) : PlaceOf(t.from, t.type), PlaceOf(t.to, t.type)});
  }
  EmitParallelMoves(&emit_, &moves_, 0);
  const uint32_t base = placement_.operand_base();
  emit_.MoveRange(base + edge.copy_from, base + edge.copy_to, edge.copy_slots);
}

// A block that does nothing but return at most one value.
bool Lowering::IsReturnOnly(ir::BlockId block) const {
  const ir::Block& b = f_.blocks[block];
  const ir::Node& node = f_.nodes[b.first];
  return b.end == b.first + 1 && node.kind == ir::NodeKind::kReturn && node.count <= 1;
}

// Returns instead of going to a block that only returns: what it returns is known on the edge.
bool Lowering::TryReturn(ir::EdgeId id) {
  const ir::Edge& edge = f_.edges[id];
  if (!IsReturnOnly(edge.to) || edge.to == 0) return false;
  const ir::Node& node = f_.nodes[f_.blocks[edge.to].first];
  if (node.count == 0) {
    emit_.Emit(Op::kReturn, {});
    return true;
  }
  ir::Operand value = f_.Arguments(node)[0];
  for (const ir::Assignment& assignment : f_.Assignments(edge)) {
    if (value.Is(assignment.to)) {
      value = assignment.from;
      break;
    }
  }
  const ir::BlockId here = std::exchange(block_, edge.from);
  EmitReturn(PlaceOf(value));
  block_ = here;
  return true;
}

void Lowering::EmitReturn(const Place& value) {
  Op op = value.words == 2 ? Op::kReturnV128 : value.bank == Bank::kFloat ? Op::kReturnFloat : Op::kReturnInt;
  emit_.Emit(op, {value});
}

// Goes to the edge's target.
void Lowering::EmitJump(ir::EdgeId id) {
  const ir::Edge& edge = f_.edges[id];
  if (context_.variant.metered && IsBackEdge(edge)) {
    uint32_t cost = loop_costs_[f_.blocks[edge.to].loop];
    emit_.EmitBranch(Op::kMeteredBr, {}, LabelOfBlock(edge.to), Extra().U32(cost));
  } else if (!(IsBackEdge(edge) && TryCopyDispatch(edge.to)) && !TryCopyBlock(edge.to)) {
    emit_.EmitBranch(Op::kBr, {}, LabelOfBlock(edge.to));
  }
}

LabelId Lowering::LabelOf(ir::EdgeId id, uint32_t offset) {
  const ir::Edge& edge = f_.edges[id];
  if (edge_stubs_[id] != kNoLabel) return edge_stubs_[id];
  transfers_.clear();
  placement_.EdgeTransfers(id, &transfers_);
  const bool is_plain = transfers_.empty() && edge.copy_slots == 0 && !IsReturnOnly(edge.to);
  if (is_plain && !(context_.variant.metered && IsBackEdge(edge))) return LabelOfBlock(edge.to);
  edge_stubs_[id] = emit_.NewLabel();
  stubs_.push_back({edge_stubs_[id], id, offset});
  return edge_stubs_[id];
}

void Lowering::LowerStubs() {
  next_block_ = ir::kNone;
  // A block that is copied behind a stub may want further stubs: one for each edge at most.
  for (size_t i = 0; i < stubs_.size(); ++i) {
    const Stub stub = stubs_[i];
    emit_.SetOffset(stub.offset);
    emit_.Bind(stub.label);
    if (TryReturn(stub.edge)) continue;
    EmitEdgeMoves(stub.edge);
    EmitJump(stub.edge);
  }
}

// Goes along the edge: by returning, by nothing but moves where its target stands behind, or by a jump.
void Lowering::FollowEdge(ir::EdgeId edge) {
  if (TryReturn(edge)) return;
  EmitEdgeMoves(edge);
  if (f_.edges[edge].to != next_block_) EmitJump(edge);
}

Lowering::Fork Lowering::ForkOf(const ir::Node& branch) const {
  Fork fork{branch.condition, branch.negated, f_.blocks[block_].first_edge, f_.blocks[block_].first_edge + 1};
  if (!is_turned_) return fork;
  std::swap(fork.taken, fork.fall);
  if (const std::optional<Opcode> inverted = ir::Inverted(fork.condition)) {
    fork.condition = *inverted;
  } else {
    fork.negated = !fork.negated;
  }
  return fork;
}

// The conditional branch itself, and the way that is not taken. offset: of the instruction in the module.
void Lowering::EmitFork(const Fork& fork, uint32_t offset, Op op, std::initializer_list<Place> operands,
                        const Extra& extra) {
  emit_.EmitBranch(op, operands, LabelOf(fork.taken, offset), extra);
  FollowEdge(fork.fall);
}

void Lowering::LowerBranchIf(ir::NodeId id, const ir::Node& node) {
  if (node.condition == Opcode::kBrOnCast) return LowerBranchOnCast(node);
  const Fork fork = ForkOf(node);
  if (const ir::Node* test = FusedInto(id)) {
    Op op = fork.condition == Opcode::kI32Ne ? Op::kBrI32Test : Op::kBrI32NotTest;
    return EmitFork(fork, node.offset, op, {PlaceOf(test->in[0]), PlaceOf(test->in[1])});
  }
  Place a = PlaceOf(node.in[0]);
  Place b = PlaceOf(node.in[1]);
  const bool against_zero = b.is_imm() && b.value == 0;
  const Opcode c = fork.condition;
  if (against_zero && (c == Opcode::kI32Ne || c == Opcode::kI32Eq)) {
    EmitFork(fork, node.offset, c == Opcode::kI32Ne ? Op::kBrI32Nez : Op::kBrI32Eqz, {a});
  } else if (against_zero && (c == Opcode::kI64Ne || c == Opcode::kI64Eq)) {
    EmitFork(fork, node.offset, c == Opcode::kI64Ne ? Op::kBrI64Nez : Op::kBrI64Eqz, {a});
  } else {
    EmitFork(fork, node.offset, BranchOf(c, fork.negated), {a, b});
  }
}

// The labels of a branch table, the default last.
std::vector<LabelId> Lowering::TableLabels(const ir::Node& node) {
  std::vector<LabelId> labels;
  labels.reserve(node.count);
  for (ir::EdgeId edge : f_.Targets(node)) labels.push_back(LabelOf(edge, node.offset));
  return labels;
}

void Lowering::LowerBranchTable(ir::NodeId id, const ir::Node& node) {
  EmitBranchTable(id, Op::kBrTable, Op::kBrTableCopy, PlaceOf(node.in[0]), {});
}

// The branch table of node `id`; a copy of its cell where it has been written before.
void Lowering::EmitBranchTable(ir::NodeId id, Op op, Op copy, const Place& index, const Extra& before) {
  if (copies_ != 0) return emit_.EmitTableCopy(copy, index, before, tables_.at(id));
  tables_[id] = emit_.EmitBranchTable(op, index, before, TableLabels(f_.nodes[id]));
}

// --- Loops that dispatch: a guest that interprets ---
//
// The header fetches something and ends, perhaps a few conditions later, in a br_table. A branch back to it writes these
// cells once more instead: every arm has its own way to the next one, and its own history in the branch predictor.

bool Lowering::HasCall(ir::BlockId block) const {
  for (ir::NodeId id = f_.blocks[block].first; id < f_.blocks[block].end; ++id) {
    if (f_.nodes[id].kind == ir::NodeKind::kCall) return true;
  }
  return false;
}

// The block with the br_table, or kNone: few blocks that follow each other, without calls.
ir::BlockId Lowering::EndOfDispatch(ir::BlockId first) const {
  constexpr ir::NodeId kMaxNodes = 20;
  constexpr ir::BlockId kMaxBlocks = 3;
  for (ir::BlockId b = first; b < f_.blocks.size() && b < first + kMaxBlocks; ++b) {
    const ir::Block& block = f_.blocks[b];
    if (block.end - f_.blocks[first].first > kMaxNodes || HasCall(b)) return ir::kNone;
    const ir::NodeKind end = f_.Terminator(block).kind;
    if (end == ir::NodeKind::kBranchTable) return b;
    if (end != ir::NodeKind::kBranchIf || (b + 1 < f_.blocks.size() && f_.blocks[b + 1].is_loop_header)) return ir::kNone;
  }
  return ir::kNone;
}

// Per byte of the body.
constexpr uint64_t kMaxCopiedBytes = 8;

// Whether blocks may be written once more. Copies are paid for by what the guest wrote: see docs/BYTECODE.md.
bool Lowering::MayCopy() const {
  constexpr int kMaxInARow = 2;
  if (copies_ == kMaxInARow || context_.variant.metered) return false;
  const CodeSpan body = context_.module.functions[f_.index].body;
  return copied_bytes_ <= kMaxCopiedBytes * uint64_t{body.end - body.begin};
}

// Writes the cells of these blocks once more, in front of those of block `behind`.
// turned: the conditional branch that ends the last of them has its edges exchanged.
void Lowering::Copy(ir::BlockId first, ir::BlockId last, ir::BlockId behind, bool turned) {
  ++copies_;
  const uint32_t before = emit_.size();
  const ir::BlockId here = block_;
  const ir::BlockId next = next_block_;
  const bool was_turned = is_turned_;  // a copy may lead to another one
  for (block_ = first; block_ <= last; ++block_) {
    next_block_ = block_ == last ? behind : block_ + 1;
    is_turned_ = turned && block_ == last;
    placement_.Enter(block_);
    LowerNodes(block_);
  }
  block_ = here;
  next_block_ = next;
  is_turned_ = was_turned;
  placement_.Enter(block_);
  if (--copies_ == 0) copied_bytes_ += emit_.size() - before;
}

bool Lowering::TryCopyDispatch(ir::BlockId first) {
  if (!MayCopy()) return false;
  const ir::BlockId last = EndOfDispatch(first);
  if (last == ir::kNone || !tables_.contains(f_.blocks[last].end - 1)) return false;
  Copy(first, last, ir::kNone, /*turned=*/false);
  return true;
}

// --- Small blocks, written once more instead of a branch to them ---
//
// A loop's header that ends in its condition becomes the end of the loop this way, too.
// PERF: programs take 0.97 of the time (lua 0.92, coremark 0.96), a sort of lists 0.91, with up to 6 nodes; with up to 4
// and 10 a hundredth more. Code grows by a tenth to a sixth.

bool Lowering::IsSmall(ir::BlockId block) const {
  constexpr ir::NodeId kMaxNodes = 6;
  const ir::Block& b = f_.blocks[block];
  // Without calls and (below) throws: what saves registers, and what belongs to a region, is written once.
  if (b.end - b.first > kMaxNodes || b.is_cold || HasCall(block)) return false;
  const ir::Node& end = f_.Terminator(b);
  return end.kind == ir::NodeKind::kBranch || end.kind == ir::NodeKind::kReturn ||
         (end.kind == ir::NodeKind::kBranchIf && end.condition != Opcode::kBrOnCast);
}

// Whether the conditional branch that ends the block, copied, should lead where it falls through to: it is likelier.
bool Lowering::IsBetterTurned(ir::BlockId block) const {
  const ir::Block& b = f_.blocks[block];
  if (f_.Terminator(b).kind != ir::NodeKind::kBranchIf) return false;
  const ir::BlockId taken = f_.edges[b.first_edge].to;
  const ir::BlockId fall = f_.edges[b.first_edge + 1].to;
  if (taken == next_block_ || fall == next_block_) return taken == next_block_;
  return WeightOf(f_, f_.blocks[fall]) >= WeightOf(f_, f_.blocks[taken]);
}

bool Lowering::TryCopyBlock(ir::BlockId block) {
  if (!MayCopy() || !IsSmall(block)) return false;
  Copy(block, block, next_block_, IsBetterTurned(block));
  return true;
}

// The first result goes to r0 or f0, the others to the first slots, each at the place its slot would have.
void Lowering::LowerReturn(ir::NodeId id, const ir::Node& node) {
  absl::Span<const ir::Operand> results = f_.Arguments(node);
  if (const ir::Node* add = FusedInto(id)) {
    Op op = add->opcode == Opcode::kI32Add ? Op::kReturnI32Add : Op::kReturnI64Add;
    emit_.Emit(op, {PlaceOf(add->in[0]), PlaceOf(add->in[1])});
    return;
  }
  if (results.empty()) {
    emit_.Emit(Op::kReturn, {});
    return;
  }
  Place first = PlaceOf(results[0]);
  if (results.size() == 1) {
    return EmitReturn(first);
  }
  // The first one last, when the register it goes to is no longer needed; its slot is not written by the others, but
  // perhaps the slot it is in.
  Place home = Place::Register(first.bank, 0, first.words);
  Place aside = emit_.Scratch(2, first.bank, first.words);
  if (results.size() > ir::kMaxNarrow) {
    aside.value = placement_.frame_slots() + kHeaderSlots + SlotsOf(f_.type->results);  // many may cover scratch
  }
  emit_.Move(first, aside);
  MoveToFirstSlots(results, 1);
  emit_.Move(aside, home);
  emit_.Emit(Op::kReturn, {});
}

}  // namespace umiak
