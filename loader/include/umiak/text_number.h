// The text format's numbers to bit patterns: integers with sign, "0x" and "_"; floats rounded exactly once.
// spec: text/values
#ifndef UMIAK_TEXT_NUMBER_H_
#define UMIAK_TEXT_NUMBER_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace umiak {

// Each returns nothing where the number does not fit. REQUIRES: `text` is a token of the kind named.

// kNat.
std::optional<uint64_t> ParseNat(absl::string_view text, uint64_t max);
// kNat or kInt, as `bits` (8 to 64) bits: unsigned up to 2^bits - 1, signed down to -2^(bits-1); the result is
// the pattern, zero-extended.
std::optional<uint64_t> ParseInteger(absl::string_view text, int bits);
// kNat, kInt or kFloat. A NaN's payload must be positive and fit.
std::optional<uint32_t> ParseFloat32(absl::string_view text);
std::optional<uint64_t> ParseFloat64(absl::string_view text);

}  // namespace umiak

#endif  // UMIAK_TEXT_NUMBER_H_
