// The builder's state: the symbolic operand stack, the labels and the block under construction.
#ifndef UMIAK_VM_TRANSLATE_BUILDER_IMPL_H_
#define UMIAK_VM_TRANSLATE_BUILDER_IMPL_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "umiak/instruction.h"
#include "umiak/instruction_reader.h"
#include "vm/translate/builder.h"
#include "vm/translate/ir.h"

namespace umiak::ir {

// Where a body writes its locals and where its blocks end. Made only when a block begins while reads of
// locals are pending, which is rare.
class LocalWrites {
 public:
  LocalWrites(const Module& module, CodeSpan body);
  // Whether the block whose opcode is at `offset` writes the local.
  bool Writes(uint32_t offset, LocalIdx local) const;

 private:
  std::vector<uint64_t> writes_;  // local << 32 | offset, sorted
  absl::flat_hash_map<uint32_t, uint32_t> ends_;
};

// Whether one cell makes a struct of such fields: at most three, of one word each, of which the first may be an i32.
bool IsNewInOneCell(absl::Span<const FieldType> fields);

class Builder {
 public:
  Builder(const Module& module, FuncIdx index);
  absl::StatusOr<Function> Build();

 private:
  // One value on the symbolic stack.
  struct Entry {
    Operand value;
    uint32_t height;    // slots of the operand area below it
    uint32_t previous;  // the next deeper entry that is a pending read of the same local, or kNone
    uint32_t run;       // how many entries ending with this one are pinned in their own slots
  };

  struct Label {
    enum Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse, kTry, kCatch };  // the two last: legacy
    Kind kind = kBlock;
    bool has_merges = false;
    BlockType type;
    uint32_t stack_size = 0;      // entries below its parameters
    uint32_t height = 0;          // slots below its parameters
    uint32_t settled = 0;         // entries below this number are no pending reads
    EdgeId forward = kNone;       // edges to its end, chained through Edge::to
    EdgeId else_edge = kNone;     // kIf
    BlockId header = kNone;       // kLoop
    VReg merges[kMaxNarrow];      // of what a branch to it carries, if that is narrow
    Operand parameters[kMaxNarrow];  // kIf: what `else` begins with, if that is narrow
    uint64_t table = 0;           // the last br_table that named it, and its edge there
    EdgeId table_edge = kNone;
    RegionId region = kNone;      // around what stands in it
    RegionId try_region = kNone;  // kTry, kCatch: of the try's body
    VReg exception = kNone;       // kCatch: the exception that was caught
    uint32_t first_landing = kNone;  // clauses of try_tables inside that lead here
  };
  // A clause of a try_table, whose landing block is made where its label ends.
  struct Landing {
    RegionId region;
    uint32_t clause;
    bool wants_ref;
    uint32_t next;  // of the same label, or kNone
  };

  // builder.cc: the symbolic stack.
  void Push(const Operand& value) {
    stack_.push_back({value, top_height_, kNone, 0});
    if (value.is_vreg() && f_.vregs[value.vreg()].kind == VRegKind::kPinned) {
      stack_.back().run = stack_.size() > 1 ? stack_[stack_.size() - 2].run + 1 : 1;
    }
    top_height_ += SlotsOf(value.type);
    f_.operand_slots = std::max(f_.operand_slots, top_height_);
  }
  Operand Pop() {
    const Entry& entry = stack_.back();
    const Operand value = entry.value;
    top_height_ = entry.height;
    if (value.is_vreg() && value.vreg() < f_.local_count) pending_[value.vreg()] = entry.previous;
    stack_.pop_back();
    return value;
  }
  Operand& Peek(uint32_t from_top) { return stack_[stack_.size() - 1 - from_top].value; }
  void Truncate(uint32_t size);
  uint32_t top_height() const { return top_height_; }
  void PushLocal(LocalIdx local) {
    Push(Operand::OfVReg(local, f_.vregs[local].type));
    stack_.back().previous = pending_[local];
    pending_[local] = static_cast<uint32_t>(stack_.size() - 1);
    // The stack may have been deeper once, and settled above here.
    labels_.back().settled = std::min(labels_.back().settled, pending_[local]);
  }
  VReg NewVReg(VRegKind kind, ValType::Kind type, uint32_t height);
  VReg PinnedAt(uint32_t height, ValType::Kind type);
  // Makes the top n entries pinned ones, each in its own slot.
  void PinTop(uint32_t n);
  // Replaces the entry at `position`, a pending read, by a copy.
  void CopyPendingAt(uint32_t position);
  // Replaces all pending reads of the local by copies.
  void CopyPending(LocalIdx local);
  // Before a block that opens at `offset`, whose parameters are on top: copies pending reads of locals that it
  // writes, since the copy must be made on every path.
  void SettleLocals(uint32_t parameters);

  // builder.cc: nodes.
  Node NewNode(NodeKind kind, Opcode opcode) const {
    Node node;
    node.kind = kind;
    node.opcode = opcode;
    node.offset = instr_.offset;
    return node;
  }
  NodeId Emit(const Node& node);
  Node RemoveLast();
  void EmitMove(VReg to, Operand from);
  // Emits a node with one result and pushes that.
  void EmitResult(Node& node, ValType::Kind type);
  // The node that defines the temporary, if it is the last of the current block and nobody reads it yet.
  Node* LastProducerOf(const Operand& value);
  // Makes the producer of `value` write `to` instead, if nothing in between forbids it.
  bool Retarget(const Operand& value, VReg to);
  bool ReadsOrWrites(const Node& node, VReg v) const;
  void StartBlock(bool is_loop_header);
  // Emits a terminator with the edges made since `first_edge`; what follows is unreachable until a block starts.
  void EndBlock(const Node& terminator, EdgeId first_edge);
  void Finish();
  void CountUsesAndDefs();

  bool StepOperand();

  // build_ops.cc
  absl::Status Step();
  absl::Status BuildOp();
  void BuildAccess(const OpcodeInfo& info);
  absl::Status Unsupported() const;
  ValType::Kind TypeOf(char letter, bool is_64) const;
  bool Is64() const;
  void BuildSignature(const OpcodeInfo& info);
  // Two results: wide arithmetic on so many operands.
  void BuildWide(int operands);
  // build_simd.cc. False: the vector instruction is as its signature says.
  bool BuildVector();
  void BuildShuffle();
  void BuildMultiplyAdd(Opcode mul, Opcode second);
  void BuildDotAdd();
  void EmitVector(Opcode opcode, const Operand& a, const Operand& b);
  void BuildBinary(Opcode opcode, ValType::Kind result);
  bool FoldBinary(Opcode opcode, const Operand& a, const Operand& b, ValType::Kind result);
  void BuildEqz(Opcode opcode);
  void BuildUnary(Opcode opcode, ValType::Kind operand, ValType::Kind result);
  void BuildSelect();
  void BuildDrop();
  void SetLocal(LocalIdx local, bool tee);
  void PopInto(Node* node, int count);

  // build_gc.cc
  absl::Status BuildGc();
  // Makes sure that objects of the type can be laid out.
  absl::Status NeedType(TypeIdx type) const;
  void BuildFunctionOf(Node node, uint32_t count, bool has_result);
  void BuildStructNew();
  void BuildCast();
  void BuildBranchOnCast(bool on_failure);

  // build_control.cc
  absl::Span<const ValType> Params(const BlockType& type) const;
  absl::Span<const ValType> Results(const BlockType& type) const;
  // The types that a branch to the label carries.
  absl::Span<const ValType> Arity(const Label& label) const;
  Label& LabelAt(LabelIdx depth) { return labels_[labels_.size() - 1 - depth]; }
  // Turns `value` into the condition of a branch or select, taking in the comparison that made it. `at` is the
  // operand index of the comparison's first operand.
  void TakeCondition(Operand value, bool negate, int at, Node* node);
  void PushLabel(Label::Kind kind, uint32_t parameters);
  void MakeMerges(Label* label);
  // Makes an edge to the label with the values on top of the stack; `sink` if nothing else follows, so that
  // producers may write the label's values themselves. The values are pinned already if they are wide.
  EdgeId MakeEdge(Label* label, bool sink);
  EdgeId NewEdge();
  void Assign(EdgeId edge, absl::Span<const VReg> to, absl::Span<const Operand> from);
  void PinForLabel(const Label& label);
  void BuildBlock();
  void BuildLoop();
  void BuildIf();
  void BuildElse();
  void BuildEnd();
  void JoinLabel(Label* label);
  void BuildBranch(LabelIdx depth);
  // Ends the block with a branch under a condition set up in `node`; on the other path code goes on.
  void BranchIf(Node node, LabelIdx depth);
  void BuildBranchIf();
  void BuildBranchTable();
  void BuildBranchOnNull();
  void BuildBranchOnNonNull();
  void BuildReturn(uint32_t count);
  void BuildCall(bool is_tail);

  // build_exceptions.cc
  RegionId NewRegion();
  // Notes that `node` may throw here.
  void MayThrow(Node* node);
  void BuildTryTable();
  void BuildTry();
  void BuildCatch(bool all);
  void BuildDelegate();
  void BuildThrow();
  void BuildThrowRef();
  void BuildRethrow();
  bool HasLandings(const Label& label) const;
  // Makes the landing blocks that lead to the label. REQUIRES: the block before has ended.
  void MakeLandings(Label* label);
  // Begins a landing block for the clause, with its kCatch node still to be emitted.
  Node BeginLanding(RegionId region, uint32_t clause);
  // Gives `node` the tag's arguments as results, from the slot of `height` on: `to` where they are few.
  void CatchArguments(Node* node, uint32_t height, const VReg* to);

  const Module& module_;
  Function f_;
  InstructionReader reader_;
  Instruction instr_;
  std::vector<Entry> stack_;
  uint32_t top_height_ = 0;
  std::vector<Label> labels_;
  std::vector<Landing> landings_;
  std::vector<uint32_t> pending_;  // per local: the topmost pending read on the stack, or kNone
  absl::flat_hash_map<uint64_t, VReg> pinned_;
  std::optional<LocalWrites> local_writes_;
  bool reachable_ = true;
  uint32_t dead_depth_ = 0;        // blocks opened in unreachable code
  uint64_t tables_ = 0;            // br_tables seen
};

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_BUILDER_IMPL_H_
