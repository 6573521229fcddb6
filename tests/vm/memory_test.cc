#include "vm/runtime/memory.h"

#include <sys/mman.h>

#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include "vm/runtime/instance_data.h"
#include "vm/runtime/reservation.h"

namespace umiak {
namespace {

constexpr uint64_t kPage = 65536;
constexpr uint64_t kUnlimited = ~uint64_t{0};

MemoryType TypeOf(uint64_t min, uint64_t max = Limits::kNoMax) {
  MemoryType type;
  type.limits = {min, max};
  return type;
}

bool IsZero(const uint8_t* bytes, uint64_t size) {
  for (uint64_t i = 0; i < size; ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

TEST_SUITE_BEGIN("vm/memory");

TEST_CASE("a new memory has its minimum size and is zero") {
  for (BoundsMode mode : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    auto memory = NewMemory(TypeOf(3), mode, kUnlimited);
    REQUIRE(memory != nullptr);
    CHECK(memory->size == 3 * kPage);
    CHECK(memory->guarded == (GuardedMemorySupported() && mode == BoundsMode::kGuarded));
    CHECK(IsZero(memory->base, memory->size));
  }
}

TEST_CASE("growing returns the old size in pages and keeps the bytes") {
  for (BoundsMode mode : {BoundsMode::kGuarded, BoundsMode::kChecked}) {
    auto memory = NewMemory(TypeOf(1), mode, kUnlimited);
    REQUIRE(memory != nullptr);
    std::memset(memory->base, 0x5a, kPage);
    CHECK(MemoryGrow(memory.get(), 2) == 1);
    CHECK(MemoryGrow(memory.get(), 0) == 3);
    CHECK(memory->size == 3 * kPage);
    CHECK(memory->base[kPage - 1] == 0x5a);
    CHECK(IsZero(memory->base + kPage, 2 * kPage));
  }
}

TEST_CASE("growing stops at the declared maximum, at the store's limit and at 65536 pages") {
  auto declared = NewMemory(TypeOf(1, 2), BoundsMode::kGuarded, kUnlimited);
  CHECK(MemoryGrow(declared.get(), 2) == -1);
  CHECK(MemoryGrow(declared.get(), 1) == 1);
  auto limited = NewMemory(TypeOf(1), BoundsMode::kChecked, 4 * kPage + 5);
  CHECK(MemoryGrow(limited.get(), 4) == -1);
  CHECK(MemoryGrow(limited.get(), 3) == 1);
  auto whole = NewMemory(TypeOf(0), BoundsMode::kGuarded, kUnlimited);
  for (uint64_t delta : {uint64_t{65537}, uint64_t{0xffffffff}, ~uint64_t{0}, uint64_t{1} << 48}) {
    CHECK(MemoryGrow(whole.get(), delta) == -1);
  }
  CHECK(MemoryGrow(whole.get(), 65536) == 0);
  CHECK(whole->size == uint64_t{1} << 32);
}

TEST_CASE("a minimum beyond the store's limit is refused") {
  CHECK(NewMemory(TypeOf(5), BoundsMode::kGuarded, 4 * kPage) == nullptr);
  MemoryType wide = TypeOf(uint64_t{1} << 48);
  wide.is_64 = true;
  CHECK(NewMemory(wide, BoundsMode::kChecked, kUnlimited) == nullptr);
}

TEST_CASE("only 32-bit memories of 64 KiB pages are guarded") {
  MemoryType wide = TypeOf(1);
  wide.is_64 = true;
  CHECK_FALSE(NewMemory(wide, BoundsMode::kGuarded, kUnlimited)->guarded);
  MemoryType fine = TypeOf(100);
  fine.page_size_log2 = 0;
  auto memory = NewMemory(fine, BoundsMode::kGuarded, kUnlimited);
  CHECK_FALSE(memory->guarded);
  CHECK(memory->size == 100);
  CHECK(MemoryGrow(memory.get(), 11) == 100);
  CHECK(memory->size == 111);
  CHECK(MemoryGrow(memory.get(), 0xffffffff) == -1);
}

TEST_CASE("a checked memory that outgrows its mapping moves and tells its users") {
  MemoryType wide = TypeOf(1);
  wide.is_64 = true;
  auto memory = NewMemory(wide, BoundsMode::kChecked, kUnlimited);
  InstanceData user;
  memory->users.push_back(&user);
  memory->base[5] = 77;
  const uint64_t pages = (memory->reserved / kPage) + 1;
  REQUIRE(MemoryGrow(memory.get(), pages) == 1);
  CHECK(memory->base[5] == 77);
  CHECK(user.mem_base == memory->base);
  CHECK(user.mem_size == memory->size);
  CHECK(memory->base[memory->size - 1] == 0);
}

TEST_CASE("addresses of a guarded memory are known until it dies") {
  if (!GuardedMemorySupported()) return;
  std::vector<std::shared_ptr<MemoryInst>> memories;
  std::vector<uint8_t*> bases;
  for (int i = 0; i < 300; ++i) {
    memories.push_back(NewMemory(TypeOf(0), BoundsMode::kGuarded, kUnlimited));
    REQUIRE(memories.back()->guarded);
    bases.push_back(memories.back()->base);
  }
  for (uint8_t* base : bases) {
    CHECK(IsGuardedAddress(base));
    CHECK(IsGuardedAddress(base + kGuardedReservation - 1));
  }
  int local = 0;
  CHECK_FALSE(IsGuardedAddress(&local));
  CHECK_FALSE(IsGuardedAddress(nullptr));
  memories.clear();
  for (uint8_t* base : bases) CHECK_FALSE(IsGuardedAddress(base));
}

TEST_CASE("a reservation from the pool is zero again") {
  if (!GuardedMemorySupported()) return;
  uint8_t* base;
  {
    auto memory = NewMemory(TypeOf(2), BoundsMode::kGuarded, kUnlimited);
    base = memory->base;
    std::memset(base, 0xff, 2 * kPage);
  }
  auto memory = NewMemory(TypeOf(1), BoundsMode::kGuarded, kUnlimited);
  CHECK(memory->base == base);
  CHECK(IsZero(memory->base, kPage));
  REQUIRE(MemoryGrow(memory.get(), 1) == 1);
  CHECK(IsZero(memory->base + kPage, kPage));
}

TEST_CASE("as many checked memories as a process has memory for can live, and all can grow") {
  // 4 GiB of address space for each would be 400 TB.
  std::vector<std::shared_ptr<MemoryInst>> memories;
  for (int i = 0; i < 100'000; ++i) {
    memories.push_back(NewMemory(TypeOf(1), BoundsMode::kChecked, kUnlimited));
    REQUIRE(memories.back() != nullptr);
  }
  MemoryInst* last = memories.back().get();
  last->base[kPage - 1] = 7;
  REQUIRE(MemoryGrow(last, 3) == 1);
  CHECK(last->base[kPage - 1] == 7);
  CHECK(IsZero(last->base + kPage, 3 * kPage));
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
