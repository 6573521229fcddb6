// The one resolver of parallel moves: edges, returns and tail calls.
#ifndef UMIAK_VM_TRANSLATE_MOVES_H_
#define UMIAK_VM_TRANSLATE_MOVES_H_

#include <vector>

#include "vm/translate/emitter.h"

namespace umiak {

struct PlaceMove {
  Place from;
  Place to;
};

// Emits cells after which every `to` holds what its `from` held before all of them. The `to`s must not overlap.
// A cycle goes through scratch slot `scratch` of the emitter (Emitter::Scratch). Empties *moves.
void EmitParallelMoves(Emitter* emitter, std::vector<PlaceMove>* moves, int scratch);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_MOVES_H_
