#include "vm/runtime/mapping_pool.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

namespace umiak {
namespace {

constexpr uint64_t kHostPage = 64 << 10;  // a multiple of any host's
constexpr uint64_t kBytes = 16 * kHostPage;

bool IsZero(const Mapping& mapping) {
  return std::all_of(mapping.base, mapping.base + mapping.accessible, [](uint8_t byte) { return byte == 0; });
}
// Whether the kernel can read there: it tells instead of faulting.
bool IsAccessible(const uint8_t* at) {
  uint8_t copy;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const bool accessible = write(ends[1], at, 1) == 1 && read(ends[0], &copy, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return accessible;
}

TEST_SUITE_BEGIN("vm/mapping_pool");

TEST_CASE("what is kept comes back zero, accessible as far as is asked for and no further") {
  MappingPool pool(4);
  for (uint64_t pages : {4, 4, 2, 0, 9, 1, 16}) {
    CAPTURE(pages);
    const Mapping mapping = pool.Acquire(kBytes, pages * kHostPage);
    REQUIRE(mapping.base != nullptr);
    CHECK(mapping.accessible == pages * kHostPage);
    CHECK(IsZero(mapping));
    std::memset(mapping.base, 0xff, mapping.accessible);
    if (pages > 0) CHECK(IsAccessible(mapping.base + mapping.accessible - 1));
    if (pages < 16) CHECK_FALSE(IsAccessible(mapping.base + mapping.accessible));
    pool.Release(mapping);
  }
}

TEST_CASE("one that was accessible as far is taken first, another size never") {
  MappingPool pool(4);
  const Mapping a = pool.Acquire(kBytes, kHostPage);
  const Mapping b = pool.Acquire(kBytes, 2 * kHostPage);
  const Mapping c = pool.Acquire(2 * kBytes, 2 * kHostPage);
  for (const Mapping& mapping : {a, b, c}) pool.Release(mapping);
  CHECK(pool.Acquire(kBytes, kHostPage).base == a.base);
  CHECK(pool.Acquire(kBytes, kHostPage).base == b.base);
  const Mapping fresh = pool.Acquire(kBytes, kHostPage);
  CHECK(fresh.base != c.base);
  CHECK(fresh.bytes == kBytes);
}

TEST_CASE("no more are kept than the pool may hold") {
  MappingPool pool(1);
  const Mapping a = pool.Acquire(kBytes, kHostPage);
  const Mapping b = pool.Acquire(kBytes, kHostPage);
  pool.Release(a);
  pool.Release(b);  // unmapped
  CHECK_FALSE(IsAccessible(b.base));
  CHECK(pool.Acquire(kBytes, kHostPage).base == a.base);
}

TEST_CASE("a mapping that there is no room for has no base") {
  MappingPool pool(1);
  CHECK(pool.Acquire(uint64_t{1} << 60, kHostPage).base == nullptr);
}

TEST_CASE("several threads take and return mappings") {
  MappingPool pool(2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&pool, t] {
      for (uint64_t i = 0; i < 200; ++i) {
        const Mapping mapping = pool.Acquire(kBytes, (1 + i % 3) * kHostPage);
        mapping.base[0] = static_cast<uint8_t>(t);
        pool.Release(mapping);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(IsZero(pool.Acquire(kBytes, kHostPage)));
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
