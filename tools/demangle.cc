#include "tools/demangle.h"

#include <algorithm>

#include "absl/debugging/internal/demangle.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace umiak {
namespace {

// "17h" and 16 digits: the last part of each of Rust's older names, which are C++ names otherwise.
constexpr absl::string_view kHash = "::h";
constexpr size_t kHashDigits = 16;

// Longer names are cut short.
constexpr size_t kMaxText = 2000;

// abi::__cxa_demangle will not do: a name of 255 bytes, each of whose types holds the one before twice, makes it write
// gigabytes. This one has a bound on its steps and its output; of parameters it writes but the parentheses.
std::optional<std::string> DemangleCxx(const std::string& name) {
  char text[kMaxText];
  if (!absl::debugging_internal::Demangle(name.c_str(), text, sizeof(text))) return std::nullopt;
  return text;
}

// Removes the hash from the end. False if there is none.
bool ConsumeHash(std::string* text) {
  const size_t size = kHash.size() + kHashDigits;
  if (text->size() <= size) return false;
  const absl::string_view end = absl::string_view(*text).substr(text->size() - size);
  if (!absl::StartsWith(end, kHash)) return false;
  const absl::string_view digits = end.substr(kHash.size());
  const auto is_digit = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return false;
  text->resize(text->size() - size);
  return true;
}

// Rust's older names spell what an identifier of C++ cannot hold with dollars and dots.
std::string WithoutDollars(absl::string_view text) {
  // An identifier begins with no dollar but after "_".
  const std::string plain = absl::StrReplaceAll(text, {{"_$", "$"}, {"..", "::"}});
  return absl::StrReplaceAll(
      plain, {{"$LT$", "<"}, {"$GT$", ">"}, {"$RF$", "&"}, {"$BP$", "*"}, {"$LP$", "("}, {"$RP$", ")"}, {"$C$", ","},
              {"$SP$", "@"}, {"$u20$", " "}, {"$u22$", "\""}, {"$u27$", "'"}, {"$u2b$", "+"}, {"$u3b$", ";"},
              {"$u5b$", "["}, {"$u5d$", "]"}, {"$u7b$", "{"}, {"$u7d$", "}"}, {"$u7e$", "~"}});
}

}  // namespace

std::string Demangle(absl::string_view name) {
  if (absl::StartsWith(name, "_R")) return DemangleRust(name).value_or(std::string(name));
  if (!absl::StartsWith(name, "_Z")) return std::string(name);
  // What the optimizer put behind it: ".llvm.1234".
  const std::string whole(name.substr(0, name.find(".llvm.")));
  std::optional<std::string> text = DemangleCxx(whole);
  if (!text.has_value()) return std::string(name);
  return ConsumeHash(&*text) ? WithoutDollars(*text) : *text;
}

}  // namespace umiak
