// The host's clocks.
#ifndef UMIAK_WASI_HOST_CLOCK_H_
#define UMIAK_WASI_HOST_CLOCK_H_

#include <cstdint>

#include "wasi/abi.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {

// Nanoseconds; kOverflow for a time before 1970 or after 2554, kInval for an unknown clock.
ErrnoOr<uint64_t> HostTime(uint32_t clock);
ErrnoOr<uint64_t> HostResolution(uint32_t clock);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_CLOCK_H_
