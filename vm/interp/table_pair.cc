// The handlers of vm/interp/ops_pair.def.
#include "vm/interp/handlers_pair.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kPairOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define LOAD_BR(load, memory, type, fn, comparison) MakeBrLoad<memory, type, num::fn>("Br" #load #fn),
#define LOAD_TEST(load, memory, fn, comparison) MakeBrLoad<memory, uint32_t, num::fn>("Br" #load #fn),
#define ADD_LOAD(load, memory) MakePairAccess<AddLoad, memory>("Add" #load),
#define ELEMENT(load, memory) MakePairAccess<ElementLoad, memory>("Element" #load),
#define MASKED(load, memory) MakePairAccess<MaskedLoad, memory>("Masked" #load),
#include "vm/interp/ops_pair.def"
};

}  // namespace umiak
