#include "vm/translate/moves.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

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

// Two moves of words that one cell can do.
bool IsPair(const Emitter& emitter, const PlaceMove& a, const PlaceMove& b) {
  const Place operands[] = {a.from, a.to, b.from, b.to};
  for (const Place& place : operands) {
    if (place.bank != Bank::kInt || place.words != 1) return false;
  }
  return emitter.Fits(Op::kMoveTwo, operands);
}

void EmitInPairs(Emitter* emitter, absl::Span<const PlaceMove> moves) {
  for (size_t i = 0; i < moves.size(); ++i) {
    if (i + 1 < moves.size() && IsPair(*emitter, moves[i], moves[i + 1])) {
      emitter->Emit(Op::kMoveTwo, {moves[i].from, moves[i].to, moves[i + 1].from, moves[i + 1].to});
      ++i;
    } else {
      emitter->Move(moves[i].from, moves[i].to);
    }
  }
}

// The move that goes the other way round, or the number of moves.
size_t ReverseOf(const std::vector<PlaceMove>& moves, const PlaceMove& move) {
  for (size_t i = 0; i < moves.size(); ++i) {
    if (moves[i].from == move.to && moves[i].to == move.from) return i;
  }
  return moves.size();
}

}  // namespace

void EmitParallelMoves(Emitter* emitter, std::vector<PlaceMove>* moves, int scratch) {
  std::erase_if(*moves, [](const PlaceMove& move) { return move.from == move.to; });
  if (moves->empty()) return;
  if (moves->size() == 1) return emitter->Move(moves->front().from, moves->front().to);
  absl::InlinedVector<PlaceMove, 8> ready;
  while (!moves->empty()) {
    for (size_t i = 0; i < moves->size();) {
      if (IsBlocked(*moves, i)) {
        ++i;
        continue;
      }
      ready.push_back((*moves)[i]);
      moves->erase(moves->begin() + static_cast<ptrdiff_t>(i));
      i = 0;
    }
    if (moves->empty()) break;
    // Only cycles are left: a swap is one cell, else one source gets out of the way.
    EmitInPairs(emitter, ready);
    ready.clear();
    const PlaceMove first = moves->front();
    const size_t reverse = ReverseOf(*moves, first);
    if (reverse < moves->size() && IsPair(*emitter, first, (*moves)[reverse])) {
      ready = {first, (*moves)[reverse]};
      EmitInPairs(emitter, ready);
      ready.clear();
      moves->erase(moves->begin() + static_cast<ptrdiff_t>(reverse));
      moves->erase(moves->begin());
      continue;
    }
    Place aside = emitter->Scratch(scratch, first.from.bank, first.from.words);
    emitter->Move(first.from, aside);
    for (PlaceMove& move : *moves) {
      if (move.from == first.from) move.from = aside;
    }
  }
  EmitInPairs(emitter, ready);
}

}  // namespace umiak
