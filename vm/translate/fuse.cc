#include "vm/translate/fuse.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vm/translate/compare.h"
#include "vm/translate/manner.h"

namespace umiak {

namespace {

struct PairRow {
  Opcode first;
  Opcode second;
  Op op;
};
constexpr PairRow kConstPairs[] = {
#define CONST_PAIR(type, first, second) \
  {Opcode::k##type##first, Opcode::k##type##second, Op::k##type##first##second##Const},
#define OP(...)
#define CONST_THEN(...)
#define LOAD_THEN(...)
#define MODIFY(...)
#define INT_CHAIN(...)
#define FLOAT_CHAIN(...)
#include "vm/interp/ops_fused.def"
#undef CONST_PAIR
#undef CONST_THEN
};
constexpr PairRow kConstThens[] = {
#define CONST_PAIR(...)
#define CONST_THEN(type, first, second) \
  {Opcode::k##type##first, Opcode::k##type##second, Op::k##type##first##second},
#include "vm/interp/ops_fused.def"
#undef CONST_THEN
#undef LOAD_THEN
};
constexpr PairRow kLoadThens[] = {
#define CONST_THEN(...)
#define LOAD_THEN(load, memory, type, fn) {Opcode::k##load, Opcode::k##type##fn, Op::k##load##fn},
#include "vm/interp/ops_fused.def"
#undef LOAD_THEN
#undef MODIFY
};
constexpr PairRow kModifies[] = {
#define LOAD_THEN(...)
#define MODIFY(type, fn) {Opcode::k##type##Load, Opcode::k##type##fn, Op::k##type##Modify##fn},
#include "vm/interp/ops_fused.def"
#undef MODIFY
#undef INT_CHAIN
};
constexpr PairRow kIntChains[] = {
#define MODIFY(...)
#define INT_CHAIN(type, first, second) \
  {Opcode::k##type##first, Opcode::k##type##second, Op::k##type##first##second##Chain},
#include "vm/interp/ops_fused.def"
#undef INT_CHAIN
#undef OP
};
constexpr PairRow kAddressed[] = {
#define ADDRESSED(name, ...) {Opcode::k##name, Opcode::k##name, Op::k##name##Base},
#include "vm/interp/ops_address.def"
#include "vm/interp/ops_simd_address.def"
};
constexpr PairRow kVectorLoadThens[] = {
#define VECTOR_CHAIN(...)
#define VECTOR_LOAD_THEN(load, memory, extension, reader, fn) \
  {Opcode::k##load, Opcode::k##reader, Op::k##load##reader},
#include "vm/interp/ops_simd_fused.def"
#undef VECTOR_CHAIN
#undef VECTOR_LOAD_THEN
};
struct ChainRow {
  Opcode first;
  Opcode second;
  Op op;
  bool swapped;
};
constexpr ChainRow kVectorChains[] = {
#define VECTOR_LOAD_THEN(...)
#define VECTOR_CHAIN(first, second, name, fn1, fn2, swapped) \
  {Opcode::k##first, Opcode::k##second, Op::k##name, swapped},
#include "vm/interp/ops_simd_fused.def"
};

// Which instructions stand first in some row. PERF: most do not.
template <class Row, size_t n>
constexpr std::array<bool, kOpcodeCount> FirstsOf(const Row (&rows)[n]) {
  std::array<bool, kOpcodeCount> firsts{};
  for (const Row& row : rows) firsts[static_cast<size_t>(row.first)] = true;
  return firsts;
}

template <const auto& rows>
Op Find(Opcode first, Opcode second) {
  static constexpr std::array<bool, kOpcodeCount> kFirsts = FirstsOf(rows);
  if (!kFirsts[static_cast<size_t>(first)]) return Op::kCount;
  for (const PairRow& row : rows) {
    if (row.first == first && row.second == second) return row.op;
  }
  return Op::kCount;
}

bool IsAccess(const ir::Node& node) { return node.kind == ir::NodeKind::kOp && InfoOf(node.opcode).access != 0; }
// Operands may be exchanged, of vectors; of floats too: which NaN they yield is not fixed, and nothing is fused where
// it has to be.
bool IsCommutativeVector(Opcode opcode) {
  return ir::IsFloatVectorSumOrProduct(opcode) ||
         (OpOf(opcode) != Op::kCount && umiak::InfoOf(OpOf(opcode)).commutative);
}
bool HasConst(const ir::Node& node) { return node.in[1].is_const() && !node.in[0].is_const(); }
bool HasVectorConst(const ir::Node& node) {
  return node.in[0].kind == ir::Operand::kV128Const || node.in[1].kind == ir::Operand::kV128Const;
}
bool IsPlainOp(const ir::Node& node) { return node.kind == ir::NodeKind::kOp; }

// index << log2(width): the offset of an element in an array.
bool IsElementShift(const ir::Node& shift, const ir::Node& access) {
  return shift.opcode == Opcode::kI32Shl && HasConst(shift) &&
         (1u << (shift.in[1].bits & 31)) == InfoOf(access.opcode).access;
}

// Whether `reader` takes the result of `producer`, which stands right before it, in a cell of both.
bool CanFuse(const ir::Function& f, const ir::Node& producer, const ir::Node& reader) {
  if (!IsPlainOp(producer)) return false;
  const ir::VReg v = producer.result;
  if (reader.kind == ir::NodeKind::kBranchIf) {
    const bool is_test = producer.opcode == Opcode::kI32And &&
                         (reader.condition == Opcode::kI32Ne || reader.condition == Opcode::kI32Eq);
    return is_test && reader.in[0].Is(v) && reader.in[1].is_const() && reader.in[1].bits == 0 &&
           !producer.in[0].is_const();
  }
  if (reader.kind == ir::NodeKind::kReturn) {
    return (producer.opcode == Opcode::kI32Add || producer.opcode == Opcode::kI64Add) &&
           f.type->results.size() == 1;
  }
  if (!IsPlainOp(reader) || reader.opcode == Opcode::kSelect) return false;
  if (IsAccess(reader)) {
    if (!reader.in[0].Is(v) || reader.in[1].Is(v)) return false;
    if (AddressedOf(reader.opcode) == Op::kCount || !IsNearAccess(f, reader)) return false;
    return producer.opcode == Opcode::kI32Add || IsElementShift(producer, reader);
  }
  if (HasConst(reader) && reader.in[0].Is(v) && HasConst(producer)) {
    return ConstPairOf(producer.opcode, reader.opcode) != Op::kCount;
  }
  const bool takes_const = IsAccess(producer) && HasConst(reader) && producer.opcode != Opcode::kF64Load &&
                           producer.opcode != Opcode::kF32Load;
  if (!reader.in[1] || reader.in[0].is_const() || (reader.in[1].is_const() && !takes_const)) return false;
  const bool on_left = reader.in[0].Is(v);
  const bool movable = !on_left || ir::IsCommutative(reader.opcode);
  if (HasVectorConst(producer) || HasVectorConst(reader)) return false;  // a constant is an operand of its own cell
  if (IsAccess(producer) && VectorLoadThenOf(producer.opcode, reader.opcode) != Op::kCount) {
    return IsNearAccess(f, producer) && (!on_left || IsCommutativeVector(reader.opcode));
  }
  if (VectorChainOf(producer.opcode, reader.opcode, !on_left) != Op::kCount) return true;
  if (IsAccess(producer)) {
    return movable && IsNearAccess(f, producer) && LoadThenOf(producer.opcode, reader.opcode) != Op::kCount;
  }
  if (HasConst(producer)) {
    return movable && ConstThenOf(producer.opcode, reader.opcode) != Op::kCount;
  }
  if (producer.in[0].is_const()) return false;
  if (IntChainOf(producer.opcode, reader.opcode) != Op::kCount) return true;
  return FloatChainOf(producer.opcode, reader.opcode, !on_left || ir::IsCommutative(reader.opcode)) != Op::kCount;
}

// load; and; branch: one cell of all three, see lower_pairs.cc, if the load is left to the branch.
bool IsTestOfLoad(const ir::Function& f, ir::NodeId test, ir::NodeId end) {
  const Opcode load = f.nodes[test - 1].opcode;
  if ((load != Opcode::kI32Load && load != Opcode::kI32Load8U) || f.nodes[test].opcode != Opcode::kI32And) return false;
  return test + 1 < end && f.nodes[test + 1].kind == ir::NodeKind::kBranchIf && f.IsUsedOnceNext(test) &&
         CanFuse(f, f.nodes[test], f.nodes[test + 1]);
}

// An operand of a node before it that is fused into it.
bool TakesFused(const ir::Function& f, ir::NodeId id, ir::NodeId block_first) {
  return id > block_first && f.nodes[id - 1].fused;
}

// store(a, op(load(a), b)): marks load and op.
bool FuseModify(ir::Function* f, ir::NodeId id, ir::NodeId first) {
  ir::Node& store = f->nodes[id];
  // Not an atomic one.
  if (!IsAccess(store) || AddressedOf(store.opcode) == Op::kCount || id < first + 2) return false;
  ir::Node& fn = f->nodes[id - 1];
  ir::Node& load = f->nodes[id - 2];
  if (!IsPlainOp(fn) || !IsAccess(load) || !IsNearAccess(*f, store) || !IsNearAccess(*f, load)) return false;
  if (!f->IsUsedOnceNext(id - 1) || !f->IsUsedOnceNext(id - 2) || !store.in[1].Is(fn.result)) return false;
  if (!store.in[0].is_vreg() || store.in[0].Is(fn.result) || !(load.in[0] == store.in[0])) return false;
  if (load.immediate != store.immediate || InfoOf(load.opcode).access != InfoOf(store.opcode).access) return false;
  if (!fn.in[0].Is(load.result) || fn.in[1].Is(load.result)) return false;
  if (ModifyOf(load.opcode, fn.opcode) == Op::kCount || load.fused || fn.fused) return false;
  load.fused = fn.fused = true;
  return true;
}

// A store's address is computed before its value: `add; ...; store`. Puts the addition behind the value's nodes,
// where none of them writes what it reads.
void SinkAddress(ir::Function* f, ir::NodeId id, ir::NodeId first) {
  constexpr ir::NodeId kMaxDistance = 12;
  const ir::Node& store = f->nodes[id];
  if (!IsAccess(store) || store.result != ir::kNone || !store.in[0].is_vreg()) return;
  if (AddressedOf(store.opcode) == Op::kCount || !IsNearAccess(*f, store)) return;
  const ir::VReg v = store.in[0].vreg();
  const ir::VRegInfo& info = f->vregs[v];
  if (info.kind != ir::VRegKind::kTemp || info.uses != 1 || info.crosses_blocks) return;
  const ir::NodeId def = info.def_node;
  if (def == ir::kNone || def < first || def + 1 >= id || id - def > kMaxDistance) return;
  const ir::Node& add = f->nodes[def];
  if (!IsPlainOp(add) || (add.opcode != Opcode::kI32Add && !IsElementShift(add, store))) return;
  // What is fused into the addition moves with it.
  const ir::NodeId begin = TakesFused(*f, def, first) ? def - 1 : def;
  for (ir::NodeId between = def + 1; between < id; ++between) {
    const ir::Node& node = f->nodes[between];
    if (node.kind == ir::NodeKind::kCall) return;
    bool writes = false;
    for (ir::NodeId n = begin; n <= def; ++n) {
      const ir::Node& moved = f->nodes[n];
      ir::ForEachDef(*f, node, [&](ir::VReg w) { writes = writes || moved.in[0].Is(w) || moved.in[1].Is(w); });
    }
    if (writes) return;
  }
  if (IsAccess(f->nodes[begin])) return;  // a load stays in front of the stores that follow it
  std::rotate(f->nodes.begin() + begin, f->nodes.begin() + def + 1, f->nodes.begin() + id);
  for (ir::NodeId n = begin; n < id; ++n) {
    ir::ForEachDef(*f, f->nodes[n], [&](ir::VReg w) {
      if (f->vregs[w].def_node != ir::kNone) f->vregs[w].def_node = n;
    });
  }
}

}  // namespace

bool IsNearAccess(const ir::Function& f, const ir::Node& node) {
  return IsNear(*f.module, node.memory(), node.immediate);
}

Op ConstPairOf(Opcode producer, Opcode reader) { return Find<kConstPairs>(producer, reader); }
Op ConstThenOf(Opcode producer, Opcode reader) { return Find<kConstThens>(producer, reader); }
Op LoadThenOf(Opcode load, Opcode reader) { return Find<kLoadThens>(load, reader); }
Op ModifyOf(Opcode load, Opcode fn) { return Find<kModifies>(load, fn); }
Op VectorLoadThenOf(Opcode load, Opcode reader) { return Find<kVectorLoadThens>(load, reader); }
Op AddressedOf(Opcode access) {
  static constexpr std::array<Op, kOpcodeCount> kOps = [] {
    std::array<Op, kOpcodeCount> ops{};
    for (Op& op : ops) op = Op::kCount;
    for (const PairRow& row : kAddressed) ops[static_cast<size_t>(row.first)] = row.op;
    return ops;
  }();
  return kOps[static_cast<size_t>(access)];
}

Op IntChainOf(Opcode first, Opcode second) { return Find<kIntChains>(first, second); }

Op FloatChainOf(Opcode first, Opcode second, bool swapped) {
  if (first == Opcode::kF64Mul) {
    if (second == Opcode::kF64Add) return Op::kF64MulAdd;
    if (second == Opcode::kF64Sub) return swapped ? Op::kF64SubMul : Op::kF64MulSub;
  }
  return Op::kCount;
}

Op VectorChainOf(Opcode first, Opcode second, bool swapped) {
  static constexpr std::array<bool, kOpcodeCount> kFirsts = FirstsOf(kVectorChains);
  if (!kFirsts[static_cast<size_t>(first)]) return Op::kCount;
  for (const ChainRow& row : kVectorChains) {
    if (row.first != first || row.second != second) continue;
    if (row.swapped == swapped || IsCommutativeVector(second)) return row.op;
  }
  return Op::kCount;
}

void FuseNodes(ir::Function* f) {
  for (const ir::Block& block : f->blocks) {
    for (ir::NodeId id = block.first + 1; id < block.end; ++id) {
      if (FuseModify(f, id, block.first)) continue;
      SinkAddress(f, id, block.first);
      ir::Node& producer = f->nodes[id - 1];
      const ir::Node& reader = f->nodes[id];
      if (!f->IsUsedOnceNext(id - 1)) continue;
      const bool takes_one = TakesFused(*f, id - 1, block.first);
      // An address may be made of a shift and an addition, and a vector's load with an addition in its address is
      // read in the same cell; everything else is of two.
      if (takes_one && IsAccess(producer) && HasConst(f->nodes[id - 2]) &&
          f->nodes[id - 2].opcode == Opcode::kI32Add && !TakesFused(*f, id - 2, block.first)) {
        producer.fused =
            VectorLoadThenOf(producer.opcode, reader.opcode) != Op::kCount && CanFuse(*f, producer, reader);
      } else if (takes_one) {
        if (!IsAccess(reader) || producer.opcode != Opcode::kI32Add || HasConst(producer)) continue;
        if (CanFuse(*f, producer, reader) && IsElementShift(f->nodes[id - 2], reader)) producer.fused = true;
      } else if (!IsTestOfLoad(*f, id, block.end)) {
        producer.fused = CanFuse(*f, producer, reader);
      }
    }
  }
}

}  // namespace umiak
