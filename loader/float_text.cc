#include "umiak/float_text.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"

namespace umiak {

namespace {

// 0.d1d2d3... x 10^point.
struct Decimal {
  std::string digits;
  int point;
};

Decimal RoundedTo(int count, double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*e", count - 1, value);
  Decimal decimal;
  const char* at = text;
  for (; *at != 'e'; ++at) {
    if (*at >= '0' && *at <= '9') decimal.digits.push_back(*at);  // the point is the locale's
  }
  decimal.point = std::atoi(at + 1) + 1;
  return decimal;
}

template <class T>
bool ReadsBackAs(T value, const Decimal& decimal) {
  const std::string text = absl::StrCat(decimal.digits, "e", decimal.point - static_cast<int>(decimal.digits.size()));
  T read = 0;
  const auto result = absl::from_chars(text.data(), text.data() + text.size(), read);
  return result.ec == std::errc() && read == value;
}

// A number of up to digits10 digits comes back when it is printed with so many: only longer ones have to be looked for.
// That does not hold of subnormal ones, which have less precision.
template <class T>
Decimal ShortestOf(T value) {
  using Limits = std::numeric_limits<T>;
  for (int count = value < Limits::min() ? 1 : Limits::digits10;; ++count) {
    Decimal decimal = RoundedTo(count, value);
    bool found = count == Limits::max_digits10 || ReadsBackAs(value, decimal);
    // Numbers that read back as a power of two reach twice as far above it as below.
    if (!found && decimal.digits.back() != '9') {
      ++decimal.digits.back();
      found = ReadsBackAs(value, decimal);
    }
    if (!found) continue;
    decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
    return decimal;
  }
}

std::string WithExponent(const Decimal& decimal) {
  const std::string rest = decimal.digits.substr(1);
  char exponent[16];
  std::snprintf(exponent, sizeof exponent, "e%+03d", decimal.point - 1);
  return absl::StrCat(decimal.digits.substr(0, 1), rest.empty() ? "" : ".", rest, exponent);
}

std::string WithoutExponent(const Decimal& decimal, double value) {
  const int count = static_cast<int>(decimal.digits.size());
  if (decimal.point <= 0) return absl::StrCat("0.", std::string(-decimal.point, '0'), decimal.digits);
  if (decimal.point < count) {
    return absl::StrCat(decimal.digits.substr(0, decimal.point), ".", decimal.digits.substr(decimal.point));
  }
  char text[40];
  std::snprintf(text, sizeof text, "%.0f", value);  // all digits of a large integer
  return text;
}

template <class T>
std::string ToText(T value) {
  if (std::signbit(value)) return absl::StrCat("-", ToText(-value));
  if (value == 0) return "0";
  const Decimal decimal = ShortestOf(value);
  const std::string with_exponent = WithExponent(decimal);
  if (decimal.point > 40 || decimal.point < -40) return with_exponent;
  const std::string without_exponent = WithoutExponent(decimal, value);
  return without_exponent.size() <= with_exponent.size() ? without_exponent : with_exponent;
}

}  // namespace

std::string ShortestDecimal(float value) { return ToText(value); }
std::string ShortestDecimal(double value) { return ToText(value); }

}  // namespace umiak
