#include "tools/values.h"

#include <cctype>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "umiak/error.h"

namespace umiak {
namespace {

// From -2^(bits-1) to 2^bits-1; the two's complement of it.
absl::StatusOr<uint64_t> ParseInteger(absl::string_view text, int bits) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const absl::StatusOr<uint64_t> number = ParseNumber(text);
  if (!number.ok()) return absl::InvalidArgumentError("not a whole number, or too large");
  const uint64_t magnitude = *number;
  const uint64_t half = uint64_t{1} << (bits - 1);
  const uint64_t limit = negative ? half : half - 1 + half;
  if (magnitude > limit) return absl::OutOfRangeError(absl::StrCat("does not fit ", bits, " bits"));
  return negative ? ~magnitude + 1 : magnitude;
}

template <class Float>
absl::StatusOr<Float> ParseFloat(absl::string_view text, Float (*convert)(const char*, char**)) {
  const std::string copy(text);
  char* end = nullptr;
  const Float value = convert(copy.c_str(), &end);
  const bool leading_space = !copy.empty() && std::isspace(static_cast<unsigned char>(copy[0]));
  if (copy.empty() || leading_space || *end != '\0') return absl::InvalidArgumentError("not a number");
  return value;
}

absl::StatusOr<V128> ParseVector(absl::string_view text) {
  std::string digits(text);
  if (!absl::ConsumePrefix(&text, "0x") || text.empty() || text.size() > 32) {
    return absl::InvalidArgumentError("wants 0x and up to 32 digits");
  }
  digits = absl::StrCat(std::string(32 - text.size(), '0'), text);
  V128 vector;
  for (int i = 0; i < 16; ++i) {
    ASSIGN_OR_RETURN(const uint64_t byte, ParseNumber(absl::StrCat("0x", digits.substr(30 - 2 * i, 2))));
    vector.bytes[i] = static_cast<uint8_t>(byte);
  }
  return vector;
}

std::string TypeList(const std::vector<ValType>& types) {
  std::string text;
  for (ValType type : types) absl::StrAppend(&text, text.empty() ? "" : " ", ToString(type));
  return text;
}

}  // namespace

absl::StatusOr<Value> ParseValue(ValType type, absl::string_view text) {
  switch (type.kind()) {
    case ValType::kI32: {
      ASSIGN_OR_RETURN(const uint64_t bits, ParseInteger(text, 32));
      return Value(static_cast<uint32_t>(bits));
    }
    case ValType::kI64: {
      ASSIGN_OR_RETURN(const uint64_t bits, ParseInteger(text, 64));
      return Value(bits);
    }
    case ValType::kF32: {
      ASSIGN_OR_RETURN(const float value, ParseFloat<float>(text, std::strtof));
      return Value(value);
    }
    case ValType::kF64: {
      ASSIGN_OR_RETURN(const double value, ParseFloat<double>(text, std::strtod));
      return Value(value);
    }
    case ValType::kV128: {
      ASSIGN_OR_RETURN(const V128 vector, ParseVector(text));
      return Value(vector);
    }
    default:
      if (text == "null" && type.is_ref() && type.nullable()) return Value(type, Ref{});
      return absl::InvalidArgumentError("a reference can only be null here");
  }
}

absl::StatusOr<std::vector<Value>> ParseArguments(absl::string_view function, const FuncType& type, Arguments args) {
  const size_t wanted = type.params.size();
  if (args.size() != wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", function, "' takes ", wanted, wanted == 1 ? " argument" : " arguments", " (",
                     TypeList(type.params), ") and is given ", args.size()));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < wanted; ++i) {
    absl::StatusOr<Value> value = ParseValue(type.params[i], args[i]);
    if (!value.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("argument ", i + 1, " of '", function, "', of type ",
                                                     ToString(type.params[i]), ": '", args[i], "': ",
                                                     value.status().message()));
    }
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace umiak
