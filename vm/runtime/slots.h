// How many slots of a frame a list of values takes.
#ifndef UMIAK_VM_RUNTIME_SLOTS_H_
#define UMIAK_VM_RUNTIME_SLOTS_H_

#include <cstdint>
#include <vector>

#include "umiak/value.h"

namespace umiak {

// As parameters or results, one behind the other.
inline uint32_t SlotsOf(const std::vector<ValType>& types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += SlotsOf(type);
  return slots;
}

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_SLOTS_H_
