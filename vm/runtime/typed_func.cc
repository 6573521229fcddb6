#include "umiak/typed_func.h"

#include "absl/strings/str_cat.h"

namespace umiak {

absl::Status CheckFuncType(absl::string_view name, const FuncType& wanted, const FuncType& actual) {
  if (wanted == actual) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("function \"", name, "\" is ", ToString(actual), ", wanted as ", ToString(wanted)));
}

}  // namespace umiak
