// The handlers of vm/interp/ops_memory.def.
#include "vm/interp/handlers_memory.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kMemoryOps[] = {
#define OP(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define MEMORY(name, family, memory, value)                \
  MakeAccess<family, memory, value, Address::kPlain>(#name), \
      MakeAccess<family, memory, value, Address::kOffset>(#name "Off"), \
      MakeAccess<family, memory, value, Address::kFar>(#name "Far"),
#include "vm/interp/ops_memory.def"
};

}  // namespace umiak
