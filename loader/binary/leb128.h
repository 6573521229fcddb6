// LEB128 integers, as strict as the specification: no more bytes than the width needs, unused bits all sign.
// spec: binary/values#integers
#ifndef UMIAK_LOADER_BINARY_LEB128_H_
#define UMIAK_LOADER_BINARY_LEB128_H_

#include <cstdint>
#include <type_traits>

namespace umiak {

enum class LebStatus : uint8_t { kOk, kTruncated, kTooLong, kTooLarge };

// Decodes an integer of kBits bits at *position, which moves behind it. T is as wide as kBits or wider; its
// signedness is the integer's.
template <class T, int kBits>
constexpr LebStatus DecodeLeb(const uint8_t** position, const uint8_t* end, T* value) {
  static_assert(kBits <= static_cast<int>(8 * sizeof(T)));
  constexpr bool kSigned = std::is_signed_v<T>;
  uint64_t result = 0;
  int shift = 0;
  for (const uint8_t* p = *position;; ++p) {
    int bits_left = kBits - shift;
    if (bits_left <= 0) return LebStatus::kTooLong;
    if (p == end) return LebStatus::kTruncated;
    uint8_t byte = *p;
    if (bits_left < 7) {
      uint8_t unused = static_cast<uint8_t>(0x7f & (0xff << (kSigned ? bits_left - 1 : bits_left)));
      uint8_t bits = byte & unused;
      if (bits != 0 && !(kSigned && bits == unused)) return LebStatus::kTooLarge;
    }
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) == 0) {
      if (kSigned && (byte & 0x40) != 0 && shift < 64) result |= ~uint64_t{0} << shift;
      *position = p + 1;
      *value = static_cast<T>(result);
      return LebStatus::kOk;
    }
  }
}

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_LEB128_H_
