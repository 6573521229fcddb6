// The handlers of one part of vm/interp/chains.def: included by chain_part_N.cc, which define UMIAK_CHAIN_PART.
#include <algorithm>

#include "vm/interp/chain_body.h"
#include "vm/interp/chain_cell.h"

namespace umiak {

namespace {

using namespace chain_classes;

template <class... Cells>
constexpr Handler ChainHandler() {
  constexpr size_t kCount = sizeof...(Cells);
  static_assert(kCount >= 2 && kCount <= kMaxChain);
  constexpr std::array<bool, kCount> kGoesOn = {Cells::kGoesOn...};
  static_assert(std::all_of(kGoesOn.begin(), kGoesOn.end() - 1, [](bool goes_on) { return goes_on; }),
                "only the last cell of a chain may go elsewhere always");
  if constexpr ((Cells::kExists && ...)) {
    constexpr std::array<bool, kCount> kNeedsGuard = {Cells::kNeedsGuard...};
    return &Shell::Run<ChainBody<kNeedsGuard, typename Cells::Body...>>;
  } else {
    return nullptr;
  }
}

}  // namespace

#define JOIN(a, b) a##b
#define HANDLERS_OF_PART(n) JOIN(kChainHandlers, n)
#define CHAIN_PART(n) ((n) == UMIAK_CHAIN_PART)
#define CHAIN(...) ChainHandler<__VA_ARGS__>(),
const Handler HANDLERS_OF_PART(UMIAK_CHAIN_PART)[] = {
#include "vm/interp/chains.def"
};

}  // namespace umiak
