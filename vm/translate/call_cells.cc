#include "vm/translate/call_cells.h"

#include "vm/interp/stub.h"

namespace umiak {

bool CanFold(const Place& argument) {
  return argument.bank == Bank::kInt && argument.words == 1 && !(argument.is_imm() && argument.value > 0xffffffffu) &&
         !(argument.is_slot() && argument.value > 0xffff);
}

bool IsDirect(const TranslateContext& context, const Callee& callee) {
  return callee.opcode == Opcode::kCall && callee.index >= context.module.num_imported_functions;
}

void SaveCallee(Emitter* emit, uint32_t frame, Callee* callee) {
  if (!callee->place.is_slot() || callee->place.value < frame) return;
  emit->Move(callee->place, emit->Scratch(2, Bank::kInt));
  callee->place = emit->Scratch(2, Bank::kInt);
}

void EmitCallCell(Emitter* emit, const TranslateContext& context, const Callee& callee, uint32_t frame,
                  absl::Span<const Place> folded) {
  const Module& module = context.module;
  Extra extra;
  if (IsDirect(context, callee)) {
    const uint32_t defined = callee.index - module.num_imported_functions;
    const uint64_t code = context.table == nullptr ? 0 : reinterpret_cast<uint64_t>(context.table->entry(defined));
    extra.U32(frame);
    switch (folded.size()) {
      case 0: emit->Emit(Op::kCallDirect0, {}, extra, code); break;
      case 1: emit->Emit(Op::kCallDirect1, {folded[0]}, extra, code); break;
      case 2: emit->Emit(Op::kCallDirect2, {folded[0], folded[1]}, extra, code); break;
      default: emit->Emit(Op::kCallDirect3, {folded[0], folded[1], folded[2]}, extra, code); break;
    }
  } else if (callee.opcode == Opcode::kCall) {
    extra.U32(context.layout.imported_funcs + 8 * callee.index).U32(frame);
    emit->Emit(Op::kCallImport, {}, extra, kNoCallee);
  } else if (callee.opcode == Opcode::kCallRef) {
    emit->Emit(Op::kCallRef, {callee.place}, extra.U32(frame), kNoCallee);
  } else {
    const Op op = module.tables[callee.index2].type.is_64 ? Op::kCallIndirect64 : Op::kCallIndirect;
    extra.U32(context.layout.tables + 8 * callee.index2).U32(module.canonical_types[callee.index]).U32(frame);
    emit->Emit(op, {callee.place}, extra, kNoCallee);
  }
}

}  // namespace umiak
