// Traps: what went wrong, where, and the guest's call stack at that point. Carried as a payload of the
// absl::Status that a call returns (ErrorKind::kTrap, kExhaustion, kInterrupt).
// spec: exec/runtime#results
#ifndef UMIAK_TRAP_H_
#define UMIAK_TRAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "umiak/trap_code.h"

namespace umiak {

// One activation, innermost first in Trap::frames.
struct Frame {
  std::string module;         // name section's module name; may be empty
  uint32_t function = 0;      // FuncIdx
  std::string function_name;  // name section, else export, else empty
  uint64_t offset = 0;        // byte offset of the instruction in the module
};

struct Trap {
  TrapCode code;
  // No trap but an exception that nobody caught (umiak/exception.h), which is told in the same way: `code` means nothing.
  bool is_exception = false;
  std::string detail;         // "0x1000c + 4 > 0x10000"; may be empty
  std::vector<Frame> frames;  // at most kMaxFrames, innermost first
  uint64_t omitted = 0;       // outer frames left out
  static constexpr int kMaxFrames = 64;
};

// The beginning of the sentence: that of the code, or "uncaught exception".
const char* PhraseOf(const Trap& trap);

// What a host function returns to trap: the backtrace is added on the way out.
absl::Status MakeTrap(TrapCode code, absl::string_view detail = "");
// The trap a status carries, if any.
std::optional<Trap> TrapOf(const absl::Status& status);
// "trap: phrase: detail\n    at func 12 \"fib\" (0x1f3)\n ...": what the command line prints.
std::string FormatTrap(const Trap& trap);

}  // namespace umiak

#endif  // UMIAK_TRAP_H_
