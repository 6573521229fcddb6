// A cell of a chain as a type: CELL(operation, class of each operand) in vm/interp/chains.def.
#ifndef UMIAK_VM_INTERP_CHAIN_CELL_H_
#define UMIAK_VM_INTERP_CHAIN_CELL_H_

#include <array>

#include "vm/interp/chain.h"
#include "vm/interp/op_families.h"

namespace umiak {

// The cell of an operation with operands of these classes; `Exists` says whether this build has it.
template <Op op, OperandClass... classes>
struct CellAt {
  using Family = typename FamiliesOf<op>::Type::Plain;
  static constexpr bool kNeedsGuard = FamiliesOf<op>::Type::kNeedsGuard;
  static constexpr std::array<OperandClass, kMaxOperands> kClasses = {classes...};
  static_assert(sizeof...(classes) == kOperandCount<Family>, "a class for each operand");
  static constexpr int kVariant = VariantOf(Family::kOperands.data(), kOperandCount<Family>, kClasses.data());
  static constexpr bool kExists = kVariant >= 0;
  static constexpr int kCanonical = CanonicalVariant<Family>(kExists ? kVariant : 0);
  static constexpr CellKind kKind = KindFrom(op, kCanonical);
  using Body = CellBody<Family, kCanonical>;
  static constexpr bool kGoesOn = Family::kAdvances || Body::kKind == BodyKind::kBranch ||
                                  Body::kKind == BodyKind::kTrapBranch;
};

// The classes as chains.def writes them; registers are their numbers.
namespace chain_classes {
[[maybe_unused]] inline constexpr OperandClass S = kSlot, I = kImm;
}
#define CELL(name, ...) CellAt<Op::k##name __VA_OPT__(, ) __VA_ARGS__>

// How many parts chains.def has, for as many compilations at once.
inline constexpr size_t kChainParts = 4;
// By row of the part: the handler, or null where this build lacks one of the cells.
extern const Handler kChainHandlers0[], kChainHandlers1[], kChainHandlers2[], kChainHandlers3[];

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CHAIN_CELL_H_
