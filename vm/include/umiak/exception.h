// Exceptions of guests at the border to the host.
//
// An exception that no guest frame of a call catches ends the call with a status of ErrorKind::kException, which
// carries the exception and, as a Trap, where it was thrown. A host function may look at it, return it onward (then the
// guest that called the host function may catch it), or throw one of its own: Caller::Throw.
// spec: exec/runtime#exceptions
#ifndef UMIAK_EXCEPTION_H_
#define UMIAK_EXCEPTION_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "umiak/extern.h"
#include "umiak/value.h"

namespace umiak {

struct ExceptionObject;

// A handle like those of extern.h.
class Exception {
 public:
  Exception(StoreImpl* store, ExceptionObject* inst) : store_(store), inst_(inst) {}

  Tag tag() const;
  // What it was thrown with, of the tag's types.
  std::vector<Value> args() const;
  // The exnref.
  Value ToValue() const;

 private:
  StoreImpl* store_;
  ExceptionObject* inst_;
};

// The exception that a status carries, if any. REQUIRES: its store is alive.
std::optional<Exception> ExceptionOf(const absl::Status& status);

}  // namespace umiak

#endif  // UMIAK_EXCEPTION_H_
