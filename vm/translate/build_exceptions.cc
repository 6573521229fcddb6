// Exceptions: regions, and the landing blocks that what is caught goes to.
//
// Entering and leaving a try_table is nothing at all. A clause becomes a landing block in front of the block that its
// label ends in, where one ends anyway; the catch of a legacy try begins with its own. What is caught arrives in the
// slots where the label's values have their home.
// spec: exec/instructions#exec-try-table
#include "vm/translate/builder_impl.h"

namespace umiak::ir {

RegionId Builder::NewRegion() {
  Region region;
  region.parent = labels_.back().region;
  f_.regions.push_back(std::move(region));
  return static_cast<RegionId>(f_.regions.size() - 1);
}

void Builder::MayThrow(Node* node) {
  node->region = labels_.back().region;
  for (RegionId r = node->region; r != kNone && !f_.regions[r].is_used; r = f_.regions[r].parent) {
    f_.regions[r].is_used = true;
  }
}

void Builder::BuildTryTable() {
  const uint32_t parameters = static_cast<uint32_t>(Params(instr_.block_type).size());
  SettleLocals(parameters);
  const RegionId id = NewRegion();
  Region& region = f_.regions[id];
  for (const CatchClause& clause : instr_.catches) {
    const bool all = clause.kind == CatchClause::kCatchAll || clause.kind == CatchClause::kCatchAllRef;
    const bool wants_ref = clause.kind == CatchClause::kCatchRef || clause.kind == CatchClause::kCatchAllRef;
    Label& target = LabelAt(clause.label);
    landings_.push_back({id, static_cast<uint32_t>(region.clauses.size()), wants_ref, target.first_landing});
    target.first_landing = static_cast<uint32_t>(landings_.size() - 1);
    region.clauses.push_back({all ? kNone : clause.tag, kNone});
    if (all) {
      region.parent = kNone;
      break;  // nothing gets past it
    }
  }
  PushLabel(Label::kBlock, parameters);
  labels_.back().region = id;
}

Node Builder::BeginLanding(RegionId region, uint32_t clause) {
  StartBlock(false);
  f_.blocks.back().landing_of = region;
  Region::Clause& info = f_.regions[region].clauses[clause];
  info.landing = static_cast<BlockId>(f_.blocks.size() - 1);
  Node node = NewNode(NodeKind::kCatch, Opcode::kCatch);
  node.index = info.tag;
  return node;
}

void Builder::CatchArguments(Node* node, uint32_t height, const VReg* to) {
  node->height = height;
  node->first_result = static_cast<uint32_t>(f_.results.size());
  if (node->index == kNone) return;
  const std::vector<ValType>& types = module_.types[module_.tags[node->index].type].func.params;
  node->result_count = static_cast<uint32_t>(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    f_.results.push_back(to != nullptr ? to[i] : PinnedAt(height, types[i].kind()));
    height += SlotsOf(types[i].kind());
  }
}

bool Builder::HasLandings(const Label& label) const {
  for (uint32_t i = label.first_landing; i != kNone; i = landings_[i].next) {
    if (f_.regions[landings_[i].region].is_used) return true;
  }
  return false;
}

void Builder::MakeLandings(Label* label) {
  const bool is_narrow = Arity(*label).size() <= kMaxNarrow;
  for (uint32_t i = label->first_landing; i != kNone; i = landings_[i].next) {
    const Landing& landing = landings_[i];
    if (!f_.regions[landing.region].is_used) continue;
    MakeMerges(label);
    Node node = BeginLanding(landing.region, landing.clause);
    CatchArguments(&node, label->height, is_narrow ? label->merges : nullptr);
    if (landing.wants_ref) {
      node.index2 = label->height;
      for (VReg v : f_.Results(node)) node.index2 += SlotsOf(f_.vregs[v].type);
      node.result = is_narrow ? label->merges[node.result_count] : PinnedAt(node.index2, ValType::kRef);
    }
    Emit(node);
    const EdgeId edge = NewEdge();
    if (label->kind == Label::kLoop) {
      f_.edges[edge].to = label->header;
    } else {
      f_.edges[edge].to = label->forward;
      label->forward = edge;
    }
    EndBlock(NewNode(NodeKind::kBranch, Opcode::kCatch), edge);
  }
}

void Builder::BuildThrow() {
  Node node = NewNode(NodeKind::kThrow, Opcode::kThrow);
  node.index = instr_.index;
  node.first = static_cast<uint32_t>(f_.operands.size());
  node.count = static_cast<uint32_t>(module_.types[module_.tags[instr_.index].type].func.params.size());
  for (uint32_t i = node.count; i-- > 0;) f_.operands.push_back(Peek(i));
  MayThrow(&node);
  EndBlock(node, static_cast<EdgeId>(f_.edges.size()));
}

void Builder::BuildThrowRef() {
  Node node = NewNode(NodeKind::kThrow, Opcode::kThrowRef);
  node.in[0] = Pop();
  MayThrow(&node);
  EndBlock(node, static_cast<EdgeId>(f_.edges.size()));
}

// --- The legacy proposal ---

void Builder::BuildTry() {
  const uint32_t parameters = static_cast<uint32_t>(Params(instr_.block_type).size());
  SettleLocals(parameters);
  const RegionId region = NewRegion();
  PushLabel(Label::kTry, parameters);
  labels_.back().region = labels_.back().try_region = region;
}

void Builder::BuildCatch(bool all) {
  Label& label = labels_.back();
  if (reachable_) {
    PinForLabel(label);
    const EdgeId edge = MakeEdge(&label, true);
    EndBlock(NewNode(NodeKind::kBranch, Opcode::kCatch), edge);
  }
  label.kind = Label::kCatch;
  label.region = labels_[labels_.size() - 2].region;
  Truncate(label.stack_size);
  label.settled = label.stack_size;
  Region& region = f_.regions[label.try_region];
  if (!region.is_used) return;  // nothing can be caught
  region.clauses.push_back({all ? kNone : instr_.index, kNone});
  if (all) region.parent = kNone;
  Node node = BeginLanding(label.try_region, static_cast<uint32_t>(region.clauses.size() - 1));
  // The exception itself stays on the stack below the arguments, for rethrow.
  node.index2 = top_height_;
  node.result = label.exception = NewVReg(VRegKind::kTemp, ValType::kRef, top_height_);
  Push(Operand::OfVReg(node.result, ValType::kRef));
  VReg arguments[kMaxNarrow];
  const std::vector<ValType>* types = all ? nullptr : &module_.types[module_.tags[instr_.index].type].func.params;
  const bool is_narrow = all || types->size() <= kMaxNarrow;
  for (uint32_t i = 0, height = top_height_; is_narrow && !all && i < types->size(); ++i) {
    arguments[i] = NewVReg(VRegKind::kTemp, (*types)[i].kind(), height);
    height += SlotsOf((*types)[i].kind());
  }
  CatchArguments(&node, top_height_, is_narrow ? arguments : nullptr);
  Emit(node);
  for (uint32_t i = 0; i < node.result_count; ++i) {
    const VReg v = f_.results[node.first_result + i];
    Push(Operand::OfVReg(v, f_.vregs[v].type));
  }
}

// The body's exceptions go where those of the label would that it names, counted from outside the try.
void Builder::BuildDelegate() {
  const RegionId target = LabelAt(instr_.index + 1).region;
  const RegionId own = labels_.back().try_region;
  f_.regions[own].parent = target;
  for (RegionId r = target; f_.regions[own].is_used && r != kNone && !f_.regions[r].is_used; r = f_.regions[r].parent) {
    f_.regions[r].is_used = true;
  }
  BuildEnd();
}

void Builder::BuildRethrow() {
  Node node = NewNode(NodeKind::kThrow, Opcode::kThrowRef);
  node.in[0] = Operand::OfVReg(LabelAt(instr_.index).exception, ValType::kRef);
  MayThrow(&node);
  EndBlock(node, static_cast<EdgeId>(f_.edges.size()));
}

}  // namespace umiak::ir
