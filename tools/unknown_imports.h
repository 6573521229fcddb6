// -W unknown-imports-trap, -W unknown-imports-default: what stands in for functions that nobody defines.
#ifndef UMIAK_TOOLS_UNKNOWN_IMPORTS_H_
#define UMIAK_TOOLS_UNKNOWN_IMPORTS_H_

#include "tools/run_options.h"
#include "umiak/linker.h"
#include "umiak/module.h"

namespace umiak {

// Defines the functions that the module imports and the linker lacks, as the options say. Those of types that
// hosts do not have stay unknown.
void DefineUnknownImports(const RunOptions& options, const Module& module, Linker* linker);

}  // namespace umiak

#endif  // UMIAK_TOOLS_UNKNOWN_IMPORTS_H_
