// CodePrinter: how instructions nest, and one case per kind of immediate.
#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "loader/binary/reader.h"
#include "loader/phrases.h"
#include "loader/text/code_printer.h"
#include "loader/text/quote.h"
#include "umiak/error.h"
#include "umiak/instruction_reader.h"

namespace umiak {
namespace {

// Deeper blocks are not indented further: a text grows by its nesting only once.
constexpr size_t kMaxIndentedBlocks = 20;

}  // namespace

absl::Status CodePrinter::Body(FuncIdx func, CodeSpan span, std::string* out) {
  func_ = func;
  lines_ = true;
  locals_ = &names_.LocalsOf(func);
  label_names_ = &names_.LabelsOf(func);
  return Print(span, out);
}

absl::Status CodePrinter::Constant(CodeSpan span, std::string* out, int* count) {
  static const auto* const kNoLocals = new PrintedSpace();
  static const auto* const kNoLabels = new absl::flat_hash_map<uint32_t, std::string>();
  lines_ = false;
  locals_ = kNoLocals;
  label_names_ = kNoLabels;
  absl::Status status = Print(span, out);
  *count = count_;
  return status;
}

absl::Status CodePrinter::Print(CodeSpan span, std::string* out) {
  out_ = out;
  count_ = 0;
  block_count_ = 0;
  blocks_.clear();
  open_ids_.clear();
  InstructionReader reader(bytes_, span);
  Instruction instruction;
  bool good = true;
  while (good && reader.Read(&instruction)) {
    if (instruction.opcode == Opcode::kEnd && blocks_.empty()) break;
    good = PrintOne(instruction);
  }
  if (!reader.ok()) return ToStatus(reader.error());
  if (good && reader.at_end() && instruction.opcode == Opcode::kEnd && blocks_.empty()) return absl::OkStatus();
  ErrorLocation location;
  location.offset = reader.pos();
  return MakeError(ErrorKind::kMalformed, phrase::kEndExpected, "blocks and their ends do not match", location);
}

// --- Structure ---

// The instruction's word, on a line of its own.
void CodePrinter::Start(absl::string_view word) {
  if (lines_) {
    out_->append(4 + 2 * std::min(blocks_.size(), kMaxIndentedBlocks), ' ');
  } else if (count_ > 0) {
    out_->push_back(' ');
  }
  ++count_;
  absl::StrAppend(out_, word);
}

// False where it does not belong here.
bool CodePrinter::PrintOne(const Instruction& instruction) {
  if (hints_ != nullptr && lines_) {
    auto hint = hints_->find(instruction.offset);
    bool branch = instruction.opcode == Opcode::kIf || instruction.opcode == Opcode::kBrIf;
    if (hint != hints_->end() && branch) {
      Start(hint->second != 0 ? "(@metadata.code.branch_hint \"\\01\")" : "(@metadata.code.branch_hint \"\\00\")");
      out_->push_back('\n');
      ++hints_printed_;
    }
  }
  bool good = PrintStructure(instruction);
  if (lines_) out_->push_back('\n');
  return good;
}

bool CodePrinter::PrintStructure(const Instruction& instruction) {
  const char* word = InfoOf(instruction.opcode).text;
  switch (instruction.opcode) {
    case Opcode::kEnd:
      if (!Close()) return false;
      Start(word);
      return true;
    case Opcode::kElse:
    case Opcode::kCatch:
    case Opcode::kCatchAll: {
      if (blocks_.empty()) return false;
      // One level out, as the block itself.
      Block block = std::move(blocks_.back());
      blocks_.pop_back();
      Start(word);
      blocks_.push_back(std::move(block));
      Operands(instruction);
      return true;
    }
    case Opcode::kDelegate:
      if (!Close()) return false;
      Start(word);
      Operands(instruction);
      return true;
    default: break;
  }
  Start(word);
  switch (InfoOf(instruction.opcode).immediate) {
    case Immediate::kBlock:
    case Immediate::kTry:
    case Immediate::kTryTable: PrintBlock(instruction); break;
    default: Operands(instruction);
  }
  return true;
}

// What stands behind the word of a block; the block is open then.
void CodePrinter::PrintBlock(const Instruction& instruction) {
  Block block;
  block.number = ++block_count_;
  auto name = label_names_->find(block_count_ - 1);
  if (name != label_names_->end()) {
    // No identifier that hides an open one: labels are looked up from the inside.
    if (!name->second.empty() && open_ids_.insert(name->second).second) {
      block.id = QuoteId(name->second);
      Add(block.id);
    } else {
      Add(absl::StrCat("(@name ", QuoteName(name->second), ")"));
    }
  }
  AddBlockType(instruction.block_type);
  // The clauses count their labels from outside of the block.
  if (InfoOf(instruction.opcode).immediate == Immediate::kTryTable) AddCatches(instruction);
  if (block.id.empty()) absl::StrAppend(out_, " (;@", block.number, ";)");
  blocks_.push_back(std::move(block));
}

bool CodePrinter::Close() {
  if (blocks_.empty()) return false;
  auto name = label_names_->find(blocks_.back().number - 1);
  if (!blocks_.back().id.empty() && name != label_names_->end()) open_ids_.erase(name->second);
  blocks_.pop_back();
  return true;
}

std::string CodePrinter::Label(LabelIdx depth) const {
  if (depth >= blocks_.size()) return absl::StrCat(depth);
  const Block& block = blocks_[blocks_.size() - 1 - depth];
  return block.id.empty() ? absl::StrCat(depth, " (;@", block.number, ";)") : block.id;
}

// --- Operands ---

void CodePrinter::Add(absl::string_view operand) { absl::StrAppend(out_, " ", operand); }

void CodePrinter::AddBlockType(const BlockType& type) {
  if (type.kind == BlockType::kValue) Add(absl::StrCat("(result ", names_.Text(type.value), ")"));
  if (type.kind == BlockType::kTypeIndex) Add(absl::StrCat("(type ", names_.types.Use(type.index), ")"));
}

// Tables or memories, which are left out where both are the first.
void CodePrinter::AddTwo(const PrintedSpace& space, uint32_t first, uint32_t second) {
  if (first == 0 && second == 0) return;
  Add(space.Use(first));
  Add(space.Use(second));
}

void CodePrinter::AddCatches(const Instruction& i) {
  static constexpr const char* kWords[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  for (const CatchClause& clause : i.catches) {
    bool has_tag = clause.kind == CatchClause::kCatch || clause.kind == CatchClause::kCatchRef;
    Add(absl::StrCat("(", kWords[clause.kind], has_tag ? absl::StrCat(" ", names_.tags.Use(clause.tag)) : "", " ",
                     Label(clause.label), ")"));
  }
}

void CodePrinter::MemArgument(const Instruction& i) {
  if (i.memarg.memory != 0) Add(names_.memories.Use(i.memarg.memory));
  if (i.memarg.offset != 0) Add(absl::StrCat("offset=", i.memarg.offset));
  uint64_t align = uint64_t{1} << i.memarg.align_log2;
  if (align != InfoOf(i.opcode).access) Add(absl::StrCat("align=", align));
}

void CodePrinter::Number(const Instruction& i) {
  switch (InfoOf(i.opcode).immediate) {
    case Immediate::kI32:
    case Immediate::kI64: return Add(absl::StrCat(static_cast<int64_t>(i.bits)));
    case Immediate::kF32: return Add(Float32Text(static_cast<uint32_t>(i.bits)));
    case Immediate::kF64: return Add(Float64Text(i.bits));
    case Immediate::kV128:
      Add("i32x4");
      for (int lane = 0; lane < 4; ++lane) {
        uint32_t bits;
        std::memcpy(&bits, i.v128 + 4 * lane, 4);
        Add(absl::StrCat("0x", absl::Hex(bits, absl::kZeroPad8)));
      }
      return;
    default:  // kShuffle
      for (uint8_t lane : i.v128) Add(absl::StrCat(static_cast<int>(lane)));
  }
}

void CodePrinter::Operands(const Instruction& i) {
  switch (InfoOf(i.opcode).immediate) {
    case Immediate::kI32: case Immediate::kI64: case Immediate::kF32: case Immediate::kF64:
    case Immediate::kV128: case Immediate::kShuffle: return Number(i);
    case Immediate::kLabel: return Add(Label(i.index));
    case Immediate::kBrTable:
      for (LabelIdx label : i.labels) Add(Label(label));
      return;
    case Immediate::kTypeTable:
      if (i.index2 != 0) Add(names_.tables.Use(i.index2));
      return Add(absl::StrCat("(type ", names_.types.Use(i.index), ")"));
    case Immediate::kMemArg: return MemArgument(i);
    case Immediate::kMemArgLane:
      MemArgument(i);
      return Add(absl::StrCat(static_cast<int>(i.lane)));
    case Immediate::kLane: return Add(absl::StrCat(static_cast<int>(i.lane)));
    case Immediate::kSelectTypes:
      Add("(result");
      for (ValType type : i.types) Add(names_.Text(type));
      out_->push_back(')');
      return;
    case Immediate::kHeapType:
      if (i.opcode == Opcode::kRefNull) return Add(names_.Text(i.heap_type));
      return Add(names_.Text(ValType::Ref(i.heap_type, i.nullable)));
    case Immediate::kBrOnCast:
      Add(Label(i.index));
      Add(names_.Text(ValType::Ref(i.heap_type, (i.index2 & 1) != 0)));
      return Add(names_.Text(ValType::Ref(i.heap_type2, (i.index2 & 2) != 0)));
    default: return Indices(i);
  }
}

void CodePrinter::Indices(const Instruction& i) {
  switch (InfoOf(i.opcode).immediate) {
    case Immediate::kCatch:
    case Immediate::kTag: return Add(names_.tags.Use(i.index));
    case Immediate::kFunc: return Add(names_.funcs.Use(i.index));
    case Immediate::kType: return Add(names_.types.Use(i.index));
    case Immediate::kLocal: return Add(locals_->Use(i.index));
    case Immediate::kGlobal: return Add(names_.globals.Use(i.index));
    case Immediate::kElem: return Add(names_.elems.Use(i.index));
    case Immediate::kData: return Add(names_.datas.Use(i.index));
    case Immediate::kTable:
      if (i.index != 0) Add(names_.tables.Use(i.index));
      return;
    case Immediate::kMemory:
      if (i.index != 0) Add(names_.memories.Use(i.index));
      return;
    case Immediate::kTableTable: return AddTwo(names_.tables, i.index, i.index2);
    case Immediate::kMemoryMemory: return AddTwo(names_.memories, i.index, i.index2);
    case Immediate::kElemTable:
      if (i.index2 != 0) Add(names_.tables.Use(i.index2));
      return Add(names_.elems.Use(i.index));
    case Immediate::kDataMemory:
      if (i.index2 != 0) Add(names_.memories.Use(i.index2));
      return Add(names_.datas.Use(i.index));
    case Immediate::kTypeField:
      Add(names_.types.Use(i.index));
      return Add(names_.FieldsOf(i.index).Use(i.index2));
    case Immediate::kTypeType:
      Add(names_.types.Use(i.index));
      return Add(names_.types.Use(i.index2));
    case Immediate::kTypeLength:
      Add(names_.types.Use(i.index));
      return Add(absl::StrCat(i.index2));
    case Immediate::kTypeData:
      Add(names_.types.Use(i.index));
      return Add(names_.datas.Use(i.index2));
    case Immediate::kTypeElem:
      Add(names_.types.Use(i.index));
      return Add(names_.elems.Use(i.index2));
    default: return;  // without operands, or in Operands()
  }
}

}  // namespace umiak
