// Reads instructions one after the other from a range of module bytes.
// spec: binary/instructions
#ifndef UMIAK_INSTRUCTION_READER_H_
#define UMIAK_INSTRUCTION_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "umiak/error.h"
#include "umiak/instruction.h"
#include "umiak/module.h"

namespace umiak {

// What was wrong first, where the bytes stop making sense. Offsets are the file's.
struct DecodeError {
  ErrorKind kind = ErrorKind::kNone;  // kMalformed, kLimit or (a type index out of all bounds) kInvalid
  uint32_t offset = 0;
  std::string phrase;  // of loader/phrases.h, perhaps with a number behind it
  std::string detail;
  bool ok() const { return kind == ErrorKind::kNone; }
};

// Not thread-safe; cheap to construct. The first error sticks: Read() returns false from then on and
// ok() is false. After validation a body cannot fail, so the translator only asserts ok().
class InstructionReader {
 public:
  // `bytes` are the whole module's, so that offsets in Instruction and errors are the file's.
  InstructionReader(absl::Span<const uint8_t> bytes, CodeSpan range)
      : bytes_(bytes), pos_(range.begin), end_(range.end) {}

  // Reads the next instruction into *out. False at the end of the range or on a malformed one.
  bool Read(Instruction* out);

  // REQUIRES: an instruction begins there, or it is the end.
  void SkipTo(uint32_t pos) { pos_ = pos; }

  bool at_end() const { return pos_ == end_; }
  bool ok() const { return error_.ok(); }
  uint32_t pos() const { return pos_; }
  const DecodeError& error() const { return error_; }

 private:
  friend class ImmediateReader;
  absl::Span<const uint8_t> bytes_;
  uint32_t pos_;
  uint32_t end_;
  DecodeError error_;
  std::vector<LabelIdx> labels_;
  std::vector<ValType> types_;
  std::vector<CatchClause> catches_;
};

}  // namespace umiak

#endif  // UMIAK_INSTRUCTION_READER_H_
