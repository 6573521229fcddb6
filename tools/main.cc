// The command line: a table of subcommands.
//
// A first word that is none of them begins an implied `run`, as with wasmtime: `umiak app.wasm`, `umiak --dir . app.wasm`.
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/args.h"
#include "tools/commands.h"
#include "tools/report.h"
#include "tools/suggest.h"
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

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  return names;
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
  if (command == nullptr) {
    return ReportUsage("", absl::StrCat("no command '", args[0], "'", DidYouMean(args[0], CommandNames())));
  }
  return PrintOut(command->help());
}

int CommandVersion(Arguments) {
  return PrintOut(absl::StrCat("umiak ", UMIAK_VERSION, "\ncommit: ", UMIAK_COMMIT, "\ncompiler: ", UMIAK_COMPILER,
                               "\ndispatch: ", DispatchName(), "\n"));
}

// Whether a word that names no command is to be run: an option of `run`, standard input, or what looks like a file.
bool IsForRun(const char* word) {
  const absl::string_view text = word;
  return absl::StartsWith(text, "-") || text.find_first_of("./") != absl::string_view::npos || access(word, F_OK) == 0;
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
    if (IsForRun(args[0])) return CommandRun(args);
    const std::string near = DidYouMean(first, CommandNames());
    return ReportUsage("", absl::StrCat("no command and no file '", first, "'", near));
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
