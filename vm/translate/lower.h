// The back half of the translator: nodes in places to cells.
#ifndef UMIAK_VM_TRANSLATE_LOWER_H_
#define UMIAK_VM_TRANSLATE_LOWER_H_

#include <initializer_list>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/runtime/slots.h"
#include "vm/translate/emitter.h"
#include "vm/translate/ir.h"
#include "vm/translate/moves.h"
#include "vm/translate/registers.h"
#include "vm/translate/translate.h"

namespace umiak {

inline constexpr LabelId kNoLabel = 0xffffffff;

inline Bank ToBank(ir::Bank bank) { return bank == ir::Bank::kInt ? Bank::kInt : Bank::kFloat; }

// Lowers one function. Used once.
class Lowering {
 public:
  Lowering(const TranslateContext& context, const ir::Function& function, const ir::Placement& placement,
           TranslateRecord* record);
  std::unique_ptr<Code> Run();

 private:
  // A branch whose edge has moves to make, or a back edge to meter: the moves stand out of line.
  struct Stub {
    LabelId label;
    ir::EdgeId edge;
    uint32_t offset;
  };

  // Where a conditional branch leads: along `taken` if the condition holds (`negated`: does not), along `fall` otherwise.
  struct Fork {
    Opcode condition;
    bool negated;
    ir::EdgeId taken;
    ir::EdgeId fall;
  };

  // lower.cc
  size_t ExpectedBytes() const;
  LabelId LabelOfBlock(ir::BlockId block) const { return first_block_label_ + block; }
  ir::BlockId BlockBehind(ir::BlockId block) const;
  void LowerEntry();
  ir::BlockId HeaderOf(uint32_t loop) const;
  std::unique_ptr<const LoopEntry> LowerLoopEntry();
  // Sets moves_ to what loads the block's registers where everything is in its home slot.
  void FindLandingMoves(ir::BlockId block);
  void LowerBlock(ir::BlockId block);
  void LowerNodes(ir::BlockId block);
  void LowerNode(ir::NodeId id, const ir::Node& node);
  Place PlaceOf(const ir::Operand& operand) const {
    return operand.is_vreg() ? PlaceOf(operand.vreg()) : PlaceOfConstant(operand);
  }
  Place PlaceOf(ir::VReg v) const { return PlaceOf(placement_.At(v, block_), f_.vregs[v].type); }
  Place PlaceOf(const ir::Location& location, ValType::Kind type) const {
    const uint8_t words = static_cast<uint8_t>(ir::SlotsOf(type));
    return location.is_register() ? Place::Register(ToBank(ir::BankOf(type)), location.index, words)
                                  : Place::Slot(ToBank(ir::BankOf(type)), location.index, words);
  }
  Place PlaceOfConstant(const ir::Operand& operand) const;
  // Where the node's result goes; a scratch slot if nobody reads it.
  Place Result(const ir::Node& node) const {
    const ValType::Kind type = f_.vregs[node.result].type;
    const ir::Location location = placement_.At(node.result, block_);
    if (location.kind != ir::Location::kNowhere) return PlaceOf(location, type);
    return emit_.Scratch(0, ToBank(ir::BankOf(type)), static_cast<uint8_t>(ir::SlotsOf(type)));
  }
  void FindLoopCosts();

  // lower_ops.cc
  void LowerOp(const ir::Node& node);
  void LowerNumeric(const ir::Node& node, Op op);
  void LowerComparison(Opcode opcode, Place a, Place b, const Place& result);
  void LowerAccess(const ir::Node& node, Op op);
  Extra FarAddress(const ir::Node& node) const;
  void LowerSelect(const ir::Node& node);
  void LowerGlobal(const ir::Node& node);
  void LowerIntrinsic(const ir::Node& node, Op op);

  // lower_wide.cc
  void LowerWide(const ir::Node& node, Op op);

  // lower_atomic.cc
  void LowerAtomic(const ir::Node& node);
  void LowerWait(const ir::Node& node, Op op);

  Place StoredValue(const ir::Node& node, int operand = 1) const;

  // lower_simd.cc
  void LowerVector(const ir::Node& node, Op op);
  void LowerLane(const ir::Node& node, Op op);
  void LowerLaneAccess(const ir::Node& node, Op op);
  void LowerVectorLoadThen(ir::NodeId id, const ir::Node& node, const ir::Node& load);

  // lower_gc.cc
  void LowerGc(const ir::Node& node);
  void LowerStructNew(const ir::Node& node);
  void LowerFunctionOf(const ir::Node& node, uint32_t a, uint32_t b);
  void LowerBranchOnCast(const ir::Node& node);
  Extra Allocation(TypeIdx type) const;
  uint32_t Canonical(TypeIdx type) const;
  uint32_t AboveFrame() const;

  // lower_fused.cc
  // The node whose result node `id` takes in, or null.
  const ir::Node* FusedInto(ir::NodeId id) const {
    if (id == f_.blocks[block_].first) return nullptr;
    const ir::Node& before = f_.nodes[id - 1];
    return before.fused ? &before : nullptr;
  }
  void LowerFused(ir::NodeId id, const ir::Node& node, const ir::Node& producer);
  void LowerAddressed(ir::NodeId id, const ir::Node& node, const ir::Node& add);
  void LowerModify(ir::NodeId id, const ir::Node& node, const ir::Node& fn);
  // REQUIRES of both: `node` is i32.add or i64.add.
  bool LowerReturnedSum(ir::NodeId id, const ir::Node& node);
  bool LowerStep(ir::NodeId id, const ir::Node& node);

  // lower_pairs.cc: the last node of the cell that begins with `id`, or `id` if there is none. A terminator ends there.
  ir::NodeId LowerPair(ir::NodeId id, const ir::Node& node);
  bool IsNearLoad(const ir::Node& node) const;
  bool IsOnlyReadBy(const ir::Node& node, const ir::Node& reader) const;
  ir::NodeId LowerBranchOnLoad(ir::NodeId id, const ir::Node& load);
  ir::NodeId LowerTestOfLoad(ir::NodeId id, const ir::Node& load);
  ir::NodeId LowerTableOfLoad(ir::NodeId id, const ir::Node& load);
  ir::NodeId LowerAddThenLoad(ir::NodeId id, const ir::Node& add);
  ir::NodeId LowerMaskedLoad(ir::NodeId id, const ir::Node& shift);
  ir::NodeId LowerIncrements(ir::NodeId id, const ir::Node& add);
  ir::NodeId LowerGlobalPlus(ir::NodeId id, const ir::Node& get);
  ir::NodeId LowerGlobalSetAdd(ir::NodeId id, const ir::Node& add);

  // lower_control.cc
  Fork ForkOf(const ir::Node& branch) const;
  void EmitFork(const Fork& fork, uint32_t offset, Op op, std::initializer_list<Place> operands, const Extra& extra = {});
  void LowerBranchIf(ir::NodeId id, const ir::Node& node);
  void FollowEdge(ir::EdgeId edge);
  bool IsReturnOnly(ir::BlockId block) const;
  bool TryReturn(ir::EdgeId edge);
  void EmitReturn(const Place& value);
  std::vector<LabelId> TableLabels(const ir::Node& node);
  void LowerBranchTable(ir::NodeId id, const ir::Node& node);
  void EmitBranchTable(ir::NodeId id, Op op, Op copy, const Place& index, const Extra& before);
  ir::BlockId EndOfDispatch(ir::BlockId first) const;
  bool TryCopyDispatch(ir::BlockId first);
  bool IsSmall(ir::BlockId block) const;
  bool IsBetterTurned(ir::BlockId block) const;
  bool TryCopyBlock(ir::BlockId block);
  bool HasCall(ir::BlockId block) const;
  bool MayCopy() const;
  void Copy(ir::BlockId first, ir::BlockId last, ir::BlockId behind, bool turned);
  void LowerReturn(ir::NodeId id, const ir::Node& node);
  void LowerStubs();
  // The label to branch to for `edge`: its target's, or a stub's.
  LabelId LabelOf(ir::EdgeId edge, uint32_t offset);
  bool IsBackEdge(const ir::Edge& edge) const;
  void EmitEdgeMoves(ir::EdgeId edge);
  void EmitJump(ir::EdgeId edge);

  // lower_exceptions.cc
  void EnterRegion(ir::RegionId region);
  void LowerCatch(const ir::Node& node);
  void LowerThrow(ir::NodeId id, const ir::Node& node);
  std::unique_ptr<const UnwindTable> MakeUnwindTable() const;

  // lower_calls.cc
  void LowerCall(ir::NodeId id, const ir::Node& node);
  void LowerReturnCall(const ir::Node& node);
  void MoveToFirstSlots(absl::Span<const ir::Operand> operands, size_t skip);
  void MoveArguments(const ir::Node& node, uint32_t frame, size_t first);
  void TakeResults(const ir::Node& node, uint32_t frame);
  void StoreSaves(ir::NodeId id);
  const FuncType& CalleeType(const ir::Node& node) const;

  const TranslateContext& context_;
  const ir::Function& f_;
  const ir::Placement& placement_;
  Emitter emit_;
  ir::BlockId block_ = 0;
  ir::BlockId next_block_ = 0;  // whose cells come behind those of block_, or kNone
  std::vector<UnwindTable::Range> ranges_;
  LabelId first_block_label_ = 0;
  absl::flat_hash_map<ir::NodeId, Emitter::Table> tables_;  // of the branch tables lowered so far
  uint64_t copied_bytes_ = 0;
  int copies_ = 0;          // the cells of so many blocks, each reached from the one before, are being written once more
  bool is_turned_ = false;  // the conditional branch at the end of block_ is lowered with its edges exchanged
  std::vector<LabelId> edge_stubs_;  // by edge; kNoLabel
  std::vector<Stub> stubs_;
  std::vector<uint32_t> loop_costs_;     // of metered code: see FindLoopCosts
  std::vector<ir::Transfer> transfers_;  // scratch memory
  std::vector<PlaceMove> moves_;
  uint32_t FrameSlots() const;

  uint32_t frame_slots_;
};

// Whether the instruction is one of the threads proposal.
bool IsAtomic(Opcode opcode);

// The first node of the function that there is no cell for, or null.
const ir::Node* FindUnsupported(const ir::Function& function);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_LOWER_H_
