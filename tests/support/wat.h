// Modules in tests are WAT.
#ifndef UMIAK_TESTS_SUPPORT_WAT_H_
#define UMIAK_TESTS_SUPPORT_WAT_H_

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "umiak/module.h"
#include "umiak/text.h"

namespace umiak {

// The bytes of the module. A mistake in the text is one in the test: it ends the program.
inline ModuleBytes Wat(absl::string_view text) {
  auto bytes = AssembleWat(text);
  if (!bytes.ok()) {
    std::string message(bytes.status().message());
    std::fprintf(stderr, "Wat: %s\nin: %.*s\n", message.c_str(), static_cast<int>(text.size()), text.data());
    std::abort();
  }
  return ModuleBytes(*std::move(bytes));
}

}  // namespace umiak

#endif  // UMIAK_TESTS_SUPPORT_WAT_H_
