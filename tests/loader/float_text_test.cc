// Floats as decimals, against the C++ library's.
#include "umiak/float_text.h"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>

namespace umiak {
namespace {

template <class T>
std::string Expected(T value) {
  char text[400];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}
template <class T>
void CheckOne(T value) {
  if (std::isfinite(value)) CHECK(ShortestDecimal(value) == Expected(value));
}

TEST_SUITE("loader/float_text") {
  TEST_CASE("what is written is the shortest decimal that reads back, as std::to_chars writes it") {
    for (double value : {0.0, -0.0, 1.0, -20.0, 0.1, 0.001, 0.0001, 100000.0, 123456.0, 1e20, 1e22, 1e23, 12345678901234567890.0,
                         5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 5.684341886080802e-14}) {
      CheckOne(value);
      CheckOne(static_cast<float>(value));
    }
    std::mt19937_64 random(1);
    for (int i = 0; i < 20000; ++i) {
      CheckOne(std::bit_cast<double>(random()));
      CheckOne(std::bit_cast<float>(static_cast<uint32_t>(random())));
      CheckOne(static_cast<double>(random() >> (random() % 64)));
      CheckOne(static_cast<float>(random() % 100000) / 1000);
    }
  }

  TEST_CASE("a power of two reads back from a number above it more easily than from one below") {
    for (int exponent = -1074; exponent < 1024; ++exponent) CheckOne(std::ldexp(1.0, exponent));
    for (int exponent = -149; exponent < 128; ++exponent) CheckOne(std::ldexp(1.0f, exponent));
  }
}

}  // namespace
}  // namespace umiak
