#include "vm/translate/allocate.h"

#include <algorithm>
#include <cmath>

namespace umiak::ir {
namespace {

// A set of points, tested and filled by ranges.
class PointSet {
 public:
  explicit PointSet(size_t size) : words_(size / 64 + 1, 0) {}
  bool HasNone(uint32_t begin, uint32_t end) const {  // inclusive
    for (uint32_t w = begin / 64; w <= end / 64; ++w) {
      if ((words_[w] & MaskIn(w, begin, end)) != 0) return false;
    }
    return true;
  }
  void Add(uint32_t begin, uint32_t end) {
    for (uint32_t w = begin / 64; w <= end / 64; ++w) words_[w] |= MaskIn(w, begin, end);
  }

 private:
  static uint64_t MaskIn(uint32_t word, uint32_t begin, uint32_t end) {
    uint64_t mask = ~uint64_t{0};
    if (word == begin / 64) mask &= ~uint64_t{0} << (begin % 64);
    if (word == end / 64) mask &= ~uint64_t{0} >> (63 - end % 64);
    return mask;
  }
  std::vector<uint64_t> words_;
};

struct Interval {
  uint32_t begin;
  uint32_t end;  // inclusive
};

// What it costs to move a value between slot and register, in units of what one use in a register saves.
constexpr float kTransferCost = 1.5f;
// A parameter lies in its slot: filling a register at the top level, for uses that run once, is a cell of its own.
constexpr float kFillCost = 3.0f;
// Around a call: reloading, and storing before where the value has changed.
// PERF: 2 and 3, and 0.5 below, made fib take 1.18 times as long and left larger programs as they were.
constexpr float kReloadCost = 2.5f;
constexpr float kSaveCost = 4.0f;
// What the definition of a temporary in a register saves.
constexpr float kTempDefinition = 1.0f;
constexpr uint32_t kMaxCandidates = 48;  // vregs that cross blocks considered per loop and bank

class Allocator {
 public:
  Allocator(const Function& function, const Liveness& liveness, RegisterCounts counts)
      : f_(function), live_(liveness), counts_(counts) {
    const size_t points = f_.nodes.size() + f_.blocks.size();
    for (auto& bank : occupied_) bank.assign(kMaxRegisters, PointSet(points));
    result_.temps.assign(f_.vregs.size(), kMaxRegisters);
    result_.loops.resize(f_.loops.size());
    temp_end_.assign(f_.vregs.size(), kNone);
    hint_.assign(f_.vregs.size(), kNone);
    candidate_of_.assign(live_.globals().size(), kNone);
    weight_.assign(live_.globals().size(), -1);
    children_.resize(f_.loops.size());
    for (LoopId loop = 1; loop < f_.loops.size(); ++loop) children_[f_.loops[loop].parent].push_back(loop);
  }

  Allocation Run() {
    FindHints();
    std::vector<LoopId> order(f_.loops.size());
    for (LoopId loop = 0; loop < order.size(); ++loop) order[loop] = loop;
    std::sort(order.begin(), order.end(), [&](LoopId a, LoopId b) {
      return f_.loops[a].depth != f_.loops[b].depth ? f_.loops[a].depth > f_.loops[b].depth : a < b;
    });
    for (LoopId loop : order) PlaceLoop(loop);
    for (auto& entries : result_.loops) {
      std::sort(entries.begin(), entries.end(),
                [](const Allocation::Entry& a, const Allocation::Entry& b) { return a.vreg < b.vreg; });
    }
    return std::move(result_);
  }

 private:
  // A vreg that crosses blocks, in the loop at hand.
  struct Candidate {
    VReg vreg;
    uint32_t global;
    float benefit;
    bool is_set = false;
    bool is_live_at_exit = false;
    float crossings = 0;     // weight of calls it lives across
    uint32_t live_end = kNone;
    std::vector<Interval> intervals;
  };
  struct Item {
    float density;
    VReg vreg;
    uint32_t candidate;  // or kNone: a temporary with one interval
    Interval interval;
  };

  uint32_t PointOf(BlockId block, uint32_t nodes_before) const {
    return f_.blocks[block].first + block + nodes_before;
  }
  float WeightOfLoop(LoopId loop) const { return WeightOf(f_, f_.blocks[f_.loops[loop].header]); }
  size_t BankIndex(VReg v) const { return static_cast<size_t>(BankOf(f_.vregs[v].type)); }
  uint32_t GlobalOf(const Operand& operand) const {
    return operand.is_vreg() ? live_.GlobalOf(operand.vreg()) : kNone;
  }
  uint8_t RegisterIn(LoopId loop, VReg v) const {
    for (const Allocation::Entry& entry : result_.loops[loop]) {
      if (entry.vreg == v) return entry.reg;
    }
    return kMaxRegisters;
  }

  void FindHints();
  void PlaceLoop(LoopId loop);
  void CountUses(LoopId loop);
  void AddWeight(uint32_t global, float weight);
  void ChooseCandidates(LoopId loop);
  void ScanBlock(BlockId block);
  void EndTemp(VReg v, BlockId block, uint32_t def, uint32_t nearest_call, float weight);
  void WeighCandidates(LoopId loop);
  void Assign(LoopId loop, const Item& item);
  bool IsFree(size_t bank, uint8_t reg, absl::Span<const Interval> intervals) const;
  void Spread(LoopId loop, VReg v, uint8_t reg, int levels);
  bool FindIntervals(LoopId loop, uint32_t global, VReg v, std::vector<Interval>* intervals) const;

  const Function& f_;
  const Liveness& live_;
  const RegisterCounts counts_;
  Allocation result_;
  std::vector<PointSet> occupied_[kBankCount];
  std::vector<std::vector<LoopId>> children_;
  std::vector<uint32_t> temp_end_;       // per vreg: nodes before its last use in the block at hand
  std::vector<VReg> hint_;               // per vreg: one that it is moved to or from
  std::vector<uint32_t> candidate_of_;   // per global: its candidate, or kNone
  std::vector<float> weight_;            // per global: use weight in the loop at hand; < 0: not seen
  std::vector<uint32_t> seen_;
  std::vector<Candidate> candidates_;
  std::vector<Item> items_;
};

void Allocator::FindHints() {
  for (const Node& node : f_.nodes) {
    if (node.kind == NodeKind::kMove && node.in[0].is_vreg()) {
      hint_[node.result] = node.in[0].vreg();
      hint_[node.in[0].vreg()] = node.result;
    }
  }
  for (const Assignment& assignment : f_.assignments) {
    if (!assignment.from.is_vreg()) continue;
    hint_[assignment.to] = assignment.from.vreg();
    hint_[assignment.from.vreg()] = assignment.to;
  }
}

void Allocator::AddWeight(uint32_t global, float weight) {
  if (global == kNone) return;
  if (weight_[global] < 0) {
    weight_[global] = 0;
    seen_.push_back(global);
  }
  weight_[global] += weight;
}

void Allocator::CountUses(LoopId loop) {
  for (BlockId b : f_.loops[loop].blocks) {
    const Block& block = f_.blocks[b];
    const float weight = WeightOf(f_, block);
    for (NodeId id = block.first; id < block.end; ++id) {
      ForEachUse(f_, f_.nodes[id], [&](const Operand& operand) { AddWeight(GlobalOf(operand), weight); });
      ForEachDef(f_, f_.nodes[id], [&](VReg v) { AddWeight(live_.GlobalOf(v), weight); });
    }
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      for (const Assignment& assignment : f_.Assignments(f_.edges[edge])) {
        AddWeight(GlobalOf(assignment.from), weight);
        if (f_.blocks[f_.edges[edge].to].loop == loop) AddWeight(live_.GlobalOf(assignment.to), weight);
      }
    }
    for (EdgeId edge : f_.Preds(block)) {
      if (f_.blocks[f_.edges[edge].from].loop == loop) continue;
      for (const Assignment& assignment : f_.Assignments(f_.edges[edge])) {
        AddWeight(live_.GlobalOf(assignment.to), weight);
      }
    }
  }
  for (LoopId child : children_[loop]) {
    for (const Allocation::Entry& entry : result_.loops[child]) AddWeight(live_.GlobalOf(entry.vreg), 0);
  }
}

void Allocator::ChooseCandidates(LoopId loop) {
  candidates_.clear();
  CountUses(loop);
  std::sort(seen_.begin(), seen_.end(), [&](uint32_t a, uint32_t b) {
    return weight_[a] != weight_[b] ? weight_[a] > weight_[b] : a < b;
  });
  uint32_t counts[kBankCount] = {};
  for (uint32_t global : seen_) {
    const VReg v = live_.globals()[global];
    if (counts[BankIndex(v)]++ < kMaxCandidates) {
      candidate_of_[global] = static_cast<uint32_t>(candidates_.size());
      Candidate candidate;
      candidate.vreg = v;
      candidate.global = global;
      candidate.benefit = weight_[global];
      candidates_.push_back(std::move(candidate));
    }
    weight_[global] = -1;
  }
  seen_.clear();
}

void Allocator::EndTemp(VReg v, BlockId block, uint32_t def, uint32_t nearest_call, float weight) {
  const VRegInfo& info = f_.vregs[v];
  if (info.kind != VRegKind::kTemp || info.crosses_blocks) return;
  const uint32_t end = temp_end_[v] == kNone ? def + 1 : std::max(temp_end_[v], def + 1);
  if (nearest_call < end) return;  // lives across a call: its slot is as good
  const float benefit = (static_cast<float>(info.uses) + kTempDefinition) * std::max(weight, 0.01f);
  const float span = static_cast<float>(end - def);
  items_.push_back({benefit / std::sqrt(span), v, kNone, {PointOf(block, def + 1), PointOf(block, end)}});
}

void Allocator::ScanBlock(BlockId b) {
  const Block& block = f_.blocks[b];
  const float weight = WeightOf(f_, block);
  const uint32_t size = block.end - block.first;
  for (Candidate& candidate : candidates_) {
    if (live_.IsLiveOut(b, candidate.global)) candidate.live_end = size;
  }
  for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
    for (const Assignment& assignment : f_.Assignments(f_.edges[edge])) {
      if (assignment.from.is_vreg()) temp_end_[assignment.from.vreg()] = size;
    }
  }
  uint32_t nearest_call = kNone;
  uint32_t reader = size - 1;  // of the operands of fused nodes
  for (uint32_t k = size; k-- > 0;) {
    const Node& node = f_.nodes[block.first + k];
    ForEachDef(f_, node, [&](VReg v) {
      if (node.fused) return;
      const uint32_t global = live_.GlobalOf(v);
      if (global == kNone) return EndTemp(v, b, k, nearest_call, weight);
      if (candidate_of_[global] == kNone) return;
      Candidate& candidate = candidates_[candidate_of_[global]];
      candidate.is_set = true;
      const uint32_t end = candidate.live_end == kNone ? k + 1 : candidate.live_end;
      candidate.intervals.push_back({PointOf(b, k + 1), PointOf(b, end)});
      candidate.live_end = kNone;
    });
    if (node.kills_registers()) {
      nearest_call = k;
      for (Candidate& candidate : candidates_) {
        if (candidate.live_end != kNone) {
          candidate.crossings += weight;
        } else if (node.region != kNone && live_.is_known() && live_.IsLiveAtThrow(node.region, candidate.global)) {
          // Read by whoever catches, from its slot: stored, but not loaded again.
          candidate.crossings += weight / 2;
          candidate.live_end = k;
        }
      }
    }
    if (!node.fused) reader = k;
    ForEachUse(f_, node, [&](const Operand& operand) {
      if (!operand.is_vreg()) return;
      const uint32_t global = live_.GlobalOf(operand.vreg());
      if (global == kNone) {
        if (temp_end_[operand.vreg()] == kNone) temp_end_[operand.vreg()] = reader;
      } else if (candidate_of_[global] != kNone) {
        Candidate& candidate = candidates_[candidate_of_[global]];
        if (candidate.live_end == kNone) candidate.live_end = reader;
      }
    });
  }
  for (Candidate& candidate : candidates_) {
    if (candidate.live_end == kNone) continue;
    candidate.intervals.push_back({PointOf(b, 0), PointOf(b, candidate.live_end)});
    candidate.live_end = kNone;
  }
}

void Allocator::WeighCandidates(LoopId loop) {
  const Loop& info = f_.loops[loop];
  const float own = loop == 0 ? 1 : WeightOfLoop(loop);
  const float outer = loop == 0 ? 1 : info.parent == 0 ? 1 : WeightOfLoop(info.parent);
  for (BlockId b : info.blocks) {
    const Block& block = f_.blocks[b];
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      const BlockId to = f_.edges[edge].to;
      const LoopId there = f_.blocks[to].loop;
      if (there == loop || f_.loops[there].parent == loop || f_.blocks[to].is_cold) continue;
      for (Candidate& candidate : candidates_) {
        if (live_.IsLiveIn(to, candidate.global)) candidate.is_live_at_exit = true;
      }
    }
  }
  for (uint32_t i = 0; i < candidates_.size(); ++i) {
    Candidate& candidate = candidates_[i];
    if (candidate.intervals.empty()) continue;
    float benefit = candidate.benefit;
    const bool is_param = candidate.vreg < f_.param_count;
    if (live_.IsLiveIn(info.header, candidate.global) && (loop != 0 || is_param)) {
      benefit -= loop == 0 ? kFillCost : kTransferCost * outer;
    }
    if (candidate.is_live_at_exit && candidate.is_set) benefit -= kTransferCost * outer;
    for (LoopId child : children_[loop]) {
      if (!live_.IsLiveIn(f_.loops[child].header, candidate.global)) continue;
      const float around_child = kTransferCost * own * (candidate.is_set ? 2 : 1);  // to its slot, and back
      benefit += RegisterIn(child, candidate.vreg) != kMaxRegisters ? own : -around_child;
    }
    benefit -= candidate.crossings * (candidate.is_set ? kSaveCost : kReloadCost);
    if (benefit <= 0) continue;
    uint32_t span = 0;
    for (const Interval& interval : candidate.intervals) span += interval.end - interval.begin + 1;
    items_.push_back({benefit / std::sqrt(static_cast<float>(span)), candidate.vreg, i, {}});
  }
}

bool Allocator::IsFree(size_t bank, uint8_t reg, absl::Span<const Interval> intervals) const {
  return std::all_of(intervals.begin(), intervals.end(), [&](const Interval& interval) {
    return occupied_[bank][reg].HasNone(interval.begin, interval.end);
  });
}

void Allocator::Assign(LoopId loop, const Item& item) {
  const bool is_temp = item.candidate == kNone;
  if (!is_temp && result_.loops[loop].size() >= Allocation::kMaxEntries) return;
  const absl::Span<const Interval> intervals = is_temp ? absl::MakeConstSpan(&item.interval, 1)
                                                       : absl::MakeConstSpan(candidates_[item.candidate].intervals);
  const size_t bank = BankIndex(item.vreg);
  const uint32_t count = counts_.per_bank[bank];
  // Preferred: what the value is moved to or from, what an inner loop has it in, for a call's result the first.
  uint8_t preferred = kMaxRegisters;
  const VReg partner = hint_[item.vreg];
  if (partner != kNone && BankIndex(partner) == bank) {
    preferred = live_.GlobalOf(partner) == kNone ? result_.temps[partner] : RegisterIn(loop, partner);
  }
  if (is_temp && f_.nodes[f_.vregs[item.vreg].def_node].kind == NodeKind::kCall) preferred = 0;
  int penalty[kMaxRegisters] = {};
  if (!is_temp) {
    const uint32_t global = candidates_[item.candidate].global;
    for (LoopId child : children_[loop]) {
      if (!live_.IsLiveIn(f_.loops[child].header, global)) continue;
      if (const uint8_t inside = RegisterIn(child, item.vreg); inside != kMaxRegisters) {
        --penalty[inside];
        continue;
      }
      const uint32_t point = PointOf(f_.loops[child].header, 0);
      for (uint8_t r = 0; r < count; ++r) penalty[r] += occupied_[bank][r].HasNone(point, point) ? 0 : 1;
    }
  }
  uint8_t best = kMaxRegisters;
  for (uint8_t i = 0; i < count; ++i) {
    // Temporaries gather in the low registers, where results of calls and of rare operations are.
    const uint8_t r = static_cast<uint8_t>(is_temp ? i : count - 1 - i);
    if (!IsFree(bank, r, intervals)) continue;
    if (r == preferred && penalty[r] <= 0) {
      best = r;
      break;
    }
    if (best == kMaxRegisters || penalty[r] < penalty[best]) best = r;
  }
  if (best == kMaxRegisters) return;
  for (const Interval& interval : intervals) occupied_[bank][best].Add(interval.begin, interval.end);
  if (is_temp) {
    result_.temps[item.vreg] = best;
  } else {
    result_.loops[loop].push_back({item.vreg, best});
  }
}

void Allocator::PlaceLoop(LoopId loop) {
  items_.clear();
  ChooseCandidates(loop);
  for (BlockId block : f_.loops[loop].blocks) ScanBlock(block);
  WeighCandidates(loop);
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
    return a.density != b.density ? a.density > b.density : a.vreg < b.vreg;
  });
  for (const Item& item : items_) Assign(loop, item);
  for (const Candidate& candidate : candidates_) candidate_of_[candidate.global] = kNone;
  // A value keeps its register through inner loops that leave it free.
  constexpr int kLevels = 4;
  for (size_t i = 0; i < result_.loops[loop].size(); ++i) {
    const Allocation::Entry entry = result_.loops[loop][i];
    for (LoopId child : children_[loop]) Spread(child, entry.vreg, entry.reg, kLevels);
  }
}

bool Allocator::FindIntervals(LoopId loop, uint32_t global, VReg v, std::vector<Interval>* intervals) const {
  constexpr uint32_t kMaxNodes = 2000;
  uint32_t nodes = 0;
  for (BlockId b : f_.loops[loop].blocks) {
    const Block& block = f_.blocks[b];
    const uint32_t size = block.end - block.first;
    if ((nodes += size) > kMaxNodes) return false;
    uint32_t end = live_.IsLiveOut(b, global) ? size : kNone;
    uint32_t reader = size - 1;
    for (uint32_t k = size; k-- > 0;) {
      const Node& node = f_.nodes[block.first + k];
      ForEachDef(f_, node, [&](VReg def) {
        if (def != v) return;
        intervals->push_back({PointOf(b, k + 1), PointOf(b, end == kNone ? k + 1 : end)});
        end = kNone;
      });
      if (node.kills_registers() && end != kNone) return false;
      if (node.region != kNone && live_.IsLiveAtThrow(node.region, global)) return false;
      if (!node.fused) reader = k;
      ForEachUse(f_, node, [&](const Operand& operand) {
        if (operand.Is(v) && end == kNone) end = reader;
      });
    }
    if (end != kNone) intervals->push_back({PointOf(b, 0), PointOf(b, end)});
  }
  return true;
}

void Allocator::Spread(LoopId loop, VReg v, uint8_t reg, int levels) {
  const uint32_t global = live_.GlobalOf(v);
  if (levels == 0 || !live_.IsLiveIn(f_.loops[loop].header, global)) return;
  if (RegisterIn(loop, v) != kMaxRegisters || result_.loops[loop].size() >= Allocation::kMaxEntries) return;
  const size_t bank = BankIndex(v);
  // PERF: most registers are taken in most inner loops; one point tells.
  const uint32_t point = PointOf(f_.loops[loop].header, 0);
  if (!occupied_[bank][reg].HasNone(point, point)) return;
  std::vector<Interval> intervals;
  if (!FindIntervals(loop, global, v, &intervals) || !IsFree(bank, reg, intervals)) return;
  for (const Interval& interval : intervals) occupied_[bank][reg].Add(interval.begin, interval.end);
  result_.loops[loop].push_back({v, reg});
  for (LoopId child : children_[loop]) Spread(child, v, reg, levels - 1);
}

}  // namespace

Allocation Allocate(const Function& function, const Liveness& liveness, RegisterCounts counts) {
  return Allocator(function, liveness, counts).Run();
}

}  // namespace umiak::ir
