// The handlers of vm/interp/ops_address.def.
#include "vm/interp/handlers_memory.h"
#include "vm/interp/table.h"

namespace umiak {

const OpInfo kAddressOps[] = {
#define ADDRESSED(name, family, memory, value)                   \
  MakeAccess<family, memory, value, Address::kBase>(#name "Base"), \
      MakeAccess<family, memory, value, Address::kIndexed>(#name "Indexed"), \
      MakeAccess<family, memory, value, Address::kScaled>(#name "Scaled"),
#include "vm/interp/ops_address.def"
};

}  // namespace umiak
