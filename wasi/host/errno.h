// The host's errno as the guest's.
#ifndef UMIAK_WASI_HOST_ERRNO_H_
#define UMIAK_WASI_HOST_ERRNO_H_

#include <errno.h>

#include <cstdint>

#include "umiak/guest_races.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {

// kIo for a number without a counterpart; never kSuccess.
Errno FromHostErrno(int error);
// That of the call that just failed.
Errno LastErrno();

// Makes a host call again while signals interrupt it: its result, or the errno.
template <class Call>
ErrnoOr<uint64_t> Retry(Call call) {
  while (true) {
    const auto result = [&] {
      const GuestRaces races;  // what the kernel reads or writes may be the guest's
      return call();
    }();
    if (result >= 0) return static_cast<uint64_t>(result);
    if (errno != EINTR) return LastErrno();
  }
}

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_ERRNO_H_
