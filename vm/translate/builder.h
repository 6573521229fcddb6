// Builds the intermediate form of one validated function body.
//
// A symbolic operand stack holds operands instead of values: local.get and constants emit nothing, a local's
// pending reads are copied only when the local is written. See build_control.cc for labels.
#ifndef UMIAK_VM_TRANSLATE_BUILDER_H_
#define UMIAK_VM_TRANSLATE_BUILDER_H_

#include "absl/status/statusor.h"
#include "umiak/module.h"
#include "vm/translate/ir.h"

namespace umiak::ir {

// Pure and deterministic. Fails (kLimit) only for an instruction that the interpreter lacks, "unsupported
// instruction: struct.new", and for a body beyond a limit.
// REQUIRES: the body has been validated, and `function` (counting imports) is defined in the module.
absl::StatusOr<Function> BuildFunction(const Module& module, FuncIdx function);

}  // namespace umiak::ir

#endif  // UMIAK_VM_TRANSLATE_BUILDER_H_
