// The host's errno as the guest's.
#ifndef UMIAK_WASI_HOST_ERRNO_H_
#define UMIAK_WASI_HOST_ERRNO_H_

#include "wasi/abi.h"

namespace umiak::wasi {

// kIo for a number without a counterpart; never kSuccess.
Errno FromHostErrno(int error);
// That of the call that just failed.
Errno LastErrno();

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_ERRNO_H_
