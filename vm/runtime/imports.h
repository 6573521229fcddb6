// Whether an external is what an import wants, and the sentences when it is not.
// spec: valid/matching#external-types
#ifndef UMIAK_VM_RUNTIME_IMPORTS_H_
#define UMIAK_VM_RUNTIME_IMPORTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "umiak/extern.h"
#include "umiak/module.h"

namespace umiak {

bool ImportMatches(const Module& module, const Import& import, const Extern& external);

// "func (i32) -> ()", "memory 1 2", "global (mut i32)", "table 1 funcref", for errors.
std::string ImportTypeToString(const Module& module, const Import& import);
std::string TypeToString(const Extern& external);

// A name that the linker has.
struct DefinedName {
  absl::string_view module;
  absl::string_view name;
};

// The error for imports that nothing answers, all of them in one sentence: types, names that are nearly the same, and
// which toolchain makes such imports. REQUIRES: `missing` is not empty.
absl::Status UnknownImports(const Module& module, const std::vector<const Import*>& missing,
                            const std::vector<DefinedName>& defined);
absl::Status IncompatibleImport(const Module& module, const Import& import, const Extern& external);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_IMPORTS_H_
