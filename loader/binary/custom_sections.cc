// The name section. spec: appendix/custom#name-section
#include "loader/binary/module_decoder.h"

namespace umiak {
namespace {

enum NameSubsection : uint8_t { kModuleName = 0, kFunctionNames = 1 };

void DecodeFunctionNames(Reader* r, Module* module) {
  uint32_t count = r->U32("number of names");
  module->function_names.reserve(
      std::min<size_t>(count, std::min<size_t>(r->remaining() / 2, module->functions.size())));
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    FuncIdx index = r->U32("function index");
    absl::string_view name = r->Name("function's name");
    if (r->ok() && index < module->functions.size()) module->function_names.emplace(index, std::string(name));
  }
}

}  // namespace

void DecodeNames(CodeSpan payload, Module* module) {
  // Nobody asks what is wrong with it.
  DecodeError error;
  Reader r(module->bytes(), payload, &error);
  while (r.ok() && !r.at_end()) {
    uint8_t id = r.Byte("subsection id");
    Reader subsection(module->bytes(), r.Skip(r.U32("subsection's size"), "subsection"), &error);
    if (id == kModuleName) {
      module->name = std::string(subsection.Name("module's name"));
    } else if (id == kFunctionNames) {
      DecodeFunctionNames(&subsection, module);
    }
  }
}

}  // namespace umiak
