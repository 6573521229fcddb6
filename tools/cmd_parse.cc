// umiak parse.
#include "absl/strings/str_cat.h"
#include "tools/commands.h"
#include "tools/convert.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak {
namespace {

absl::StatusOr<std::string> Parse(const std::string& path) {
  ASSIGN_OR_RETURN(const ModuleBytes text, ReadFile(path));
  if (IsBinary(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat("it is a binary already; `umiak print ", path, "` writes it as text"));
  }
  ASSIGN_OR_RETURN(const std::vector<uint8_t> binary, AssembleWat(AsText(text)));
  return std::string(binary.begin(), binary.end());
}

}  // namespace

int CommandParse(Arguments args) { return Convert("parse", args, /*is_binary=*/true, Parse); }

std::string HelpParse() {
  return absl::StrCat(
      "usage: umiak parse FILE [-o FILE]\n\n"
      "Assembles the module in FILE, which is text (- is standard input). It may still be invalid: `umiak validate`\n"
      "says that.\n\n",
      DescribeConvert());
}

}  // namespace umiak
