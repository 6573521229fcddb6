#include "spec-tests/match.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "umiak/ref.h"

namespace umiak::spec {
namespace {

constexpr uint64_t kMantissa[2] = {0x7FFFFF, 0xFFFFFFFFFFFFF};
constexpr uint64_t kQuiet[2] = {0x400000, 0x8000000000000};
constexpr uint64_t kExponent[2] = {0x7F800000, 0x7FF0000000000000};

// A number or lane of the pattern's width.
bool MatchesBits(const Pattern& pattern, uint64_t bits) {
  const int wide = pattern.width == 64 ? 1 : 0;
  const bool is_nan = (bits & kExponent[wide]) == kExponent[wide] && (bits & kMantissa[wide]) != 0;
  switch (pattern.kind) {
    case Pattern::kBits: return bits == pattern.bits;
    case Pattern::kCanonicalNan: return is_nan && (bits & kMantissa[wide]) == kQuiet[wide];
    case Pattern::kArithmeticNan: return is_nan && (bits & kQuiet[wide]) != 0;
    default: return false;
  }
}

std::array<uint64_t, 2> Words(const Value& value) {
  std::array<uint64_t, 2> words = {};
  value.ToSlots(words.data());
  return words;
}

uint64_t LaneOf(const Value& value, size_t index, uint8_t width) {
  size_t bit = index * width;
  uint64_t word = Words(value)[bit / 64] >> (bit % 64);
  return width == 64 ? word : word & ((uint64_t{1} << width) - 1);
}

bool MatchesReference(const Pattern& pattern, const Value& value) {
  Ref ref = value.ref();
  if (pattern.kind == Pattern::kNull) return ref.is_null();
  if (ref.is_null()) return false;
  const bool is_extern = value.type().heap() == HeapType(HeapType::kExtern);
  if (pattern.kind == Pattern::kBits) {
    return is_extern == (pattern.word == "ref.extern") && HostDataOf(value) == pattern.bits;
  }
  const RefKind kind = RefKindOf(value);
  const bool is_eq = kind == RefKind::kI31 || kind == RefKind::kStruct || kind == RefKind::kArray;
  if (pattern.word == "ref.extern") return is_extern;
  if (pattern.word == "ref.any") return !is_extern && (is_eq || kind == RefKind::kHost);
  if (pattern.word == "ref.i31") return kind == RefKind::kI31;
  if (pattern.word == "ref.struct") return kind == RefKind::kStruct;
  if (pattern.word == "ref.array") return kind == RefKind::kArray;
  if (pattern.word == "ref.eq") return is_eq;
  if (pattern.word == "ref.func") return kind == RefKind::kFunc;
  return pattern.word == "ref.exn" && kind == RefKind::kException;
}

}  // namespace

bool Matches(const Pattern& pattern, const Value& value) {
  if (pattern.kind == Pattern::kEither) {
    return std::any_of(pattern.parts.begin(), pattern.parts.end(),
                       [&](const Pattern& part) { return Matches(part, value); });
  }
  if (value.type().kind() != pattern.type) return false;
  if (pattern.type == ValType::kRef) return MatchesReference(pattern, value);
  if (pattern.kind != Pattern::kLanes) return MatchesBits(pattern, LaneOf(value, 0, pattern.width));
  for (size_t i = 0; i < pattern.parts.size(); ++i) {
    if (!MatchesBits(pattern.parts[i], LaneOf(value, i, pattern.width))) return false;
  }
  return true;
}

bool Matches(absl::Span<const Pattern> patterns, absl::Span<const Value> values) {
  return std::equal(patterns.begin(), patterns.end(), values.begin(), values.end(),
                    [](const Pattern& pattern, const Value& value) { return Matches(pattern, value); });
}

std::string ToText(const Pattern& pattern) {
  switch (pattern.kind) {
    case Pattern::kCanonicalNan: return "nan:canonical";
    case Pattern::kArithmeticNan: return "nan:arithmetic";
    case Pattern::kNull: return "ref.null";
    case Pattern::kReference: return pattern.word;
    case Pattern::kBits: return absl::StrCat("0x", absl::Hex(pattern.bits));
    default: break;
  }
  std::string parts = absl::StrJoin(pattern.parts, " ", [](std::string* out, const Pattern& part) {
    absl::StrAppend(out, ToText(part));
  });
  return absl::StrCat(pattern.kind == Pattern::kEither ? "either(" : "(", parts, ")");
}

std::string ToText(const Value& value) {
  std::array<uint64_t, 2> words = Words(value);
  std::string bits = absl::StrCat(ToString(value.type()), ":0x");
  if (value.type().kind() == ValType::kV128) absl::StrAppend(&bits, absl::Hex(words[1], absl::kZeroPad16));
  absl::StrAppend(&bits, absl::Hex(words[0], value.type().kind() == ValType::kV128 ? absl::kZeroPad16 : absl::kNoPad));
  return bits;
}

bool PhraseMatches(absl::string_view message, absl::string_view expected) {
  if (absl::StartsWith(message, expected)) return true;
  size_t colon = expected.find(": ");
  return colon != absl::string_view::npos && absl::StartsWith(message, expected.substr(0, colon));
}

}  // namespace umiak::spec
