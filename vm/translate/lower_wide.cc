// Nodes with two results: wide arithmetic.
#include "vm/translate/lower.h"

namespace umiak {

void Lowering::LowerWide(const ir::Node& node, Op op) {
  const Place low = Result(node);
  const Place high = PlaceOf(node.second_result);
  if (node.in[2]) {
    emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), PlaceOf(node.in[2]), PlaceOf(node.in[3]), low, high});
  } else {
    emit_.Emit(op, {PlaceOf(node.in[0]), PlaceOf(node.in[1]), low, high});
  }
}

}  // namespace umiak
