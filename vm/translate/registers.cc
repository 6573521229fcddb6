#include "vm/translate/registers.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"

namespace umiak::ir {

Placement::Placement(const Function& function, const Liveness& liveness, RegisterCounts counts)
    : function_(function), liveness_(liveness), allocation_(Allocate(function, liveness, counts)) {
  entry_of_.assign(function.vregs.size(), kNoEntry);
  for (const Allocation::Entry& entry : allocation_.loops[0]) {
    entry_of_[entry.vreg] = static_cast<uint8_t>(&entry - allocation_.loops[0].data());
  }
  AssignHomes();
  FindPlaces();
  FindSaves();
  // Validity is asked for where registers are saved, or go to slots between loops.
  if (!saves_.empty() || function.loops.size() > 1) FindValidSlots();
}

uint32_t Placement::FindEntry(LoopId loop, VReg v) const {
  const std::vector<Allocation::Entry>& entries = allocation_.loops[loop];
  const auto it = std::lower_bound(entries.begin(), entries.end(), v,
                                   [](const Allocation::Entry& entry, VReg vreg) { return entry.vreg < vreg; });
  return it == entries.end() || it->vreg != v ? kNone : static_cast<uint32_t>(it - entries.begin());
}

void Placement::EnterLoop(LoopId loop) const {
  if (loop == entered_) return;
  for (const Allocation::Entry& entry : allocation_.loops[entered_]) entry_of_[entry.vreg] = kNoEntry;
  uint8_t number = 0;
  for (const Allocation::Entry& entry : allocation_.loops[loop]) entry_of_[entry.vreg] = number++;
  entered_ = loop;
}

// --- Slots ---

void Placement::WeighLocals(std::vector<float>* weights) const {
  for (BlockId b = 0; b < function_.blocks.size(); ++b) {
    const Block& block = function_.blocks[b];
    const float weight = std::max(WeightOf(function_, block), 0.01f);
    const auto use = [&](VReg v) {
      if (v < function_.local_count) (*weights)[v] += weight;
    };
    for (const uint32_t reference : liveness_.references().Of(b)) {
      if (References::KindOf(reference) != References::kNode) use(References::VRegOf(reference));
    }
    for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
      for (const Assignment& assignment : function_.Assignments(function_.edges[edge])) {
        if (assignment.from.is_vreg()) use(assignment.from.vreg());
      }
    }
  }
}

void Placement::AssignHomes() {
  home_.assign(function_.vregs.size(), 0);
  std::vector<float> weights(function_.local_count, 0);
  if (function_.local_count != function_.param_count) WeighLocals(&weights);
  uint32_t slot = 0;
  for (VReg v = 0; v < function_.param_count; ++v) {
    home_[v] = slot;
    slot += SlotsOf(function_.vregs[v].type);
  }
  // Results and the arguments of tail calls, up to kMaxNarrow of either, go to the first slots while scratch is in use.
  scratch_base_ = std::max(slot, LeavesThroughSlots() ? 2 * kMaxNarrow : 0);
  slot = scratch_base_ + kScratchSlots;
  std::vector<VReg> locals;
  for (VReg v = function_.param_count; v < function_.local_count; ++v) {
    home_[v] = scratch_base_;
    if (weights[v] > 0) locals.push_back(v);
  }
  std::sort(locals.begin(), locals.end(),
            [&](VReg a, VReg b) { return weights[a] != weights[b] ? weights[a] > weights[b] : a < b; });
  for (VReg v : locals) {
    home_[v] = slot;
    slot += SlotsOf(function_.vregs[v].type);
  }
  operand_base_ = slot;
  for (VReg v = function_.local_count; v < function_.vregs.size(); ++v) {
    home_[v] = operand_base_ + function_.vregs[v].height;
  }
  uint32_t results = 0;
  for (ValType type : function_.type->results) results += SlotsOf(type.kind());
  frame_slots_ = std::max(operand_base_ + function_.operand_slots, results);
}

void Placement::FindPlaces() {
  places_.resize(function_.vregs.size());
  for (VReg v = 0; v < function_.vregs.size(); ++v) {
    const VRegInfo& info = function_.vregs[v];
    const Bank bank = BankOf(info.type);
    places_[v] = {Location::kSlot, bank, home_[v]};
    if (liveness_.GlobalOf(v) != kNone) continue;
    if (info.def_node != kNone && function_.nodes[info.def_node].fused) {
      places_[v] = {Location::kNowhere, bank, 0};
    } else if (const uint8_t reg = allocation_.temps[v]; reg != kMaxRegisters) {
      places_[v] = {Location::kRegister, bank, reg};
    }
  }
}

bool Placement::LeavesThroughSlots() const {
  if (function_.type->results.size() > 1) return true;
  for (const Block& block : function_.blocks) {
    if (function_.Terminator(block).kind == NodeKind::kReturnCall) return true;
  }
  return false;
}

// --- Calls ---

void Placement::FindSaves() {
  for (BlockId b = 0; b < function_.blocks.size(); ++b) {
    if (liveness_.references().HasKill(b) && !allocation_.loops[function_.blocks[b].loop].empty()) FindSavesIn(b);
  }
}

void Placement::FindSavesIn(BlockId b) {
  const Block& block = function_.blocks[b];
  const std::vector<Allocation::Entry>& entries = allocation_.loops[block.loop];
  EnterLoop(block.loop);
  uint64_t live = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (liveness_.IsLiveOut(b, liveness_.GlobalOf(entries[i].vreg))) live |= uint64_t{1} << i;
  }
  NodeId id = block.end - 1;
  const absl::Span<const uint32_t> references = liveness_.references().Of(b);
  for (size_t r = references.size(); r-- > 0;) {
    const uint32_t reference = references[r];
    if (References::KindOf(reference) != References::kNode) {
      const uint8_t entry = entry_of_[References::VRegOf(reference)];
      if (entry == kNoEntry) continue;
      const uint64_t bit = uint64_t{1} << entry;
      live = References::KindOf(reference) == References::kDef ? live & ~bit : live | bit;
      continue;
    }
    if (References::KillsRegisters(reference)) {
      const RegionId region = function_.nodes[id].region;
      const uint64_t after = live;
      for (size_t i = 0; region != kNone && i < entries.size(); ++i) {
        if (liveness_.IsLiveAtThrow(region, liveness_.GlobalOf(entries[i].vreg))) live |= uint64_t{1} << i;
      }
      if (live != 0) AddSaves(id, b, live, after);
    }
    --id;
  }
}

// Saves the loop's registers in `live`; those in `after` are reloaded.
void Placement::AddSaves(NodeId id, BlockId b, uint64_t live, uint64_t after) {
  if (saves_at_.empty()) saves_at_.resize(function_.nodes.size());
  const std::vector<Allocation::Entry>& entries = allocation_.loops[function_.blocks[b].loop];
  const uint32_t first = static_cast<uint32_t>(saves_.size());
  for (uint64_t left = live; left != 0; left &= left - 1) {
    const int i = std::countr_zero(left);
    const VReg v = entries[static_cast<size_t>(i)].vreg;
    saves_.push_back({v, At(v, b), HomeOf(v), function_.vregs[v].type, true, (after >> i & 1) != 0});
  }
  saves_at_[id] = {first, static_cast<uint32_t>(saves_.size()) - first};
}

// --- Which slots hold the value of a register ---

// Validity of the entries of one loop as that of another's: what has no register there is in its slot.
uint64_t Placement::Mapped(uint64_t valid, LoopId from, LoopId to) const {
  const std::vector<Allocation::Entry>& old = allocation_.loops[from];
  const std::vector<Allocation::Entry>& entries = allocation_.loops[to];
  uint64_t mapped = 0;
  size_t j = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    while (j < old.size() && old[j].vreg < entries[i].vreg) ++j;
    const bool had_register = j < old.size() && old[j].vreg == entries[i].vreg;
    if (!had_register || (valid >> j & 1) != 0) mapped |= uint64_t{1} << i;
  }
  return mapped;
}

// At the block's start, from what its predecessors end with.
uint64_t Placement::ValidIn(BlockId b) const {
  const Block& block = function_.blocks[b];
  const std::vector<Allocation::Entry>& entries = allocation_.loops[block.loop];
  if (entries.empty() || !are_valid_slots_known_) return 0;
  uint64_t valid = ~uint64_t{0};
  if (block.landing_of != kNone) return valid;
  if (b == 0) {  // params come in slots; zeros are made in registers
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].vreg >= function_.param_count) valid &= ~(uint64_t{1} << i);
    }
  }
  for (EdgeId id : function_.Preds(block)) {
    const Edge& edge = function_.edges[id];
    const LoopId loop = function_.blocks[edge.from].loop;
    uint64_t from = valid_out_[edge.from];
    if (loop != block.loop) from = Mapped(from, loop, block.loop);
    if (edge.assignment_count != 0) {
      for (const Assignment& assignment : function_.Assignments(edge)) {
        if (const uint32_t entry = EntryOf(block.loop, assignment.to); entry != kNone) from &= ~(uint64_t{1} << entry);
      }
    }
    valid &= from;
  }
  return valid;
}

void Placement::FindValidSlots() {
  const BlockId count = static_cast<BlockId>(function_.blocks.size());
  // What a block does to validity: its last definition makes a slot stale, its last save makes it valid.
  std::vector<uint64_t> stale(count, 0), saved(count, 0);
  for (BlockId b = 0; b < count; ++b) {
    const Block& block = function_.blocks[b];
    const std::vector<Allocation::Entry>& entries = allocation_.loops[block.loop];
    for (size_t i = 0; i < entries.size(); ++i) {
      if (liveness_.IsWritten(b, liveness_.GlobalOf(entries[i].vreg))) stale[b] |= uint64_t{1} << i;
    }
    if (saves_.empty() || entries.empty() || !liveness_.references().HasKill(b)) continue;
    EnterLoop(block.loop);
    NodeId id = block.first;
    for (const uint32_t reference : liveness_.references().Of(b)) {
      if (References::KindOf(reference) == References::kNode) {
        if (References::KillsRegisters(reference)) {
          for (const CallSave& save : SavesAt(id)) saved[b] |= uint64_t{1} << entry_of_[save.vreg];
        }
        ++id;
      } else if (References::KindOf(reference) == References::kDef) {
        const uint8_t entry = entry_of_[References::VRegOf(reference)];
        if (entry != kNoEntry) saved[b] &= ~(uint64_t{1} << entry);
      }
    }
  }
  valid_in_.assign(count, 0);
  valid_out_.assign(count, ~uint64_t{0});  // means nothing where there are no registers
  std::vector<bool> is_due(count, true);  // a predecessor has changed since
  constexpr int kMaxPasses = 16;
  for (int pass = 0; pass <= kMaxPasses; ++pass) {
    // Not settled yet: nothing is taken for granted then, and one more pass settles it.
    if (pass == kMaxPasses) are_valid_slots_known_ = false;
    bool changed = false;
    for (BlockId b = 0; b < count; ++b) {
      const Block& block = function_.blocks[b];
      if (allocation_.loops[block.loop].empty() || (!is_due[b] && are_valid_slots_known_)) continue;
      is_due[b] = false;
      EnterLoop(block.loop);
      valid_in_[b] = ValidIn(b);
      const uint64_t out = (valid_in_[b] & ~stale[b]) | saved[b];
      if (out == valid_out_[b]) continue;
      changed = true;
      valid_out_[b] = out;
      for (EdgeId edge = block.first_edge; edge < block.first_edge + block.edge_count; ++edge) {
        is_due[function_.edges[edge].to] = true;
      }
    }
    if (!changed || function_.loops.size() == 1) break;  // without loops all edges lead forward
  }
  for (BlockId b = 0; b < count; ++b) {
    if (liveness_.references().HasKill(b) && !allocation_.loops[function_.blocks[b].loop].empty()) {
      MarkStores(b, valid_in_[b]);
    }
  }
}

void Placement::MarkStores(BlockId b, uint64_t valid) {
  if (saves_.empty()) return;
  const Block& block = function_.blocks[b];
  EnterLoop(block.loop);
  NodeId id = block.first;
  for (const uint32_t reference : liveness_.references().Of(b)) {
    if (References::KindOf(reference) == References::kNode) {
      for (CallSave& save : absl::MakeSpan(saves_).subspan(saves_at_[id].first, saves_at_[id].count)) {
        const uint64_t bit = uint64_t{1} << entry_of_[save.vreg];
        save.store = (valid & bit) == 0;
        valid |= bit;
      }
      ++id;
    } else if (References::KindOf(reference) == References::kDef) {
      const uint8_t entry = entry_of_[References::VRegOf(reference)];
      if (entry != kNoEntry) valid &= ~(uint64_t{1} << entry);
    }
  }
}

// --- Transfers ---

void Placement::EntryTransfers(std::vector<Transfer>* out) const {
  for (VReg v = 0; v < function_.local_count; ++v) {
    const VRegInfo& info = function_.vregs[v];
    const uint32_t global = liveness_.GlobalOf(v);
    const bool is_live = liveness_.is_known() ? global != kNone && liveness_.IsLiveIn(0, global) : info.uses != 0;
    if (!is_live) continue;
    const Location to = At(v, 0);
    if (v >= function_.param_count) {
      out->push_back({{}, Operand::OfConst(info.type, 0), to, info.type, v});
    } else if (to.is_register()) {
      out->push_back({HomeOf(v), {}, to, info.type, v});
    }
  }
}

void Placement::EdgeTransfers(EdgeId id, std::vector<Transfer>* out) const {
  const Edge& edge = function_.edges[id];
  const absl::Span<const Assignment> assignments = function_.Assignments(edge);
  for (const Assignment& assignment : assignments) {
    const VReg v = assignment.to;
    const VRegInfo& info = function_.vregs[v];
    const uint32_t global = liveness_.GlobalOf(v);
    if (info.uses == 0 || (global != kNone && !liveness_.IsLiveIn(edge.to, global))) continue;
    const Location to = At(v, edge.to);
    if (!assignment.from.is_vreg()) {
      out->push_back({{}, assignment.from, to, info.type, v});
    } else if (const Location from = At(assignment.from.vreg(), edge.from); from != to) {
      out->push_back({from, {}, to, info.type, v});
    }
  }
  const LoopId from_loop = function_.blocks[edge.from].loop;
  const LoopId to_loop = function_.blocks[edge.to].loop;
  if (from_loop == to_loop) return;
  const auto transfer = [&](VReg v) {
    if (!liveness_.IsLiveIn(edge.to, liveness_.GlobalOf(v))) return;
    for (const Assignment& assignment : assignments) {
      if (assignment.to == v) return;
    }
    const Location from = At(v, edge.from);
    const Location to = At(v, edge.to);
    if (from == to) return;
    if (to.is_slot() && (valid_out_[edge.from] >> EntryOf(from_loop, v) & 1) != 0) return;
    out->push_back({from, {}, to, function_.vregs[v].type, v});
  };
  for (const Allocation::Entry& entry : allocation_.loops[from_loop]) transfer(entry.vreg);
  for (const Allocation::Entry& entry : allocation_.loops[to_loop]) {
    if (EntryOf(from_loop, entry.vreg) == kNone) transfer(entry.vreg);
  }
}

void Placement::LandingTransfers(BlockId block, std::vector<Transfer>* out) const {
  for (const Allocation::Entry& entry : allocation_.loops[function_.blocks[block].loop]) {
    if (!liveness_.IsLiveIn(block, liveness_.GlobalOf(entry.vreg))) continue;
    out->push_back({HomeOf(entry.vreg), {}, At(entry.vreg, block), function_.vregs[entry.vreg].type, entry.vreg});
  }
}

std::string ToString(const Function& function, const Placement& placement) {
  const auto name = [](Location location) {
    if (location.is_slot()) return absl::StrCat("s", location.index);
    if (!location.is_register()) return std::string("-");
    return absl::StrCat(location.bank == Bank::kInt ? "r" : "f", location.index);
  };
  std::string text;
  for (LoopId loop = 0; loop < function.loops.size(); ++loop) {
    absl::StrAppend(&text, "loop ", loop, ":");
    const BlockId header = loop == 0 ? 0 : function.loops[loop].header;
    for (VReg v = 0; v < function.vregs.size(); ++v) {
      const VRegInfo& info = function.vregs[v];
      const bool is_global = info.kind != VRegKind::kTemp || info.crosses_blocks;
      if (!is_global || info.kind == VRegKind::kPinned) continue;
      const Location location = placement.At(v, header);
      if (location.is_register()) absl::StrAppend(&text, " v", v, "=", name(location));
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, "temps:");
  for (const Block& block : function.blocks) {
    for (NodeId id = block.first; id < block.end; ++id) {
      ForEachDef(function, function.nodes[id], [&](VReg v) {
        const VRegInfo& info = function.vregs[v];
        if (info.kind != VRegKind::kTemp || info.crosses_blocks) return;
        absl::StrAppend(&text, " v", v, "=", name(placement.At(v, 0)));
      });
    }
  }
  absl::StrAppend(&text, "\n");
  return text;
}

}  // namespace umiak::ir
