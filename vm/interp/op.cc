#include "vm/interp/op.h"

#include <array>

#include "vm/interp/table.h"

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
    {kAtomicOps, kOpCount},
};

constexpr std::array<Op, kOpcodeCount> MakeOpOf() {
  std::array<Op, kOpcodeCount> ops{};
  for (Op& op : ops) op = Op::kCount;
#define OP(...)
#define WASM(name, ...) ops[static_cast<int>(Opcode::k##name)] = Op::k##name;
#define MEMORY(name, ...) ops[static_cast<int>(Opcode::k##name)] = Op::k##name;
#define ADDRESSED(...)
#define ATOMIC(...)
#define CONST_PAIR(...)
#define CONST_THEN(...)
#define LOAD_THEN(...)
#define MODIFY(...)
#define INT_CHAIN(...)
#define FLOAT_CHAIN(...)
#define LOAD_BR(...)
#define ADD_LOAD(...)
#define LOAD_TEST(...)
#define MASKED(...)
#include "vm/interp/ops.def"
  return ops;
}
constexpr std::array<Op, kOpcodeCount> kOpOf = MakeOpOf();

}  // namespace

const OpInfo& InfoOf(Op op) {
  int index = static_cast<int>(op);
  int begin = 0;
  for (const Part& part : kParts) {
    if (index < part.end) return part.rows[index - begin];
    begin = part.end;
  }
  return kCallOps[0];  // REQUIRES: op < kCount
}

Op OpOf(Opcode opcode) { return kOpOf[static_cast<int>(opcode)]; }

}  // namespace umiak
