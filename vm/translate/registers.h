// Where each vreg lives: in a register of the interpreter or in a slot of the frame.
//
// Frame: [params | scratch | locals that are used, hottest first | operand area]. Every vreg has a home slot. A
// temporary of one block has one place all its life. A vreg that crosses blocks has one place per loop: the
// same in all of the loop's own blocks (inner loops have their own map), so that moves between register and
// slot stand on the edges that enter and leave a loop. Registers are given by priority, use weight over the
// root of the live range, among vregs that are never live at the same point.
#ifndef UMIAK_VM_TRANSLATE_REGISTERS_H_
#define UMIAK_VM_TRANSLATE_REGISTERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/translate/allocate.h"
#include "vm/translate/flow.h"
#include "vm/translate/ir.h"

namespace umiak::ir {

struct Location {
  enum Kind : uint8_t {
    kNowhere,   // a result that nobody reads, or that is fused into its reader
    kRegister,  // `index` of the vreg's bank
    kSlot,      // `index` from the frame's start; a v128 takes this one and the next
  };
  Kind kind = kNowhere;
  Bank bank = Bank::kInt;
  uint32_t index = 0;

  bool is_register() const { return kind == kRegister; }
  bool is_slot() const { return kind == kSlot; }
  friend bool operator==(const Location&, const Location&) = default;
};

// One move of a parallel move: `from` is a location, or a constant if from.kind is kNowhere.
struct Transfer {
  Location from;
  Operand constant;
  Location to;
  ValType::Kind type = ValType::kI32;
  VReg vreg = kNone;  // what `to` holds afterwards
};

// A vreg in a register across a call, or one that whoever catches what a node throws will read.
struct CallSave {
  VReg vreg;
  Location reg;
  Location slot;
  ValType::Kind type;
  bool store;   // before the call; false if the slot holds the value already
  bool reload;  // after it; false if only an exception needs the value
};

// For operands made to fit a cell, and for cycles of moves.
inline constexpr uint32_t kScratchSlots = 12;

class Placement {
 public:
  // The function must outlive the placement and keep its nodes.
  Placement(const Function& function, const Liveness& liveness, RegisterCounts counts = kBuildRegisters);

  // Where `v` is while `block` runs.
  Location At(VReg v, BlockId block) const {
    const uint32_t entry = EntryOf(function_.blocks[block].loop, v);
    if (entry == kNone) return places_[v];
    return {Location::kRegister, places_[v].bank, allocation_.loops[function_.blocks[block].loop][entry].reg};
  }
  // PERF: whoever is about to ask for many places in the block's loop says so: they are looked up in a table then. Not
  // thread-safe.
  void Enter(BlockId block) const { EnterLoop(function_.blocks[block].loop); }
  // The slot that is `v`'s home, used or not: a scratch slot for a local that nothing reads or writes.
  Location HomeOf(VReg v) const { return {Location::kSlot, BankOf(function_.vregs[v].type), home_[v]}; }

  // First of kScratchSlots slots, low enough for any cell, that no vreg lives in.
  uint32_t scratch_base() const { return scratch_base_; }
  // First slot of the operand area; the slot of height h is operand_base() + h.
  uint32_t operand_base() const { return operand_base_; }
  // Params, locals and operand area.
  uint32_t frame_slots() const { return frame_slots_; }

  // On entry to the function all params are in their slots. What must happen before block 0: fills of params
  // that live in registers there, and zeros for locals that may be read before they are written.
  void EntryTransfers(std::vector<Transfer>* out) const;
  // Everything that happens on an edge but the copy of pinned slots (of which it is independent): its
  // assignments, and the transfers of the vregs that live across it and change places. Moves that change
  // nothing are left out. All happen at once; two slots of a vector may overlap one of another move.
  void EdgeTransfers(EdgeId edge, std::vector<Transfer>* out) const;
  // For a node that kills registers: what lives across it in a register.
  absl::Span<const CallSave> SavesAt(NodeId node) const {
    if (saves_at_.empty()) return {};
    return absl::MakeConstSpan(saves_).subspan(saves_at_[node].first, saves_at_[node].count);
  }
  // On entry to a landing block, and where a loop is entered at its header from other code, everything is in its home
  // slot: what must be loaded into registers.
  void LandingTransfers(BlockId block, std::vector<Transfer>* out) const;

 private:
  static constexpr uint8_t kNoEntry = 0xff;

  // The number of the vreg's entry among the registers of the loop, or kNone.
  uint32_t EntryOf(LoopId loop, VReg v) const {
    if (loop != entered_) return FindEntry(loop, v);
    const uint8_t entry = entry_of_[v];
    return entry == kNoEntry ? kNone : entry;
  }
  uint32_t FindEntry(LoopId loop, VReg v) const;
  void EnterLoop(LoopId loop) const;
  void AssignHomes();
  void WeighLocals(std::vector<float>* weights) const;
  void FindPlaces();
  bool LeavesThroughSlots() const;
  void FindSaves();
  void FindSavesIn(BlockId block);
  void AddSaves(NodeId node, BlockId block, uint64_t live, uint64_t after);
  void FindValidSlots();
  uint64_t Mapped(uint64_t valid, LoopId from, LoopId to) const;
  // REQUIRES: the block's loop has been entered.
  uint64_t ValidIn(BlockId block) const;
  void MarkStores(BlockId block, uint64_t valid);

  const Function& function_;
  const Liveness& liveness_;
  Allocation allocation_;
  uint32_t scratch_base_ = 0;
  uint32_t operand_base_ = 0;
  uint32_t frame_slots_ = 0;
  std::vector<uint32_t> home_;  // per vreg: slot
  // Per vreg: where it is if it has no register in a loop.
  std::vector<Location> places_;
  // Of the loop entered last: the number of a vreg's entry, or kNoEntry.
  mutable std::vector<uint8_t> entry_of_;
  mutable LoopId entered_ = 0;
  // Per block: a bit per entry of its loop's registers: the home slot holds the value too, at the start and at the end.
  std::vector<uint64_t> valid_in_;
  std::vector<uint64_t> valid_out_;
  bool are_valid_slots_known_ = true;
  std::vector<CallSave> saves_;
  // Per node: where its saves begin in saves_, and how many they are. Empty if there are none at all.
  struct SaveRange {
    uint32_t first = 0;
    uint32_t count = 0;
  };
  std::vector<SaveRange> saves_at_;
};

// For tests and debugging: the registers of each loop, and those of temporaries.
std::string ToString(const Function& function, const Placement& placement);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_REGISTERS_H_
