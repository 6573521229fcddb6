#include "loader/binary/leb128.h"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "loader/binary/writer.h"

namespace umiak {
namespace {

template <class T, int kBits>
LebStatus Decode(const std::vector<uint8_t>& bytes, T* value, size_t* length) {
  const uint8_t* position = bytes.data();
  LebStatus status = DecodeLeb<T, kBits>(&position, bytes.data() + bytes.size(), value);
  *length = static_cast<size_t>(position - bytes.data());
  return status;
}

template <class T, int kBits>
LebStatus StatusOf(const std::vector<uint8_t>& bytes) {
  T value = 0;
  size_t length;
  return Decode<T, kBits>(bytes, &value, &length);
}

template <class T, int kBits>
void CheckRoundTrip(T value, const std::vector<uint8_t>& bytes) {
  T decoded = 0;
  size_t length;
  CHECK(Decode<T, kBits>(bytes, &decoded, &length) == LebStatus::kOk);
  CHECK(decoded == value);
  CHECK(length == bytes.size());
}

TEST_CASE("LEB128 numbers of every width survive being written and read") {
  for (int bit = 0; bit < 64; ++bit) {
    for (int64_t delta : {-1, 0, 1}) {
      uint64_t value = (uint64_t{1} << bit) + static_cast<uint64_t>(delta);
      CheckRoundTrip<uint64_t, 64>(value, Writer().U64(value).Take());
      CheckRoundTrip<int64_t, 64>(static_cast<int64_t>(value),
                                  Writer().S64(static_cast<int64_t>(value)).Take());
      CheckRoundTrip<int64_t, 64>(-static_cast<int64_t>(value >> 1),
                                  Writer().S64(-static_cast<int64_t>(value >> 1)).Take());
      if (bit < 32) {
        CheckRoundTrip<uint32_t, 32>(static_cast<uint32_t>(value),
                                     Writer().U32(static_cast<uint32_t>(value)).Take());
        CheckRoundTrip<int32_t, 32>(static_cast<int32_t>(value),
                                    Writer().S32(static_cast<int32_t>(value)).Take());
      }
    }
  }
  CheckRoundTrip<int32_t, 32>(std::numeric_limits<int32_t>::min(),
                              Writer().S32(std::numeric_limits<int32_t>::min()).Take());
  CheckRoundTrip<int64_t, 33>(-(int64_t{1} << 32), Writer().S33(-(int64_t{1} << 32)).Take());
}

TEST_CASE("LEB128 may be longer than it must, up to the width's bytes") {
  CheckRoundTrip<uint32_t, 32>(2, {0x82, 0x80, 0x80, 0x80, 0x00});
  CheckRoundTrip<int32_t, 32>(-1, {0xff, 0xff, 0xff, 0xff, 0x7f});
}

TEST_CASE("LEB128 rejects a byte too many") {
  CHECK(StatusOf<uint32_t, 32>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == LebStatus::kTooLong);
  CHECK(StatusOf<int32_t, 32>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == LebStatus::kTooLong);
  CHECK(StatusOf<uint64_t, 64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) ==
        LebStatus::kTooLong);
}

TEST_CASE("LEB128 rejects bits beyond the width that are no sign") {
  CHECK(StatusOf<uint32_t, 32>({0x80, 0x80, 0x80, 0x80, 0x10}) == LebStatus::kTooLarge);
  CHECK(StatusOf<int32_t, 32>({0x80, 0x80, 0x80, 0x80, 0x70}) == LebStatus::kTooLarge);
  CHECK(StatusOf<int32_t, 32>({0xff, 0xff, 0xff, 0xff, 0x0f}) == LebStatus::kTooLarge);
  CHECK(StatusOf<int64_t, 64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e}) ==
        LebStatus::kTooLarge);
}

TEST_CASE("LEB128 that ends with the bytes is truncated") {
  CHECK(StatusOf<uint32_t, 32>({}) == LebStatus::kTruncated);
  CHECK(StatusOf<uint32_t, 32>({0x80, 0x80}) == LebStatus::kTruncated);
}

}  // namespace
}  // namespace umiak
