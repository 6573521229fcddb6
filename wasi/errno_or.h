// What to do with an Errno or an ErrnoOr<T> that a call returned: go on, or return it.
#ifndef UMIAK_WASI_ERRNO_OR_H_
#define UMIAK_WASI_ERRNO_OR_H_

#include <utility>

#include "umiak/wasi_fs.h"

#define WASI_CONCAT_INNER(a, b) a##b
#define WASI_CONCAT(a, b) WASI_CONCAT_INNER(a, b)
#define WASI_RETURN_IF_ERROR(expr)                                                 \
  do {                                                                             \
    if (::umiak::wasi::Errno errno_ = (expr); errno_ != ::umiak::wasi::Errno::kSuccess) { \
      return errno_;                                                               \
    }                                                                              \
  } while (false)
#define WASI_ASSIGN_OR_RETURN(lhs, expr) WASI_ASSIGN_OR_RETURN_IMPL(WASI_CONCAT(errno_or_, __LINE__), lhs, expr)
#define WASI_ASSIGN_OR_RETURN_IMPL(temp, lhs, expr) \
  auto temp = (expr);                               \
  if (!temp.ok()) {                                 \
    return temp.error();                            \
  }                                                 \
  lhs = *std::move(temp)

#endif  // UMIAK_WASI_ERRNO_OR_H_
