// The command line: a table of subcommands.
#include <cstdio>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

int main(int argc, char** argv) {
  absl::StatusOr<std::string> command = argc > 1 ? absl::StatusOr<std::string>(argv[1])
                                                 : absl::InvalidArgumentError("usage: umiak COMMAND");
  std::string message = command.ok() ? absl::StrCat("umiak: no command '", *command, "' yet\n")
                                     : absl::StrCat(command.status().message(), "\n");
  std::fputs(message.c_str(), stderr);
  return 2;
}
