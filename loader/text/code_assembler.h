// Instructions, plain and folded, from text to the binary format: function bodies and constant expressions.
//
// Nesting is kept on a stack of its own (kMaxTextNesting deep), so that no text makes the assembler recurse.
// spec: text/instructions
#ifndef UMIAK_LOADER_TEXT_CODE_ASSEMBLER_H_
#define UMIAK_LOADER_TEXT_CODE_ASSEMBLER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loader/text/emit.h"
#include "loader/text/names.h"
#include "loader/text/type_assembler.h"
#include "umiak/opcode.h"
#include "umiak/text_lexer.h"

namespace umiak {

// What a function body has besides its bytes.
struct BodyNotes {
  NameList labels;                                  // names, by the number of the block in the order of the bytes
  std::vector<std::pair<uint32_t, uint8_t>> hints;  // of branches, by their offset in the body: taken or not
};

class CodeAssembler {
 public:
  CodeAssembler(TokenCursor* cursor, const ModuleNames* names, TypeAssembler* types)
      : cursor_(*cursor), names_(*names), types_(*types) {}

  // Instructions up to the ")" that closes what surrounds them (it stays), then `end`.
  // `locals` and `notes`: of the function, or null. *out begins with the body, so that offsets are its.
  void Sequence(const IndexSpace* locals, BodyNotes* notes, Bytes* out);
  // One folded instruction "(...)", then `end`.
  void FoldedExpression(Bytes* out);

  // Some instruction named a data segment, so that the module needs a data count section.
  bool uses_data() const { return uses_data_; }

 private:
  struct LabelName {
    std::string id;
    std::optional<std::string> name;  // by annotation
  };
  // What is open around the current place. A form is closed by ")", a plain one by `end`.
  struct Open {
    enum Kind : uint8_t {
      kFoldedOp,  // operands; then the instruction, which waits in pending_
      kBlockForm,
      kIfForm,    // condition; then the `if` from pending_, the arms
      kThenForm,
      kElseForm,
      kTryForm,   // its parts
      kTryPartForm,
      kBlock,
      kIf,
      kElse,
      kTry,
      kCatch,
      kCatchAll,
    };
    Kind kind;
    uint8_t parts = 0;     // of kIfForm and kTryForm, seen so far: bits of Part
    size_t pending = 0;    // of kFoldedOp and kIfForm: where its bytes begin in pending_
    LabelName label;              // of kIfForm, until `then` opens it
    std::optional<uint8_t> hint;  // of kFoldedOp and kIfForm: of the branch that waits
  };
  enum Part : uint8_t { kThen = 1, kElsePart = 2, kDo = 4, kCatchAllPart = 8, kDelegate = 16 };

  void Begin(const IndexSpace* locals, BodyNotes* notes, Bytes* out);
  void Step();
  void OpenForm();
  bool OpenPart(Open* open);
  void OpenTryPart(Open* open);
  void CloseForm();
  void Plain();
  bool PlainPart(Opcode opcode);
  void Push(Open::Kind kind);
  Opcode TakeOpcode();

  void TakeHint();
  std::optional<uint8_t> UseHint(Opcode opcode);
  void RefuseHint();
  void PutHint(std::optional<uint8_t> hint);
  void PutPending(const Open& open);

  void PushLabel(const LabelName& label);
  void PopLabel();
  LabelName TakeLabelName();
  void CheckEndLabel();
  uint32_t ParseLabel();

  // Reads the immediates of `opcode` and writes the instruction: one function per kind.
  void Instruction(Opcode opcode, Bytes* out);
  void PutOpcode(Opcode opcode, Bytes* out);
  void PutIndexes(const IndexSpace& first, const IndexSpace& second, Bytes* out);
  void OptionalIndex(const IndexSpace& space, Bytes* out);
  void TwoOptionalIndexes(const IndexSpace& space, Bytes* out);
  void SegmentAndTarget(const IndexSpace& target, const IndexSpace& segment, Bytes* out);
  void BrTable(Bytes* out);
  void CallIndirect(Bytes* out);
  void MemArg(Opcode opcode, bool has_lane, Bytes* out);
  uint64_t MemArgNumber(absl::string_view key, uint64_t missing);
  bool PeekNumber(int ahead) const;
  void Lane(Bytes* out);
  void Shuffle(Bytes* out);
  void Integer(int bits, Bytes* out);
  void Float(int bits, Bytes* out);
  void V128(Bytes* out);
  void VectorLane(bool is_float, int bits, Bytes* out);
  void Select(Bytes* out);
  void RefTypeOperand(Opcode opcode, Bytes* out);
  void BrOnCast(Bytes* out);
  void TryTable(Bytes* out);
  void TypeField(Bytes* out);
  void TypeLength(Bytes* out);

  TokenCursor& cursor_;
  const ModuleNames& names_;
  TypeAssembler& types_;
  const IndexSpace* locals_ = nullptr;
  Bytes* out_ = nullptr;
  BodyNotes* notes_ = nullptr;
  std::optional<uint8_t> hint_;  // for the next instruction, from hint_place_
  Token hint_place_;
  uint32_t block_count_ = 0;
  std::vector<Open> open_;
  Bytes pending_;
  std::vector<std::string> labels_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> label_depths_;  // outermost first
  bool uses_data_ = false;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_CODE_ASSEMBLER_H_
