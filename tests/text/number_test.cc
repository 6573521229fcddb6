// Numbers of the text format.
#include "umiak/text_number.h"

#include <bit>
#include <cstdint>

#include <doctest/doctest.h>

namespace umiak {
namespace {

TEST_CASE("naturals take hexadecimal digits and underscores, up to their bound") {
  CHECK(ParseNat("0", 255) == 0u);
  CHECK(ParseNat("1_000", 1000) == 1000u);
  CHECK(ParseNat("0xFf", 255) == 255u);
  CHECK(ParseNat("256", 255) == std::nullopt);
  CHECK(ParseNat("18446744073709551615", ~uint64_t{0}) == ~uint64_t{0});
  CHECK(ParseNat("18446744073709551616", ~uint64_t{0}) == std::nullopt);
  CHECK(ParseNat("0x1_0000_0000_0000_0000", ~uint64_t{0}) == std::nullopt);
}

TEST_CASE("an integer may be written signed or unsigned") {
  CHECK(ParseInteger("4294967295", 32) == 0xFFFFFFFFu);
  CHECK(ParseInteger("-1", 32) == 0xFFFFFFFFu);
  CHECK(ParseInteger("-2147483648", 32) == 0x80000000u);
  CHECK(ParseInteger("-2147483649", 32) == std::nullopt);
  CHECK(ParseInteger("4294967296", 32) == std::nullopt);
  CHECK(ParseInteger("-0x80", 8) == 0x80u);
  CHECK(ParseInteger("-129", 8) == std::nullopt);
  CHECK(ParseInteger("-0x8000_0000_0000_0000", 64) == uint64_t{1} << 63);
}

TEST_CASE("f32 is rounded once, from the digits") {
  CHECK(ParseFloat32("1.5") == std::bit_cast<uint32_t>(1.5f));
  CHECK(ParseFloat32("-0") == 0x80000000u);
  CHECK(ParseFloat32("0x1.8p1") == std::bit_cast<uint32_t>(3.0f));
  // Just above the middle of two floats, by less than a double can hold.
  CHECK(ParseFloat32("1.00000005960464477539062500001") == std::bit_cast<uint32_t>(1.0f) + 1);
  CHECK(ParseFloat32("1.000000059604644775390625") == std::bit_cast<uint32_t>(1.0f));
  CHECK(ParseFloat32("0x1.00000100000000000000000000000000000001p-50") ==
        std::bit_cast<uint32_t>(0x1.000002p-50f));
}

TEST_CASE("floats round to the least subnormal and to zero, but not to infinity") {
  CHECK(ParseFloat32("0x1p-149") == 1u);
  CHECK(ParseFloat32("0x1p-150") == 0u);
  CHECK(ParseFloat32("0x1.1p-150") == 1u);
  CHECK(ParseFloat32("1e-60") == 0u);
  CHECK(ParseFloat32("-1e-60") == 0x80000000u);
  CHECK(ParseFloat32("0x1.fffffep127") == 0x7F7FFFFFu);
  CHECK(ParseFloat32("0x1.ffffffp127") == std::nullopt);
  CHECK(ParseFloat32("1e39") == std::nullopt);
  CHECK(ParseFloat64("1e309") == std::nullopt);
  CHECK(ParseFloat64("0x1p-1074") == 1u);
  CHECK(ParseFloat64("4.9406564584124654e-324") == 1u);
  CHECK(ParseFloat64("0x1p999999999999999999999") == std::nullopt);
  CHECK(ParseFloat64("0x1p-999999999999999999999") == 0u);
}

TEST_CASE("underscores are no part of a float") {
  CHECK(ParseFloat64("1_0.2_5e1_0") == std::bit_cast<uint64_t>(10.25e10));
  CHECK(ParseFloat64("0xa_b.c_dp-1_0") == std::bit_cast<uint64_t>(0xab.cdp-10));
}

TEST_CASE("a NaN has the payload it says, neither zero nor too wide") {
  CHECK(ParseFloat32("nan") == 0x7FC00000u);
  CHECK(ParseFloat32("-nan:0x1") == 0xFF800001u);
  CHECK(ParseFloat32("nan:0x7fffff") == 0x7FFFFFFFu);
  CHECK(ParseFloat32("nan:0x800000") == std::nullopt);
  CHECK(ParseFloat32("nan:0x0") == std::nullopt);
  CHECK(ParseFloat64("-inf") == 0xFFF0000000000000u);
  CHECK(ParseFloat64("nan:0xf_ffff_ffff_ffff") == 0x7FFFFFFFFFFFFFFFu);
}

}  // namespace
}  // namespace umiak
