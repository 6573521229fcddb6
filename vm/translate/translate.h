// One validated wasm body to internal code.
//
// A pure, deterministic function of (body, variant, loop entry): nothing about positions is stored with code. Whoever
// needs them (a backtrace, a listing) translates the body again with a record.
#ifndef UMIAK_VM_TRANSLATE_TRANSLATE_H_
#define UMIAK_VM_TRANSLATE_TRANSLATE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "umiak/module.h"
#include "vm/interp/code.h"
#include "vm/interp/op.h"

namespace umiak {

// Where the code for one function comes from and what it will run as.
struct TranslateContext {
  const Module& module;
  const InstanceLayout& layout;
  CodeVariant variant;
  const CodeTable* table;  // whose entries direct calls name; null: all zero (for listings)
  // The module offset of a loop instruction: where it starts the code can be entered too, see Code::loop_entry. That
  // stays null in a function that catches exceptions or has a huge frame, and for a loop that is never reached or only
  // returns. Metered code does not charge for the pass that begins there.
  uint32_t loop_entry = kNoLoopEntry;
};

// One cell of the result.
struct CellRecord {
  uint32_t position;     // byte offset in the code
  Op op;
  uint32_t wasm_offset;  // of the instruction, in the module
  std::string operands;  // "r0, s12, #5"; only where `listing` was asked for
  uint32_t chain = 1;    // how many cells, from this one on, its handler runs
};
struct TranslateRecord {
  bool listing = false;
  std::vector<CellRecord> cells;  // by ascending position
  // Moves that only make operands fit the classes a handler has.
  uint32_t fallback_cells = 0;
};

// Fails only for instructions that this interpreter lacks and past limits. Thread-safe.
// REQUIRES: the body has been validated; `function` counts imports and is a defined one.
absl::StatusOr<std::unique_ptr<Code>> TranslateFunction(const TranslateContext& context, FuncIdx function,
                                                        TranslateRecord* record = nullptr);

// "0x0010  I32Add r0, #1 -> r0" per line.
std::string Listing(const TranslateRecord& record);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_TRANSLATE_H_
