// Errors as values: absl::Status with a typed payload that says what kind of failure it is and where.
//
// Sentence form, one line: "phrase: detail (at 0x1f3, func 12 "fib", i32.add)". Tests and the script
// runner ask KindOf() and LocationOf(), they do not parse text.
#ifndef UMIAK_ERROR_H_
#define UMIAK_ERROR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace umiak {

enum class ErrorKind : uint8_t {
  kNone,        // an ordinary status (file not found, bad argument)
  kMalformed,   // the binary or text is not a module
  kInvalid,     // it is, but does not validate
  kLimit,       // beyond a documented limit of this implementation
  kUnlinkable,  // an import is missing or of another type
  kTrap,        // execution trapped (TrapCode in umiak/trap.h)
  kExhaustion,  // call stack exhausted
  kException,   // a guest exception nobody caught
  kInterrupt,   // stopped from outside: timeout, Ctrl-C, fuel
  kExit,        // proc_exit; the code is ExitCodeOf()
};

struct ErrorLocation {
  std::optional<uint64_t> offset;    // byte offset in the module
  std::optional<uint32_t> function;  // FuncIdx
  std::string function_name;         // may be empty
  std::string instruction;           // text name; may be empty
};

// A status whose message is "phrase: detail (place)". `detail` may be empty.
absl::Status MakeError(ErrorKind kind, absl::string_view phrase, absl::string_view detail,
                       const ErrorLocation& location = {});
// kNone for OK and for a status without payload.
ErrorKind KindOf(const absl::Status& status);
std::optional<ErrorLocation> LocationOf(const absl::Status& status);

// The status with which a guest's proc_exit unwinds everything.
absl::Status MakeExit(uint32_t code);
std::optional<uint32_t> ExitCodeOf(const absl::Status& status);

}  // namespace umiak

#define UMIAK_CONCAT_INNER(a, b) a##b
#define UMIAK_CONCAT(a, b) UMIAK_CONCAT_INNER(a, b)
#define RETURN_IF_ERROR(expr)                          \
  do {                                                 \
    if (absl::Status status_ = (expr); !status_.ok()) { \
      return status_;                                  \
    }                                                  \
  } while (false)
#define ASSIGN_OR_RETURN(lhs, expr) ASSIGN_OR_RETURN_IMPL(UMIAK_CONCAT(status_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(temp, lhs, expr) \
  auto temp = (expr);                          \
  if (!temp.ok()) {                            \
    return std::move(temp).status();           \
  }                                            \
  lhs = *std::move(temp)

#endif  // UMIAK_ERROR_H_
