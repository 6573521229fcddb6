// Control: labels, the edges to them, and calls.
//
// A label's values are merge vregs, assigned on every edge; more than kMaxNarrow of them are pinned vregs, which
// the branch copies as one run of slots. Edges are made at the end of a block, in the order of its terminator.
#include <algorithm>

#include "vm/translate/builder_impl.h"
#include "vm/translate/compare.h"

namespace umiak::ir {

absl::Span<const ValType> Builder::Params(const BlockType& type) const {
  if (type.kind != BlockType::kTypeIndex) return {};
  return module_.types[type.index].func.params;
}

absl::Span<const ValType> Builder::Results(const BlockType& type) const {
  if (type.kind == BlockType::kEmpty) return {};
  if (type.kind == BlockType::kValue) return absl::MakeConstSpan(&type.value, 1);
  return module_.types[type.index].func.results;
}

absl::Span<const ValType> Builder::Arity(const Label& label) const {
  if (label.kind == Label::kFunction) return f_.type->results;
  return label.kind == Label::kLoop ? Params(label.type) : Results(label.type);
}

// --- Conditions ---

void Builder::TakeCondition(Operand value, bool negate, int at, Node* node) {
  // Through eqz of eqz of ... a comparison, as long as nobody else sees what is in between.
  node->in[at] = value;
  node->in[at + 1] = Operand::OfConst(ValType::kI32, 0);
  node->condition = negate ? Opcode::kI32Eq : Opcode::kI32Ne;
  while (const Node* producer = LastProducerOf(value)) {
    if (producer->kind != NodeKind::kOp) break;
    const Opcode opcode = producer->opcode;
    if (opcode == Opcode::kI32Eqz || opcode == Opcode::kI64Eqz) {
      const bool is_32 = opcode == Opcode::kI32Eqz;
      negate = !negate;
      value = RemoveLast().in[0];
      node->in[at] = value;
      node->in[at + 1] = Operand::OfConst(is_32 ? ValType::kI32 : ValType::kI64, 0);
      if (is_32) {
        node->condition = negate ? Opcode::kI32Eq : Opcode::kI32Ne;
      } else {
        node->condition = negate ? Opcode::kI64Eq : Opcode::kI64Ne;
        break;  // of a 64-bit value: no condition
      }
      continue;
    }
    if (opcode == Opcode::kRefTest && at == 0) {
      const Node test = RemoveLast();
      node->in[0] = test.in[0];
      node->in[1] = Operand();
      node->condition = Opcode::kBrOnCast;
      node->negated = negate;
      node->index = test.index;
      node->index2 = test.index2;
    } else if (IsComparison(opcode)) {
      const Node comparison = RemoveLast();
      node->in[at] = comparison.in[0];
      node->in[at + 1] = comparison.in[1];
      node->condition = opcode;
      if (negate) {
        const std::optional<Opcode> inverted = Inverted(opcode);
        node->negated = !inverted;
        if (inverted) node->condition = *inverted;
      }
    }
    break;
  }
}

// --- Edges ---

EdgeId Builder::NewEdge() {
  Edge edge;
  edge.from = static_cast<BlockId>(f_.blocks.size() - 1);
  f_.edges.push_back(edge);
  return static_cast<EdgeId>(f_.edges.size() - 1);
}

void Builder::Assign(EdgeId edge, absl::Span<const VReg> to, absl::Span<const Operand> from) {
  f_.edges[edge].first_assignment = static_cast<uint32_t>(f_.assignments.size());
  for (size_t i = 0; i < to.size(); ++i) {
    if (from[i].Is(to[i])) continue;
    f_.assignments.push_back({to[i], from[i]});
    ++f_.edges[edge].assignment_count;
    ++f_.vregs[to[i]].defs;
    if (from[i].is_vreg()) ++f_.vregs[from[i].vreg()].uses;
  }
}

void Builder::MakeMerges(Label* label) {
  if (label->has_merges) return;
  label->has_merges = true;
  const absl::Span<const ValType> types = Arity(*label);
  if (types.size() > kMaxNarrow) return;
  uint32_t height = label->height;
  for (size_t i = 0; i < types.size(); ++i) {
    label->merges[i] = NewVReg(VRegKind::kMerge, types[i].kind(), height);
    height += SlotsOf(types[i].kind());
    f_.operand_slots = std::max(f_.operand_slots, height);
  }
}

void Builder::PinForLabel(const Label& label) {
  const size_t count = Arity(label).size();
  if (count > kMaxNarrow) PinTop(static_cast<uint32_t>(count));
}

EdgeId Builder::MakeEdge(Label* label, bool sink) {
  MakeMerges(label);
  const uint32_t count = static_cast<uint32_t>(Arity(*label).size());
  Operand values[kMaxNarrow];
  if (count <= kMaxNarrow) {
    for (uint32_t i = 0; i < count; ++i) values[i] = Peek(count - 1 - i);
    for (uint32_t i = 0; sink && i < count; ++i) {
      // The assignments happen at once: a value that another of them reads must not change before.
      const VReg merge = label->merges[i];
      bool is_read = false;
      for (uint32_t j = 0; j < count; ++j) is_read = is_read || values[j].Is(merge);
      if (!is_read && Retarget(values[i], merge)) {
        values[i] = Operand::OfVReg(merge, values[i].type);
        Peek(count - 1 - i) = values[i];
      }
    }
  }
  const EdgeId id = NewEdge();
  Edge& edge = f_.edges[id];
  if (label->kind == Label::kLoop) {
    edge.to = label->header;
  } else {
    edge.to = label->forward;
    label->forward = id;
  }
  if (count <= kMaxNarrow) {
    Assign(id, absl::MakeConstSpan(label->merges, count), absl::MakeConstSpan(values, count));
  } else {
    const uint32_t from = stack_[stack_.size() - count].height;
    if (from != label->height) {
      edge.copy_from = from;
      edge.copy_to = label->height;
      edge.copy_slots = top_height_ - from;
    }
  }
  return id;
}

// --- Blocks ---

void Builder::PushLabel(Label::Kind kind, uint32_t parameters) {
  Label label;
  label.kind = kind;
  label.type = instr_.block_type;
  label.stack_size = static_cast<uint32_t>(stack_.size()) - parameters;
  label.height = parameters == 0 ? top_height_ : stack_[label.stack_size].height;
  label.settled = label.stack_size;
  label.region = labels_.back().region;
  labels_.push_back(label);
}

void Builder::BuildBlock() {
  const uint32_t parameters = static_cast<uint32_t>(Params(instr_.block_type).size());
  SettleLocals(parameters);
  PushLabel(Label::kBlock, parameters);
}

void Builder::BuildLoop() {
  const uint32_t parameters = static_cast<uint32_t>(Params(instr_.block_type).size());
  SettleLocals(parameters);
  PushLabel(Label::kLoop, parameters);
  PinForLabel(labels_.back());
  labels_.back().header = static_cast<BlockId>(f_.blocks.size());
  const EdgeId edge = MakeEdge(&labels_.back(), true);
  EndBlock(NewNode(NodeKind::kBranch, Opcode::kLoop), edge);
  StartBlock(true);
  if (parameters > 0 && parameters <= kMaxNarrow) {
    const Label& label = labels_.back();
    Truncate(label.stack_size);
    for (uint32_t i = 0; i < parameters; ++i) {
      Push(Operand::OfVReg(label.merges[i], f_.vregs[label.merges[i]].type));
    }
  }
}

void Builder::BuildIf() {
  const Operand condition = Pop();
  const uint32_t parameters = static_cast<uint32_t>(Params(instr_.block_type).size());
  Node node = NewNode(NodeKind::kBranchIf, Opcode::kIf);
  if (!condition.is_const()) TakeCondition(condition, true, 0, &node);
  SettleLocals(parameters);
  PushLabel(Label::kIf, parameters);
  Label& label = labels_.back();
  if (parameters > kMaxNarrow) {
    PinTop(parameters);
  } else {
    for (uint32_t i = 0; i < parameters; ++i) label.parameters[i] = Peek(parameters - 1 - i);
  }
  if (condition.is_const() && condition.bits != 0) return;  // no way to `else`
  label.else_edge = NewEdge();
  if (condition.is_const()) {
    EndBlock(NewNode(NodeKind::kBranch, Opcode::kIf), label.else_edge);
    return;  // no way to `then`
  }
  const EdgeId then_edge = NewEdge();
  f_.edges[then_edge].to = static_cast<BlockId>(f_.blocks.size());
  EndBlock(node, label.else_edge);
  StartBlock(false);
}

void Builder::BuildElse() {
  Label& label = labels_.back();
  if (reachable_) {
    PinForLabel(label);
    const EdgeId edge = MakeEdge(&label, true);
    EndBlock(NewNode(NodeKind::kBranch, Opcode::kElse), edge);
  }
  label.kind = Label::kElse;
  const absl::Span<const ValType> types = Params(label.type);
  Truncate(label.stack_size);
  for (size_t i = 0; i < types.size(); ++i) {
    if (types.size() > kMaxNarrow) {
      Push(Operand::OfVReg(PinnedAt(top_height_, types[i].kind()), types[i].kind()));
    } else if (label.parameters[i].is_vreg() && label.parameters[i].vreg() < f_.local_count) {
      PushLocal(label.parameters[i].vreg());
    } else {
      Push(label.parameters[i]);
    }
  }
  label.settled = label.stack_size;
  if (label.else_edge == kNone) return;
  f_.edges[label.else_edge].to = static_cast<BlockId>(f_.blocks.size());
  label.else_edge = kNone;
  StartBlock(false);
}

void Builder::JoinLabel(Label* label) {
  // Edges to the label become edges to a new block, in which its values are on the stack.
  const BlockId block = static_cast<BlockId>(f_.blocks.size());
  for (EdgeId edge = label->forward; edge != kNone;) {
    const EdgeId next = f_.edges[edge].to;
    f_.edges[edge].to = block;
    edge = next;
  }
  StartBlock(false);
  Truncate(label->stack_size);
  const absl::Span<const ValType> types = Arity(*label);
  for (size_t i = 0; i < types.size(); ++i) {
    const ValType::Kind type = types[i].kind();
    Push(Operand::OfVReg(types.size() > kMaxNarrow ? PinnedAt(top_height_, type) : label->merges[i], type));
  }
}

void Builder::BuildEnd() {
  Label& label = labels_.back();
  if (label.kind == Label::kFunction) {
    const uint32_t count = static_cast<uint32_t>(f_.type->results.size());
    if (reachable_) BuildReturn(count);
    MakeLandings(&label);
    if (label.forward != kNone) {
      JoinLabel(&label);
      BuildReturn(count);
    }
    labels_.pop_back();
    return;
  }
  if (label.kind == Label::kIf && label.else_edge != kNone) {
    // No `else`: that path hands the parameters on as results.
    MakeMerges(&label);
    const uint32_t count = static_cast<uint32_t>(Arity(label).size());
    if (count > 0 && count <= kMaxNarrow) {
      Assign(label.else_edge, absl::MakeConstSpan(label.merges, count), absl::MakeConstSpan(label.parameters, count));
    }
    f_.edges[label.else_edge].to = label.forward;
    label.forward = label.else_edge;
  }
  const bool is_caught_in = HasLandings(label);
  if (is_caught_in && label.kind == Label::kLoop) {
    // They lead to the loop's start; code goes on behind them.
    const EdgeId on = reachable_ ? NewEdge() : kNone;
    if (on != kNone) EndBlock(NewNode(NodeKind::kBranch, Opcode::kEnd), on);
    MakeLandings(&label);
    if (on != kNone) {
      f_.edges[on].to = static_cast<BlockId>(f_.blocks.size());
      StartBlock(false);
    }
  }
  if (label.kind == Label::kLoop || (label.forward == kNone && !is_caught_in)) {
    // Nobody branches to its end: code goes on, or it does not.
    if (!reachable_) Truncate(label.stack_size);
    labels_.pop_back();
    return;
  }
  if (reachable_) {
    PinForLabel(label);
    const EdgeId edge = MakeEdge(&label, true);
    EndBlock(NewNode(NodeKind::kBranch, Opcode::kEnd), edge);
  }
  MakeLandings(&label);
  JoinLabel(&label);
  labels_.pop_back();
}

// --- Branches ---

void Builder::BuildBranch(LabelIdx depth) {
  Label& label = LabelAt(depth);
  if (label.kind == Label::kFunction) return BuildReturn(static_cast<uint32_t>(f_.type->results.size()));
  PinForLabel(label);
  const EdgeId edge = MakeEdge(&label, true);
  EndBlock(NewNode(NodeKind::kBranch, Opcode::kBr), edge);
}

void Builder::BranchIf(Node node, LabelIdx depth) {
  Label& label = LabelAt(depth);
  PinForLabel(label);
  const EdgeId taken = MakeEdge(&label, false);
  const EdgeId other = NewEdge();
  f_.edges[other].to = static_cast<BlockId>(f_.blocks.size());
  EndBlock(node, taken);
  StartBlock(false);
}

void Builder::BuildBranchIf() {
  const Operand condition = Pop();
  if (condition.is_const()) {
    if (condition.bits != 0) BuildBranch(instr_.index);
    return;
  }
  Node node = NewNode(NodeKind::kBranchIf, Opcode::kBrIf);
  TakeCondition(condition, false, 0, &node);
  BranchIf(node, instr_.index);
}

void Builder::BuildBranchOnNull() {
  const Operand value = Pop();
  if (value.is_const()) return BuildBranch(instr_.index);  // ref.null
  Node node = NewNode(NodeKind::kBranchIf, Opcode::kBrOnNull);
  node.in[0] = value;
  node.in[1] = Operand::OfConst(ValType::kI64, 0);
  node.condition = Opcode::kI64Eq;
  BranchIf(node, instr_.index);
  if (value.vreg() < f_.local_count) {
    PushLocal(value.vreg());
  } else {
    Push(value);
  }
}

void Builder::BuildBranchOnNonNull() {
  const Operand value = Peek(0);
  if (value.is_const()) {
    Pop();
    return;
  }
  Node node = NewNode(NodeKind::kBranchIf, Opcode::kBrOnNonNull);
  node.in[0] = value;
  node.in[1] = Operand::OfConst(ValType::kI64, 0);
  node.condition = Opcode::kI64Ne;
  const Label& label = LabelAt(instr_.index);
  if (Arity(label).size() > kMaxNarrow) {
    PinForLabel(label);
    node.in[0] = Peek(0);
  }
  BranchIf(node, instr_.index);
  Pop();
}

void Builder::BuildBranchTable() {
  const Operand index = Pop();
  const absl::Span<const LabelIdx> depths = instr_.labels;
  if (index.is_const()) return BuildBranch(depths[std::min<uint64_t>(index.bits, depths.size() - 1)]);
  PinForLabel(LabelAt(depths.back()));
  Node node = NewNode(NodeKind::kBranchTable, Opcode::kBrTable);
  node.in[0] = index;
  node.first = static_cast<uint32_t>(f_.targets.size());
  node.count = static_cast<uint32_t>(depths.size());
  const EdgeId first_edge = static_cast<EdgeId>(f_.edges.size());
  ++tables_;
  for (LabelIdx depth : depths) {
    Label& label = LabelAt(depth);
    if (label.table != tables_) {
      label.table = tables_;
      label.table_edge = MakeEdge(&label, false);
    }
    f_.targets.push_back(label.table_edge);
  }
  EndBlock(node, first_edge);
}

void Builder::BuildReturn(uint32_t count) {
  Node node = NewNode(NodeKind::kReturn, Opcode::kReturn);
  node.first = static_cast<uint32_t>(f_.operands.size());
  node.count = count;
  for (uint32_t i = count; i-- > 0;) f_.operands.push_back(Peek(i));
  EndBlock(node, static_cast<EdgeId>(f_.edges.size()));
}

void Builder::BuildCall(bool is_tail) {
  const Opcode opcode = instr_.opcode;
  const bool is_direct = opcode == Opcode::kCall || opcode == Opcode::kReturnCall;
  Node node = NewNode(is_tail ? NodeKind::kReturnCall : NodeKind::kCall, opcode);
  node.index = instr_.index;
  node.index2 = instr_.index2;
  if (!is_direct) node.in[0] = Pop();
  const FuncType& type = is_direct ? module_.TypeOfFunction(instr_.index) : module_.types[instr_.index].func;
  node.first = static_cast<uint32_t>(f_.operands.size());
  node.count = static_cast<uint32_t>(type.params.size());
  for (uint32_t i = node.count; i-- > 0;) f_.operands.push_back(Peek(i));
  Truncate(static_cast<uint32_t>(stack_.size()) - node.count);
  node.height = top_height_;
  if (is_tail) return EndBlock(node, static_cast<EdgeId>(f_.edges.size()));
  node.first_result = static_cast<uint32_t>(f_.results.size());
  node.result_count = static_cast<uint32_t>(type.results.size());
  MayThrow(&node);
  uint32_t height = top_height_;
  for (ValType result : type.results) {
    const ValType::Kind kind = result.kind();
    f_.results.push_back(node.result_count > kMaxNarrow ? PinnedAt(height, kind)
                                                        : NewVReg(VRegKind::kTemp, kind, height));
    height += SlotsOf(kind);
  }
  Emit(node);
  for (uint32_t i = 0; i < node.result_count; ++i) {
    const VReg result = f_.results[node.first_result + i];
    Push(Operand::OfVReg(result, f_.vregs[result].type));
  }
}

}  // namespace umiak::ir
