#include "vm/translate/allocate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace umiak::ir {
namespace {

// Sets of points, tested and filled by ranges.
class PointSets {
 public:
  PointSets(size_t count, size_t points) : words_(points / 64 + 1), bits_(count * words_, 0) {}
  bool HasNone(size_t set, uint32_t begin, uint32_t end) const {  // inclusive
    const uint64_t* words = bits_.data() + set * words_;
    for (uint32_t w = begin / 64; w <= end / 64; ++w) {
      if ((words[w] & MaskIn(w, begin, end)) != 0) return false;
    }
    return true;
  }
  void Add(size_t set, uint32_t begin, uint32_t end) {
    uint64_t* words = bits_.data() + set * words_;
    for (uint32_t w = begin / 64; w <= end / 64; ++w) words[w] |= MaskIn(w, begin, end);
  }

 private:
  static uint64_t MaskIn(uint32_t word, uint32_t begin, uint32_t end) {
    uint64_t mask = ~uint64_t{0};
    if (word == begin / 64) mask &= ~uint64_t{0} << (begin % 64);
    if (word == end / 64) mask &= ~uint64_t{0} >> (63 - end % 64);
    return mask;
  }
  size_t words_;  // of a set
  std::vector<uint64_t> bits_;
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

// Calls f(number) for each bit that is set.
template <class F>
void ForEachBit(uint64_t bits, F f) {
  for (; bits != 0; bits &= bits - 1) f(static_cast<uint32_t>(std::countr_zero(bits)));
}

class Allocator {
 public:
  Allocator(const Function& function, const Liveness& liveness, RegisterCounts counts)
      : f_(function),
        live_(liveness),
        counts_(counts),
        occupied_(counts.per_bank[0] + counts.per_bank[1], f_.nodes.size() + f_.blocks.size()) {
    result_.temps.assign(f_.vregs.size(), kMaxRegisters);
    result_.loops.resize(f_.loops.size());
    temp_end_.assign(f_.vregs.size(), kNone);
    hint_.assign(f_.vregs.size(), kNone);
    candidate_of_.assign(live_.globals().size(), kNone);
    weight_.assign(live_.globals().size(), -1);
    seen_.reserve(64);
    candidates_.reserve(32);
    chained_.reserve(128);
    items_.reserve(f_.nodes.size() / 2 + 32);
    first_child_.assign(f_.loops.size(), kNone);
    next_child_.assign(f_.loops.size(), kNone);
    for (LoopId loop = static_cast<LoopId>(f_.loops.size()); loop-- > 1;) {
      next_child_[loop] = std::exchange(first_child_[f_.loops[loop].parent], loop);
    }
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
    uint32_t word = 0;       // in candidate_words_
    uint32_t live_end = kNone;       // in the block at hand, if it is live and not to the block's end
    uint32_t through_from = 0;       // the first point of the blocks that it is live all through
    uint32_t last_interval = kNone;  // in chained_
    uint32_t span = 0;               // points in its intervals
  };
  struct ChainedInterval {
    Interval interval;
    uint32_t next;  // of the same candidate, or kNone
  };
  // Which globals are candidates, by words of a bitset of globals, and what is known about them.
  struct CandidateWord {
    size_t word;
    uint64_t globals;
    uint64_t at_exit = 0;
    uint64_t live = 0;     // in the block at hand, at the point at hand
    uint64_t touched = 0;  // those whose life begins or ends in the block
    uint64_t through = 0;  // those live all through the blocks before that follow each other
  };
  struct Item {
    // PERF: in the order of serving: the densest first, then by vreg. Densities are positive, so that their bits are in
    // the order of their values.
    static uint64_t KeyOf(float density, VReg vreg) {
      return uint64_t{~std::bit_cast<uint32_t>(density)} << 32 | vreg;
    }
    VReg vreg() const { return static_cast<VReg>(key); }

    uint64_t key;
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
  void EndThrough(CandidateWord* word, uint64_t ending);
  void EndBlock(BlockId block);
  void EndTemp(VReg v, BlockId block, uint32_t def, uint32_t nearest_call, float weight);
  void FindLiveAtExit(LoopId loop);
  void WeighCandidates(LoopId loop);
  uint8_t HintedRegister(LoopId loop, VReg v) const;
  void AssignTemp(LoopId loop, const Item& item);
  void Assign(LoopId loop, const Item& item);
  uint32_t SetOf(size_t bank, uint8_t reg) const { return (bank == 0 ? 0 : counts_.per_bank[0]) + reg; }
  bool IsFree(size_t bank, uint8_t reg, const Item& item) const;
  void Occupy(size_t bank, uint8_t reg, const Item& item);
  void AddInterval(Candidate* candidate, uint32_t begin, uint32_t end);
  template <class F>
  void ForEachCandidateIn(size_t word, uint64_t globals, F f) {
    ForEachBit(globals, [&](uint32_t bit) { f(candidates_[candidate_of_[64 * word + bit]]); });
  }
  void Spread(LoopId loop, VReg v, uint8_t reg, int levels);
  bool FindIntervals(LoopId loop, uint32_t global, VReg v, std::vector<Interval>* intervals) const;

  const Function& f_;
  const Liveness& live_;
  const RegisterCounts counts_;
  Allocation result_;
  PointSets occupied_;                   // by SetOf
  std::vector<LoopId> first_child_;      // by ascending number
  std::vector<LoopId> next_child_;
  std::vector<uint32_t> temp_end_;       // per vreg: nodes before its last use in the block at hand
  std::vector<VReg> hint_;               // per vreg: one that it is moved to or from
  std::vector<uint32_t> candidate_of_;   // per global: its candidate, or kNone
  std::vector<float> weight_;            // per global: use weight in the loop at hand; < 0: not seen
  std::vector<uint32_t> seen_;
  std::vector<Candidate> candidates_;
  std::vector<CandidateWord> candidate_words_;
  uint32_t through_end_ = kNone;         // the last point of these blocks
  std::vector<ChainedInterval> chained_;
  std::vector<Interval> spread_;         // scratch memory
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
    for (const uint32_t reference : live_.references().Of(b)) {
      if (References::KindOf(reference) == References::kNode) continue;
      AddWeight(live_.GlobalOf(References::VRegOf(reference)), weight);
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
  for (LoopId child = first_child_[loop]; child != kNone; child = next_child_[child]) {
    for (const Allocation::Entry& entry : result_.loops[child]) AddWeight(live_.GlobalOf(entry.vreg), 0);
  }
}

void Allocator::ChooseCandidates(LoopId loop) {
  candidates_.clear();
  candidate_words_.clear();
  chained_.clear();
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
      candidates_.push_back(candidate);
      const size_t word = global / 64;
      auto it = candidate_words_.begin();
      while (it != candidate_words_.end() && it->word != word) ++it;
      if (it == candidate_words_.end()) it = candidate_words_.insert(it, {word, 0});
      it->globals |= uint64_t{1} << (global % 64);
      candidates_.back().word = static_cast<uint32_t>(it - candidate_words_.begin());
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
  items_.push_back(
      {Item::KeyOf(benefit / std::sqrt(span), v), kNone, {PointOf(block, def + 1), PointOf(block, end)}});
}

void Allocator::AddInterval(Candidate* candidate, uint32_t begin, uint32_t end) {
  chained_.push_back({{begin, end}, candidate->last_interval});
  candidate->last_interval = static_cast<uint32_t>(chained_.size() - 1);
  candidate->span += end - begin + 1;
}

// Ends the intervals of the candidates in `ending`, live all through the blocks up to the one before.
void Allocator::EndThrough(CandidateWord* word, uint64_t ending) {
  ForEachCandidateIn(word->word, ending,
                     [&](Candidate& candidate) { AddInterval(&candidate, candidate.through_from, through_end_); });
  word->through &= ~ending;
}

// At the end of a block, scanned from its end to its start. PERF: most candidates are live all through most blocks, of
// which several in a row are one interval.
void Allocator::EndBlock(BlockId b) {
  const uint32_t begin = PointOf(b, 0);
  for (CandidateWord& word : candidate_words_) {
    ForEachCandidateIn(word.word, word.live & word.touched, [&](Candidate& candidate) {
      AddInterval(&candidate, begin, candidate.live_end);
      candidate.live_end = kNone;
    });
    const uint64_t through = word.live & ~word.touched;
    EndThrough(&word, begin == through_end_ + 1 ? word.through & ~through : word.through);
    ForEachCandidateIn(word.word, through & ~word.through, [&](Candidate& candidate) { candidate.through_from = begin; });
    word.through = through;
  }
  through_end_ = PointOf(b, f_.blocks[b].end - f_.blocks[b].first);
}

void Allocator::ScanBlock(BlockId b) {
  const Block& block = f_.blocks[b];
  const float weight = WeightOf(f_, block);
  const uint32_t size = block.end - block.first;
  const uint32_t last_point = PointOf(b, size);
  const auto begin_life = [&](Candidate& candidate, uint32_t nodes_before) {
    CandidateWord& word = candidate_words_[candidate.word];
    const uint64_t bit = uint64_t{1} << (candidate.global % 64);
    if ((word.live & bit) != 0) return false;
    word.live |= bit;
    word.touched |= bit;
    candidate.live_end = PointOf(b, nodes_before);
    return true;
  };
  for (CandidateWord& word : candidate_words_) {
    word.live = live_.LiveOutWord(b, word.word) & word.globals;
    word.touched = 0;
  }
  for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
    for (const Assignment& assignment : f_.Assignments(f_.edges[edge])) {
      if (assignment.from.is_vreg()) temp_end_[assignment.from.vreg()] = size;
    }
  }
  uint32_t nearest_call = kNone;
  uint32_t reader = size - 1;  // of the operands of fused nodes
  uint32_t k = size - 1;       // the node at hand
  const absl::Span<const uint32_t> references = live_.references().Of(b);
  for (size_t i = references.size(); i-- > 0;) {
    const uint32_t reference = references[i];
    if (References::KindOf(reference) == References::kNode) {
      if (References::KillsRegisters(reference)) {
        nearest_call = k;
        for (const CandidateWord& word : candidate_words_) {
          ForEachCandidateIn(word.word, word.live, [&](Candidate& candidate) { candidate.crossings += weight; });
        }
      }
      if (References::HasRegion(reference) && live_.is_known()) {
        // Read by whoever catches, from its slot: stored, but not loaded again.
        const RegionId region = f_.nodes[block.first + k].region;
        for (Candidate& candidate : candidates_) {
          if (live_.IsLiveAtThrow(region, candidate.global) && begin_life(candidate, k)) candidate.crossings += weight / 2;
        }
      }
      if (!References::IsFused(reference)) reader = k;
      --k;
      continue;
    }
    const VReg v = References::VRegOf(reference);
    const uint32_t global = live_.GlobalOf(v);
    if (References::KindOf(reference) == References::kUse) {
      if (global == kNone) {
        if (temp_end_[v] == kNone) temp_end_[v] = reader;
      } else if (candidate_of_[global] != kNone) {
        begin_life(candidates_[candidate_of_[global]], reader);
      }
    } else if (global == kNone) {
      EndTemp(v, b, k, nearest_call, weight);
    } else if (const uint32_t number = candidate_of_[global]; number != kNone) {
      Candidate& candidate = candidates_[number];
      CandidateWord& word = candidate_words_[candidate.word];
      const uint64_t bit = uint64_t{1} << (candidate.global % 64);
      const uint32_t begin = PointOf(b, k + 1);
      candidate.is_set = true;
      AddInterval(&candidate, begin,
                  (word.live & bit) == 0 ? begin : (word.touched & bit) == 0 ? last_point : candidate.live_end);
      word.live &= ~bit;
      word.touched |= bit;
    }
  }
  EndBlock(b);
}

void Allocator::FindLiveAtExit(LoopId loop) {
  for (BlockId b : f_.loops[loop].blocks) {
    const Block& block = f_.blocks[b];
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      const BlockId to = f_.edges[edge].to;
      const LoopId there = f_.blocks[to].loop;
      if (there == loop || f_.loops[there].parent == loop || f_.blocks[to].is_cold) continue;
      for (CandidateWord& word : candidate_words_) word.at_exit |= live_.LiveInWord(to, word.word);
    }
  }
}

void Allocator::WeighCandidates(LoopId loop) {
  const Loop& info = f_.loops[loop];
  const float own = loop == 0 ? 1 : WeightOfLoop(loop);
  const float outer = loop == 0 ? 1 : info.parent == 0 ? 1 : WeightOfLoop(info.parent);
  FindLiveAtExit(loop);
  for (const CandidateWord& word : candidate_words_) {
    ForEachCandidateIn(word.word, live_.LiveInWord(info.header, word.word) & word.globals, [&](Candidate& candidate) {
      if (loop == 0 && candidate.vreg >= f_.param_count) return;
      candidate.benefit -= loop == 0 ? kFillCost : kTransferCost * outer;
    });
    ForEachCandidateIn(word.word, word.at_exit & word.globals, [&](Candidate& candidate) {
      if (candidate.is_set) candidate.benefit -= kTransferCost * outer;
    });
  }
  for (LoopId child = first_child_[loop]; child != kNone; child = next_child_[child]) {
    for (const CandidateWord& word : candidate_words_) {
      const uint64_t live = live_.LiveInWord(f_.loops[child].header, word.word) & word.globals;
      ForEachCandidateIn(word.word, live, [&](Candidate& candidate) {
        const float around_child = kTransferCost * own * (candidate.is_set ? 2 : 1);  // to its slot, and back
        candidate.benefit += RegisterIn(child, candidate.vreg) != kMaxRegisters ? own : -around_child;
      });
    }
  }
  for (uint32_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    if (candidate.last_interval == kNone) continue;
    const float benefit = candidate.benefit - candidate.crossings * (candidate.is_set ? kSaveCost : kReloadCost);
    if (benefit <= 0) continue;
    items_.push_back({Item::KeyOf(benefit / std::sqrt(static_cast<float>(candidate.span)), candidate.vreg), i, {}});
  }
}

// Whether the register is free wherever the item lives.
bool Allocator::IsFree(size_t bank, uint8_t reg, const Item& item) const {
  const uint32_t set = SetOf(bank, reg);
  if (item.candidate == kNone) return occupied_.HasNone(set, item.interval.begin, item.interval.end);
  for (uint32_t i = candidates_[item.candidate].last_interval; i != kNone; i = chained_[i].next) {
    if (!occupied_.HasNone(set, chained_[i].interval.begin, chained_[i].interval.end)) return false;
  }
  return true;
}

void Allocator::Occupy(size_t bank, uint8_t reg, const Item& item) {
  const uint32_t set = SetOf(bank, reg);
  if (item.candidate == kNone) return occupied_.Add(set, item.interval.begin, item.interval.end);
  for (uint32_t i = candidates_[item.candidate].last_interval; i != kNone; i = chained_[i].next) {
    occupied_.Add(set, chained_[i].interval.begin, chained_[i].interval.end);
  }
}

// What the value is moved to or from has this register, or kMaxRegisters.
uint8_t Allocator::HintedRegister(LoopId loop, VReg v) const {
  const VReg partner = hint_[v];
  if (partner == kNone || BankIndex(partner) != BankIndex(v)) return kMaxRegisters;
  return live_.GlobalOf(partner) == kNone ? result_.temps[partner] : RegisterIn(loop, partner);
}

// The preferred register, for a call's result the first; else the lowest that is free: temporaries gather in the low
// registers, where results of calls and of rare operations are.
void Allocator::AssignTemp(LoopId loop, const Item& item) {
  const VReg v = item.vreg();
  const size_t bank = BankIndex(v);
  const uint8_t count = static_cast<uint8_t>(counts_.per_bank[bank]);
  const bool is_result = f_.nodes[f_.vregs[v].def_node].kind == NodeKind::kCall;
  uint8_t best = is_result ? 0 : HintedRegister(loop, v);
  if (best >= count || !IsFree(bank, best, item)) {
    for (best = 0; best < count && !IsFree(bank, best, item); ++best) {}
  }
  if (best >= count) return;
  Occupy(bank, best, item);
  result_.temps[v] = best;
}

// A register that costs the least around inner loops: the preferred one if it costs nothing.
void Allocator::Assign(LoopId loop, const Item& item) {
  if (result_.loops[loop].size() >= Allocation::kMaxEntries) return;
  const VReg v = item.vreg();
  const size_t bank = BankIndex(v);
  const uint32_t count = counts_.per_bank[bank];
  const uint8_t preferred = HintedRegister(loop, v);
  int penalty[kMaxRegisters] = {};
  const uint32_t global = candidates_[item.candidate].global;
  for (LoopId child = first_child_[loop]; child != kNone; child = next_child_[child]) {
    if (!live_.IsLiveIn(f_.loops[child].header, global)) continue;
    if (const uint8_t inside = RegisterIn(child, v); inside != kMaxRegisters) {
      --penalty[inside];
      continue;
    }
    const uint32_t point = PointOf(f_.loops[child].header, 0);
    for (uint8_t r = 0; r < count; ++r) penalty[r] += occupied_.HasNone(SetOf(bank, r), point, point) ? 0 : 1;
  }
  uint8_t best = kMaxRegisters;
  for (uint8_t i = 0; i < count; ++i) {
    const uint8_t r = static_cast<uint8_t>(count - 1 - i);
    // PERF: what would not be chosen need not be looked at.
    const bool is_preferred = r == preferred && penalty[r] <= 0;
    if (!is_preferred && best != kMaxRegisters && penalty[r] >= penalty[best]) continue;
    if (!IsFree(bank, r, item)) continue;
    best = r;
    if (is_preferred) break;
  }
  if (best == kMaxRegisters) return;
  Occupy(bank, best, item);
  result_.loops[loop].push_back({v, best});
}

void Allocator::PlaceLoop(LoopId loop) {
  items_.clear();
  ChooseCandidates(loop);
  for (BlockId block : f_.loops[loop].blocks) ScanBlock(block);
  for (CandidateWord& word : candidate_words_) EndThrough(&word, word.through);
  WeighCandidates(loop);
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.key < b.key; });
  for (const Item& item : items_) {
    if (item.candidate == kNone) {
      AssignTemp(loop, item);
    } else {
      Assign(loop, item);
    }
  }
  for (const Candidate& candidate : candidates_) candidate_of_[candidate.global] = kNone;
  // A value keeps its register through inner loops that leave it free.
  constexpr int kLevels = 4;
  for (size_t i = 0; i < result_.loops[loop].size(); ++i) {
    const Allocation::Entry entry = result_.loops[loop][i];
    for (LoopId child = first_child_[loop]; child != kNone; child = next_child_[child]) {
      Spread(child, entry.vreg, entry.reg, kLevels);
    }
  }
}

// Where `v` lives in the loop's own blocks. False where it lives across a call, or the loop is large.
bool Allocator::FindIntervals(LoopId loop, uint32_t global, VReg v, std::vector<Interval>* intervals) const {
  constexpr uint32_t kMaxNodes = 2000;
  uint32_t nodes = 0;
  for (BlockId b : f_.loops[loop].blocks) {
    const Block& block = f_.blocks[b];
    const uint32_t size = block.end - block.first;
    if ((nodes += size) > kMaxNodes) return false;
    uint32_t end = live_.IsLiveOut(b, global) ? size : kNone;
    uint32_t reader = size - 1;
    uint32_t k = size - 1;
    const absl::Span<const uint32_t> references = live_.references().Of(b);
    for (size_t i = references.size(); i-- > 0;) {
      const uint32_t reference = references[i];
      if (References::KindOf(reference) == References::kNode) {
        if (References::KillsRegisters(reference) && end != kNone) return false;
        if (References::HasRegion(reference) && live_.IsLiveAtThrow(f_.nodes[block.first + k].region, global)) return false;
        if (!References::IsFused(reference)) reader = k;
        --k;
      } else if (References::VRegOf(reference) != v) {
        continue;
      } else if (References::KindOf(reference) == References::kUse) {
        if (end == kNone) end = reader;
      } else {
        intervals->push_back({PointOf(b, k + 1), PointOf(b, end == kNone ? k + 1 : end)});
        end = kNone;
      }
    }
    if (end != kNone) intervals->push_back({PointOf(b, 0), PointOf(b, end)});
  }
  return true;
}

void Allocator::Spread(LoopId loop, VReg v, uint8_t reg, int levels) {
  const uint32_t global = live_.GlobalOf(v);
  if (levels == 0 || !live_.IsLiveIn(f_.loops[loop].header, global)) return;
  if (RegisterIn(loop, v) != kMaxRegisters || result_.loops[loop].size() >= Allocation::kMaxEntries) return;
  const uint32_t set = SetOf(BankIndex(v), reg);
  // PERF: most registers are taken in most inner loops; one point tells.
  const uint32_t point = PointOf(f_.loops[loop].header, 0);
  if (!occupied_.HasNone(set, point, point)) return;
  spread_.clear();
  if (!FindIntervals(loop, global, v, &spread_)) return;
  for (const Interval& interval : spread_) {
    if (!occupied_.HasNone(set, interval.begin, interval.end)) return;
  }
  for (const Interval& interval : spread_) occupied_.Add(set, interval.begin, interval.end);
  result_.loops[loop].push_back({v, reg});
  for (LoopId child = first_child_[loop]; child != kNone; child = next_child_[child]) Spread(child, v, reg, levels - 1);
}

}  // namespace

Allocation Allocate(const Function& function, const Liveness& liveness, RegisterCounts counts) {
  return Allocator(function, liveness, counts).Run();
}

}  // namespace umiak::ir
