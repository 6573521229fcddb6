#include "vm/runtime/table.h"

#include <doctest/doctest.h>

namespace umiak {
namespace {

TableType TypeOf(uint64_t min, uint64_t max = Limits::kNoMax) {
  TableType type;
  type.element = kFuncRef;
  type.limits = {min, max};
  return type;
}

constexpr uint64_t kLimit = 10'000'000;

TEST_SUITE_BEGIN("vm/table");

TEST_CASE("a new table is null in every element") {
  auto table = NewTable(TypeOf(5), kLimit);
  REQUIRE(table != nullptr);
  CHECK(table->size == 5);
  for (int i = 0; i < 5; ++i) CHECK(table->elems[i] == 0);
  CHECK(NewTable(TypeOf(0), kLimit) != nullptr);
}

TEST_CASE("a table whose minimum is beyond the store's limit is refused") {
  CHECK(NewTable(TypeOf(11), 10) == nullptr);
  CHECK(NewTable(TypeOf(0xffffffff), kLimit) == nullptr);
}

TEST_CASE("table.grow sets the new elements and stops at the maximum") {
  auto table = NewTable(TypeOf(1, 4), kLimit);
  table->elems[0] = 7;
  CHECK(TableGrow(table.get(), 3, 9) == 1);
  CHECK(table->elems[0] == 7);
  CHECK(table->elems[1] == 9);
  CHECK(table->elems[3] == 9);
  CHECK(TableGrow(table.get(), 1, 9) == -1);
  CHECK(TableGrow(table.get(), ~uint64_t{0}, 9) == -1);
  CHECK(TableGrow(table.get(), 0, 9) == 4);
}

TEST_CASE("a table grows one by one in little time") {
  auto table = NewTable(TypeOf(0), kLimit);
  for (int64_t i = 0; i < 200'000; ++i) REQUIRE(TableGrow(table.get(), 1, static_cast<uint64_t>(i)) == i);
  CHECK(table->elems[123'456] == 123'456);
}

TEST_CASE("table.fill and table.copy write nothing when out of bounds") {
  auto table = NewTable(TypeOf(4), kLimit);
  CHECK_FALSE(TableFill(table.get(), 3, 1, 2));
  CHECK_FALSE(TableFill(table.get(), ~uint64_t{0}, 1, 2));
  CHECK(table->elems[3] == 0);
  CHECK(TableFill(table.get(), 4, 1, 0));
  CHECK(TableFill(table.get(), 0, 1, 1));
  CHECK_FALSE(TableCopy(table.get(), 2, table.get(), 0, 3));
  CHECK_FALSE(TableCopy(table.get(), 5, table.get(), 0, 0));
  CHECK(table->elems[2] == 0);
}

TEST_CASE("table.copy of overlapping ranges copies as if at once") {
  auto table = NewTable(TypeOf(5), kLimit);
  for (uint64_t i = 0; i < 5; ++i) table->elems[i] = i;
  CHECK(TableCopy(table.get(), 1, table.get(), 0, 4));
  CHECK(table->elems[1] == 0);
  CHECK(table->elems[4] == 3);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
