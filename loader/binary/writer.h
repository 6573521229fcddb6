// Writes the binary format: the reverse of reader.h and instruction_reader.cc. For the assembler and for tests.
// spec: binary
#ifndef UMIAK_LOADER_BINARY_WRITER_H_
#define UMIAK_LOADER_BINARY_WRITER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/instruction.h"
#include "umiak/types.h"

namespace umiak {

class Writer {
 public:
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  std::vector<uint8_t> Take() { return std::move(bytes_); }
  size_t size() const { return bytes_.size(); }

  Writer& Byte(uint8_t byte) {
    bytes_.push_back(byte);
    return *this;
  }
  // LEB128, in as few bytes as it takes.
  Writer& U32(uint32_t value) { return U64(value); }
  Writer& U64(uint64_t value);
  Writer& S32(int32_t value) { return S64(value); }
  Writer& S33(int64_t value) { return S64(value); }
  Writer& S64(int64_t value);
  // Little-endian.
  Writer& Fixed32(uint32_t value);
  Writer& Fixed64(uint64_t value);
  Writer& Bytes(absl::Span<const uint8_t> bytes);
  // Bytes without a length, and with one.
  Writer& Text(absl::string_view text);
  Writer& Name(absl::string_view name);
  // Another writer's bytes behind their number: the form of sections' contents and bodies.
  Writer& Sized(const Writer& contents);
  Writer& Section(uint8_t id, const Writer& contents);
  // Magic and version.
  Writer& Header();

  Writer& Type(HeapType type);
  Writer& Type(ValType type);
  Writer& Type(const FieldType& type);
  Writer& Type(const FuncType& type);
  // The composite type in its `sub` form where it needs one; the rec group's head is the caller's.
  Writer& Type(const SubType& type);
  Writer& Type(const TableType& type);
  Writer& Type(const MemoryType& type);
  Writer& Type(const GlobalType& type);
  Writer& Type(const BlockType& type);

  // The opcode alone; then its immediates too.
  Writer& Op(Opcode opcode);
  Writer& Write(const Instruction& instruction);

 private:
  void WriteImmediates(const Instruction& instruction, Immediate kind);
  void WriteMemArg(const MemArg& memarg);
  void WriteTryTable(const Instruction& instruction);
  void WriteLimits(uint8_t flags, const Limits& limits);

  std::vector<uint8_t> bytes_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_WRITER_H_
