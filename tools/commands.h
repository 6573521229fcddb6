// The subcommands: each is a function of the words after its name, and a row in main.cc.
#ifndef UMIAK_TOOLS_COMMANDS_H_
#define UMIAK_TOOLS_COMMANDS_H_

#include <string>

#include "tools/args.h"

namespace umiak {

// umiak run: instantiates a module and calls its _start, or the function that --invoke names.
int CommandRun(Arguments args);
std::string HelpRun();

// umiak validate: loads modules and says what is wrong with them.
int CommandValidate(Arguments args);
std::string HelpValidate();

// umiak parse: text to a binary.
int CommandParse(Arguments args);
std::string HelpParse();

// umiak print: a module as text.
int CommandPrint(Arguments args);
std::string HelpPrint();

// umiak objdump: the internal code of functions.
int CommandObjdump(Arguments args);
std::string HelpObjdump();

// umiak wast: runs scripts of the specification.
int CommandWast(Arguments args);
std::string HelpWast();

}  // namespace umiak

#endif  // UMIAK_TOOLS_COMMANDS_H_
