// Instructions as text: function bodies, one to a line, and constant expressions.
// spec: text/instructions
#ifndef UMIAK_LOADER_TEXT_CODE_PRINTER_H_
#define UMIAK_LOADER_TEXT_CODE_PRINTER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loader/text/printed_names.h"
#include "umiak/instruction.h"
#include "umiak/module.h"

namespace umiak {

// Taken or not, by the offset in the module.
using BranchHints = absl::flat_hash_map<uint32_t, uint8_t>;

class CodePrinter {
 public:
  // Both must outlive the printer. `hints` may be null.
  CodePrinter(absl::Span<const uint8_t> bytes, const PrintedNames& names, const BranchHints* hints)
      : bytes_(bytes), names_(names), hints_(hints) {}

  // The instructions of a body, with a line for each, up to its last `end`, which has none.
  absl::Status Body(FuncIdx func, CodeSpan span, std::string* out);
  // A constant expression: *count instructions with spaces between them.
  absl::Status Constant(CodeSpan span, std::string* out, int* count);
  // How many branches had a hint so far.
  size_t hints_printed() const { return hints_printed_; }

 private:
  struct Block {
    std::string id;  // may be empty
    uint32_t number;
  };
  absl::Status Print(CodeSpan span, std::string* out);
  bool PrintOne(const Instruction& instruction);
  bool PrintStructure(const Instruction& instruction);
  void PrintBlock(const Instruction& instruction);
  void Start(absl::string_view word);
  void Open();
  bool Close();
  void Operands(const Instruction& i);
  void Indices(const Instruction& i);
  void Number(const Instruction& i);
  void MemArgument(const Instruction& i);
  void Add(absl::string_view operand);
  void AddBlockType(const BlockType& type);
  void AddTwo(const PrintedSpace& space, uint32_t first, uint32_t second);
  void AddCatches(const Instruction& i);
  std::string Label(LabelIdx depth) const;

  absl::Span<const uint8_t> bytes_;
  const PrintedNames& names_;
  const BranchHints* hints_;
  size_t hints_printed_ = 0;

  // Of what is printed now.
  FuncIdx func_ = 0;
  bool lines_ = false;
  int count_ = 0;
  std::string* out_ = nullptr;
  const PrintedSpace* locals_ = nullptr;
  const absl::flat_hash_map<uint32_t, std::string>* label_names_ = nullptr;
  std::vector<Block> blocks_;
  absl::flat_hash_set<std::string> open_ids_;
  uint32_t block_count_ = 0;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_CODE_PRINTER_H_
