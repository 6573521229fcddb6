// The handlers of vm/interp/ops_atomic.def.
#include "vm/interp/handlers_atomic.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kAtomicOps[] = {
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#define ATOMIC(name, ...)                                   \
  MakeAtomic<__VA_ARGS__, uint8_t, false>(#name "8"),       \
      MakeAtomic<__VA_ARGS__, uint8_t, true>(#name "8Far"),   \
      MakeAtomic<__VA_ARGS__, uint16_t, false>(#name "16"),   \
      MakeAtomic<__VA_ARGS__, uint16_t, true>(#name "16Far"), \
      MakeAtomic<__VA_ARGS__, uint32_t, false>(#name "32"),   \
      MakeAtomic<__VA_ARGS__, uint32_t, true>(#name "32Far"), \
      MakeAtomic<__VA_ARGS__, uint64_t, false>(#name "64"),   \
      MakeAtomic<__VA_ARGS__, uint64_t, true>(#name "64Far"),
#include "vm/interp/ops_atomic.def"
};

}  // namespace umiak
