#include "vm/translate/builder.h"

#include <algorithm>

#include "umiak/error.h"
#include "vm/translate/builder_impl.h"
#include "vm/translate/flow.h"

namespace umiak::ir {

LocalWrites::LocalWrites(const Module& module, CodeSpan body) {
  InstructionReader reader(module.bytes(), body);
  Instruction instr;
  std::vector<uint32_t> open;
  while (reader.Read(&instr)) {
    switch (instr.opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
      case Opcode::kTry:
      case Opcode::kTryTable:
        open.push_back(instr.offset);
        break;
      case Opcode::kEnd:
      case Opcode::kDelegate:
        if (!open.empty()) {
          ends_[open.back()] = instr.offset;
          open.pop_back();
        }
        break;
      case Opcode::kLocalSet:
      case Opcode::kLocalTee:
        writes_.push_back(static_cast<uint64_t>(instr.index) << 32 | instr.offset);
        break;
      default:
        break;
    }
  }
  std::sort(writes_.begin(), writes_.end());
}

bool LocalWrites::Writes(uint32_t offset, LocalIdx local) const {
  const auto end = ends_.find(offset);
  const uint64_t key = static_cast<uint64_t>(local) << 32;
  const auto write = std::lower_bound(writes_.begin(), writes_.end(), key | offset);
  return write != writes_.end() && *write < (key | (end == ends_.end() ? kNone : end->second));
}

Builder::Builder(const Module& module, FuncIdx index)
    : module_(module), reader_(module.bytes(), module.functions[index].body) {
  const umiak::Function& function = module.functions[index];
  f_.module = &module;
  f_.index = index;
  f_.type = &module.TypeOfFunction(index);
  f_.param_count = static_cast<uint32_t>(f_.type->params.size());
  for (ValType type : f_.type->params) NewVReg(VRegKind::kLocal, type.kind(), 0);
  for (const LocalRun& run : function.locals) {
    for (uint32_t i = 0; i < run.count; ++i) NewVReg(VRegKind::kLocal, run.type.kind(), 0);
  }
  f_.local_count = static_cast<uint32_t>(f_.vregs.size());
  pending_.assign(f_.local_count, kNone);
  // As compilers write it, a node takes four bytes of the body.
  const size_t size = function.body.end - function.body.begin;
  f_.nodes.reserve(size / 4 + 8);
  f_.vregs.reserve(f_.local_count + size / 6 + 8);
  f_.blocks.reserve(size / 20 + 8);
  f_.edges.reserve(size / 16 + 8);
  f_.operands.reserve(size / 16 + 8);
  stack_.reserve(32);
  labels_.reserve(16);
}

// PERF: half of the instructions only name an operand. True: it was one of these.
bool Builder::StepOperand() {
  switch (instr_.opcode) {
    case Opcode::kLocalGet: PushLocal(instr_.index); break;
    case Opcode::kI32Const: Push(Operand::OfConst(ValType::kI32, static_cast<uint32_t>(instr_.bits))); break;
    case Opcode::kI64Const: Push(Operand::OfConst(ValType::kI64, instr_.bits)); break;
    case Opcode::kF32Const: Push(Operand::OfConst(ValType::kF32, static_cast<uint32_t>(instr_.bits))); break;
    case Opcode::kF64Const: Push(Operand::OfConst(ValType::kF64, instr_.bits)); break;
    case Opcode::kRefNull: Push(Operand::OfConst(ValType::kRef, 0)); break;
    default: return false;
  }
  ++f_.blocks.back().instructions;
  return true;
}

absl::StatusOr<Function> Builder::Build() {
  StartBlock(false);
  labels_.emplace_back();
  labels_.back().kind = Label::kFunction;
  while (reader_.Read(&instr_)) {
    if (reachable_ && StepOperand()) continue;
    RETURN_IF_ERROR(Step());
    if (labels_.empty()) break;
  }
  if (!reader_.ok() || !labels_.empty()) {
    return MakeError(ErrorKind::kLimit, "function body cannot be read again", "");
  }
  Finish();
  return std::move(f_);
}

// --- The symbolic stack ---

void Builder::Truncate(uint32_t size) {
  while (stack_.size() > size) Pop();
}

VReg Builder::NewVReg(VRegKind kind, ValType::Kind type, uint32_t height) {
  VRegInfo info;
  info.kind = kind;
  info.type = type;
  info.height = height;
  f_.vregs.push_back(info);
  return static_cast<VReg>(f_.vregs.size() - 1);
}

VReg Builder::PinnedAt(uint32_t height, ValType::Kind type) {
  auto [it, is_new] = pinned_.try_emplace(static_cast<uint64_t>(height) << 8 | type, kNone);
  if (is_new) it->second = NewVReg(VRegKind::kPinned, type, height);
  f_.operand_slots = std::max(f_.operand_slots, height + SlotsOf(type));
  return it->second;
}

void Builder::PinTop(uint32_t n) {
  if (n == 0 || stack_.back().run >= n) return;
  const size_t begin = stack_.size() - n;
  for (size_t i = stack_.size(); i-- > begin;) {  // downwards: each is at the top of its chain then
    const Operand value = stack_[i].value;
    if (value.is_vreg() && value.vreg() < f_.local_count) CopyPendingAt(static_cast<uint32_t>(i));
  }
  for (size_t i = begin; i < stack_.size(); ++i) {
    const Operand value = stack_[i].value;
    if (!value.is_vreg() || f_.vregs[value.vreg()].kind != VRegKind::kPinned) {
      const VReg pinned = PinnedAt(stack_[i].height, value.type);
      const Operand now = stack_[i].value;
      if (!Retarget(now, pinned)) EmitMove(pinned, now);
      stack_[i].value = Operand::OfVReg(pinned, value.type);
    }
    stack_[i].run = (i > 0 ? stack_[i - 1].run : 0) + 1;
  }
}

void Builder::CopyPendingAt(uint32_t position) {
  const Operand local = stack_[position].value;
  // Out of the chain of pending reads.
  uint32_t* link = &pending_[local.vreg()];
  while (*link != position) link = &stack_[*link].previous;
  *link = stack_[position].previous;
  const VReg copy = NewVReg(VRegKind::kTemp, local.type, stack_[position].height);
  EmitMove(copy, local);
  stack_[position].value = Operand::OfVReg(copy, local.type);
  stack_[position].previous = kNone;
}

void Builder::CopyPending(LocalIdx local) {
  while (pending_[local] != kNone) CopyPendingAt(pending_[local]);
}

void Builder::SettleLocals(uint32_t parameters) {
  // PERF: the topmost entries are asked about exactly; deeper ones, which sane code does not have, are copied
  // once, so that a deep stack below many blocks costs no more than its height.
  constexpr uint32_t kExact = 16;
  Label& around = labels_.back();
  const uint32_t end = static_cast<uint32_t>(stack_.size()) - parameters;
  const uint32_t exact = end > kExact ? end - kExact : 0;
  around.settled = std::min(around.settled, end);
  for (uint32_t i = end; i-- > around.settled;) {  // downwards: each is near the top of its chain then
    const Operand value = stack_[i].value;
    if (!value.is_vreg() || value.vreg() >= f_.local_count) continue;
    if (i >= exact) {
      if (!local_writes_) local_writes_.emplace(module_, module_.functions[f_.index].body);
      if (!local_writes_->Writes(instr_.offset, value.vreg())) continue;
    }
    CopyPendingAt(i);
  }
  around.settled = std::max(around.settled, exact);
}

// --- Nodes ---

NodeId Builder::Emit(const Node& node) {
  const NodeId id = static_cast<NodeId>(f_.nodes.size());
  ForEachUse(f_, node, [&](const Operand& operand) {
    if (operand.is_vreg()) ++f_.vregs[operand.vreg()].uses;
  });
  ForEachDef(f_, node, [&](VReg v) {
    ++f_.vregs[v].defs;
    f_.vregs[v].def_node = id;
  });
  f_.nodes.push_back(node);
  return id;
}

Node Builder::RemoveLast() {
  Node node = f_.nodes.back();
  ForEachUse(f_, node, [&](const Operand& operand) {
    if (operand.is_vreg()) --f_.vregs[operand.vreg()].uses;
  });
  ForEachDef(f_, node, [&](VReg v) { --f_.vregs[v].defs; });
  f_.nodes.pop_back();
  return node;
}

void Builder::EmitMove(VReg to, Operand from) {
  Node node = NewNode(NodeKind::kMove, Opcode::kNop);
  node.result = to;
  node.in[0] = from;
  Emit(node);
}

void Builder::EmitResult(Node& node, ValType::Kind type) {
  node.result = NewVReg(VRegKind::kTemp, type, top_height_);
  Emit(node);
  Push(Operand::OfVReg(node.result, type));
}

Node* Builder::LastProducerOf(const Operand& value) {
  if (!value.is_vreg() || f_.nodes.size() == f_.blocks.back().first) return nullptr;
  const VRegInfo& info = f_.vregs[value.vreg()];
  if (info.kind != VRegKind::kTemp || info.uses != 0 || info.def_node != f_.nodes.size() - 1) return nullptr;
  if (f_.nodes.back().kind == NodeKind::kCatch) return nullptr;  // stays at the front of its block
  return &f_.nodes.back();
}

bool Builder::ReadsOrWrites(const Node& node, VReg v) const {
  bool found = false;
  ForEachUse(f_, node, [&](const Operand& operand) { found = found || operand.Is(v); });
  ForEachDef(f_, node, [&](VReg def) { found = found || def == v; });
  return found;
}

bool Builder::Retarget(const Operand& value, VReg to) {
  constexpr size_t kWindow = 6;  // nodes after the producer that may be passed
  if (!value.is_vreg()) return false;
  const VReg from = value.vreg();
  const VRegInfo& info = f_.vregs[from];
  if (info.kind != VRegKind::kTemp || info.uses != 0 || info.defs != 1) return false;
  const NodeId producer = info.def_node;
  if (producer < f_.blocks.back().first || f_.nodes.size() - producer > kWindow) return false;
  if (f_.nodes[producer].kind == NodeKind::kCatch) return false;
  for (size_t i = producer + 1; i < f_.nodes.size(); ++i) {
    if (f_.nodes[i].kind == NodeKind::kCall && f_.nodes[i].count > kMaxNarrow) return false;
    if (f_.nodes[i].region != kNone) return false;  // who catches what it throws may see the old value
    if (ReadsOrWrites(f_.nodes[i], to)) return false;
  }
  Node& node = f_.nodes[producer];
  if (node.kind == NodeKind::kCall) {
    if (node.result_count > kMaxNarrow) return false;
    auto results = absl::MakeSpan(f_.results).subspan(node.first_result, node.result_count);
    if (std::find(results.begin(), results.end(), to) != results.end()) return false;
    std::replace(results.begin(), results.end(), from, to);
  } else if (node.second_result != kNone) {
    if (node.result == to || node.second_result == to) return false;
    (node.result == from ? node.result : node.second_result) = to;
  } else {
    node.result = to;
  }
  ++f_.vregs[to].defs;
  f_.vregs[from].defs = 0;
  f_.vregs[from].def_node = kNone;
  if (from + 1 == f_.vregs.size()) f_.vregs.pop_back();
  return true;
}

void Builder::StartBlock(bool is_loop_header) {
  Block block;
  block.first = block.end = static_cast<NodeId>(f_.nodes.size());
  block.is_loop_header = is_loop_header;
  f_.blocks.push_back(block);
  reachable_ = true;
}

void Builder::EndBlock(const Node& terminator, EdgeId first_edge) {
  Emit(terminator);
  Block& block = f_.blocks.back();
  block.end = static_cast<NodeId>(f_.nodes.size());
  block.first_edge = first_edge;
  block.edge_count = static_cast<uint32_t>(f_.edges.size()) - first_edge;
  reachable_ = false;
}

// Counted again, without what has been taken back. The definition of a temporary stands before its uses.
void Builder::CountUsesAndDefs() {
  for (VRegInfo& info : f_.vregs) {
    info.uses = info.defs = 0;
    info.def_node = kNone;
  }
  for (const Block& block : f_.blocks) {
    const auto count_use = [&](const Operand& operand) {
      if (!operand.is_vreg()) return;
      VRegInfo& info = f_.vregs[operand.vreg()];
      ++info.uses;
      if (info.kind == VRegKind::kTemp && (info.def_node < block.first || info.def_node == kNone)) {
        info.crosses_blocks = true;
      }
    };
    for (NodeId id = block.first; id < block.end; ++id) {
      ForEachUse(f_, f_.nodes[id], count_use);
      ForEachDef(f_, f_.nodes[id], [&](VReg v) {
        ++f_.vregs[v].defs;
        f_.vregs[v].def_node = id;
      });
    }
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      for (const Assignment& assignment : f_.Assignments(f_.edges[edge])) {
        count_use(assignment.from);
        ++f_.vregs[assignment.to].defs;
      }
    }
  }
}

void Builder::Finish() {
  CountUsesAndDefs();
  for (const Edge& edge : f_.edges) ++f_.blocks[edge.to].pred_count;
  uint32_t first = 0;
  for (Block& block : f_.blocks) {
    block.first_pred = first;
    first += block.pred_count;
    block.pred_count = 0;
  }
  f_.preds.resize(first);
  for (EdgeId edge = 0; edge < f_.edges.size(); ++edge) {
    Block& to = f_.blocks[f_.edges[edge].to];
    f_.preds[to.first_pred + to.pred_count++] = edge;
  }
  FindLoops(&f_);
}

absl::StatusOr<Function> BuildFunction(const Module& module, FuncIdx function) {
  return Builder(module, function).Build();
}

}  // namespace umiak::ir
