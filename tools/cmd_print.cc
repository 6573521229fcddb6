// umiak print.
#include "absl/strings/str_cat.h"
#include "tools/commands.h"
#include "tools/convert.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak {
namespace {

absl::StatusOr<std::string> Print(const std::string& path) {
  ASSIGN_OR_RETURN(const ModuleBytes bytes, ReadModule(path));
  return PrintWat(bytes.span());
}

}  // namespace

int CommandPrint(Arguments args) { return Convert("print", args, /*is_binary=*/false, Print); }

std::string HelpPrint() {
  return absl::StrCat(
      "usage: umiak print FILE [-o FILE]\n\n"
      "Writes the module in FILE, a binary or .wat (- is standard input), in the text format. It need not be valid.\n\n",
      DescribeConvert());
}

}  // namespace umiak
