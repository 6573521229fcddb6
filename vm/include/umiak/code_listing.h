// What functions are translated into, for people who ask why one is slow: `umiak objdump`.
#ifndef UMIAK_CODE_LISTING_H_
#define UMIAK_CODE_LISTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "umiak/module.h"

namespace umiak {

// One cell of the internal code. A handler executes it, and maybe some that follow: docs/BYTECODE.md.
struct ListedCell {
  uint32_t position;     // in the function's code, in bytes
  uint32_t wasm_offset;  // in the module: of the instruction that it belongs to; of several in one cell, the last's
  std::string text;      // "I32Add r0, #1 -> s12": r and f are registers, s slots of the frame, # immediates
  bool is_move;          // it only carries a value from one place to another
  uint32_t chain;        // how many cells, from this one on, are executed by the handler that begins here; 1 as a rule
};

struct CodeListing {
  std::vector<ListedCell> cells;  // by ascending position
  uint32_t bytes = 0;             // of the code
  uint32_t frame_slots = 0;       // of 8 bytes: arguments, locals and operands that are in no register
  // Operands that a register or slot more was needed for, since the handler has no form for where they were.
  uint32_t misfits = 0;
};

// The code of a function as a store without fuel, timeouts and deterministic NaNs runs it, its memories guarded.
// Errors: those of the function's translation at its first call. Thread-safe.
// REQUIRES: `function` is below module.functions.size() and not imported.
absl::StatusOr<CodeListing> ListCode(const Module& module, FuncIdx function);

}  // namespace umiak

#endif  // UMIAK_CODE_LISTING_H_
