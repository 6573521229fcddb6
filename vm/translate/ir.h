// The translator's intermediate form of one function body: blocks of nodes over virtual registers.
//
// A virtual register ("vreg") names a value that lives somewhere in the frame or in a register of the
// interpreter; registers.h says where. There are three sorts: every local is one (vreg i is local i); every
// result of a node that stays on the operand stack is a temporary with one definition; and every result of a
// block (parameter of a loop) is a merge value, assigned on each edge that enters the label. Constants and
// pending reads of locals are operands, they need no node.
//
// Nodes stand in the order of the program, blocks are consecutive ranges of them, and every block ends in one
// terminator (IsTerminator). Blocks are laid out so that all edges lead forward except those to loop headers.
// Code that cannot be reached is absent.
// spec: syntax/instructions
#ifndef UMIAK_VM_TRANSLATE_IR_H_
#define UMIAK_VM_TRANSLATE_IR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "umiak/module.h"
#include "umiak/opcode.h"
#include "umiak/types.h"
#include "umiak/value.h"

namespace umiak::ir {

using VReg = uint32_t;
using NodeId = uint32_t;
using BlockId = uint32_t;
using EdgeId = uint32_t;
using LoopId = uint32_t;  // 0 is the function's top level
using RegionId = uint32_t;
inline constexpr uint32_t kNone = 0xffffffff;

// Integers and references; floats and vectors.
enum class Bank : uint8_t { kInt, kFloat };
inline constexpr int kBankCount = 2;
constexpr Bank BankOf(ValType::Kind type) {
  return type == ValType::kF32 || type == ValType::kF64 || type == ValType::kV128 ? Bank::kFloat : Bank::kInt;
}
constexpr uint32_t SlotsOf(ValType::Kind type) { return type == ValType::kV128 ? 2 : 1; }

// Labels, calls and functions with more values than this keep them in consecutive slots ("pinned" vregs), so
// that one branch of two bytes never costs a thousand moves.
inline constexpr uint32_t kMaxNarrow = 4;

enum class VRegKind : uint8_t {
  kLocal,
  kTemp,    // one definition
  kMerge,   // assigned by edges only (or by a node whose result was sunk into it)
  kPinned,  // always in its own slot of the operand area; never in a register, not part of any liveness
};

struct VRegInfo {
  ValType::Kind type = ValType::kI32;
  VRegKind kind = VRegKind::kLocal;
  bool crosses_blocks = false;  // a temporary used in another block than the one that defines it
  uint32_t height = 0;          // not a local: slot relative to the start of the operand area
  uint32_t uses = 0;            // operands, call arguments and edge assignments that read it
  uint32_t defs = 0;            // nodes and edge assignments that write it
  NodeId def_node = kNone;      // a temporary's definition
};

// What a node reads. 16 bytes.
struct Operand {
  enum Kind : uint8_t { kNothing, kVReg, kConst, kV128Const };
  uint64_t bits = 0;  // the vreg; the constant's bit pattern (i32, f32: zero-extended); index in v128_constants
  Kind kind = kNothing;
  ValType::Kind type = ValType::kI32;

  static Operand OfVReg(VReg v, ValType::Kind type) { return {v, kVReg, type}; }
  static Operand OfConst(ValType::Kind type, uint64_t bits) { return {bits, kConst, type}; }
  bool is_vreg() const { return kind == kVReg; }
  bool is_const() const { return kind == kConst; }
  explicit operator bool() const { return kind != kNothing; }
  VReg vreg() const { return static_cast<VReg>(bits); }  // REQUIRES: is_vreg()
  bool Is(VReg v) const { return kind == kVReg && bits == v; }
  friend bool operator==(const Operand&, const Operand&) = default;
};

enum class NodeKind : uint8_t {
  kOp,           // `opcode` on in[]: arithmetic, loads, stores, select, globals, tables, memories, ref.func, ...
  kMove,         // result <- in[0]
  kCall,         // opcode is kCall, kCallIndirect (in[0] is the index) or kCallRef (in[0] is the reference)
  kCatch,        // first node of a landing block; what was caught lies in slots: see Node::height
  kReturnCall,   // terminator; opcode and operands as the call's
  kBranch,       // terminator: edge 0. The target may be the next block: then it costs nothing
  kBranchIf,     // terminator: if Condition() holds edge 0, else edge 1, which always leads to the next block
  kBranchTable,  // terminator: in[0] is the index; targets list edges, the default last
  kReturn,       // terminator: arguments are the results
  kUnreachable,  // terminator: trap
  kThrow,        // terminator: opcode is kThrow (arguments) or kThrowRef (in[0] is the exception)
};
constexpr bool IsTerminator(NodeKind kind) { return kind >= NodeKind::kReturnCall; }

// Opcodes are normalised: references are words, so ref.is_null is i64.eqz, ref.eq is i64.eq and ref.null a
// constant; select with types is kSelect; i32.eqz of i32.eqz of x is i32.ne of x and 0.
//
// Conditions of kBranchIf and kSelect: `condition` is a comparison of two operands, never eqz: a plain value
// x is i32.ne(x, 0), eqz of it is i32.eq(x, 0). For kBranchIf the operands are in[0], in[1]; for kSelect the
// values are in[0] (if true), in[1] and the condition's operands in[2], in[3]. Comparisons of integers are
// inverted where needed; for floats `negated` says that the branch is taken unless the comparison holds.
struct Node {
  NodeKind kind = NodeKind::kOp;
  bool negated = false;     // kBranchIf
  uint8_t lane = 0;         // lane operations
  // Set by a pass between builder and placement, for a node whose single-use result the next node takes in
  // (its last in-order successor that is not fused): the result needs no place then, and operands are read
  // by that successor.
  bool fused = false;
  Opcode opcode = Opcode::kNop;
  Opcode condition = Opcode::kI32Ne;  // kBranchIf, kSelect
  VReg result = kNone;                // kOp, kMove; calls list theirs
  VReg second_result = kNone;         // kOp: of wide arithmetic, the high word
  uint32_t offset = 0;                // of the wasm instruction in the module, for backtraces
  Operand in[4];                      // those that there are come first
  // Index immediates as in Instruction: function, type, global, table, segment; second table, memory, ... Of casts
  // (ref.test, ref.cast, kBranchIf with br_on_cast for its condition): HeapType::bits() of the target; whether null
  // matches.
  uint32_t index = 0;
  uint32_t index2 = 0;
  // Loads and stores: the static offset. i8x16.shuffle: index in v128_constants of the lanes.
  uint64_t immediate = 0;
  // Side ranges. kCall, kReturnCall, kReturn, kThrow, and a kOp that is a function of many values: arguments in
  // Function::operands; kCall, kCatch: results in
  // Function::results; kBranchTable: edges in Function::targets.
  uint32_t first = 0;
  uint32_t count = 0;
  uint32_t first_result = 0;
  uint32_t result_count = 0;
  // kCall: slots of the operand area in use below the arguments, which stay live during the call. kCatch: where in
  // the operand area the unwinder leaves the exception's arguments, which are the results; index2 is where it leaves
  // the reference to the exception, which is `result`; index is the tag, kNone for any.
  uint32_t height = 0;
  // kCall, kThrow: the innermost region around it.
  RegionId region = kNone;

  uint32_t memory() const { return index; }  // of loads and stores
  bool is_terminator() const { return IsTerminator(kind); }
  // All registers of the interpreter lose their values.
  bool kills_registers() const { return kind == NodeKind::kCall || kind == NodeKind::kThrow; }
  // Whether `results` lists vregs that it defines.
  bool has_results() const { return kind == NodeKind::kCall || kind == NodeKind::kCatch; }
};

// The body of a try_table or of a legacy try: where exceptions thrown in it go. There are no edges for them: each node
// with that region may continue in each landing block of the region and of those around it, with all that is live
// there in its home slot.
struct Region {
  struct Clause {
    TagIdx tag;       // kNone: takes any
    BlockId landing;
  };
  RegionId parent = kNone;  // where an exception goes that no clause takes; kNone: out of the function. < own number
  bool is_used = false;     // something in it may throw
  std::vector<Clause> clauses;
};

struct Assignment {
  VReg to;
  Operand from;
};

// From the end of one block to the start of another. The assignments happen at once (a parallel move).
struct Edge {
  BlockId from = kNone;
  BlockId to = kNone;
  uint32_t first_assignment = 0;  // in Function::assignments
  uint32_t assignment_count = 0;
  // Pinned values: copy_slots slots of the operand area move down from copy_from to copy_to, lowest first,
  // beside the assignments. 0 if they are in place already.
  uint32_t copy_from = 0;
  uint32_t copy_to = 0;
  uint32_t copy_slots = 0;
};

struct Block {
  NodeId first = 0;
  NodeId end = 0;            // [first, end); the last one is the terminator
  EdgeId first_edge = 0;     // successors: edges [first_edge, first_edge + edge_count)
  uint32_t edge_count = 0;
  uint32_t instructions = 0; // wasm instructions translated into it, for metering
  uint32_t first_pred = 0;   // in Function::preds
  uint32_t pred_count = 0;
  LoopId loop = 0;           // innermost loop that it can stay in; set by FindLoops
  bool is_loop_header = false;
  bool is_cold = false;      // every path from it ends in a trap or a throw; set by FindLoops
  bool is_exceptional = false;  // reached only after an exception was caught; set by FindLoops
  RegionId landing_of = kNone;  // a landing block: entered by the unwinder alone
};

// A natural loop: blocks from which its header can be reached again. Code that leaves a loop for good (a
// panic inside it, in Rust) belongs to the surroundings.
struct Loop {
  LoopId parent = 0;
  uint32_t depth = 0;        // the top level has 0
  BlockId header = 0;
  std::vector<BlockId> blocks;  // own blocks in layout order, those of inner loops excluded
};

struct Function {
  const Module* module = nullptr;
  FuncIdx index = 0;
  const FuncType* type = nullptr;
  uint32_t local_count = 0;     // params and locals: vregs [0, local_count)
  uint32_t param_count = 0;
  uint32_t operand_slots = 0;   // size of the operand area
  std::vector<VRegInfo> vregs;
  std::vector<Node> nodes;
  std::vector<Block> blocks;    // block 0 is the entry; it has no predecessors
  std::vector<Edge> edges;
  std::vector<Assignment> assignments;
  std::vector<EdgeId> preds;
  std::vector<Operand> operands;
  std::vector<VReg> results;
  std::vector<EdgeId> targets;
  std::vector<V128> v128_constants;
  std::vector<Loop> loops;      // loops[0] is the top level; parents come before their children
  std::vector<Region> regions;

  absl::Span<const Operand> Arguments(const Node& node) const {
    return absl::MakeConstSpan(operands).subspan(node.first, node.count);
  }
  absl::Span<const VReg> Results(const Node& node) const {
    return absl::MakeConstSpan(results).subspan(node.first_result, node.result_count);
  }
  absl::Span<const EdgeId> Targets(const Node& node) const {
    return absl::MakeConstSpan(targets).subspan(node.first, node.count);
  }
  absl::Span<const Assignment> Assignments(const Edge& edge) const {
    return absl::MakeConstSpan(assignments).subspan(edge.first_assignment, edge.assignment_count);
  }
  absl::Span<const EdgeId> Preds(const Block& block) const {
    return absl::MakeConstSpan(preds).subspan(block.first_pred, block.pred_count);
  }
  const Node& Terminator(const Block& block) const { return nodes[block.end - 1]; }

  // The single definition and the single use of a temporary are one cell if the lowering can do it: used
  // once, and by the node that follows `node`.
  bool IsUsedOnceNext(NodeId node) const;
};

// Calls f(const Operand&) for each operand that `node` reads, arguments included.
template <class F>
void ForEachUse(const Function& function, const Node& node, F f) {
  for (const Operand& operand : node.in) {
    if (!operand) break;
    f(operand);
  }
  if (node.count != 0 && node.kind != NodeKind::kBranchTable) {
    const Operand* argument = function.operands.data() + node.first;
    for (const Operand* end = argument + node.count; argument != end; ++argument) f(*argument);
  }
}
// Calls f(VReg) for each vreg that `node` writes.
template <class F>
void ForEachDef(const Function& function, const Node& node, F f) {
  if (node.result != kNone) f(node.result);
  if (node.second_result != kNone) f(node.second_result);
  if (node.has_results()) {
    const VReg* result = function.results.data() + node.first_result;
    for (const VReg* end = result + node.result_count; result != end; ++result) f(*result);
  }
}

// A listing for tests and debugging, one line per node:
//   b1: loop 1
//     v3 = i32.add v0, 1
//     br_if i32.lt_s v3, v1 -> b1 (v2 <- v3), b2
std::string ToString(const Function& function);
std::string ToString(const Function& function, const Node& node);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_IR_H_
