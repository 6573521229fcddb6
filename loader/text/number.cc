#include "umiak/text_number.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace umiak {
namespace {

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// Takes a sign off. True for "-".
bool TakeSign(absl::string_view* text) {
  bool negative = absl::StartsWith(*text, "-");
  if (negative || absl::StartsWith(*text, "+")) text->remove_prefix(1);
  return negative;
}

// The layout of an IEEE 754 format and how it is read.
template <class Bits, class Float, int kMantissaBits>
struct Format {
  static constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  static constexpr Bits kMantissaMask = (Bits{1} << kMantissaBits) - 1;
  static constexpr Bits kExponentMask = static_cast<Bits>(~(kSign | kMantissaMask));

  static std::optional<Bits> Magnitude(absl::string_view text) {
    if (text == "inf") return kExponentMask;
    if (text == "nan") return kExponentMask | (Bits{1} << (kMantissaBits - 1));
    if (absl::ConsumePrefix(&text, "nan:")) {
      std::optional<uint64_t> payload = ParseNat(text, kMantissaMask);
      if (!payload.has_value() || *payload == 0) return std::nullopt;
      return kExponentMask | static_cast<Bits>(*payload);
    }
    bool hex = absl::ConsumePrefix(&text, "0x");
    std::string digits;
    digits.reserve(text.size());
    for (char c : text) {
      if (c != '_') digits.push_back(c);
    }
    Float value = 0;
    auto result = absl::from_chars(digits.data(), digits.data() + digits.size(), value,
                                   hex ? absl::chars_format::hex : absl::chars_format::general);
    // Out of range is also what is too small; that one rounds to zero.
    if (result.ec == std::errc::result_out_of_range && value > Float{1}) return std::nullopt;
    if (std::isinf(value)) return std::nullopt;
    Bits bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  static std::optional<Bits> Parse(absl::string_view text) {
    bool negative = TakeSign(&text);
    std::optional<Bits> bits = Magnitude(text);
    if (bits.has_value() && negative) *bits |= kSign;
    return bits;
  }
};

}  // namespace

std::optional<uint64_t> ParseNat(absl::string_view text, uint64_t max) {
  uint64_t base = absl::ConsumePrefix(&text, "0x") ? 16 : 10;
  uint64_t value = 0;
  for (char c : text) {
    if (c == '_') continue;
    uint64_t digit = static_cast<uint64_t>(DigitOf(c));
    if (value > (std::numeric_limits<uint64_t>::max() - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  if (value > max) return std::nullopt;
  return value;
}

std::optional<uint64_t> ParseInteger(absl::string_view text, int bits) {
  const uint64_t mask = std::numeric_limits<uint64_t>::max() >> (64 - bits);
  // A plus sign is a sign: "+255" is no 8-bit number of the specification's grammar, but all readers take it.
  if (!TakeSign(&text)) return ParseNat(text, mask);
  std::optional<uint64_t> magnitude = ParseNat(text, uint64_t{1} << (bits - 1));
  if (!magnitude.has_value()) return std::nullopt;
  return (uint64_t{0} - *magnitude) & mask;
}

std::optional<uint32_t> ParseFloat32(absl::string_view text) { return Format<uint32_t, float, 23>::Parse(text); }

std::optional<uint64_t> ParseFloat64(absl::string_view text) { return Format<uint64_t, double, 52>::Parse(text); }

}  // namespace umiak
