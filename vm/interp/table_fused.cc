// The handlers of vm/interp/ops_fused.def.
#include "vm/interp/handlers_control.h"
#include "vm/interp/handlers_memory.h"
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/table.h"

namespace umiak {

namespace {

using I32 = uint32_t;
using I64 = uint64_t;
using F32 = float;
using F64 = double;

}  // namespace

const OpInfo kFusedOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define CONST_PAIR(type, first, second) MakeOpInfo<ConstPair<type, num::first, num::second>>(#type #first #second "Const"),
#define CONST_THEN(type, first, second) MakeOpInfo<ConstThen<type, num::first, num::second>>(#type #first #second),
#define LOAD_THEN(load, memory, type, fn) MakeLoadThen<memory, type, num::fn>(#load #fn),
#define MODIFY(type, fn) MakeModify<type, num::fn>(#type "Modify" #fn),
#define INT_CHAIN(type, first, second) MakeOpInfo<IntChain<type, num::first, num::second>>(#type #first #second "Chain"),
#define FLOAT_CHAIN(type, first, second, name, swapped) \
  MakeOpInfo<FloatChain<type, num::first, num::second, swapped>>(#type #name),
#include "vm/interp/ops_fused.def"
};

}  // namespace umiak
