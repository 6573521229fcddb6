// Reads instructions one after the other from a range of module bytes.
// spec: binary/instructions
#ifndef UMIAK_INSTRUCTION_READER_H_
#define UMIAK_INSTRUCTION_READER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "umiak/instruction.h"
#include "umiak/module.h"

namespace umiak {

// Not thread-safe; cheap to construct. The first error sticks: Read() returns false from then on and
// ok() is false. After validation a body cannot fail, so the translator only asserts ok().
class InstructionReader {
 public:
  // `bytes` are the whole module's, so that offsets in Instruction and errors are the file's.
  InstructionReader(absl::Span<const uint8_t> bytes, CodeSpan range)
      : bytes_(bytes.data()), pos_(range.begin), end_(range.end) {}

  // Reads the next instruction into *out. False at the end of the range or on a malformed one.
  bool Read(Instruction* out);

  bool at_end() const { return pos_ == end_; }
  bool ok() const { return phrase_ == nullptr; }
  uint32_t pos() const { return pos_; }
  // The first error: a phrase of phrases.h, what was read, and where.
  const char* error_phrase() const { return phrase_; }
  const std::string& error_detail() const { return detail_; }
  uint32_t error_offset() const { return error_offset_; }

 private:
  friend class ImmediateReader;
  const uint8_t* bytes_;
  uint32_t pos_;
  uint32_t end_;
  const char* phrase_ = nullptr;
  std::string detail_;
  uint32_t error_offset_ = 0;
  std::vector<LabelIdx> labels_;
  std::vector<ValType> types_;
  std::vector<CatchClause> catches_;
};

}  // namespace umiak

#endif  // UMIAK_INSTRUCTION_READER_H_
