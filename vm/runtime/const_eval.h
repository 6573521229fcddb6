// Evaluates constant expressions at instantiation.
// spec: valid/instructions#constant-expressions, exec/modules#instantiation
#ifndef UMIAK_VM_RUNTIME_CONST_EVAL_H_
#define UMIAK_VM_RUNTIME_CONST_EVAL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "umiak/module.h"

namespace umiak {

struct InstanceData;

// Writes the value's word to result[0], and a vector's second to result[1]. The globals that the expression reads
// must hold their values already. Fails on instructions that are not supported yet.
absl::Status EvalConst(InstanceData* cx, CodeSpan expression, uint64_t result[2]);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_CONST_EVAL_H_
