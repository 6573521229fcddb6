// PrintWat.
#include <utility>

#include "loader/binary/module_decoder.h"
#include "loader/text/module_printer.h"
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

}  // namespace umiak
