#include "umiak/instruction_reader.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "loader/binary/reader.h"
#include "loader/phrases.h"
#include "umiak/limits.h"

namespace umiak {

// One instruction's worth of reading: a cursor that lives in registers, and one function per kind of immediate.
class ImmediateReader {
 public:
  ImmediateReader(InstructionReader* owner, Instruction* out)
      : owner_(*owner), reader_(owner->bytes_, {owner->pos_, owner->end_}, &owner->error_), out_(*out) {}

  // PERF: what compilers write most, without asking for the end at each byte. False: nothing has been read.
  static bool ReadUsual(InstructionReader* owner, Instruction* out);

  bool Read() {
    out_.offset = reader_.pos();
    if (ReadOpcode()) ReadImmediates(InfoOf(out_.opcode).immediate);
    owner_.pos_ = reader_.pos();
    return owner_.ok();
  }

 private:
  bool ReadOpcode() {
    uint8_t first = reader_.Byte("opcode");
    std::optional<Opcode> opcode;
    if (first < 0xFB || first == 0xFF) [[likely]] {
      opcode = OpcodeFromCode(0, first);
      if (!opcode) {
        reader_.Malformed(out_.offset,
                          absl::StrCat(phrase::kIllegalOpcode, " ", absl::Hex(first, absl::kZeroPad2)));
      }
    } else {
      uint32_t code = reader_.U32("opcode");
      opcode = OpcodeFromCode(first, code);
      if (!opcode) {
        reader_.Malformed(out_.offset, absl::StrCat(phrase::kIllegalOpcode, " ", absl::Hex(first), " ",
                                                    absl::Hex(code, absl::kZeroPad2)));
      }
    }
    if (!owner_.ok()) return false;
    out_.opcode = *opcode;
    return true;
  }

  void ReadImmediates(Immediate kind) {
    switch (kind) {
      case Immediate::kNone: return;
      case Immediate::kBlock:
      case Immediate::kTry: return ReadBlockType();
      case Immediate::kCatch: return Index("tag index");
      case Immediate::kLabel: return Index("label index");
      case Immediate::kBrTable: return ReadBrTable();
      case Immediate::kFunc: return Index("function index");
      case Immediate::kType: return Index("type index");
      case Immediate::kTypeTable: return TwoIndices("type index", "table index");
      case Immediate::kLocal: return Index("local index");
      case Immediate::kGlobal: return Index("global index");
      case Immediate::kTable: return Index("table index");
      case Immediate::kTableTable: return TwoIndices("table index", "table index");
      case Immediate::kElemTable: return TwoIndices("elem segment index", "table index");
      case Immediate::kElem: return Index("elem segment index");
      case Immediate::kMemArg: return ReadMemArg();
      case Immediate::kMemArgLane: ReadMemArg(); return ReadLane();
      case Immediate::kMemory: return Index("memory index");
      case Immediate::kMemoryMemory: return TwoIndices("memory index", "memory index");
      case Immediate::kDataMemory: return TwoIndices("data segment index", "memory index");
      case Immediate::kData: return Index("data segment index");
      case Immediate::kI32: out_.bits = static_cast<uint64_t>(int64_t{reader_.S32("i32 constant")}); return;
      case Immediate::kI64: out_.bits = static_cast<uint64_t>(reader_.S64("i64 constant")); return;
      case Immediate::kF32: out_.bits = reader_.Fixed32("f32 constant"); return;
      case Immediate::kF64: out_.bits = reader_.Fixed64("f64 constant"); return;
      case Immediate::kV128:
      case Immediate::kShuffle: return ReadV128();
      case Immediate::kLane: return ReadLane();
      case Immediate::kSelectTypes: return ReadSelectTypes();
      case Immediate::kHeapType: return ReadHeapType();
      case Immediate::kTypeField: return TwoIndices("type index", "field index");
      case Immediate::kTypeType: return TwoIndices("type index", "type index");
      case Immediate::kTypeLength: return TwoIndices("type index", "array length");
      case Immediate::kTypeData: return TwoIndices("type index", "data segment index");
      case Immediate::kTypeElem: return TwoIndices("type index", "elem segment index");
      case Immediate::kBrOnCast: return ReadBrOnCast();
      case Immediate::kTag: return Index("tag index");
      case Immediate::kTryTable: return ReadTryTable();
      case Immediate::kAtomicFence: return ReadAtomicFence();
    }
  }

  void Index(const char* what) { out_.index = reader_.U32(what); }
  void TwoIndices(const char* first, const char* second) {
    out_.index = reader_.U32(first);
    out_.index2 = reader_.U32(second);
  }
  void ReadLane() { out_.lane = reader_.Byte("lane index"); }

  // spec: binary/instructions#binary-blocktype
  void ReadBlockType() {
    uint8_t byte = reader_.PeekByte();
    if (!reader_.at_end() && byte == 0x40) {
      reader_.Byte("block type");
      out_.block_type.kind = BlockType::kEmpty;
    } else if ((byte & 0xC0) == 0x40) {
      // The one-byte negative numbers are value types.
      out_.block_type.kind = BlockType::kValue;
      out_.block_type.value = reader_.ReadValType();
    } else {
      uint32_t offset = reader_.pos();
      int64_t index = reader_.S33("block type");
      if (index < 0) reader_.Malformed(offset, phrase::kMalformedValueType);
      out_.block_type.kind = BlockType::kTypeIndex;
      out_.block_type.index = static_cast<TypeIdx>(index);
    }
  }

  // Bit 6 of the alignment says that the index of a memory follows. spec: binary/instructions#binary-memarg
  void ReadMemArg() {
    uint32_t offset = reader_.pos();
    uint32_t flags = reader_.U32("alignment");
    if (flags >= 0x80) {
      reader_.Malformed(offset, phrase::kMalformedMemopFlags, absl::StrCat("0x", absl::Hex(flags)));
    }
    out_.memarg.align_log2 = flags & 0x3f;
    out_.memarg.memory = flags & 0x40 ? reader_.U32("memory index") : 0;
    out_.memarg.offset = reader_.U64("offset");
  }

  void ReadV128() {
    if (const uint8_t* bytes = reader_.Bytes(16, "v128 constant")) std::memcpy(out_.v128, bytes, 16);
  }

  void ReadBrTable() {
    auto& labels = owner_.labels_;
    labels.clear();
    uint32_t count = reader_.Count(kMaxBrTableLabels, "number of labels");
    if (count > reader_.remaining()) {
      return reader_.Malformed(reader_.pos(), phrase::kUnexpectedEndOfSection, "reading labels");
    }
    labels.reserve(count + 1);
    for (uint32_t i = 0; i <= count; ++i) labels.push_back(reader_.U32("label index"));
    out_.labels = labels;
  }

  void ReadSelectTypes() {
    auto& types = owner_.types_;
    types.clear();
    uint32_t count = reader_.Count(kMaxResults, "number of types");
    for (uint32_t i = 0; i < count && owner_.ok(); ++i) types.push_back(reader_.ReadValType());
    out_.types = types;
  }

  void ReadHeapType() {
    out_.heap_type = reader_.ReadHeapType();
    out_.nullable = out_.opcode == Opcode::kRefTestNull || out_.opcode == Opcode::kRefCastNull;
  }

  void ReadBrOnCast() {
    uint32_t offset = reader_.pos();
    out_.index2 = reader_.Byte("cast flags");
    if (out_.index2 > 3) reader_.Malformed(offset, phrase::kMalformedCastFlags);
    out_.index = reader_.U32("label index");
    out_.heap_type = reader_.ReadHeapType();
    out_.heap_type2 = reader_.ReadHeapType();
  }

  void ReadTryTable() {
    ReadBlockType();
    auto& catches = owner_.catches_;
    catches.clear();
    uint32_t count = reader_.Count(kMaxCatchClauses, "number of catch clauses");
    for (uint32_t i = 0; i < count && owner_.ok(); ++i) {
      uint32_t offset = reader_.pos();
      uint8_t kind = reader_.Byte("catch clause");
      if (kind > CatchClause::kCatchAllRef) reader_.Malformed(offset, phrase::kMalformedCatchClause);
      CatchClause clause{static_cast<CatchClause::Kind>(kind), 0, 0};
      if (kind == CatchClause::kCatch || kind == CatchClause::kCatchRef) clause.tag = reader_.U32("tag index");
      clause.label = reader_.U32("label index");
      catches.push_back(clause);
    }
    out_.catches = catches;
  }

  void ReadAtomicFence() {
    uint32_t offset = reader_.pos();
    if (reader_.Byte("memory order") != 0) reader_.Malformed(offset, phrase::kZeroByteExpected);
  }

  InstructionReader& owner_;
  Reader reader_;
  Instruction& out_;
};

namespace {

// What follows the byte of an instruction that ReadUsual reads. kOther: left to ImmediateReader.
enum class Usual : uint8_t { kOther, kNothing, kIndex, kBlock, kMemArg, kI32 };
struct UsualRow {
  Opcode opcode = Opcode::kCount;
  Usual follows = Usual::kOther;
};

std::array<UsualRow, 256> MakeUsualRows() {
  std::array<UsualRow, 256> rows;
  for (uint32_t byte = 0; byte < rows.size(); ++byte) {
    const std::optional<Opcode> opcode = OpcodeFromCode(0, byte);
    if (!opcode) continue;
    rows[byte].opcode = *opcode;
    switch (InfoOf(*opcode).immediate) {
      case Immediate::kNone: rows[byte].follows = Usual::kNothing; break;
      case Immediate::kLabel:
      case Immediate::kFunc:
      case Immediate::kLocal:
      case Immediate::kGlobal: rows[byte].follows = Usual::kIndex; break;
      case Immediate::kBlock: rows[byte].follows = Usual::kBlock; break;
      case Immediate::kMemArg: rows[byte].follows = Usual::kMemArg; break;
      case Immediate::kI32: rows[byte].follows = Usual::kI32; break;
      default: break;
    }
  }
  return rows;
}

// A number of at most 28 bits, behind which *at is moved; no check of the end.
[[gnu::always_inline]] inline bool ReadShort(const uint8_t** at, uint32_t* value, uint32_t* bits) {
  const uint8_t* from = *at;
  uint32_t byte = *from++;
  uint32_t number = byte & 0x7f;
  uint32_t shift = 7;
  for (; byte >= 0x80; shift += 7) {
    if (shift > 21) return false;
    byte = *from++;
    number |= (byte & 0x7f) << shift;
  }
  *at = from;
  *value = number;
  *bits = shift;
  return true;
}

}  // namespace

bool ImmediateReader::ReadUsual(InstructionReader* owner, Instruction* out) {
  static const std::array<UsualRow, 256> rows = MakeUsualRows();
  constexpr uint32_t kLongest = 16;
  if (owner->end_ - owner->pos_ < kLongest) return false;
  const uint8_t* const begin = owner->bytes_.data() + owner->pos_;
  const uint8_t* at = begin;
  const UsualRow row = rows[*at++];
  uint32_t value, bits;
  switch (row.follows) {
    case Usual::kOther: return false;
    case Usual::kNothing: break;
    case Usual::kIndex:
      if (!ReadShort(&at, &value, &bits)) return false;
      out->index = value;
      break;
    case Usual::kBlock:
      if (*at++ != 0x40) return false;
      out->block_type.kind = BlockType::kEmpty;
      break;
    case Usual::kMemArg:
      if (*at >= 0x40) return false;
      out->memarg.align_log2 = *at++;
      out->memarg.memory = 0;
      if (!ReadShort(&at, &value, &bits)) return false;
      out->memarg.offset = value;
      break;
    case Usual::kI32:
      if (!ReadShort(&at, &value, &bits)) return false;
      out->bits = static_cast<uint64_t>(int64_t{static_cast<int32_t>(value << (32 - bits)) >> (32 - bits)});
      break;
  }
  out->opcode = row.opcode;
  out->offset = owner->pos_;
  owner->pos_ += static_cast<uint32_t>(at - begin);
  return true;
}

bool InstructionReader::Read(Instruction* out) {
  if (pos_ == end_ || !ok()) return false;
  if (ImmediateReader::ReadUsual(this, out)) return true;
  return ImmediateReader(this, out).Read();
}

}  // namespace umiak
