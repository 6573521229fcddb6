#include "loader/text/quote.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "umiak/float_text.h"
#include "umiak/text_lexer.h"

namespace umiak {
namespace {

// A printable character, or the escape of a byte.
void AppendByte(uint8_t byte, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (byte) {
    case '\t': *out += "\\t"; return;
    case '\n': *out += "\\n"; return;
    case '\r': *out += "\\r"; return;
    case '"': *out += "\\\""; return;
    case '\\': *out += "\\\\"; return;
    default: break;
  }
  if (byte >= 0x20 && byte < 0x7F) {
    out->push_back(static_cast<char>(byte));
  } else {
    out->push_back('\\');
    out->push_back(kHex[byte >> 4]);
    out->push_back(kHex[byte & 15]);
  }
}

// Controls, and what changes the direction or the look of the text around it.
bool IsHidden(uint32_t code) {
  return code < 0xA0 || code == 0xAD || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xE000 && code <= 0xF8FF) ||
         (code >= 0xFFF0 && code <= 0xFFFF) || code >= 0xE0000;
}

// How many bytes a UTF-8 character takes, by its first.
size_t LengthOf(uint8_t first) { return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; }

template <class Bits, class Float, int kMantissaBits>
std::string FloatText(Bits bits) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  constexpr Bits kMantissa = (Bits{1} << kMantissaBits) - 1;
  constexpr Bits kExponent = static_cast<Bits>(~(kSign | kMantissa));
  std::string sign = (bits & kSign) != 0 ? "-" : "";
  bits &= ~kSign;
  if (bits == kExponent) return sign + "inf";
  if (bits == (kExponent | (Bits{1} << (kMantissaBits - 1)))) return sign + "nan";
  if (bits > kExponent) return absl::StrCat(sign, "nan:0x", absl::Hex(bits & kMantissa));
  return sign.append(ShortestDecimal(std::bit_cast<Float>(bits)));
}

}  // namespace

std::string QuoteBytes(absl::Span<const uint8_t> bytes) {
  std::string out = "\"";
  out.reserve(bytes.size() + 2);
  for (uint8_t byte : bytes) AppendByte(byte, &out);
  out.push_back('"');
  return out;
}

std::string QuoteName(absl::string_view name) {
  std::string out = "\"";
  for (size_t i = 0; i < name.size();) {
    uint8_t first = static_cast<uint8_t>(name[i]);
    if (first < 0x80) {
      AppendByte(first, &out);
      ++i;
      continue;
    }
    size_t length = LengthOf(first);
    uint32_t code = first & (0x7Fu >> length);
    for (size_t k = 1; k < length && i + k < name.size(); ++k) code = code << 6 | (name[i + k] & 0x3F);
    if (IsHidden(code)) {
      absl::StrAppend(&out, "\\u{", absl::Hex(code), "}");
    } else {
      absl::StrAppend(&out, name.substr(i, length));
    }
    i += length;
  }
  out.push_back('"');
  return out;
}

std::string QuoteId(absl::string_view name) {
  bool plain = std::all_of(name.begin(), name.end(), IsIdChar);
  return plain ? absl::StrCat("$", name) : absl::StrCat("$", QuoteName(name));
}

std::string Float32Text(uint32_t bits) { return FloatText<uint32_t, float, 23>(bits); }
std::string Float64Text(uint64_t bits) { return FloatText<uint64_t, double, 52>(bits); }

}  // namespace umiak
