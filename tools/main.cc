// The command line: a table of subcommands.
//
// A first word that is none of them begins an implied `run`, as with wasmtime: `umiak app.wasm`, `umiak --dir . app.wasm`.
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/args.h"
#include "tools/commands.h"
#include "tools/report.h"
#include "umiak/version.h"
#include "umiak_build.h"

namespace umiak {
namespace {

int CommandHelp(Arguments args);
int CommandVersion(Arguments args);
std::string HelpHelp() { return "usage: umiak help [COMMAND]\n"; }
std::string HelpVersion() { return "usage: umiak version\n"; }

struct Command {
  const char* name;
  const char* summary;
  int (*run)(Arguments args);
  std::string (*help)();
};

constexpr Command kCommands[] = {
    {"run", "run a program, or one function of a module", CommandRun, HelpRun},
    {"validate", "say whether files are valid modules", CommandValidate, HelpValidate},
    {"parse", "assemble the text format into a binary", CommandParse, HelpParse},
    {"print", "write a module in the text format", CommandPrint, HelpPrint},
    {"objdump", "show what functions are translated into", CommandObjdump, HelpObjdump},
    {"wast", "run scripts of the specification's tests", CommandWast, HelpWast},
    {"version", "what this build is", CommandVersion, HelpVersion},
    {"help", "this, or the help of a command", CommandHelp, HelpHelp},
};

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

std::string Help() {
  std::string text =
      "umiak runs WebAssembly.\n"
      "\n"
      "usage: umiak [run] [OPTION...] FILE [ARGUMENT...]\n"
      "       umiak COMMAND [ARGUMENT...]\n"
      "\n";
  for (const Command& command : kCommands) {
    const std::string name = command.name;
    absl::StrAppend(&text, "  ", name, std::string(12 - name.size(), ' '), command.summary, "\n");
  }
  absl::StrAppend(&text, "\nA guest has the files of the directories that --dir grants, and no others:\n",
                  "  umiak run --dir . app.wasm\n");
  return text;
}

int CommandHelp(Arguments args) {
  if (args.empty()) return PrintOut(Help());
  const Command* command = FindCommand(args[0]);
  if (command == nullptr) return ReportUsage("", absl::StrCat("no command '", args[0], "'"));
  return PrintOut(command->help());
}

int CommandVersion(Arguments) {
  return PrintOut(absl::StrCat("umiak ", UMIAK_VERSION, "\ncommit: ", UMIAK_COMMIT, "\ncompiler: ", UMIAK_COMPILER,
                               "\ndispatch: ", DispatchName(), "\n"));
}

int Main(Arguments args) {
  if (args.empty()) {
    ReportUsage("", "nothing to run");
    return kExitUsage;
  }
  const absl::string_view first = args[0];
  if (first == "--help" || first == "-h") return CommandHelp(args.subspan(1));
  if (first == "--version" || first == "-V") return CommandVersion(args.subspan(1));
  const Command* command = FindCommand(first);
  if (command == nullptr) {
    const bool is_option = first.size() > 1 && first[0] == '-';
    if (is_option || first == "-" || access(args[0], F_OK) == 0) return CommandRun(args);
    return ReportUsage("", absl::StrCat("no command and no file '", first, "'"));
  }
  args = args.subspan(1);
  if (args.size() == 1 && (absl::string_view(args[0]) == "--help" || absl::string_view(args[0]) == "-h")) {
    return PrintOut(command->help());
  }
  return command->run(args);
}

}  // namespace
}  // namespace umiak

int main(int argc, char** argv) {
  return umiak::Main(absl::MakeConstSpan(argv + 1, argc > 0 ? static_cast<size_t>(argc - 1) : 0));
}
