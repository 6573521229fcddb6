// The text format: WAT to the bytes of a module, and back.
// spec: text/modules
#ifndef UMIAK_TEXT_H_
#define UMIAK_TEXT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/features.h"
#include "umiak/module.h"
#include "umiak/opcode.h"

namespace umiak {

// Assembles one module: "(module ...)", or its fields alone. Identifiers go into the name section, so that
// backtraces have names. Checks the syntax and what the text format says of identifiers and inline types; the
// result may still be invalid, which LoadModule finds. The annotations @custom, @name and @metadata.code.branch_hint
// become custom sections, others are skipped; "(module binary ...)" and "(module quote ...)" belong to scripts and
// are refused. Errors are ErrorKind::kMalformed (kLimit beyond 1 GiB or kMaxTextNesting; kInvalid for a branch hint
// before something else), "phrase: detail (line:column)". Of the features, memory64 counts: without it, limits and
// offsets have 32 bits, as they had before. Thread-safe.
absl::StatusOr<std::vector<uint8_t>> AssembleWat(absl::string_view text,
                                                Features features = Features::Default());

// The module as text, which AssembleWat turns into the same bytes if they are as it writes them: numbers in their
// shortest form, the shortest form of each segment and type, locals of one type in one run, no empty section and no
// data count that nothing needs. Otherwise it is the same module in that form. Custom sections stay, in their places:
// the names become identifiers and @name annotations (a name section is written anew, behind the other sections;
// names of things that are not there and subsections that nobody knows go), branch hints and all others annotations.
// The module need not be valid, but instructions must be there and nested. Errors: as of LoadModule. Thread-safe.
absl::StatusOr<std::string> PrintWat(absl::Span<const uint8_t> bytes, Features features = Features::Default());
// Of a module that is loaded.
absl::StatusOr<std::string> PrintWat(const Module& module);

// One instruction of a body, as PrintWat writes it.
struct PrintedInstruction {
  uint32_t offset;  // in the module
  Opcode opcode;
  std::string text;  // indented by the blocks it stands in
};

// Prints single bodies of one module. Not thread-safe.
class BodyPrinter {
 public:
  // `module` must outlive the printer.
  explicit BodyPrinter(const Module& module);
  ~BodyPrinter();
  // The instructions of a function, its last `end` among them. Errors: as of LoadModule.
  // REQUIRES: `function` is below module.functions.size() and not imported.
  absl::StatusOr<std::vector<PrintedInstruction>> Print(FuncIdx function);
  // "$name", or its number.
  std::string NameOf(FuncIdx function) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How deeply instructions and other parentheses may be nested.
inline constexpr int kMaxTextNesting = 50'000;

}  // namespace umiak

#endif  // UMIAK_TEXT_H_
