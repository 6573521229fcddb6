#include "vm/interp/op.h"

#include <array>

#include "vm/interp/isa.h"
#include "vm/interp/table.h"
#include "vm/interp/table_gc.h"
#include "vm/interp/table_simd.h"

namespace umiak {

namespace {

constexpr int kOne = 1, kThree = 3;
#define OP(...) +kOne
#define WASM(...) +kOne
#define MEMORY(...) +kThree
constexpr int kIntCount = 0
#include "vm/interp/ops_int.def"
    ;
constexpr int kFloatCount = 0
#include "vm/interp/ops_float.def"
    ;
constexpr int kMemoryCount = 0
#include "vm/interp/ops_memory.def"
    ;
constexpr int kMoveCount = 0
#include "vm/interp/ops_move.def"
    ;
constexpr int kControlCount = 0
#include "vm/interp/ops_control.def"
    ;
constexpr int kCallCount = 0
#include "vm/interp/ops_call.def"
    ;
#undef OP
#undef WASM
#undef MEMORY

struct Part {
  const OpInfo* rows;
  int end;  // first Op of the next part
};
// ORDER: as ops.def includes them.
// Where the rows begin that vary with the CPU: they are the last.
constexpr int kIsaBegin = static_cast<int>(Op::kI32Clz);
constexpr Part kParts[] = {
    {kIntOps, kIntCount},
    {kFloatOps, kIntCount + kFloatCount},
    {kMemoryOps, kIntCount + kFloatCount + kMemoryCount},
    {kMoveOps, kIntCount + kFloatCount + kMemoryCount + kMoveCount},
    {kControlOps, kIntCount + kFloatCount + kMemoryCount + kMoveCount + kControlCount},
    {kCallOps, kIntCount + kFloatCount + kMemoryCount + kMoveCount + kControlCount + kCallCount},
    {kFusedOps, static_cast<int>(Op::kI32LoadBase)},
    {kAddressOps, static_cast<int>(Op::kBrI32LoadEq)},
    {kPairOps, static_cast<int>(Op::kI64Add128)},
    {kWideOps, static_cast<int>(Op::kAtomicLoad8)},
    {kAtomicOps, static_cast<int>(Op::kStructGet8S)},
    {kGcOps, static_cast<int>(Op::kV128Not)},
    {kSimdIntOps, static_cast<int>(Op::kF32x4Eq)},
    {kSimdFloatOps, static_cast<int>(Op::kV128Load8x8S)},
    {kSimdMemoryOps, static_cast<int>(Op::kV128LoadBase)},
    {kSimdFusedOps, kIsaBegin},
};

const OpInfo* IsaOps() {
#if defined(__x86_64__)
  switch (ChosenIsa()) {
    case Isa::kV3: return isa_v3::kIsaOps;
    case Isa::kV2: return isa_v2::kIsaOps;
    default: break;
  }
#endif
  return isa_base::kIsaOps;
}

std::array<const OpInfo*, kOpCount> FindRows() {
  std::array<const OpInfo*, kOpCount> rows;
  int op = 0;
  for (const Part& part : kParts) {
    for (int begin = op; op < part.end; ++op) rows[static_cast<size_t>(op)] = &part.rows[op - begin];
  }
  for (; op < kOpCount; ++op) rows[static_cast<size_t>(op)] = &IsaOps()[op - kIsaBegin];
  return rows;
}

constexpr std::array<Op, kOpcodeCount> MakeOpOf() {
  std::array<Op, kOpcodeCount> ops{};
  for (Op& op : ops) op = Op::kCount;
#define OP(...)
#define WASM(name, ...) ops[static_cast<int>(Opcode::k##name)] = Op::k##name;
#define MEMORY(name, ...) ops[static_cast<int>(Opcode::k##name)] = Op::k##name;
#define ADDRESSED(...)
#define ATOMIC(...)
#define GETS(...)
#define SETS(...)
#define LANE_ACCESS(name, ...) ops[static_cast<int>(Opcode::k##name)] = Op::k##name;
#define VECTOR_LOAD_THEN(...)
#define VECTOR_CHAIN(...)
#define CONST_PAIR(...)
#define CONST_THEN(...)
#define LOAD_THEN(...)
#define MODIFY(...)
#define INT_CHAIN(...)
#define FLOAT_CHAIN(...)
#define LOAD_BR(...)
#define ADD_LOAD(...)
#define LOAD_TEST(...)
#define ELEMENT(...)
#define MASKED(...)
#include "vm/interp/ops.def"
  return ops;
}
constexpr std::array<Op, kOpcodeCount> kOpOf = MakeOpOf();

}  // namespace

const OpInfo& InfoOf(Op op) {
  static const std::array<const OpInfo*, kOpCount> rows = FindRows();
  return *rows[static_cast<size_t>(op)];  // REQUIRES: op < kCount
}

Op OpOf(Opcode opcode) { return kOpOf[static_cast<int>(opcode)]; }

}  // namespace umiak
