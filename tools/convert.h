// What `umiak parse` and `umiak print` share: one file in, one file out.
#ifndef UMIAK_TOOLS_CONVERT_H_
#define UMIAK_TOOLS_CONVERT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/args.h"
#include "tools/file.h"

namespace umiak {

// Runs `command` FILE [-o FILE]: writes what `convert` makes of the first file. Binary output needs -o, or a standard
// output that is no terminal. Returns the exit code; where something is wrong, no file is written.
int Convert(const char* command, Arguments args, bool is_binary,
            absl::StatusOr<std::string> (*convert)(const std::string& path));
std::string DescribeConvert();

}  // namespace umiak

#endif  // UMIAK_TOOLS_CONVERT_H_
