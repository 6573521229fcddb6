// Translated code: immutable, shared by all instances of a module and all threads.
//
// ModuleCode hangs on a Module's attachment slot. It holds one CodeTable per variant of the code; a table has
// one entry per defined function, which is a stub until the first call translates the body.
#ifndef UMIAK_VM_INTERP_CODE_H_
#define UMIAK_VM_INTERP_CODE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "umiak/module.h"
#include "vm/interp/unwind_table.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

// Which code an instance runs. Bounds are a property of (store option, memory 0).
struct CodeVariant {
  bool checked = false;       // memory 0 is checked, else guarded
  bool metered = false;
  bool deterministic_nans = false;
  int index() const { return (checked ? 1 : 0) | (metered ? 2 : 0) | (deterministic_nans ? 4 : 0); }
  static constexpr int kCount = 8;
};

// Where code can be entered at the start of a loop, by another translation of the same function that is in the middle
// of it. By then every local is in its home slot, and of the operand stack the loop's parameters and what lies below
// them in the slots of their heights, a v128 in two; registers hold nothing. Slots that the code has no use for are not
// read.
struct LoopEntry {
  uint32_t loop = 0;            // the loop instruction's offset in the module
  uint32_t position = 0;        // of the cell to go on at, in bytes from the start of the code
  uint32_t operand_base = 0;    // the slot of height 0
  std::vector<uint32_t> homes;  // by local: its home slot; for those that nothing uses, a slot that may be overwritten
};

inline constexpr uint32_t kNoLoopEntry = 0xffffffff;

struct TierState;

// The code of one function: cells in one aligned block.
struct Code {
  Code();
  ~Code();
  std::unique_ptr<uint64_t[]> words;  // the cells begin at `start` among them
  const uint8_t* start = nullptr;
  uint32_t size = 0;         // bytes
  FuncIdx function = 0;
  uint32_t frame_slots = 0;  // params, locals and temporaries
  std::unique_ptr<const UnwindTable> unwind;  // null: nothing is caught in it
  std::unique_ptr<const LoopEntry> loop_entry;  // null: it is entered at its start alone
  std::unique_ptr<TierState> tier;               // of the first tier's code; null: this is the full translation
  const uint8_t* begin() const { return start; }
};

// A position inside code, for backtraces.
struct CodePosition {
  const Module* module;
  FuncIdx function;
  uint32_t offset;  // of the wasm instruction in the module
};

class ModuleCode;

class CodeTable {
 public:
  CodeTable(ModuleCode* owner, const Module& module, CodeVariant variant);
  ~CodeTable();
  // The address to call for a defined function: its code, or a stub that translates it. Thread-safe.
  const uint8_t* entry(FuncIdx defined) const;
  // The same as the last word of a tail call's cell: see ReturnCallDirect.
  uint64_t TailCallWord(FuncIdx defined) const;
  // Translates the function if that has not happened yet; the code's start. `function` counts imports. Fails only
  // for what this interpreter lacks. Thread-safe.
  absl::StatusOr<const uint8_t*> Translate(FuncIdx function);
  // The same in full: what comes of it is called from now on. `loop`: with an entry at that loop (offset in the module);
  // null then where there are too many others of the function. Thread-safe.
  absl::StatusOr<const Code*> TranslateFully(FuncIdx function, uint32_t loop = kNoLoopEntry);
  // The wasm position of the cell that contains `ip`; for a return address pass `return_ip - 1`.
  std::optional<CodePosition> PositionOf(const uint8_t* ip) const;
  const Code* FindCode(const uint8_t* ip) const;
  // How many translations there are, of whichever tier.
  size_t code_count() const;
  const Module& module() const { return module_; }
  const ModuleCode& owner() const { return *owner_; }
  CodeVariant variant() const { return variant_; }

 private:
  // A cell that goes on to the function's code, or translates it first. `code` is null until then.
  struct Stub {
    uint64_t handler;
    uint64_t function;
    std::atomic<const uint8_t*> code;
  };
  friend struct StubBody;
  ModuleCode* owner_;
  const Module& module_;
  CodeVariant variant_;
  std::unique_ptr<Stub[]> stubs_;
  mutable std::mutex mutex_;
  std::map<const uint8_t*, std::unique_ptr<Code>> codes_;  // by start address
  // Full translations of functions that began in the first tier; each but the first for an activation that was still
  // there. A guest may have many such activations of a function with many loops: so there is a limit.
  static constexpr size_t kMaxLoopEntries = 4;
  std::map<FuncIdx, std::vector<const Code*>> full_;
  // Positions of the code that a backtrace has asked for.
  struct Positions {
    std::vector<uint32_t> cells;
    std::vector<uint32_t> offsets;
  };
  mutable std::map<const Code*, Positions> positions_;
  const Code* FindFull(FuncIdx function, uint32_t loop) const;
  const Code* Publish(std::unique_ptr<Code> code, uint32_t loop);
};

class ModuleCode : public ModuleAttachment {
 public:
  explicit ModuleCode(const Module& module);
  // The module's, made at the first request. Thread-safe.
  static ModuleCode* Of(const Module& module);
  CodeTable* Table(CodeVariant variant);
  const InstanceLayout& layout() const { return layout_; }

 private:
  const Module& module_;
  InstanceLayout layout_;
  std::mutex mutex_;
  std::unique_ptr<CodeTable> tables_[CodeVariant::kCount];
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CODE_H_
