#include "vm/translate/flow.h"

#include <algorithm>

namespace umiak::ir {
namespace {

// Natural loops, innermost first; a union-find takes found loops together, so that no block is visited twice.
class LoopFinder {
 public:
  explicit LoopFinder(Function* function) : f_(*function), loop_of_(f_.blocks.size(), kNone) {}

  void Run() {
    if (!f_.regions.empty()) FindThrowers();
    work_.reserve(16);
    // Inner headers come after outer ones.
    for (BlockId b = static_cast<BlockId>(f_.blocks.size()); b-- > 0;) {
      if (f_.blocks[b].is_loop_header) FindLoop(b);
    }
    Number();
  }

 private:
  struct Found {
    BlockId header;
    uint32_t parent = kNone;
    uint32_t top = kNone;  // union-find: a loop around it, or itself
  };

  uint32_t Top(uint32_t loop) {
    while (found_[loop].top != loop) {
      found_[loop].top = found_[found_[loop].top].top;
      loop = found_[loop].top;
    }
    return loop;
  }

  void FindLoop(BlockId header) {
    const uint32_t loop = static_cast<uint32_t>(found_.size());
    work_.clear();
    for (EdgeId edge : f_.Preds(f_.blocks[header])) {
      if (f_.edges[edge].from >= header) work_.push_back(f_.edges[edge].from);
    }
    if (work_.empty()) return;
    found_.push_back({header, kNone, loop});
    loop_of_[header] = loop_of_[header] == kNone ? loop : loop_of_[header];
    while (!work_.empty()) {
      const BlockId block = work_.back();
      work_.pop_back();
      if (block == header) continue;
      if (loop_of_[block] == kNone) {
        loop_of_[block] = loop;
        PushPreds(block);
        continue;
      }
      const uint32_t top = Top(loop_of_[block]);
      if (top == loop) continue;
      found_[top].parent = found_[top].top = loop;
      PushPreds(found_[top].header);
    }
  }

  void PushPreds(BlockId block) {
    for (EdgeId edge : f_.Preds(f_.blocks[block])) {
      if (f_.edges[edge].from < block) work_.push_back(f_.edges[edge].from);
    }
    if (f_.blocks[block].landing_of != kNone) PushThrowers(f_.blocks[block].landing_of);
  }

  void FindThrowers() {
    regions_.resize(f_.regions.size());
    for (BlockId b = 0; b < f_.blocks.size(); ++b) {
      for (NodeId id = f_.blocks[b].first; id < f_.blocks[b].end; ++id) {
        if (f_.nodes[id].region != kNone) regions_[f_.nodes[id].region].throwers.push_back(b);
      }
    }
    for (RegionId r = static_cast<RegionId>(regions_.size()); r-- > 0;) {  // inner ones first
      Throwers& region = regions_[r];
      if (!region.throwers.empty()) region.any = region.throwers.front();
      const RegionId parent = f_.regions[r].parent;
      if (parent == kNone) continue;
      regions_[parent].inner.push_back(r);
      if (regions_[parent].any == kNone) regions_[parent].any = region.any;
    }
  }

  // The blocks whose exceptions get to the region's landing blocks. PERF: once all of them are in a loop, one stands
  // for them.
  void PushThrowers(RegionId region) {
    region_work_.assign(1, region);
    while (!region_work_.empty()) {
      Throwers& now = regions_[region_work_.back()];
      region_work_.pop_back();
      if (now.is_expanded) {
        if (now.any != kNone) work_.push_back(now.any);
        continue;
      }
      now.is_expanded = true;
      work_.insert(work_.end(), now.throwers.begin(), now.throwers.end());
      region_work_.insert(region_work_.end(), now.inner.begin(), now.inner.end());
    }
  }

  // Parents first: the reverse of the order of finding.
  void Number() {
    const uint32_t count = static_cast<uint32_t>(found_.size());
    f_.loops.assign(count + 1, Loop());
    for (uint32_t i = 0; i < count; ++i) {
      const Found& found = found_[count - 1 - i];
      Loop& loop = f_.loops[i + 1];
      loop.header = found.header;
      loop.parent = found.parent == kNone ? 0 : count - found.parent;
      loop.depth = f_.loops[loop.parent].depth + 1;
    }
    std::vector<uint32_t> sizes(count + 1, 0);
    for (BlockId b = 0; b < f_.blocks.size(); ++b) {
      f_.blocks[b].loop = loop_of_[b] == kNone ? 0 : count - loop_of_[b];
      ++sizes[f_.blocks[b].loop];
    }
    for (LoopId loop = 0; loop <= count; ++loop) f_.loops[loop].blocks.reserve(sizes[loop]);
    for (BlockId b = 0; b < f_.blocks.size(); ++b) f_.loops[f_.blocks[b].loop].blocks.push_back(b);
  }

  struct Throwers {
    std::vector<BlockId> throwers;
    std::vector<RegionId> inner;  // regions whose uncaught exceptions come here
    BlockId any = kNone;          // a thrower of this one or of one inside
    bool is_expanded = false;
  };

  Function& f_;
  std::vector<uint32_t> loop_of_;  // innermost, as index in found_
  std::vector<Found> found_;
  std::vector<BlockId> work_;
  std::vector<Throwers> regions_;
  std::vector<RegionId> region_work_;
};

void FindColdBlocks(Function* function) {
  for (BlockId b = static_cast<BlockId>(function->blocks.size()); b-- > 0;) {
    Block& block = function->blocks[b];
    const NodeKind kind = function->Terminator(block).kind;
    block.is_cold = kind == NodeKind::kUnreachable || kind == NodeKind::kThrow || block.edge_count != 0;
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      const BlockId to = function->edges[edge].to;
      if (to <= b || !function->blocks[to].is_cold) block.is_cold = false;
    }
  }
}

void FindExceptionalBlocks(Function* function) {
  if (function->regions.empty()) return;
  for (BlockId b = 0; b < function->blocks.size(); ++b) {
    Block& block = function->blocks[b];
    block.is_exceptional = block.landing_of != kNone || block.pred_count != 0;
    for (EdgeId edge : function->Preds(block)) {
      const BlockId from = function->edges[edge].from;
      if (from < b && !function->blocks[from].is_exceptional) block.is_exceptional = false;
    }
  }
}

}  // namespace

void FindLoops(Function* function) {
  LoopFinder(function).Run();
  FindColdBlocks(function);
  FindExceptionalBlocks(function);
}

float WeightOf(const Function& function, const Block& block) {
  constexpr uint32_t kMaxDepth = 10;
  if (block.is_cold) return 0;
  const float weight = static_cast<float>(uint64_t{1} << (3 * std::min(function.loops[block.loop].depth, kMaxDepth)));
  return block.is_exceptional ? weight / 64 : weight;
}

References::References(const Function& function) : has_kill_(function.blocks.size(), false) {
  constexpr size_t kMost = 7;  // of a node: four operands, itself, two results; beside arguments and lists of results
  rows_ = std::make_unique_for_overwrite<uint32_t[]>(kMost * function.nodes.size() + function.operands.size() +
                                                     function.results.size());
  starts_.reserve(function.blocks.size() + 1);
  uint32_t* to = rows_.get();
  for (BlockId b = 0; b < function.blocks.size(); ++b) {
    const Block& block = function.blocks[b];
    starts_.push_back(static_cast<uint32_t>(to - rows_.get()));
    for (NodeId id = block.first; id < block.end; ++id) {
      const Node& node = function.nodes[id];
      ForEachUse(function, node, [&](const Operand& operand) {
        if (operand.is_vreg()) *to++ = operand.vreg() << 2 | kUse;
      });
      const bool kills = node.kills_registers();
      if (kills) has_kill_[b] = true;
      *to++ = kNode | (node.fused ? kFused : 0) | (kills ? kKill : 0) | (node.region != kNone ? kRegion : 0);
      if (node.fused) continue;
      ForEachDef(function, node, [&](VReg v) { *to++ = v << 2 | kDef; });
    }
  }
  starts_.push_back(static_cast<uint32_t>(to - rows_.get()));
}

Liveness::Liveness(const Function& function, uint64_t max_bits, int max_passes) : references_(function) {
  FindGlobals(function);
  FindThrows(function);
  words_ = (globals_.size() + 63) / 64;
  const uint64_t sets = function.blocks.size() + throws_.size() + function.regions.size();
  is_known_ = static_cast<uint64_t>(words_) * 64 * sets <= max_bits;
  if (!is_known_) {
    globals_.clear();
    global_of_.assign(function.vregs.size(), kNone);
    return;
  }
  const size_t size = words_ * function.blocks.size();
  live_in_.assign(size, 0);
  live_out_.assign(size, 0);
  live_thrown_.assign(words_ * function.regions.size(), 0);
  FindReadsAndWrites(function);
  Solve(function, max_passes);
  CompleteThrown(function);
  reads_ = {};
  throws_ = {};
  written_ = {};
}

void Liveness::FindThrows(const Function& function) {
  if (function.regions.empty()) return;
  std::vector<BlockId> seen_in(function.regions.size(), kNone);
  for (BlockId b = 0; b < function.blocks.size(); ++b) {
    for (NodeId id = function.blocks[b].first; id < function.blocks[b].end; ++id) {
      const RegionId region = function.nodes[id].region;
      if (region == kNone || seen_in[region] == b) continue;
      seen_in[region] = b;
      throws_.push_back({b, region, id});
    }
  }
}

// What the landing blocks of a region need is in live_thrown_ when they have been updated in a pass; what those around
// it need is added when a block that throws into the region is: all landing blocks come after it.
void Liveness::UpdateThrown(const Function& function, RegionId region, int pass) {
  if (thrown_pass_[region] == pass) return;
  std::vector<RegionId> chain;
  for (RegionId r = region; r != kNone && thrown_pass_[r] != pass; r = function.regions[r].parent) chain.push_back(r);
  for (size_t i = chain.size(); i-- > 0;) {
    thrown_pass_[chain[i]] = pass;
    AddThrown(chain[i], function.regions[chain[i]].parent);
  }
}

void Liveness::AddThrown(RegionId to, RegionId from) {
  if (from == kNone) return;
  for (size_t w = 0; w < words_; ++w) live_thrown_[to * words_ + w] |= live_thrown_[from * words_ + w];
}

void Liveness::CompleteThrown(const Function& function) {
  for (BlockId b = 0; b < function.blocks.size(); ++b) AddLanding(function, b);
  for (RegionId r = 0; r < function.regions.size(); ++r) AddThrown(r, function.regions[r].parent);  // outer ones first
}

void Liveness::AddLanding(const Function& function, BlockId b) {
  const RegionId region = function.blocks[b].landing_of;
  if (region == kNone) return;
  for (size_t w = 0; w < words_; ++w) live_thrown_[region * words_ + w] |= live_in_[b * words_ + w];
}

void Liveness::FindGlobals(const Function& function) {
  global_of_.assign(function.vregs.size(), kNone);
  for (VReg v = 0; v < function.vregs.size(); ++v) {
    const VRegInfo& info = function.vregs[v];
    const bool crosses = info.kind == VRegKind::kLocal || info.kind == VRegKind::kMerge ||
                         (info.kind == VRegKind::kTemp && info.crosses_blocks);
    if (!crosses || info.uses == 0) continue;
    global_of_[v] = static_cast<uint32_t>(globals_.size());
    globals_.push_back(v);
  }
}

void Liveness::FindReadsAndWrites(const Function& function) {
  reads_.assign(live_in_.size(), 0);
  writes_.assign(live_in_.size(), 0);
  written_.assign(throws_.size() * words_, 0);
  size_t next_throw = 0;
  for (BlockId b = 0; b < function.blocks.size(); ++b) {
    uint64_t* reads = reads_.data() + b * words_;
    uint64_t* writes = writes_.data() + b * words_;
    NodeId id = function.blocks[b].first;
    for (const uint32_t reference : references_.Of(b)) {
      if (References::KindOf(reference) == References::kNode) {
        if (next_throw < throws_.size() && throws_[next_throw].node == id) {
          std::copy_n(writes, words_, written_.begin() + static_cast<ptrdiff_t>(next_throw * words_));
          ++next_throw;
        }
        ++id;
        continue;
      }
      const uint32_t g = global_of_[References::VRegOf(reference)];
      if (g == kNone) continue;
      const uint64_t bit = uint64_t{1} << (g % 64);
      if (References::KindOf(reference) == References::kDef) {
        writes[g / 64] |= bit;
      } else {
        reads[g / 64] |= bit & ~writes[g / 64];
      }
    }
  }
}

bool Liveness::UpdateBlock(const Function& function, BlockId b, int pass) {
  const Block& block = function.blocks[b];
  uint64_t* out = live_out_.data() + b * words_;
  uint64_t* in = live_in_.data() + b * words_;
  for (EdgeId id = block.first_edge; id < block.first_edge + block.edge_count; ++id) {
    const Edge& edge = function.edges[id];
    const uint64_t* next = live_in_.data() + edge.to * words_;
    if (edge.assignment_count == 0) {
      for (size_t w = 0; w < words_; ++w) out[w] |= next[w];
      continue;
    }
    // Few vregs are assigned: take them out of a copy of their words.
    uint64_t kept[kMaxNarrow];
    const absl::Span<const Assignment> assignments = function.Assignments(edge);
    for (size_t i = 0; i < assignments.size(); ++i) {
      const uint32_t g = global_of_[assignments[i].to];
      kept[i] = g == kNone ? 0 : out[g / 64] >> (g % 64) & 1;
    }
    for (size_t w = 0; w < words_; ++w) out[w] |= next[w];
    for (size_t i = 0; i < assignments.size(); ++i) {
      const uint32_t g = global_of_[assignments[i].to];
      if (g != kNone && kept[i] == 0) out[g / 64] &= ~(uint64_t{1} << (g % 64));
    }
    for (const Assignment& assignment : assignments) {
      const uint32_t g = assignment.from.is_vreg() ? global_of_[assignment.from.vreg()] : kNone;
      if (g != kNone) out[g / 64] |= uint64_t{1} << (g % 64);
    }
  }
  bool changed = false;
  const uint64_t* reads = reads_.data() + b * words_;
  const uint64_t* writes = writes_.data() + b * words_;
  for (size_t w = 0; w < words_; ++w) {
    const uint64_t now = (out[w] & ~writes[w]) | reads[w];
    changed = changed || (now & ~in[w]) != 0;
    in[w] |= now;
  }
  // Throws stand in the order of their blocks, and blocks come in descending order.
  while (next_throw_ != 0 && throws_[next_throw_ - 1].block == b) {
    --next_throw_;
    const RegionId region = throws_[next_throw_].region;
    UpdateThrown(function, region, pass);
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t now = live_thrown_[region * words_ + w] & ~written_[next_throw_ * words_ + w];
      changed = changed || (now & ~in[w]) != 0;
      in[w] |= now;
    }
  }
  AddLanding(function, b);
  return changed;
}

void Liveness::Solve(const Function& function, int max_passes) {
  // All edges but back edges lead forward: the first pass solves everything outside loops, and each further one
  // carries liveness around one more level of loops. Blocks in fewer loops are done by then, but that exceptions enter
  // loops elsewhere than at the header.
  uint32_t depth = 0;
  for (const Loop& loop : function.loops) depth = std::max(depth, loop.depth);
  const bool is_reducible = function.regions.empty();
  thrown_pass_.assign(function.regions.size(), -1);
  for (int pass = 0; pass < max_passes; ++pass) {
    bool changed = false;
    next_throw_ = throws_.size();
    for (BlockId b = static_cast<BlockId>(function.blocks.size()); b-- > 0;) {
      if (is_reducible && function.loops[function.blocks[b].loop].depth < static_cast<uint32_t>(pass)) continue;
      if (UpdateBlock(function, b, pass)) changed = true;
    }
    if (!changed || ((is_reducible || depth == 0) && static_cast<uint32_t>(pass) == depth)) return;
  }
  SpreadOverLoops(function);
}

void Liveness::SpreadOverLoops(const Function& function) {
  // Sound for any function, if coarse: what is live at a loop's header is taken to be live in all of the loop.
  // See Boissinot et al., "Fast Liveness Checking for SSA-Form Programs" and its loop forests.
  const auto add = [this](std::vector<uint64_t>& bits, BlockId block, BlockId header) {
    for (size_t w = 0; w < words_; ++w) bits[block * words_ + w] |= live_in_[header * words_ + w];
  };
  for (LoopId loop = 1; loop < function.loops.size(); ++loop) {
    const Loop& info = function.loops[loop];
    if (info.parent != 0) add(live_in_, info.header, function.loops[info.parent].header);
  }
  for (LoopId loop = 1; loop < function.loops.size(); ++loop) {
    for (BlockId block : function.loops[loop].blocks) {
      add(live_in_, block, function.loops[loop].header);
      add(live_out_, block, function.loops[loop].header);
    }
  }
}

}  // namespace umiak::ir
