// Atomic accesses, and waiting for them.
#include <bit>

#include "vm/interp/bridge.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"

namespace umiak {

namespace {

// Instructions of one group, in the order of opcodes.def: i32, i64, i32 8, i32 16, i64 8, i64 16, i64 32.
constexpr int kGroup = 7;
// Operations of one group: four widths, each near and far.
constexpr int kOpGroup = 8;

Op AtomicOpOf(Opcode opcode, bool far) {
  const int group = (static_cast<int>(opcode) - static_cast<int>(Opcode::kI32AtomicLoad)) / kGroup;
  const int width = std::countr_zero(umiak::InfoOf(opcode).access);
  return After(Op::kAtomicLoad8, group * kOpGroup + 2 * width + (far ? 1 : 0));
}

}  // namespace

bool IsAtomic(Opcode opcode) { return opcode >= Opcode::kMemoryAtomicNotify && opcode <= Opcode::kI64AtomicRmw32CmpxchgU; }

void Lowering::LowerAtomic(const ir::Node& node) {
  switch (node.opcode) {
    case Opcode::kAtomicFence: emit_.Emit(Op::kAtomicFence, {}); return;
    case Opcode::kMemoryAtomicNotify: return LowerWait(node, Op::kMemoryAtomicNotifyCall);
    case Opcode::kMemoryAtomicWait32: return LowerWait(node, Op::kMemoryAtomicWait32Call);
    case Opcode::kMemoryAtomicWait64: return LowerWait(node, Op::kMemoryAtomicWait64Call);
    default: break;
  }
  const bool far = !IsNearAccess(f_, node);
  const Op op = AtomicOpOf(node.opcode, far);
  Place address = PlaceOf(node.in[0]);
  const Extra extra = far ? FarAddress(node) : Extra().U32(static_cast<uint32_t>(node.immediate));
  if (!node.in[1]) {
    emit_.Emit(op, {address, Result(node)}, extra);
  } else if (node.result == ir::kNone) {
    emit_.Emit(op, {address, StoredValue(node)}, extra);
  } else if (!node.in[2]) {
    emit_.Emit(op, {address, StoredValue(node), Result(node)}, extra);
  } else {
    emit_.Emit(op, {address, StoredValue(node), StoredValue(node, 2), Result(node)}, extra);
  }
}

// As other intrinsics, with the static offset as a further argument.
void Lowering::LowerWait(const ir::Node& node, Op op) {
  const uint32_t at = placement_.frame_slots() + kHeaderSlots;
  for (uint32_t i = 0; i < 3 && node.in[i]; ++i) {
    emit_.Move(PlaceOf(node.in[i]), Place::Slot(Bank::kInt, at + i));
  }
  emit_.Move(Place::Imm(node.immediate), Place::Slot(Bank::kInt, at + 3));
  emit_.Emit(op, {}, Extra().U32(node.memory()).U32(0).U32(at));
  emit_.Move(Place::Slot(Bank::kInt, at), Result(node));
}

}  // namespace umiak
