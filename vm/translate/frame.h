// What the sizes of frames are measured by.
#ifndef UMIAK_VM_TRANSLATE_FRAME_H_
#define UMIAK_VM_TRANSLATE_FRAME_H_

#include <cstdint>

#include "vm/runtime/execution.h"

namespace umiak {

// A frame this much smaller than the red zone need not check for itself.
inline constexpr uint32_t kUncheckedFrame = Stack::kRedZoneSlots - 64;

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_FRAME_H_
