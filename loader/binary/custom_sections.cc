// The name section. spec: appendix/custom#name-section
#include "loader/binary/module_decoder.h"

namespace umiak {
namespace {

enum NameSubsection : uint8_t { kModuleName = 0, kFunctionNames = 1 };

}  // namespace

void DecodeNames(CodeSpan payload, Module* module) {
  // Nobody asks what is wrong with it.
  DecodeError error;
  Reader r(module->bytes(), payload, &error);
  while (r.ok() && !r.at_end()) {
    uint8_t id = r.Byte("subsection id");
    const CodeSpan contents = r.Skip(r.U32("subsection's size"), "subsection");
    if (id == kModuleName) {
      module->name = std::string(Reader(module->bytes(), contents, &error).Name("module's name"));
    } else if (id == kFunctionNames && r.ok()) {
      module->function_names = contents;
    }
  }
}

// PERF: not before one is asked for: yosys has 16 MB of names, which took a tenth of the time of loading it.
Module::Names Module::ReadFunctionNames() const {
  Names names;
  DecodeError error;
  Reader r(bytes(), function_names, &error);
  const uint32_t count = function_names.begin < function_names.end ? r.U32("number of names") : 0;
  names.reserve(std::min<size_t>(count, std::min<size_t>(r.remaining() / 2, functions.size())));
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    const FuncIdx index = r.U32("function index");
    const absl::string_view name = r.Name("function's name");
    if (r.ok() && index < functions.size()) names.emplace(index, name);
  }
  return names;
}

}  // namespace umiak
