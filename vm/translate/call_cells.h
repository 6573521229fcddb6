// The cells of calls, as both tiers of the translator write them.
#ifndef UMIAK_VM_TRANSLATE_CALL_CELLS_H_
#define UMIAK_VM_TRANSLATE_CALL_CELLS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "umiak/opcode.h"
#include "vm/translate/emitter.h"
#include "vm/translate/translate.h"

namespace umiak {

// How many leading arguments a direct call stores itself: integers that its operands can hold.
inline constexpr size_t kMaxFoldedArguments = 3;
bool CanFold(const Place& argument);

// What is called: call, by a function's index; call_indirect, by that of a type and a table; call_ref.
struct Callee {
  Opcode opcode;
  uint32_t index;
  uint32_t index2;
  Place place;  // of the index in the table, or the reference
};
// Whether it is a function of the module itself, whose code the call's cell names.
bool IsDirect(const TranslateContext& context, const Callee& callee);
// Takes the callee's place out of the way of the arguments, which go to slots from `frame` on.
void SaveCallee(Emitter* emit, uint32_t frame, Callee* callee);
// The call's cell. `frame`: the callee's slot 0. `folded`: arguments that a direct call stores itself.
void EmitCallCell(Emitter* emit, const TranslateContext& context, const Callee& callee, uint32_t frame,
                  absl::Span<const Place> folded);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_CALL_CELLS_H_
