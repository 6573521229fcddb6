// PrintWat.
#include <utility>

#include "absl/strings/str_split.h"
#include "loader/binary/module_decoder.h"
#include "loader/text/module_printer.h"
#include "umiak/instruction_reader.h"
#include "umiak/text.h"

namespace umiak {

absl::StatusOr<std::string> PrintWat(const Module& module) {
  const PrintedCustoms customs(module);
  if (customs.hints().has_value()) {
    ModulePrinter printer(module, customs, &*customs.hints());
    absl::StatusOr<std::string> text = printer.Print();
    // Hints of something else than branches stay what they were: bytes.
    if (!text.ok() || printer.hints_printed() == customs.hints()->size()) return text;
  }
  return ModulePrinter(module, customs, nullptr).Print();
}

absl::StatusOr<std::string> PrintWat(absl::Span<const uint8_t> bytes, Features features) {
  Module module(ModuleBytes(bytes, nullptr));
  ItemOffsets offsets;
  RETURN_IF_ERROR(DecodeModule(features, &module, &offsets));
  return PrintWat(module);
}

// --- Bodies ---

struct BodyPrinter::State {
  explicit State(const Module& printed)
      : module(printed), customs(printed), names(customs.names()), code(printed.bytes(), names, nullptr) {}

  const Module& module;
  const PrintedCustoms customs;
  const PrintedNames names;
  CodePrinter code;
};

BodyPrinter::BodyPrinter(const Module& module) : state_(std::make_unique<State>(module)) {}
BodyPrinter::~BodyPrinter() = default;

absl::StatusOr<std::vector<PrintedInstruction>> BodyPrinter::Print(FuncIdx function) {
  const CodeSpan body = state_->module.functions[function].body;
  std::string text;
  RETURN_IF_ERROR(state_->code.Body(function, body, &text));
  // A line for each instruction but the last `end`.
  std::vector<PrintedInstruction> printed;
  InstructionReader reader(state_->module.bytes(), body);
  Instruction instruction;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    reader.Read(&instruction);
    printed.push_back({instruction.offset, instruction.opcode, std::string(line)});
  }
  reader.Read(&instruction);
  printed.push_back({instruction.offset, instruction.opcode, "    end"});
  return printed;
}

std::string BodyPrinter::NameOf(FuncIdx function) const { return state_->names.funcs.Use(function); }

}  // namespace umiak
