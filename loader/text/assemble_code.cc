// CodeAssembler: how instructions nest. Their immediates are in assemble_immediates.cc.
#include <utility>

#include "absl/strings/str_cat.h"
#include "loader/text/code_assembler.h"
#include "umiak/text.h"

namespace umiak {
namespace {

constexpr uint8_t kElseCode = 0x05;
constexpr uint8_t kCatchCode = 0x07;
constexpr uint8_t kEndCode = 0x0B;
constexpr uint8_t kDelegateCode = 0x18;
constexpr uint8_t kCatchAllCode = 0x19;

bool IsBlock(Opcode opcode) {
  return opcode == Opcode::kBlock || opcode == Opcode::kLoop || opcode == Opcode::kTryTable;
}

// Only parts of other instructions.
bool IsPart(Opcode opcode) {
  return opcode == Opcode::kElse || opcode == Opcode::kEnd || opcode == Opcode::kCatch ||
         opcode == Opcode::kCatchAll || opcode == Opcode::kDelegate;
}

}  // namespace

void CodeAssembler::Begin(const IndexSpace* locals, BodyNotes* notes, Bytes* out) {
  static const IndexSpace* const kNoLocals = new IndexSpace("local");
  locals_ = locals != nullptr ? locals : kNoLocals;
  out_ = out;
  notes_ = notes;
  labels_ = {""};  // the function's
  label_depths_.clear();
  block_count_ = 0;
}

void CodeAssembler::Step() {
  TakeHint();
  if (cursor_.PeekIs(Token::kLeftParen)) {
    OpenForm();
  } else if (cursor_.PeekIs(Token::kRightParen)) {
    CloseForm();
  } else {
    Plain();
  }
}

void CodeAssembler::Sequence(const IndexSpace* locals, BodyNotes* notes, Bytes* out) {
  Begin(locals, notes, out);
  while (cursor_.ok() && !(open_.empty() && cursor_.PeekIs(Token::kRightParen))) Step();
  PutByte(out, kEndCode);
}

void CodeAssembler::FoldedExpression(Bytes* out) {
  Begin(nullptr, nullptr, out);
  if (!cursor_.PeekIs(Token::kLeftParen)) return cursor_.Unexpected("(");
  do {
    Step();
  } while (cursor_.ok() && !open_.empty());
  PutByte(out, kEndCode);
}

void CodeAssembler::Push(Open::Kind kind) {
  if (open_.size() >= static_cast<size_t>(kMaxTextNesting)) {
    return cursor_.FailLimit(absl::StrCat("more than ", kMaxTextNesting, " instructions inside each other"));
  }
  Open open;
  open.kind = kind;
  open_.push_back(std::move(open));
}

Opcode CodeAssembler::TakeOpcode() {
  std::optional<Opcode> opcode;
  if (cursor_.PeekIs(Token::kKeyword)) opcode = OpcodeFromText(cursor_.Text(cursor_.Peek()));
  if (!opcode.has_value()) {
    cursor_.Unexpected("an instruction");
    return Opcode::kNop;
  }
  cursor_.Next();
  return *opcode;
}

// --- Labels. spec: text/instructions#labels ---

CodeAssembler::LabelName CodeAssembler::TakeLabelName() {
  LabelName label;
  if (cursor_.PeekIs(Token::kId)) label.id = cursor_.IdName(cursor_.Next());
  label.name = TakeNameAnnotation(&cursor_, "label");
  return label;
}

void CodeAssembler::PushLabel(const LabelName& label) {
  if (!label.id.empty()) label_depths_[label.id].push_back(static_cast<uint32_t>(labels_.size()));
  labels_.push_back(label.id);
  if (notes_ != nullptr && (label.name.has_value() || !label.id.empty())) {
    notes_->labels.emplace_back(block_count_, label.name.value_or(label.id));
  }
  ++block_count_;
}

void CodeAssembler::PopLabel() {
  if (!labels_.back().empty()) label_depths_[labels_.back()].pop_back();
  labels_.pop_back();
}

// An identifier after `else` or `end` repeats the block's.
void CodeAssembler::CheckEndLabel() {
  if (!cursor_.PeekIs(Token::kId)) return;
  Token token = cursor_.Next();
  if (cursor_.IdName(token) != labels_.back()) cursor_.FailAt(token, "mismatching label", cursor_.Text(token));
}

uint32_t CodeAssembler::ParseLabel() {
  if (cursor_.PeekIs(Token::kId)) {
    auto found = label_depths_.find(cursor_.IdName(cursor_.Peek()));
    if (found == label_depths_.end() || found->second.empty()) {
      cursor_.Fail("unknown label", cursor_.Text(cursor_.Peek()));
      return 0;
    }
    cursor_.Next();
    return static_cast<uint32_t>(labels_.size() - 1 - found->second.back());
  }
  static const IndexSpace* const kLabels = new IndexSpace("label");
  return kLabels->ParseIndex(&cursor_);
}

// --- Branch hints. spec: appendix/custom#branch-hint-annotations ---

// Takes one that stands here; it is for the next instruction.
void CodeAssembler::TakeHint() {
  constexpr absl::string_view kId = "metadata.code.branch_hint";
  const Annotation* annotation = cursor_.TakeAnnotation(kId);
  if (annotation == nullptr) return;
  hint_place_ = annotation->place;
  if (notes_ == nullptr) {
    return cursor_.FailAt(hint_place_, "@metadata.code.branch_hint annotation: not in a function");
  }
  if (const Annotation* second = cursor_.TakeAnnotation(kId)) {
    return cursor_.FailAt(second->place, "@metadata.code.branch_hint annotation: duplicate annotation");
  }
  TokenCursor contents(cursor_.source(), annotation->tokens);
  std::string hint = contents.ExpectString();
  if (!contents.ok() || !contents.PeekIs(Token::kEnd) || hint.size() != 1 || static_cast<uint8_t>(hint[0]) > 1) {
    return cursor_.FailAt(hint_place_, "@metadata.code.branch_hint annotation: unexpected token",
                          "where \"\\00\" or \"\\01\" belongs");
  }
  hint_ = static_cast<uint8_t>(hint[0]);
}

void CodeAssembler::RefuseHint() {
  if (!hint_.has_value()) return;
  cursor_.FailWith(TextError(cursor_.source(), hint_place_.offset,
                             "@metadata.code.branch_hint annotation: invalid target", "", ErrorKind::kInvalid));
}

// The hint that stands before `opcode`, which must be a branch of two ways.
std::optional<uint8_t> CodeAssembler::UseHint(Opcode opcode) {
  if (opcode != Opcode::kIf && opcode != Opcode::kBrIf) RefuseHint();
  return std::exchange(hint_, std::nullopt);
}

// The branch is what is written next.
void CodeAssembler::PutHint(std::optional<uint8_t> hint) {
  if (hint.has_value() && notes_ != nullptr) notes_->hints.emplace_back(static_cast<uint32_t>(out_->size()), *hint);
}

// --- Folded instructions. spec: text/instructions#folded-instructions ---

// "(" and what follows it, up to the first operand or instruction inside.
void CodeAssembler::OpenForm() {
  if (!open_.empty()) {
    Open& open = open_.back();
    if (open.kind == Open::kTryForm) return OpenTryPart(&open);
    if (open.kind == Open::kIfForm && OpenPart(&open)) return RefuseHint();
  }
  cursor_.Next();
  TakeHint();
  Token token = cursor_.Peek();
  Opcode opcode = TakeOpcode();
  std::optional<uint8_t> hint = UseHint(opcode);
  if (IsPart(opcode)) return cursor_.FailAt(token, "unexpected token", cursor_.Text(token));
  if (!cursor_.ok()) return;
  if (IsBlock(opcode) || opcode == Opcode::kTry) {
    LabelName label = TakeLabelName();
    // The clauses of try_table count their labels from outside of it.
    if (opcode == Opcode::kTryTable) {
      Instruction(opcode, out_);
      PushLabel(label);
    } else {
      PushLabel(label);
      Instruction(opcode, out_);
    }
    return Push(opcode == Opcode::kTry ? Open::kTryForm : Open::kBlockForm);
  }
  size_t pending = pending_.size();
  LabelName label;
  if (opcode == Opcode::kIf) label = TakeLabelName();
  Instruction(opcode, &pending_);
  Push(opcode == Opcode::kIf ? Open::kIfForm : Open::kFoldedOp);
  if (!cursor_.ok()) return;
  open_.back().pending = pending;
  open_.back().label = std::move(label);
  open_.back().hint = hint;
}

// "(then" or "(else" of a folded `if`. False: it is part of the condition.
bool CodeAssembler::OpenPart(Open* open) {
  if (cursor_.PeekForm("then") && open->parts == 0) {
    cursor_.TakeForm("then");
    open->parts = kThen;
    PutPending(*open);
    PushLabel(open->label);
    Push(Open::kThenForm);
    return true;
  }
  if (open->parts == 0) return false;
  if (cursor_.PeekForm("else") && open->parts == kThen) {
    cursor_.TakeForm("else");
    open->parts |= kElsePart;
    PutByte(out_, kElseCode);
    Push(Open::kElseForm);
    return true;
  }
  cursor_.Next();
  cursor_.Unexpected();
  return true;
}

// A part of the folded legacy `try`: (do ...) first, then clauses.
void CodeAssembler::OpenTryPart(Open* open) {
  RefuseHint();
  bool done = (open->parts & (kCatchAllPart | kDelegate)) != 0;
  if (cursor_.PeekForm("do") && open->parts == 0) {
    cursor_.TakeForm("do");
    open->parts = kDo;
    return Push(Open::kTryPartForm);
  }
  if ((open->parts & kDo) != 0 && !done) {
    if (cursor_.TakeForm("catch")) {
      open->parts |= kThen;
      PutByte(out_, kCatchCode);
      PutUnsigned(out_, names_.tags.ParseIndex(&cursor_));
      return Push(Open::kTryPartForm);
    }
    if (cursor_.TakeForm("catch_all")) {
      open->parts |= kCatchAllPart;
      PutByte(out_, kCatchAllCode);
      return Push(Open::kTryPartForm);
    }
    if (open->parts == kDo && cursor_.TakeForm("delegate")) {
      open->parts |= kDelegate;
      PopLabel();
      PutByte(out_, kDelegateCode);
      PutUnsigned(out_, ParseLabel());
      cursor_.Expect(Token::kRightParen);
      return;
    }
  }
  cursor_.Next();
  cursor_.Unexpected();
}

// The instruction that waited for its operands.
void CodeAssembler::PutPending(const Open& open) {
  PutHint(open.hint);
  out_->insert(out_->end(), pending_.begin() + static_cast<ptrdiff_t>(open.pending), pending_.end());
  pending_.resize(open.pending);
}

// The ")" of the innermost open form.
void CodeAssembler::CloseForm() {
  RefuseHint();
  if (!cursor_.ok()) return;
  Open& open = open_.back();
  switch (open.kind) {
    case Open::kFoldedOp:
      PutPending(open);
      break;
    case Open::kIfForm:
      if (open.parts == 0) return cursor_.Unexpected("(then");
      PutByte(out_, kEndCode);
      PopLabel();
      break;
    case Open::kTryForm:
      if (open.parts == 0) return cursor_.Unexpected("(do");
      if ((open.parts & kDelegate) != 0) break;
      [[fallthrough]];
    case Open::kBlockForm:
      PutByte(out_, kEndCode);
      PopLabel();
      break;
    case Open::kThenForm:
    case Open::kElseForm:
    case Open::kTryPartForm:
      break;
    default:
      return cursor_.Unexpected("end");
  }
  cursor_.Next();
  open_.pop_back();
}

// --- Plain instructions. spec: text/instructions#plain-instructions ---

void CodeAssembler::Plain() {
  Open::Kind around = open_.empty() ? Open::kBlock : open_.back().kind;
  if (around == Open::kFoldedOp || around == Open::kIfForm || around == Open::kTryForm) {
    return cursor_.Unexpected("a folded instruction");
  }
  Token token = cursor_.Peek();
  Opcode opcode = TakeOpcode();
  PutHint(UseHint(opcode));
  if (!cursor_.ok()) return;
  if (IsPart(opcode)) {
    if (!open_.empty() && PlainPart(opcode)) return;
    return cursor_.FailAt(token, "unexpected token", cursor_.Text(token));
  }
  if (opcode == Opcode::kTryTable) {
    LabelName label = TakeLabelName();
    Instruction(opcode, out_);
    PushLabel(label);
    return Push(Open::kBlock);
  }
  bool opens = IsBlock(opcode) || opcode == Opcode::kIf || opcode == Opcode::kTry;
  if (opens) {
    PushLabel(TakeLabelName());
    Push(opcode == Opcode::kIf ? Open::kIf : opcode == Opcode::kTry ? Open::kTry : Open::kBlock);
  }
  Instruction(opcode, out_);
}

// `else`, `end` and their like. False: not in what is open here.
bool CodeAssembler::PlainPart(Opcode opcode) {
  Open::Kind kind = open_.back().kind;
  if (kind < Open::kBlock) return false;
  bool may_catch = kind == Open::kTry || kind == Open::kCatch;
  switch (opcode) {
    case Opcode::kEnd:
      PutByte(out_, kEndCode);
      CheckEndLabel();
      PopLabel();
      open_.pop_back();
      return true;
    case Opcode::kElse:
      if (kind != Open::kIf) return false;
      PutByte(out_, kElseCode);
      CheckEndLabel();
      open_.back().kind = Open::kElse;
      return true;
    case Opcode::kCatch:
      if (!may_catch) return false;
      PutByte(out_, kCatchCode);
      PutUnsigned(out_, names_.tags.ParseIndex(&cursor_));
      open_.back().kind = Open::kCatch;
      return true;
    case Opcode::kCatchAll:
      if (!may_catch) return false;
      PutByte(out_, kCatchAllCode);
      open_.back().kind = Open::kCatchAll;
      return true;
    default:  // delegate
      if (kind != Open::kTry) return false;
      PopLabel();
      PutByte(out_, kDelegateCode);
      PutUnsigned(out_, ParseLabel());
      open_.pop_back();
      return true;
  }
}

}  // namespace umiak
