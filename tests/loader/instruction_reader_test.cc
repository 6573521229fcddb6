#include "umiak/instruction_reader.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "loader/binary/writer.h"

namespace umiak {
namespace {

const std::vector<LabelIdx> kLabels = {0, 5, 1'000'000, 2};
const std::vector<ValType> kTypes = {ValType::kF64, ValType::Ref(HeapType::Concrete(300), false)};
const std::vector<CatchClause> kCatches = {{CatchClause::kCatch, 1, 2},
                                           {CatchClause::kCatchRef, 300, 4},
                                           {CatchClause::kCatchAll, 0, 5},
                                           {CatchClause::kCatchAllRef, 0, 600}};

// An instruction with every field set to something that its kind of immediate can carry.
Instruction Sample(Opcode opcode) {
  Instruction i;
  i.opcode = opcode;
  i.index = 70'000;
  i.index2 = 300;
  i.lane = 15;
  i.block_type.kind = BlockType::kTypeIndex;
  i.block_type.index = 64;  // a byte that would be -64
  i.memarg = {3, 130, uint64_t{1} << 40};
  i.heap_type = HeapType::Concrete(64);
  i.heap_type2 = HeapType::kI31;
  for (int k = 0; k < 16; ++k) i.v128[k] = static_cast<uint8_t>(k * 17);
  i.labels = kLabels;
  i.types = kTypes;
  i.catches = kCatches;
  switch (InfoOf(opcode).immediate) {
    case Immediate::kI32: i.bits = static_cast<uint64_t>(int64_t{-2'000'000'000}); break;
    case Immediate::kI64: i.bits = 0x8000000000000000; break;
    case Immediate::kF32: i.bits = 0x7fa00001; break;
    case Immediate::kF64: i.bits = 0xfff4000000000001; break;
    case Immediate::kBrOnCast: i.index2 = 3; break;
    default: break;
  }
  return i;
}

InstructionReader ReaderOf(const std::vector<uint8_t>& bytes) {
  return InstructionReader(bytes, {0, static_cast<uint32_t>(bytes.size())});
}

// Reads one instruction that must fail, and returns the phrase.
std::string PhraseOf(const std::vector<uint8_t>& bytes, uint32_t offset) {
  InstructionReader reader = ReaderOf(bytes);
  Instruction instruction;
  CHECK_FALSE(reader.Read(&instruction));
  CHECK_FALSE(reader.ok());
  CHECK(reader.error().offset == offset);
  CHECK_FALSE(reader.Read(&instruction));
  return reader.error().phrase;
}

TEST_CASE("every instruction of the table survives being written, read and written") {
  for (int i = 0; i < kOpcodeCount; ++i) {
    Instruction sample = Sample(static_cast<Opcode>(i));
    INFO(InfoOf(sample.opcode).text);
    std::vector<uint8_t> bytes = Writer().Write(sample).Take();
    InstructionReader reader = ReaderOf(bytes);
    Instruction read;
    REQUIRE(reader.Read(&read));
    CHECK(reader.at_end());
    CHECK(read.opcode == sample.opcode);
    CHECK(read.offset == 0);
    CHECK(Writer().Write(read).Take() == bytes);
    CHECK_FALSE(reader.Read(&read));
    CHECK(reader.ok());
  }
}

TEST_CASE("every instruction cut short anywhere is an error, not a crash") {
  for (int i = 0; i < kOpcodeCount; ++i) {
    std::vector<uint8_t> bytes = Writer().Write(Sample(static_cast<Opcode>(i))).Take();
    for (size_t size = 1; size < bytes.size(); ++size) {
      std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
      InstructionReader reader = ReaderOf(cut);
      Instruction read;
      CHECK_FALSE(reader.Read(&read));
      CHECK_FALSE(reader.ok());
      CHECK(reader.error().phrase == "unexpected end of section or function");
    }
  }
}

TEST_CASE("immediates arrive in their fields") {
  Instruction read;
  auto read_one = [&read](const std::vector<uint8_t>& bytes) {
    static InstructionReader* reader = nullptr;
    delete reader;
    reader = new InstructionReader(bytes, {0, static_cast<uint32_t>(bytes.size())});
    REQUIRE(reader->Read(&read));
  };
  read_one(Writer().Write(Sample(Opcode::kI32Const)).Take());
  CHECK(static_cast<int64_t>(read.bits) == -2'000'000'000);
  read_one(Writer().Write(Sample(Opcode::kBrTable)).Take());
  CHECK(std::equal(read.labels.begin(), read.labels.end(), kLabels.begin(), kLabels.end()));
  read_one(Writer().Write(Sample(Opcode::kSelectT)).Take());
  CHECK(std::equal(read.types.begin(), read.types.end(), kTypes.begin(), kTypes.end()));
  read_one(Writer().Write(Sample(Opcode::kTryTable)).Take());
  CHECK(read.catches.size() == kCatches.size());
  CHECK(read.catches[1].tag == 300);
  CHECK(read.catches[3].label == 600);
  read_one(Writer().Write(Sample(Opcode::kV128Load32Lane)).Take());
  CHECK(read.memarg.memory == 130);
  CHECK(read.memarg.align_log2 == 3);
  CHECK(read.memarg.offset == uint64_t{1} << 40);
  CHECK(read.lane == 15);
  read_one(Writer().Write(Sample(Opcode::kRefCastNull)).Take());
  CHECK(read.nullable);
  CHECK(read.heap_type == HeapType::Concrete(64));
  read_one(Writer().Write(Sample(Opcode::kBrOnCast)).Take());
  CHECK(read.index == 70'000);
  CHECK(read.heap_type2 == HeapType(HeapType::kI31));
  read_one({0x02, 0x40});
  CHECK(read.block_type.kind == BlockType::kEmpty);
  read_one({0x03, 0x7C});
  CHECK(read.block_type.kind == BlockType::kValue);
  CHECK(read.block_type.value == ValType(ValType::kF64));
  read_one({0x02, 0x64, 0x00});
  CHECK(read.block_type.value == ValType::Ref(HeapType::Concrete(0), false));
}

TEST_CASE("offsets are those of the file") {
  std::vector<uint8_t> bytes = {0xAA, 0xAA, 0x01, 0x41, 0x05, 0x0B};
  InstructionReader reader(bytes, {2, 6});
  Instruction read;
  CHECK(reader.Read(&read));
  CHECK(read.offset == 2);
  CHECK(reader.Read(&read));
  CHECK(read.offset == 3);
  CHECK(reader.Read(&read));
  CHECK(read.offset == 5);
  CHECK(reader.at_end());
}

TEST_CASE("what is no instruction is named and placed") {
  CHECK(PhraseOf({0xFF}, 0) == "illegal opcode ff");
  CHECK(PhraseOf({0xFD, 0x9A, 0x01}, 0) == "illegal opcode fd 9a");
  CHECK(PhraseOf({0x28, 0x80, 0x01, 0x00}, 1) == "malformed memop flags");
  CHECK(PhraseOf({0x41, 0x80, 0x80, 0x80, 0x80, 0x70}, 1) == "integer too large");
  CHECK(PhraseOf({0xD0, 0x50}, 1) == "malformed heap type");
  CHECK(PhraseOf({0x02, 0x50}, 1) == "malformed value type");
  CHECK(PhraseOf({0xFB, 0x18, 0x04, 0x00, 0x6E, 0x6E}, 2) == "malformed br_on_cast flags");
  CHECK(PhraseOf({0x1F, 0x40, 0x01, 0x04, 0x00}, 3) == "malformed catch clause");
  CHECK(PhraseOf({0xFE, 0x03, 0x01}, 2) == "zero byte expected");
}

TEST_CASE("a count of labels beyond the bytes reserves nothing") {
  CHECK(PhraseOf({0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, 1) == "length out of bounds");
  CHECK(PhraseOf({0x0E, 0x80, 0x80, 0x02}, 4) == "unexpected end of section or function");
}

}  // namespace
}  // namespace umiak
