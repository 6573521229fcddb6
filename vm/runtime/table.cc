#include "vm/runtime/table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "vm/runtime/fault_injection.h"

namespace umiak {

namespace {

// Of elements, so that their bytes can be counted in any case.
constexpr uint64_t kMaxTableElements = uint64_t{1} << 40;

bool InBounds(uint64_t start, uint64_t count, uint64_t size) { return count <= size && start <= size - count; }

}  // namespace

TableInst::~TableInst() { std::free(elems); }

std::unique_ptr<TableInst> NewTable(const TableType& type, uint64_t max_elements) {
  auto table = std::make_unique<TableInst>();
  table->type = type;
  uint64_t most = type.is_64 ? kMaxTableElements : (uint64_t{1} << 32) - 1;
  table->max = std::min({most, type.limits.max, max_elements});
  if (type.limits.min > table->max) return nullptr;
  table->size = type.limits.min;
  table->capacity = std::max<uint64_t>(table->size, 1);
  // calloc'ed pages are committed when touched.
  if (!AllocationFails()) table->elems = static_cast<uint64_t*>(std::calloc(table->capacity, sizeof(uint64_t)));
  if (table->elems == nullptr) return nullptr;
  return table;
}

int64_t TableGrow(TableInst* table, uint64_t delta, uint64_t init) {
  const uint64_t old_size = table->size;
  if (delta > table->max - old_size) return -1;
  const uint64_t size = old_size + delta;
  if (size > table->capacity) {
    // Half as much again, so that growing one by one costs constant time each.
    const uint64_t capacity = std::max(size, std::min(table->capacity + table->capacity / 2, table->max));
    void* elems = AllocationFails() ? nullptr : std::realloc(table->elems, capacity * sizeof(uint64_t));
    if (elems == nullptr) return -1;
    table->elems = static_cast<uint64_t*>(elems);
    table->capacity = capacity;
  }
  std::fill_n(table->elems + old_size, delta, init);
  table->size = size;
  return static_cast<int64_t>(old_size);
}

bool TableFill(TableInst* table, uint64_t start, uint64_t value, uint64_t count) {
  if (!InBounds(start, count, table->size)) return false;
  std::fill_n(table->elems + start, count, value);
  return true;
}

bool TableCopy(TableInst* to, uint64_t to_start, const TableInst* from, uint64_t from_start, uint64_t count) {
  if (!InBounds(to_start, count, to->size) || !InBounds(from_start, count, from->size)) return false;
  std::memmove(to->elems + to_start, from->elems + from_start, count * sizeof(uint64_t));
  return true;
}

}  // namespace umiak
