// The text format: WAT to the bytes of a module.
// spec: text/modules
#ifndef UMIAK_TEXT_H_
#define UMIAK_TEXT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace umiak {

// Assembles one module: "(module ...)", or its fields alone. Identifiers go into the name section, so that
// backtraces have names. Checks the syntax and what the text format says of identifiers and inline types; the
// result may still be invalid, which LoadModule finds. Annotations "(@...)" are skipped; "(module binary ...)"
// and "(module quote ...)" belong to scripts and are refused. Errors are ErrorKind::kMalformed (kLimit beyond
// 1 GiB or kMaxTextNesting), "phrase: detail (line:column)". Thread-safe.
absl::StatusOr<std::vector<uint8_t>> AssembleWat(absl::string_view text);

// How deeply instructions and other parentheses may be nested.
inline constexpr int kMaxTextNesting = 50'000;

}  // namespace umiak

#endif  // UMIAK_TEXT_H_
