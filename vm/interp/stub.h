// The cell that stands for a function until it is translated.
#ifndef UMIAK_VM_INTERP_STUB_H_
#define UMIAK_VM_INTERP_STUB_H_

#include <cstdint>

namespace umiak {

// The handler of CodeTable's stubs, as a cell's first word.
uint64_t StubHandler();

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_STUB_H_
