// Control and data flow of a function in intermediate form: its loops, and where vregs are live.
//
// Both are linear in the size of the function for a fixed depth of loops; the bitsets of liveness are capped,
// beyond which nothing but temporaries inside a block gets a register.
#ifndef UMIAK_VM_TRANSLATE_FLOW_H_
#define UMIAK_VM_TRANSLATE_FLOW_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "vm/translate/ir.h"

namespace umiak::ir {

// Fills function->loops and the loop and is_cold fields of its blocks. The builder calls it.
void FindLoops(Function* function);

// How often a block runs, as far as its loops tell: 8^depth, capped; 0 for a cold one.
float WeightOf(const Function& function, const Block& block);

// What the nodes of a function read and write, as numbers in a row: passes over it touch a tenth of the memory that
// nodes take. Of each node first come the vregs that it reads, then the node itself, then the vregs that it writes; those
// of a fused node's result are left out, which has no place.
class References {
 public:
  enum Kind : uint32_t { kUse, kDef, kNode };

  explicit References(const Function& function);

  absl::Span<const uint32_t> Of(BlockId block) const {
    return {rows_.get() + starts_[block], starts_[block + 1] - starts_[block]};
  }
  // Whether a node of the block kills registers.
  bool HasKill(BlockId block) const { return has_kill_[block]; }

  static Kind KindOf(uint32_t reference) { return static_cast<Kind>(reference & 3); }
  static VReg VRegOf(uint32_t reference) { return reference >> 2; }  // REQUIRES: kUse or kDef; below: kNode
  static bool IsFused(uint32_t reference) { return (reference & kFused) != 0; }
  static bool KillsRegisters(uint32_t reference) { return (reference & kKill) != 0; }
  static bool HasRegion(uint32_t reference) { return (reference & kRegion) != 0; }

 private:
  static constexpr uint32_t kFused = 4, kKill = 8, kRegion = 16;

  std::unique_ptr<uint32_t[]> rows_;
  std::vector<uint32_t> starts_;  // per block, and the end
  std::vector<bool> has_kill_;
};

// Backward liveness of the vregs that cross blocks ("globals"): locals, merge values, and temporaries used in
// another block. Pinned vregs and temporaries of one block take no part.
class Liveness {
 public:
  // At most this many bits in one set of bitsets.
  static constexpr uint64_t kMaxBits = uint64_t{1} << 26;

  // Passes of the exact solution, one per level of loops, before a coarser one takes over.
  static constexpr int kMaxPasses = 12;

  explicit Liveness(const Function& function, uint64_t max_bits = kMaxBits, int max_passes = kMaxPasses);

  // False if the function is too large: then there are no globals here, and each lives in its slot.
  bool is_known() const { return is_known_; }
  // The number of a global, or kNone. Dense from 0.
  uint32_t GlobalOf(VReg v) const { return global_of_[v]; }
  const std::vector<VReg>& globals() const { return globals_; }
  const References& references() const { return references_; }

  // At the start of the block. REQUIRES: is_known() and `global` < globals().size(); so below.
  bool IsLiveIn(BlockId block, uint32_t global) const { return Test(live_in_, block, global); }
  // At the end of the block, after its terminator and before the assignments of any edge: read by these, or
  // live in a successor and not assigned.
  bool IsLiveOut(BlockId block, uint32_t global) const { return Test(live_out_, block, global); }
  // The same of 64 globals, a bit each, from number 64 * `word` on.
  uint64_t LiveInWord(BlockId block, size_t word) const { return live_in_[block * words_ + word]; }
  uint64_t LiveOutWord(BlockId block, size_t word) const { return live_out_[block * words_ + word]; }
  // Whether a node of the block writes it.
  bool IsWritten(BlockId block, uint32_t global) const { return Test(writes_, block, global); }
  // Where an exception thrown in the region may land.
  bool IsLiveAtThrow(RegionId region, uint32_t global) const { return Test(live_thrown_, region, global); }

 private:
  bool Test(const std::vector<uint64_t>& bits, BlockId block, uint32_t global) const {
    return (bits[static_cast<size_t>(block) * words_ + global / 64] >> (global % 64) & 1) != 0;
  }
  void FindGlobals(const Function& function);
  void FindReadsAndWrites(const Function& function);
  bool UpdateBlock(const Function& function, BlockId block, int pass);
  void FindThrows(const Function& function);
  void UpdateThrown(const Function& function, RegionId region, int pass);
  void AddThrown(RegionId to, RegionId from);
  void AddLanding(const Function& function, BlockId block);
  void CompleteThrown(const Function& function);
  void Solve(const Function& function, int max_passes);
  void SpreadOverLoops(const Function& function);

  const References references_;
  bool is_known_ = false;
  size_t words_ = 0;  // per block
  std::vector<uint32_t> global_of_;
  std::vector<VReg> globals_;
  std::vector<uint64_t> live_in_;
  std::vector<uint64_t> live_out_;
  std::vector<uint64_t> live_thrown_;  // per region
  std::vector<uint64_t> reads_;   // read before written
  std::vector<uint64_t> writes_;
  // The first node of a block that throws into a region, by ascending block; and what is written before each.
  struct Throw {
    BlockId block;
    RegionId region;
    NodeId node;
  };
  std::vector<Throw> throws_;
  std::vector<uint64_t> written_;
  size_t next_throw_ = 0;          // in the pass at hand: those before it are still to come
  std::vector<int> thrown_pass_;   // per region: the last pass that added what is needed around it
};

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_FLOW_H_
