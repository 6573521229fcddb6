#include "loader/binary/utf8.h"

#include <cstring>

namespace umiak {
namespace {

// Length of the sequence at `p`, 0 if it is none. Table 3-7 of the Unicode standard: only the second byte's
// range depends on the first.
size_t SequenceLength(const uint8_t* p, size_t left) {
  uint8_t first = p[0];
  if (first < 0x80) return 1;
  uint8_t low = 0x80, high = 0xBF;
  size_t length;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (left < length || p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool IsUtf8(const uint8_t* bytes, size_t size) {
  size_t i = 0;
  while (i < size) {
    // Names are ASCII mostly: eight at a time.
    uint64_t word;
    if (size - i >= sizeof(word)) {
      std::memcpy(&word, bytes + i, sizeof(word));
      if ((word & 0x8080808080808080) == 0) {
        i += sizeof(word);
        continue;
      }
    }
    size_t length = SequenceLength(bytes + i, size - i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace umiak
