// The names of functions as compilers write them into modules, and as people wrote them.
#ifndef UMIAK_TOOLS_DEMANGLE_H_
#define UMIAK_TOOLS_DEMANGLE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace umiak {

// "core::fmt::write" of "_ZN4core3fmt5write17h0123456789abcdefE" or "_RNvNtCs1_4core3fmt5write", "f()" of "_Z1fi";
// any other name as it is. Hashes are left out.
std::string Demangle(absl::string_view name);

// The part of it for Rust's newer scheme ("_R..."); nullopt where the name does not follow it.
// spec: https://doc.rust-lang.org/rustc/symbol-mangling/v0.html
std::optional<std::string> DemangleRust(absl::string_view name);

}  // namespace umiak

#endif  // UMIAK_TOOLS_DEMANGLE_H_
