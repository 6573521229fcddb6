// Where each vreg lives: in a register of the interpreter or in a slot of the frame.
//
// Frame: [params | locals that are used, hottest first | operand area]. Every vreg has a home slot. A
// temporary of one block has one place all its life. A vreg that crosses blocks has one place per loop: the
// same in all of the loop's own blocks (inner loops have their own map), so that moves between register and
// slot stand on the edges that enter and leave a loop. Registers are given by priority, use weight over the
// root of the live range, among vregs that are never live at the same point.
#ifndef UMIAK_VM_TRANSLATE_REGISTERS_H_
#define UMIAK_VM_TRANSLATE_REGISTERS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
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

// A vreg in a register across a call.
struct CallSave {
  VReg vreg;
  Location reg;
  Location slot;
  ValType::Kind type;
  bool store;  // before the call; false if the slot holds the value already. The reload after it is always needed
};

struct RegisterCounts {
  uint32_t per_bank[kBankCount];
};
// Those of this build.
inline constexpr RegisterCounts kBuildRegisters = {{UMIAK_INT_REGISTERS, UMIAK_VECTOR_REGISTERS}};
inline constexpr uint32_t kMaxRegisters = 8;  // per bank

class Placement {
 public:
  // The function must outlive the placement and keep its nodes.
  Placement(const Function& function, const Liveness& liveness, RegisterCounts counts = kBuildRegisters);

  // Where `v` is while `block` runs.
  Location At(VReg v, BlockId block) const;
  // The slot that is `v`'s home, used or not.
  Location HomeOf(VReg v) const { return {Location::kSlot, BankOf(function_.vregs[v].type), home_[v]}; }

  // First slot of the operand area; the slot of height h is operand_base() + h.
  uint32_t operand_base() const { return operand_base_; }
  // Params, locals and operand area.
  uint32_t frame_slots() const { return frame_slots_; }

  // On entry to the function all params are in their slots. What must happen before block 0: fills of params
  // that live in registers there, and zeros for locals that may be read before they are written.
  void EntryTransfers(std::vector<Transfer>* out) const;
  // Everything that happens on an edge but the copy of pinned slots: its assignments, and the transfers of
  // the vregs that live across it and change places. Moves that change nothing are left out.
  void EdgeTransfers(EdgeId edge, std::vector<Transfer>* out) const;
  // For a node that kills registers.
  absl::Span<const CallSave> SavesAt(NodeId node) const;

 private:
  friend class Allocator;
  struct LoopEntry {
    VReg vreg;
    uint8_t reg;
  };
  // The register of a vreg that crosses blocks in the blocks of a loop, or kMaxRegisters.
  uint8_t RegisterIn(LoopId loop, VReg v) const;
  void AssignHomes(const Liveness& liveness);
  void FindValidSlots();
  void WalkValidity(BlockId block, std::vector<uint64_t>* valid, bool record_saves);
  void TransferOf(const Edge& edge, VReg v, const uint64_t* valid, std::vector<Transfer>* out) const;
  bool IsSlotValidAtEnd(BlockId block, VReg v) const;

  const Function& function_;
  const Liveness& liveness_;
  uint32_t operand_base_ = 0;
  uint32_t frame_slots_ = 0;
  std::vector<uint32_t> home_;               // per vreg: slot
  std::vector<uint8_t> temp_register_;       // per vreg: register of a temporary of one block, or kMaxRegisters
  std::vector<std::vector<LoopEntry>> loop_registers_;  // per loop, sorted by vreg
  // Whether the home slot holds the current value, for the vregs that are in a register somewhere.
  std::vector<uint32_t> tracked_of_;         // per vreg: dense number, or kNone
  std::vector<VReg> tracked_;
  size_t valid_words_ = 0;
  std::vector<uint64_t> valid_out_;          // per block; empty if the function is too large: nothing is valid
  std::vector<CallSave> saves_;
  absl::flat_hash_map<NodeId, std::pair<uint32_t, uint32_t>> saves_at_;
};

// For tests and debugging: the places of each loop, and each temporary's.
std::string ToString(const Function& function, const Placement& placement);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_REGISTERS_H_
