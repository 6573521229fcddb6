// Values as text: arguments and results of `umiak run --invoke`.
#ifndef UMIAK_TOOLS_VALUES_H_
#define UMIAK_TOOLS_VALUES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/args.h"
#include "umiak/types.h"
#include "umiak/value.h"

namespace umiak {

// A value of the type: integers decimal (signed or unsigned) or 0x with up to the type's bits, floats as C has them
// (with inf and nan), vectors as 0x with 32 digits, references only as "null".
absl::StatusOr<Value> ParseValue(ValType type, absl::string_view text);
// One value for each parameter of the function; its name is for the message.
absl::StatusOr<std::vector<Value>> ParseArguments(absl::string_view function, const FuncType& type, Arguments args);

}  // namespace umiak

#endif  // UMIAK_TOOLS_VALUES_H_
