// Writes cells: chooses the handler for the classes of the operands, makes operands fit where it must, patches branches.
#ifndef UMIAK_VM_TRANSLATE_EMITTER_H_
#define UMIAK_VM_TRANSLATE_EMITTER_H_

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "umiak/value.h"
#include "vm/interp/chain.h"
#include "vm/interp/op.h"
#include "vm/translate/translate.h"

namespace umiak {

// An operand as cells see it.
struct Place {
  enum Kind : uint8_t { kRegister, kSlot, kImm };
  Kind kind = kSlot;
  Bank bank = Bank::kInt;
  uint8_t words = 1;   // 2 for a v128
  uint64_t value = 0;  // register number, slot, or bits
  uint64_t high = 0;   // high half of a v128 immediate

  static Place Register(Bank bank, uint64_t index, uint8_t words = 1) { return {kRegister, bank, words, index, 0}; }
  static Place Slot(Bank bank, uint64_t slot, uint8_t words = 1) { return {kSlot, bank, words, slot, 0}; }
  static Place Imm(uint64_t bits, Bank bank = Bank::kInt) { return {kImm, bank, 1, bits, 0}; }
  bool is_register() const { return kind == kRegister; }
  bool is_slot() const { return kind == kSlot; }
  bool is_imm() const { return kind == kImm; }
  friend bool operator==(const Place&, const Place&) = default;
};

// The extra bytes of a cell, in the order its family documents.
class Extra {
 public:
  Extra& U8(uint8_t v) { return Add(&v, sizeof(v)); }
  Extra& U32(uint32_t v) { return Add(&v, sizeof(v)); }
  Extra& U64(uint64_t v) { return Add(&v, sizeof(v)); }
  Extra& Append(const Extra& other) { return other.size_ == 0 ? *this : Add(other.bytes_, other.size_); }
  absl::Span<const uint8_t> bytes() const { return {bytes_, size_}; }

 private:
  Extra& Add(const void* from, uint32_t size) {
    std::memcpy(bytes_ + size_, from, size);
    size_ += size;
    return *this;
  }
  uint8_t bytes_[24];  // the first size_ of them
  uint32_t size_ = 0;
};

// The words of the cells so far. PERF: a vector's resize is a call for each cell.
class Words {
 public:
  size_t size() const { return size_; }
  uint64_t* data() { return words_.get(); }
  void reserve(size_t capacity);
  // What is new is zero.
  void resize(size_t size) {
    if (size > capacity_) reserve(2 * size);
    for (; size_ < size; ++size_) words_[size_] = 0;
    size_ = size;
  }

 private:
  std::unique_ptr<uint64_t[]> words_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

using LabelId = uint32_t;

class Emitter {
 public:
  // `scratch`: first of ir::kScratchSlots slots that no value lives in.
  // `with_chains`: whether the code is worth looking for them. `expected`: bytes of code, about.
  Emitter(bool checked, uint32_t scratch, TranslateRecord* record, bool with_chains, size_t expected)
      : checked_(checked), with_chains_(with_chains), scratch_(scratch), record_(record) {
    words_.reserve(expected / 8);
    fixups_.reserve(expected / 64);
  }

  // The wasm instruction that the following cells belong to.
  void SetOffset(uint32_t wasm_offset) { wasm_offset_ = wasm_offset; }

  // Whether `op` has a handler for these operands as they are.
  bool Fits(Op op, absl::Span<const Place> operands) const;
  // Emits `op`. An operand of a class that it has no handler for goes through a scratch slot. Returns the position
  // of the extra bytes. `tail`: the word at the end of cells that have one.
  uint32_t Emit(Op op, std::initializer_list<Place> operands, const Extra& extra = {}, uint64_t tail = 0);
  // dst = src: one cell, or none if they are the same.
  void Move(const Place& from, const Place& to);
  // Slots only: `count` words, ranges may overlap.
  void MoveRange(uint32_t from, uint32_t to, uint32_t count);

  LabelId NewLabel();
  // The first of `count` labels with numbers in a row.
  LabelId NewLabels(size_t count);
  void Bind(LabelId label);
  // REQUIRES: the label is bound.
  uint32_t PositionOf(LabelId label) const { return labels_[label]; }
  // A cell whose extra bytes begin with the distance to `label`.
  void EmitBranch(Op op, std::initializer_list<Place> operands, LabelId label, const Extra& after_distance = {});
  // Where a branch table lies, for copies of its cell.
  struct Table {
    LabelId cell;
    uint32_t first;  // of the distances, from the cell
    uint32_t count;
  };
  // A cell whose extra bytes are `before`, the count and the distances. The default stands last.
  Table EmitBranchTable(Op op, const Place& index, Extra before, absl::Span<const LabelId> labels);
  // Another cell by the same table.
  void EmitTableCopy(Op op, const Place& index, Extra before, const Table& table);

  // A place for a value that lives only until the next cell or two; `n` < 3.
  Place Scratch(int n, Bank bank, uint8_t words = 1) const {
    return Place::Slot(bank, scratch_ + kLegalSlots + 2 * static_cast<uint32_t>(n), words);
  }

  uint32_t size() const { return static_cast<uint32_t>(words_.size() * 8); }
  // The code of that function, all branches patched. REQUIRES: all labels are bound.
  std::unique_ptr<Code> Finish(FuncIdx function);

 private:
  static constexpr uint32_t kLegalSlots = 6;  // of scratch, for operands made to fit
  struct Fixup {
    uint32_t cell;
    uint32_t field;
    LabelId label;
  };
  // How an operand stands in a cell.
  struct Fit {
    OperandClass operand_class;
    uint8_t ordinal;  // of the class among those allowed
    uint8_t count;    // of those allowed
    uint8_t bytes;    // in the cell
  };
  static bool FitsAt(const OperandSpec& spec, const Place& place, Fit* out);
  uint32_t EmitMadeToFit(Op op, absl::Span<const Place> operands, const Extra& extra, uint64_t tail);
  Place MakeFit(const Place& place, const OperandSpec& spec, uint32_t* used);
  void EmitCheck(const AddressAt& at, absl::Span<const Place> operands, const Extra& extra);
  uint32_t Write(Op op, const OpInfo& info, absl::Span<const Place> operands, const Fit* fits, const Extra& extra,
                 uint32_t more_bytes, uint64_t tail);
  void RemoveLast();
  static CellKind KindOfCell(Op op, const OpInfo& info, int variant, const Fit* fits);
  void FormChains();
  bool FuseMoves(const Place& from, const Place& to);
  bool FuseIntoBranch(LabelId label);
  void Record(Op op, uint32_t position, absl::Span<const Place> operands);
  void RecordTarget(const Fixup& fixup);
  uint8_t* At(uint32_t position) { return reinterpret_cast<uint8_t*>(words_.data()) + position; }

  bool checked_;
  bool with_chains_;
  uint32_t scratch_;
  TranslateRecord* record_;
  uint32_t wasm_offset_ = 0;
  // The cell that was written last, and where the last label stands.
  uint32_t last_cell_ = 0;
  Op last_op_ = Op::kCount;
  Place last_operands_[3];  // if later cells may take the last one in: see IsJoined
  uint32_t last_label_ = 0xffffffff;
  Words words_;
  // Of all cells in order, if there are to be chains: where each begins, and its kind.
  std::vector<uint32_t> cells_;
  std::vector<CellKind> kinds_;
  std::vector<uint32_t> labels_;  // positions; kUnbound
  std::vector<Fixup> fixups_;
};

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_EMITTER_H_
