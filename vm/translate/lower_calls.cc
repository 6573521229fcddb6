// Calls: arguments into the callee's slots, results out of r0 or f0 and its slots.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "vm/interp/bridge.h"
#include "vm/translate/call_cells.h"
#include "vm/translate/lower.h"

namespace umiak {

const FuncType& Lowering::CalleeType(const ir::Node& node) const {
  const Module& module = context_.module;
  const bool by_index = node.opcode == Opcode::kCall || node.opcode == Opcode::kReturnCall;
  return by_index ? module.TypeOfFunction(node.index) : module.types[node.index].func;
}

// Moves the arguments from number `first` on into the callee's slots. In descending order: an argument's own slot lies
// below where it goes, so that one moved earlier never covers one that is still to be read.
void Lowering::MoveArguments(const ir::Node& node, uint32_t frame, size_t first) {
  absl::Span<const ir::Operand> arguments = f_.Arguments(node);
  if (first == arguments.size()) return;
  absl::InlinedVector<uint32_t, 16> slots(arguments.size());
  uint32_t slot = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    slots[i] = slot;
    slot += ir::SlotsOf(arguments[i].type);
  }
  for (size_t i = arguments.size(); i-- > first;) {
    Place from = PlaceOf(arguments[i]);
    // Neighbours in consecutive slots move together: the results of a call in two bytes may be a thousand.
    const size_t last = i;
    while (from.is_slot() && i > first) {
      const Place before = PlaceOf(arguments[i - 1]);
      if (!before.is_slot() || before.value + before.words != from.value) break;
      from = before;
      --i;
    }
    if (last - i < 2) {
      i = last;
      from = PlaceOf(arguments[i]);
      emit_.Move(from, Place::Slot(from.bank, frame + slots[i], from.words));
    } else {
      const uint32_t words = slots[last] + ir::SlotsOf(arguments[last].type) - slots[i];
      emit_.MoveRange(static_cast<uint32_t>(from.value), frame + slots[i], words);
    }
  }
}

void Lowering::LowerCall(ir::NodeId id, const ir::Node& node) {
  const uint32_t frame = placement_.operand_base() + node.height + kHeaderSlots;
  EnterRegion(node.region);
  StoreSaves(id);
  absl::Span<const ir::Operand> arguments = f_.Arguments(node);
  Callee callee = {node.opcode, node.index, node.index2, {}};
  Place folded[kMaxFoldedArguments];
  size_t count = 0;
  if (IsDirect(context_, callee)) {
    for (; count < std::min(arguments.size(), kMaxFoldedArguments); ++count) {
      folded[count] = PlaceOf(arguments[count]);
      if (!CanFold(folded[count])) break;
    }
  } else if (node.in[0]) {
    callee.place = PlaceOf(node.in[0]);
    SaveCallee(&emit_, frame, &callee);
  }
  MoveArguments(node, frame, count);
  EmitCallCell(&emit_, context_, callee, frame, absl::MakeConstSpan(folded, count));
  TakeResults(node, frame);
  for (const ir::CallSave& save : placement_.SavesAt(id)) {
    if (save.reload) emit_.Move(PlaceOf(save.slot, save.type), PlaceOf(save.reg, save.type));
  }
}

void Lowering::StoreSaves(ir::NodeId id) {
  for (const ir::CallSave& save : placement_.SavesAt(id)) {
    if (save.store) emit_.Move(PlaceOf(save.reg, save.type), PlaceOf(save.slot, save.type));
  }
}

void Lowering::TakeResults(const ir::Node& node, uint32_t frame) {
  absl::Span<const ir::VReg> results = f_.Results(node);
  uint32_t slot = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    ValType::Kind type = f_.vregs[results[i]].type;
    Bank bank = ir::BankOf(type) == ir::Bank::kInt ? Bank::kInt : Bank::kFloat;
    uint8_t words = static_cast<uint8_t>(ir::SlotsOf(type));
    Place from = i == 0 ? Place::Register(bank, 0, words) : Place::Slot(bank, frame + slot, words);
    ir::Location location = placement_.At(results[i], block_);
    if (location.kind != ir::Location::kNowhere) emit_.Move(from, PlaceOf(location, type));
    slot += words;
  }
}

// Moves `operands` to consecutive slots from 0 on, but for the first `skip` ones, which only keep their place free.
void Lowering::MoveToFirstSlots(absl::Span<const ir::Operand> operands, size_t skip) {
  uint32_t slot = 0;
  const bool is_narrow = operands.size() <= ir::kMaxNarrow;
  const uint32_t above = placement_.frame_slots() + kHeaderSlots;
  moves_.clear();
  for (size_t i = 0; i < operands.size(); ++i) {
    Place from = PlaceOf(operands[i]);
    Place to = Place::Slot(from.bank, slot, from.words);
    slot += from.words;
    if (i < skip) continue;
    if (is_narrow) {
      moves_.push_back({from, to});
    } else {
      // Many go by way of the slots above the frame: linear, whatever lies where.
      to.value += above;
      emit_.Move(from, to);
    }
  }
  if (is_narrow) return EmitParallelMoves(&emit_, &moves_, 1);
  const uint32_t skipped = skip == 0 ? 0 : static_cast<uint32_t>(PlaceOf(operands[0]).words);
  emit_.MoveRange(above + skipped, skipped, slot - skipped);
}

// The arguments become the first slots of this very frame; a reference to the callee is taken out of their way.
void Lowering::LowerReturnCall(const ir::Node& node) {
  const Module& module = context_.module;
  Place callee;
  if (node.in[0]) {
    callee = PlaceOf(node.in[0]);
    if (!callee.is_register()) {
      emit_.Move(callee, emit_.Scratch(2, Bank::kInt));
      callee = emit_.Scratch(2, Bank::kInt);
    }
  }
  const uint32_t param_slots = SlotsOf(CalleeType(node).params);
  absl::Span<const ir::Operand> arguments = f_.Arguments(node);
  if (node.in[0] && callee.is_slot() && arguments.size() > ir::kMaxNarrow) {
    // Wide arguments may cover scratch too.
    const Place above = Place::Slot(Bank::kInt, placement_.frame_slots() + kHeaderSlots + param_slots);
    emit_.Move(callee, above);
    callee = above;
  }
  MoveToFirstSlots(arguments, 0);
  Extra extra;
  if (node.opcode == Opcode::kReturnCallRef) {
    emit_.Emit(Op::kReturnCallRef, {callee}, extra.U32(param_slots));
  } else if (node.opcode == Opcode::kReturnCallIndirect) {
    Op op = module.tables[node.index2].type.is_64 ? Op::kReturnCallIndirect64 : Op::kReturnCallIndirect;
    uint32_t place = context_.layout.tables + 8 * node.index2;
    emit_.Emit(op, {callee}, extra.U32(place).U32(module.canonical_types[node.index]).U32(param_slots));
  } else if (node.index < module.num_imported_functions) {
    uint32_t place = context_.layout.imported_funcs + 8 * node.index;
    emit_.Emit(Op::kReturnCallImport, {}, extra.U32(place).U32(param_slots));
  } else {
    const FuncIdx defined = node.index - module.num_imported_functions;
    const uint64_t callee = context_.table == nullptr ? 0 : context_.table->TailCallWord(defined);
    emit_.Emit(Op::kReturnCallDirect, {}, extra, callee);
  }
}

}  // namespace umiak
