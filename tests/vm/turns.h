// Which tier functions are translated by.
#ifndef UMIAK_TESTS_VM_TURNS_H_
#define UMIAK_TESTS_VM_TURNS_H_

#include "vm/interp/tier.h"

namespace umiak {

// For the functions that are called first while it exists.
class Turns {
 public:
  explicit Turns(int32_t turns) : before_(FirstTierTurns()) { SetFirstTierTurns(turns); }
  ~Turns() { SetFirstTierTurns(before_); }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

 private:
  int32_t before_;
};

}  // namespace umiak

#endif  // UMIAK_TESTS_VM_TURNS_H_
