// A decoded module: const after LoadModule, shared between stores and threads.
//
// Mirrors the sections of the binary format. Function bodies stay spans of the module's bytes; nothing is
// copied but names and types. Index spaces count imports first, as the spec does.
// spec: syntax/modules
#ifndef UMIAK_MODULE_H_
#define UMIAK_MODULE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/types.h"

namespace umiak {

// The bytes of a module: either owned, or borrowed together with whoever keeps them alive. Nobody may
// write them while a Module refers to them (a file mapping of a file that others can write is no good).
class ModuleBytes {
 public:
  ModuleBytes() = default;
  ModuleBytes(std::vector<uint8_t> bytes)  // NOLINT: implicit by intent
      : owner_(std::make_shared<std::vector<uint8_t>>(std::move(bytes))) {
    const auto& owned = *static_cast<const std::vector<uint8_t>*>(owner_.get());
    span_ = absl::MakeConstSpan(owned);
  }
  ModuleBytes(absl::Span<const uint8_t> bytes, std::shared_ptr<const void> owner)
      : owner_(std::move(owner)), span_(bytes) {}
  absl::Span<const uint8_t> span() const { return span_; }

 private:
  std::shared_ptr<const void> owner_;
  absl::Span<const uint8_t> span_;
};

// A constant expression or function body: offsets into the module's bytes, [begin, end), `end` opcode included.
struct CodeSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Import {
  std::string module;
  std::string name;
  ExternKind kind;
  uint32_t index;   // in the index space of its kind (functions: FuncIdx, ...)
  uint32_t offset;  // in the bytes
};

struct Export {
  std::string name;
  ExternKind kind;
  uint32_t index;
};

// Locals of one type, run-length encoded as in the binary; params not included.
struct LocalRun {
  uint32_t count;
  ValType type;
};

struct Function {
  TypeIdx type = 0;
  // Of a defined function; empty for an import.
  std::vector<LocalRun> locals;
  CodeSpan body;            // instructions only, after the locals, with the final `end`
  uint32_t local_count = 0; // params and locals
};

struct TableDef {
  TableType type;
  bool has_init = false;
  CodeSpan init;  // else null
};
struct MemoryDef {
  MemoryType type;
};
struct GlobalDef {
  GlobalType type;
  CodeSpan init;  // empty for an import
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElemSegment {
  SegmentMode mode;
  TableIdx table = 0;  // kActive
  CodeSpan offset;     // kActive
  ValType type;
  // Exactly one of these is used: plain function indices, or expressions.
  std::vector<FuncIdx> funcs;
  std::vector<CodeSpan> exprs;
  uint32_t size() const { return static_cast<uint32_t>(exprs.empty() ? funcs.size() : exprs.size()); }
};

struct DataSegment {
  SegmentMode mode;
  MemoryIdx memory = 0;  // kActive
  CodeSpan offset;       // kActive
  uint32_t begin = 0;    // the payload: [begin, begin + size) of the module's bytes
  uint32_t size = 0;
};

struct CustomSection {
  std::string name;
  CodeSpan payload;
};

// What vm hangs onto a module: translated code shared by all stores. Set once.
class ModuleAttachment {
 public:
  virtual ~ModuleAttachment() = default;
};

// Bodies that are still to be validated.
class DeferredBodies {
 public:
  virtual ~DeferredBodies() = default;
  // The body's error, the same each time. REQUIRES: the function is not imported. Thread-safe.
  virtual absl::Status Check(FuncIdx function) = 0;
};

class Module {
 public:
  explicit Module(ModuleBytes bytes) : bytes_(std::move(bytes)) {}
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() { delete attachment_.load(std::memory_order_acquire); }

  absl::Span<const uint8_t> bytes() const { return bytes_.span(); }

  // Sections. Filled by the decoder, const ever after.
  std::vector<SubType> types;
  std::vector<Import> imports;
  std::vector<Function> functions;  // imports first, as in every index space below
  std::vector<TableDef> tables;
  std::vector<MemoryDef> memories;
  std::vector<GlobalDef> globals;
  std::vector<TagType> tags;
  std::vector<Export> exports;
  std::vector<ElemSegment> elems;
  std::vector<DataSegment> datas;
  std::vector<CustomSection> customs;
  bool has_start = false;
  FuncIdx start = 0;
  bool has_data_count = false;
  uint32_t data_count = 0;
  uint32_t num_imported_functions = 0;
  uint32_t num_imported_tables = 0;
  uint32_t num_imported_memories = 0;
  uint32_t num_imported_globals = 0;
  uint32_t num_imported_tags = 0;
  std::string name;             // name section; may be empty
  CodeSpan function_names;      // name section: the contents of the subsection; looked into when a name is asked for
  // Bodies that are not known to be valid; null: all are (LoadOptions::defer_bodies).
  std::unique_ptr<DeferredBodies> deferred_bodies;
  // exports[i].name to i; the keys are views of those names.
  absl::flat_hash_map<absl::string_view, uint32_t> export_indices;
  // types[i]'s canonical id, equal in all modules of the process for equal types (iso-recursive): type
  // checks at run time compare these.
  std::vector<uint32_t> canonical_types;

  const FuncType& TypeOfFunction(FuncIdx index) const { return types[functions[index].type].func; }
  // The export of that name, or null.
  const Export* FindExport(absl::string_view name) const;
  // For messages: the name section's name, else an export's, else "". O(exports) in the second case, O(names) the first
  // time. Thread-safe.
  std::string FunctionName(FuncIdx index) const;

  // The attachment, or null. Thread-safe.
  ModuleAttachment* attachment() const { return attachment_.load(std::memory_order_acquire); }
  // Sets it unless one is set already; returns the one in place. Takes ownership of `candidate` (and frees
  // it if it came second). Thread-safe.
  ModuleAttachment* SetAttachment(std::unique_ptr<ModuleAttachment> candidate) const {
    ModuleAttachment* expected = nullptr;
    if (attachment_.compare_exchange_strong(expected, candidate.get(), std::memory_order_acq_rel)) {
      return candidate.release();
    }
    return expected;
  }

 private:
  using Names = absl::flat_hash_map<FuncIdx, absl::string_view>;
  Names ReadFunctionNames() const;

  ModuleBytes bytes_;
  mutable std::atomic<ModuleAttachment*> attachment_{nullptr};
  mutable absl::once_flag names_once_;
  mutable Names names_;  // of functions; views of the bytes
};

}  // namespace umiak

#endif  // UMIAK_MODULE_H_
