// The table of chains, made of vm/interp/chains.def.
#include "vm/interp/chain.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vm/interp/chain_cell.h"

namespace umiak {

namespace {

using namespace chain_classes;

// As chains.def has it; only for the compiler.
struct Row {
  std::array<CellKind, kMaxChain> kinds = {};
  uint8_t count = 0;         // 0: this build lacks one of the cells
  bool needs_guard = false;  // for guarded memories only
};

template <class... Cells>
constexpr Row MakeRow() {
  if constexpr ((Cells::kExists && ...)) {
    return {{Cells::kKind...}, sizeof...(Cells), (Cells::kNeedsGuard || ...)};
  } else {
    return {};
  }
}

// All parts are equally long but the last.
#define CHAIN(...) +1
#define CHAIN_PART(n) ((n) == 0)
constexpr size_t kRowsOfPart = 0
#include "vm/interp/chains.def"
    ;
#undef CHAIN
#undef CHAIN_PART
#define CHAIN(...) MakeRow<__VA_ARGS__>(),
#define CHAIN_PART(n) 1
constexpr Row kRows[] = {
#include "vm/interp/chains.def"
};
static_assert(std::size(kRows) > (kChainParts - 1) * kRowsOfPart && std::size(kRows) <= kChainParts * kRowsOfPart);

constexpr const Handler* kHandlers[kChainParts] = {kChainHandlers0, kChainHandlers1, kChainHandlers2, kChainHandlers3};

// What is left of the rows at run time: the kinds of one behind those of the other, and for each row where they begin.
struct Entry {
  uint16_t first;    // in kKinds
  uint8_t count;     // 0: this build lacks one of the cells
  bool needs_guard;
};
constexpr size_t kKindCount = [] {
  size_t count = 0;
  for (const Row& row : kRows) count += row.count;
  return count;
}();
static_assert(kKindCount <= 0xffff);

// Rows by their first two cells: buckets, and in each row's place the next one of its bucket. 0: none, else row + 1.
constexpr size_t kBuckets = 8192;
constexpr size_t BucketOf(CellKind first, CellKind second) {
  const uint64_t mixed = (uint64_t{first} << 32 | second) * 0x9e3779b97f4a7c15;
  return static_cast<size_t>(mixed >> 51);  // 13 bits
}
static_assert(kBuckets == 1 << 13 && std::size(kRows) < 0xffff);

struct Tables {
  std::array<CellKind, kKindCount> kinds = {};
  std::array<Entry, std::size(kRows)> rows = {};
  std::array<uint16_t, kBuckets> first = {};
  std::array<uint16_t, std::size(kRows)> next = {};
};
constexpr Tables MakeTables() {
  Tables tables;
  uint16_t at = 0;
  for (size_t i = 0; i < std::size(kRows); ++i) {
    const Row& row = kRows[i];
    tables.rows[i] = {at, row.count, row.needs_guard};
    if (row.count == 0) continue;
    for (size_t k = 0; k < row.count; ++k) tables.kinds[at++] = row.kinds[k];
    uint16_t& head = tables.first[BucketOf(row.kinds[0], row.kinds[1])];
    tables.next[i] = head;
    head = static_cast<uint16_t>(i + 1);
  }
  return tables;
}
constexpr Tables kTables = MakeTables();

Handler HandlerOf(size_t row) { return kHandlers[row / kRowsOfPart][row % kRowsOfPart]; }

}  // namespace

CellKind KindOf(Op op, const OperandClass* classes) {
  const OpInfo& info = InfoOf(op);
  OperandClass sorted[kMaxOperands];
  std::copy(classes, classes + info.operand_count, sorted);
  // As CanonicalVariant.
  if (info.commutative && sorted[0] <= kSlot && sorted[1] <= kSlot && sorted[0] > sorted[1]) std::swap(sorted[0], sorted[1]);
  return KindFrom(op, VariantOf(info.operands, info.operand_count, sorted));
}

int FindChains(absl::Span<const CellKind> cells, bool checked, Chain* to) {
  if (cells.size() < 2) return 0;
  int found = 0;
  for (uint16_t at = kTables.first[BucketOf(cells[0], cells[1])]; at != 0; at = kTables.next[at - 1]) {
    const Entry& row = kTables.rows[at - 1];
    if (row.count > cells.size() || (checked && row.needs_guard)) continue;
    const CellKind* kinds = &kTables.kinds[row.first];
    if (!std::equal(kinds, kinds + row.count, cells.begin())) continue;
    if (found < kMaxChain - 1) to[found++] = {HandlerOf(at - 1), row.count};
  }
  return found;
}

}  // namespace umiak
