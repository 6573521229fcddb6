// A function of a module from WAT, translated in full, with its listing.
#ifndef UMIAK_TESTS_VM_LISTED_H_
#define UMIAK_TESTS_VM_LISTED_H_

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/support/wat.h"
#include "umiak/umiak.h"
#include "vm/runtime/instance_data.h"
#include "vm/translate/translate.h"

namespace umiak {

struct Listed {
  // The function of that number among the module's own.
  explicit Listed(absl::string_view text, CodeVariant variant = {}, uint32_t function = 0) {
    auto loaded = LoadModule(Wat(text));
    INFO(std::string(loaded.status().message()));
    REQUIRE(loaded.ok());
    module = *loaded;
    InstanceLayout layout(*module);
    record.listing = true;
    auto translated = TranslateFunction({*module, layout, variant, nullptr}, module->num_imported_functions + function, &record);
    REQUIRE(translated.ok());
    code = *std::move(translated);
  }
  int CountOf(absl::string_view name) const {
    int count = 0;
    for (const CellRecord& cell : record.cells) count += name == InfoOf(cell.op).name ? 1 : 0;
    return count;
  }

  // Bytes of the function's body, of a module that imports no function.
  uint32_t body_bytes() const {
    const CodeSpan body = module->functions[code->function].body;
    return body.end - body.begin;
  }

  std::shared_ptr<const Module> module;
  TranslateRecord record;
  std::unique_ptr<Code> code;
};

}  // namespace umiak

#endif  // UMIAK_TESTS_VM_LISTED_H_
