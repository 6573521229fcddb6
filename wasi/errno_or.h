// ErrnoOr<T>: a value, or the errno that the guest gets. What wasi's own layers return to each other.
#ifndef UMIAK_WASI_ERRNO_OR_H_
#define UMIAK_WASI_ERRNO_OR_H_

#include <optional>
#include <utility>

#include "wasi/abi.h"

namespace umiak::wasi {

template <class T>
class [[nodiscard]] ErrnoOr {
 public:
  ErrnoOr(Errno error) : error_(error) {}                 // NOLINT: implicit by intent. REQUIRES: not kSuccess
  ErrnoOr(T value) : value_(std::move(value)) {}          // NOLINT
  bool ok() const { return value_.has_value(); }
  Errno error() const { return error_; }                  // kSuccess if ok()
  T& operator*() & { return *value_; }                    // REQUIRES: ok()
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Errno error_ = Errno::kSuccess;
  std::optional<T> value_;
};

}  // namespace umiak::wasi

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
