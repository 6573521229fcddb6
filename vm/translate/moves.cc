#include "vm/translate/moves.h"

#include <utility>

namespace umiak {

namespace {

bool Overlap(const Place& a, const Place& b) {
  if (a.kind != b.kind || a.is_imm()) return false;
  if (a.is_register()) return a.bank == b.bank && a.value == b.value;
  return a.value < b.value + b.words && b.value < a.value + a.words;
}

// Whether another pending move still reads what this one writes.
bool IsBlocked(const std::vector<PlaceMove>& moves, size_t index) {
  for (size_t i = 0; i < moves.size(); ++i) {
    if (i != index && Overlap(moves[i].from, moves[index].to)) return true;
  }
  return false;
}

}  // namespace

void EmitParallelMoves(Emitter* emitter, std::vector<PlaceMove>* moves, int scratch) {
  std::erase_if(*moves, [](const PlaceMove& move) { return move.from == move.to; });
  while (!moves->empty()) {
    bool moved = false;
    for (size_t i = 0; i < moves->size();) {
      if (IsBlocked(*moves, i)) {
        ++i;
        continue;
      }
      emitter->Move((*moves)[i].from, (*moves)[i].to);
      moves->erase(moves->begin() + static_cast<ptrdiff_t>(i));
      moved = true;
    }
    if (moved || moves->empty()) continue;
    // Only cycles are left: take one source out of the way.
    PlaceMove& first = moves->front();
    Place aside = emitter->Scratch(scratch, first.from.bank, first.from.words);
    emitter->Move(first.from, aside);
    const Place out = first.from;
    for (PlaceMove& move : *moves) {
      if (move.from == out) move.from = aside;
    }
  }
}

}  // namespace umiak
