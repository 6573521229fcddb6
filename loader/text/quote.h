// Strings, identifiers and floats as the text format writes them: the reverse of DecodeString and text_number.h.
// spec: text/values
#ifndef UMIAK_LOADER_TEXT_QUOTE_H_
#define UMIAK_LOADER_TEXT_QUOTE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace umiak {

// "..." of any bytes; what is not printable ASCII is escaped.
std::string QuoteBytes(absl::Span<const uint8_t> bytes);
// "..." of UTF-8, which is left as it is but for characters that would not show, or show something else.
// REQUIRES: `name` is UTF-8.
std::string QuoteName(absl::string_view name);
// $name, or $"..." where it has other characters. REQUIRES: `name` is UTF-8 and not empty.
std::string QuoteId(absl::string_view name);

// The shortest number that reads back as these bits; inf, nan, nan:0x1.
std::string Float32Text(uint32_t bits);
std::string Float64Text(uint64_t bits);

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_QUOTE_H_
