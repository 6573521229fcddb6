// What differs in module wasi_unstable (snapshot 0), which programs of 2019 import: three layouts. All else is preview 1.
// spec: wasi_unstable, typenames.witx
#ifndef UMIAK_WASI_SNAPSHOT0_H_
#define UMIAK_WASI_SNAPSHOT0_H_

#include <cstdint>

#include "absl/types/span.h"
#include "wasi/abi.h"
#include "wasi/context.h"

namespace umiak::wasi {

// nlink has 32 bits there, so the record 56 bytes.
Errno WriteFilestat(Call& call, GuestPtr<Filestat> pointer, const Filestat& stat);

// kInval for an unknown number. The order is cur, end, set there.
ErrnoOr<Whence> ToWhence(const Call& call, uint32_t whence);

// A clock has a number of its own before its id there: 56 bytes for each.
ErrnoOr<absl::Span<uint8_t>> SubscriptionArray(Call& call, GuestPtr<Subscription> array, uint32_t count);
Subscription ReadSubscription(const Call& call, absl::Span<const uint8_t> array, size_t index);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_SNAPSHOT0_H_
