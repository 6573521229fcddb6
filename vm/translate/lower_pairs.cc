// Neighbours that become one cell after placement: see vm/interp/ops_pair.def.
//
// A cell reads all its sources before it writes anything, so that two neighbours whose places are known can be merged:
// what the first one makes is written too, unless the second one is its only reader.
#include "vm/translate/compare.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"

namespace umiak {

namespace {

struct LoadRow {
  Opcode load;
  Opcode condition;
  Op op;
};
#define OP(...)
#define LOAD_TEST(...)
#define ADD_LOAD(...)
#define ELEMENT(...)
#define MASKED(...)
constexpr LoadRow kBranches[] = {
#define LOAD_BR(load, memory, type, fn, comparison) {Opcode::k##load, Opcode::k##comparison, Op::kBr##load##fn},
#include "vm/interp/ops_pair.def"
#undef LOAD_BR
#undef LOAD_TEST
};
constexpr LoadRow kTests[] = {
#define LOAD_BR(...)
#define LOAD_TEST(load, memory, fn, comparison) {Opcode::k##load, Opcode::k##comparison, Op::kBr##load##fn},
#include "vm/interp/ops_pair.def"
#undef LOAD_TEST
#undef ADD_LOAD
};
constexpr LoadRow kAddLoads[] = {
#define LOAD_TEST(...)
#define ADD_LOAD(load, memory) {Opcode::k##load, Opcode::kNop, Op::kAdd##load},
#include "vm/interp/ops_pair.def"
#undef ADD_LOAD
#undef ELEMENT
};
constexpr LoadRow kElements[] = {
#define ADD_LOAD(...)
#define ELEMENT(load, memory) {Opcode::k##load, Opcode::kNop, Op::kElement##load},
#include "vm/interp/ops_pair.def"
#undef ELEMENT
#undef MASKED
};
constexpr LoadRow kMasked[] = {
#define ELEMENT(...)
#define MASKED(load, memory) {Opcode::k##load, Opcode::kNop, Op::kMasked##load},
#include "vm/interp/ops_pair.def"
};
#undef OP
#undef LOAD_BR
#undef LOAD_TEST
#undef ADD_LOAD
#undef ELEMENT
#undef MASKED

template <size_t n>
Op Find(const LoadRow (&rows)[n], Opcode load, Opcode condition = Opcode::kNop) {
  for (const LoadRow& row : rows) {
    if (row.load == load && row.condition == condition) return row.op;
  }
  return Op::kCount;
}

bool IsAddOfConst(const ir::Node& node) {
  return node.kind == ir::NodeKind::kOp && node.opcode == Opcode::kI32Add && node.in[1].is_const() &&
         node.in[0].is_vreg();
}

}  // namespace

// A load from memory 0 by a 32-bit address in a vreg.
bool Lowering::IsNearLoad(const ir::Node& node) const {
  if (node.kind != ir::NodeKind::kOp || umiak::InfoOf(node.opcode).access == 0) return false;
  if (node.result == ir::kNone || node.in[1] || !node.in[0].is_vreg()) return false;
  return IsNearAccess(f_, node);
}

// Whether what `node` makes is read by `reader`, once, and by nobody else.
bool Lowering::IsOnlyReadBy(const ir::Node& node, const ir::Node& reader) const {
  const ir::VRegInfo& info = f_.vregs[node.result];
  if (info.kind != ir::VRegKind::kTemp || info.uses != 1 || info.crosses_blocks) return false;
  bool reads = false;
  ir::ForEachUse(f_, reader, [&](const ir::Operand& operand) { reads = reads || operand.Is(node.result); });
  return reads;
}

ir::NodeId Lowering::LowerPair(ir::NodeId id, const ir::Node& node) {
  if (node.kind != ir::NodeKind::kOp || context_.variant.deterministic_nans) return id;
  if (FusedInto(id) != nullptr) {
    return node.opcode == Opcode::kI32Shl ? LowerMaskedLoad(id, node) : id;
  }
  if (IsNearLoad(node)) {
    switch (f_.nodes[id + 1].kind) {
      case ir::NodeKind::kBranchIf: return LowerBranchOnLoad(id, node);
      case ir::NodeKind::kBranchTable: return LowerTableOfLoad(id, node);
      default: return f_.nodes[id + 1].fused ? LowerTestOfLoad(id, node) : id;
    }
  }
  if (node.opcode == Opcode::kGlobalGet) return LowerGlobalPlus(id, node);
  if (!IsAddOfConst(node)) return id;
  ir::NodeId last = LowerAddThenLoad(id, node);
  if (last == id) last = LowerGlobalSetAdd(id, node);
  return last == id ? LowerIncrements(id, node) : last;
}

ir::NodeId Lowering::LowerBranchOnLoad(ir::NodeId id, const ir::Node& load) {
  const ir::Node& branch = f_.nodes[id + 1];
  if (!IsOnlyReadBy(load, branch)) return id;
  const bool on_left = branch.in[0].Is(load.result);
  const Fork fork = ForkOf(branch);
  const Op op = Find(kBranches, load.opcode, on_left ? fork.condition : ir::Mirrored(fork.condition));
  if (op == Op::kCount) return id;
  const Place address = PlaceOf(load.in[0]);
  const Place other = PlaceOf(branch.in[on_left ? 1 : 0]);
  const Place operands[] = {address, other};
  if (!emit_.Fits(op, operands)) return id;
  EmitFork(fork, branch.offset, op, {address, other}, Extra().U32(static_cast<uint32_t>(load.immediate)));
  return id + 1;
}

// load; and; branch: the last two are fused already.
ir::NodeId Lowering::LowerTestOfLoad(ir::NodeId id, const ir::Node& load) {
  const ir::Node& test = f_.nodes[id + 1];
  const ir::Node& branch = f_.nodes[id + 2];
  if (branch.kind != ir::NodeKind::kBranchIf || test.opcode != Opcode::kI32And) return id;
  if (!IsOnlyReadBy(load, test) || !test.in[0].Is(load.result)) return id;
  const Fork fork = ForkOf(branch);
  const Op op = Find(kTests, load.opcode, fork.condition);
  if (op == Op::kCount) return id;
  const Place address = PlaceOf(load.in[0]);
  const Place mask = PlaceOf(test.in[1]);
  const Place operands[] = {address, mask};
  if (!emit_.Fits(op, operands)) return id;
  EmitFork(fork, branch.offset, op, {address, mask}, Extra().U32(static_cast<uint32_t>(load.immediate)));
  return id + 2;
}

ir::NodeId Lowering::LowerTableOfLoad(ir::NodeId id, const ir::Node& load) {
  const ir::Node& table = f_.nodes[id + 1];
  if (load.opcode != Opcode::kI32Load8U || !IsOnlyReadBy(load, table)) return id;
  const Place address = PlaceOf(load.in[0]);
  if (!emit_.Fits(Op::kBrTableLoad8U, {&address, 1})) return id;
  EmitBranchTable(id + 1, Op::kBrTableLoad8U, Op::kBrTableLoad8UCopy, address,
                  Extra().U32(static_cast<uint32_t>(load.immediate)));
  return id + 1;
}

// p += c; load from p: both results are written.
ir::NodeId Lowering::LowerAddThenLoad(ir::NodeId id, const ir::Node& add) {
  const ir::Node& load = f_.nodes[id + 1];
  if (load.fused || !IsNearLoad(load) || !load.in[0].Is(add.result)) return id;
  const Op op = Find(kAddLoads, load.opcode);
  if (op == Op::kCount) return id;
  const Place operands[] = {PlaceOf(add.in[0]), PlaceOf(add.in[1]), Result(add), Result(load)};
  if (!emit_.Fits(op, operands)) return id;
  emit_.SetOffset(load.offset);
  emit_.Emit(op, {operands[0], operands[1], operands[2], operands[3]},
             Extra().U32(static_cast<uint32_t>(load.immediate)));
  return id + 1;
}

// (a & mask) << shift as an address: the first two are fused already. Shifted by the size of what is loaded, so that no
// bit is lost: an element of a table.
ir::NodeId Lowering::LowerMaskedLoad(ir::NodeId id, const ir::Node& shift) {
  const ir::Node& mask = f_.nodes[id - 1];
  const ir::Node& load = f_.nodes[id + 1];
  if (mask.opcode != Opcode::kI32And || !mask.in[1].is_const() || !shift.in[1].is_const()) return id;
  if (load.fused || !IsNearLoad(load) || !IsOnlyReadBy(shift, load)) return id;
  const uint32_t count = static_cast<uint32_t>(shift.in[1].bits) % 32;
  const bool is_element = uint32_t{1} << count == umiak::InfoOf(load.opcode).access &&
                          static_cast<uint32_t>(mask.in[1].bits) <= 0xffffffff >> count;
  const Op element = is_element ? Find(kElements, load.opcode) : Op::kCount;
  const Op op = element != Op::kCount ? element : Find(kMasked, load.opcode);
  if (op == Op::kCount) return id;
  const Place operands[] = {PlaceOf(mask.in[0]), PlaceOf(mask.in[1]), Result(load)};
  if (!emit_.Fits(op, operands)) return id;
  Extra extra = Extra().U32(static_cast<uint32_t>(load.immediate));
  if (element == Op::kCount) extra.U32(count);
  emit_.SetOffset(load.offset);
  emit_.Emit(op, {operands[0], operands[1], operands[2]}, extra);
  return id + 1;
}

// a += c; b += d, where they are.
ir::NodeId Lowering::LowerIncrements(ir::NodeId id, const ir::Node& add) {
  const ir::Node& next = f_.nodes[id + 1];
  if (next.fused || !IsAddOfConst(next)) return id;
  const Place a = Result(add);
  const Place b = Result(next);
  if (!(PlaceOf(add.in[0]) == a) || !(PlaceOf(next.in[0]) == b) || a == b) return id;
  // An increment that ends a loop is worth more in the branch's cell.
  const ir::Node& branch = f_.nodes[id + 2];
  if (branch.kind == ir::NodeKind::kBranchIf && branch.in[0].Is(next.result)) return id;
  const Place operands[] = {a, PlaceOf(add.in[1]), b, PlaceOf(next.in[1])};
  if (!emit_.Fits(Op::kI32IncrementTwo, operands)) return id;
  emit_.Emit(Op::kI32IncrementTwo, {operands[0], operands[1], operands[2], operands[3]});
  return id + 1;
}

// global.get; i32.add of a constant; and, where the sum goes back to it, global.set.
// ORDER: GlobalAdd and GlobalPlus are followed by their rows for imported globals.
ir::NodeId Lowering::LowerGlobalPlus(ir::NodeId id, const ir::Node& get) {
  const ir::Node& add = f_.nodes[id + 1];
  if (add.fused || !IsAddOfConst(add) || !add.in[0].Is(get.result) || !IsOnlyReadBy(get, add)) return id;
  const ir::Node& set = f_.nodes[id + 2];
  const bool goes_back = set.kind == ir::NodeKind::kOp && set.opcode == Opcode::kGlobalSet && set.index == get.index &&
                         set.in[0].Is(add.result);
  Op op = goes_back ? Op::kGlobalAdd : Op::kGlobalPlus;
  if (get.index < context_.module.num_imported_globals) op = After(op, 1);
  const Place constant = PlaceOf(add.in[1]);
  emit_.Emit(op, {constant, Result(add)}, Extra().U32(context_.layout.globals[get.index]));
  return goes_back ? id + 2 : id + 1;
}

// i32.add of a constant; global.set.
ir::NodeId Lowering::LowerGlobalSetAdd(ir::NodeId id, const ir::Node& add) {
  const ir::Node& set = f_.nodes[id + 1];
  if (set.kind != ir::NodeKind::kOp || set.opcode != Opcode::kGlobalSet || !IsOnlyReadBy(add, set)) return id;
  const bool is_imported = set.index < context_.module.num_imported_globals;
  emit_.Emit(is_imported ? Op::kGlobalSetAddImported : Op::kGlobalSetAdd, {PlaceOf(add.in[0]), PlaceOf(add.in[1])},
             Extra().U32(context_.layout.globals[set.index]));
  return id + 1;
}

}  // namespace umiak
