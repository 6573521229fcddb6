#include "loader/text/keywords.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "umiak/opcode.h"

namespace umiak {

bool IsKeyword(absl::string_view word) {
  static const auto* const kWords = new absl::flat_hash_set<absl::string_view>{
      "module",  "definition", "instance",    "binary",       "quote",         "type",      "rec",
      "sub",     "final",      "func",        "struct",       "field",         "array",     "mut",
      "param",   "result",     "local",       "table",        "memory",        "global",    "tag",
      "import",  "export",     "start",       "elem",         "data",          "item",      "declare",
      "offset",  "shared",     "pagesize",    "ref",          "null",          "then",      "else",
      "end",     "do",         "catch",       "catch_ref",    "catch_all",     "catch_all_ref",
      "i8",      "i16",        "i32",         "i64",          "f32",           "f64",       "v128",
      "i8x16",   "i16x8",      "i32x4",       "i64x2",        "f32x4",         "f64x2",     "any",
      "eq",      "i31",        "none",        "nofunc",       "extern",        "noextern",  "exn",
      "noexn",   "anyref",     "eqref",       "i31ref",       "structref",     "arrayref",  "nullref",
      "funcref", "externref",  "nullfuncref", "nullexternref", "exnref",       "nullexnref",
      "nan:canonical", "nan:arithmetic", "get", "invoke", "register", "either"};
  return kWords->contains(word) || absl::StartsWith(word, "offset=") || absl::StartsWith(word, "align=") ||
         OpcodeFromText(word).has_value();
}

}  // namespace umiak
