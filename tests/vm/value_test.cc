#include "umiak/value.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace umiak {
namespace {

TEST_SUITE_BEGIN("vm/value");

TEST_CASE("numbers are written as in the text format") {
  CHECK(ToString(Value(int32_t{-42})) == "-42");
  CHECK(ToString(Value(uint64_t{1} << 40)) == "1099511627776");
  CHECK(ToString(Value(1.5)) == "1.5");
  CHECK(ToString(Value(0.1f)) == "0.1");
  CHECK(ToString(Value(-0.0)) == "-0");
  CHECK(ToString(Value(std::numeric_limits<double>::infinity())) == "inf");
  CHECK(ToString(Value(-std::numeric_limits<float>::infinity())) == "-inf");
  CHECK(ToString(Value(std::bit_cast<float>(0x7fc00000u))) == "nan");
  CHECK(ToString(Value(std::bit_cast<float>(0xffc00001u))) == "-nan:0x400001");
}

TEST_CASE("vectors and references are written so that they can be told apart") {
  V128 vector;
  vector.bytes[0] = 1;
  vector.bytes[15] = 0xab;
  CHECK(ToString(Value(vector)) == "v128:0xab000000000000000000000000000001");
  CHECK(ToString(Value(kFuncRef, Ref{})) == "(ref.null)");
  CHECK(ToString(Value(kExternRef, Ref{0x10})) == "(ref.extern 0x10)");
}

TEST_CASE("a value survives the way through slots") {
  V128 vector;
  for (int i = 0; i < 16; ++i) vector.bytes[i] = static_cast<uint8_t>(i);
  uint64_t slots[2];
  Value(vector).ToSlots(slots);
  CHECK(Value::FromSlots(ValType::kV128, slots).v128() == vector);
  Value(-1.25f).ToSlots(slots);
  CHECK(slots[0] == std::bit_cast<uint32_t>(-1.25f));
  CHECK(Value::FromSlots(ValType::kF32, slots).f32() == -1.25f);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak
