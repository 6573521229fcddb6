#include "spec-tests/round_trip.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "spec-tests/script.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak::spec {
namespace {

using Bytes = std::vector<uint8_t>;

bool HasModule(const Command& command) {
  switch (command.kind) {
    case Command::kModule:
    case Command::kDefinition:
    case Command::kAssertModuleTrap:
    case Command::kAssertInvalid:
    case Command::kAssertUnlinkable: return true;
    default: return false;
  }
}

// Where empty sections are gone, custom ones stand behind others.
std::string WithoutCustoms(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, '\n', [](absl::string_view line) {
    return !absl::StrContains(line, "(@custom ");
  }), "\n");
}

// What is wrong with the module's text, or nothing. *equal: the bytes came back.
std::string Check(const ModuleText& module, const Bytes& bytes, const std::string& first, bool* equal) {
  absl::StatusOr<Bytes> again = AssembleWat(first);
  if (!again.ok()) return absl::StrCat("assemble what was printed: ", again.status().message());
  *equal = *again == bytes;
  if (*equal) return "";
  if (!module.is_binary) return "assembled, printed and assembled again, the bytes are others";
  absl::StatusOr<std::string> second = PrintWat(*again);
  if (!second.ok()) return absl::StrCat("print what was assembled: ", second.status().message());
  if (WithoutCustoms(*second) != WithoutCustoms(first)) return "printed and assembled, it is another module";
  absl::StatusOr<Bytes> third = AssembleWat(*second);
  return third.ok() && *third == *again ? "" : "the form that the assembler writes does not come back";
}

}  // namespace

RoundTrips CheckRoundTrips(
    absl::string_view script,
    const std::function<void(int line, absl::Span<const uint8_t> bytes, absl::string_view text)>& see) {
  RoundTrips result;
  absl::StatusOr<std::vector<Command>> commands = ParseScript(script);
  if (!commands.ok()) {
    result.failures.push_back({0, absl::StrCat("script: ", commands.status().message())});
    return result;
  }
  for (const Command& command : *commands) {
    if (!HasModule(command)) continue;
    const ModuleText& module = command.module;
    Bytes bytes(module.bytes.begin(), module.bytes.end());
    if (!module.is_binary) {
      absl::StatusOr<Bytes> assembled = AssembleWat(module.bytes);
      // An invalid annotation: there is no module then.
      if (!assembled.ok() && command.kind == Command::kAssertInvalid) continue;
      if (!assembled.ok()) {
        result.failures.push_back({command.line, absl::StrCat("assemble: ", assembled.status().message())});
        continue;
      }
      bytes = *std::move(assembled);
    }
    absl::StatusOr<std::string> text = PrintWat(bytes);
    // Invalid in a way that decoding finds: nothing to print either.
    if (!text.ok() && command.kind == Command::kAssertInvalid && KindOf(text.status()) == ErrorKind::kInvalid) continue;
    bool equal = false;
    std::string problem =
        text.ok() ? Check(module, bytes, *text, &equal) : absl::StrCat("print: ", text.status().message());
    if (!problem.empty()) {
      result.failures.push_back({command.line, problem});
      continue;
    }
    ++(equal ? result.equal : result.rewritten);
    if (!equal) result.rewritten_lines.push_back(command.line);
    if (see != nullptr) see(command.line, bytes, *text);
  }
  return result;
}

}  // namespace umiak::spec
