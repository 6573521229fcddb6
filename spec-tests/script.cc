#include "spec-tests/script.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/text_lexer.h"
#include "umiak/text_number.h"

namespace umiak::spec {
namespace {

struct HeapWord {
  const char* text;
  HeapType::Abstract heap;
};
constexpr HeapWord kHeapWords[] = {
    {"func", HeapType::kFunc},     {"extern", HeapType::kExtern},     {"any", HeapType::kAny},
    {"eq", HeapType::kEq},         {"i31", HeapType::kI31},           {"struct", HeapType::kStruct},
    {"array", HeapType::kArray},   {"exn", HeapType::kExn},           {"none", HeapType::kNone},
    {"nofunc", HeapType::kNoFunc}, {"noextern", HeapType::kNoExtern}, {"noexn", HeapType::kNoExn}};

struct Shape {
  const char* name;
  bool is_float;
  uint8_t width;
};
constexpr Shape kShapes[] = {{"i8x16", false, 8},  {"i16x8", false, 16}, {"i32x4", false, 32},
                             {"i64x2", false, 64}, {"f32x4", true, 32},  {"f64x2", true, 64}};

class Parser {
 public:
  Parser(absl::string_view text, const std::vector<Token>& tokens) : text_(text), cursor_(text, tokens) {}

  absl::StatusOr<std::vector<Command>> Run() {
    std::vector<Command> commands;
    if (IsInlineModule()) {
      Command& command = commands.emplace_back();
      command.line = 1;
      command.module.bytes = std::string(text_);
      return commands;
    }
    while (cursor_.ok() && !cursor_.PeekIs(Token::kEnd)) commands.push_back(ParseCommand());
    if (!cursor_.ok()) return cursor_.status();
    return commands;
  }

 private:
  // A script may be the fields of one module.
  bool IsInlineModule() const {
    for (const char* field : {"type", "rec", "import", "func", "table", "memory", "global", "tag", "export",
                              "start", "elem", "data"}) {
      if (cursor_.PeekForm(field)) return true;
    }
    return false;
  }

  int LineOf(const Token& token) {
    absl::string_view between = text_.substr(line_offset_, token.offset - line_offset_);
    line_ += static_cast<int>(std::count(between.begin(), between.end(), '\n'));
    line_offset_ = token.offset;
    return line_;
  }

  Command ParseCommand();
  void ParseThread(Command* command);
  void ParseAssertion(Command* command);
  ModuleText ParseModule(Command* command);
  Action ParseAction();
  static size_t EndOf(const Token& token) { return size_t{token.offset} + token.size; }
  std::string OptionalId() { return cursor_.PeekIs(Token::kId) ? cursor_.IdName(cursor_.Next()) : ""; }
  std::optional<Pattern> ParseNumber();
  void ParseLane(bool is_float, Pattern* lane);
  Pattern ParseReference();
  Pattern ParseValuePattern();
  Pattern ParsePattern();
  Value ParseArgument();
  void Close() { cursor_.Expect(Token::kRightParen); }

  absl::string_view text_;
  TokenCursor cursor_;
  int line_ = 1;
  size_t line_offset_ = 0;
};

// --- Modules ---

// "(module ...)". Sets the kind if that says more than "module".
ModuleText Parser::ParseModule(Command* command) {
  ModuleText module;
  size_t begin = cursor_.Peek().offset;
  size_t begin_fields = begin;
  size_t begin_pos = cursor_.pos();
  cursor_.SkipForm();
  size_t end_pos = cursor_.pos();
  if (!cursor_.ok()) return module;
  cursor_.MoveTo(end_pos - 1);
  size_t end = cursor_.Peek().offset + 1;  // behind the ")"
  cursor_.MoveTo(begin_pos);
  cursor_.ExpectForm("module");
  if (cursor_.TakeKeyword("instance")) {
    command->kind = Command::kInstance;
    module.id = OptionalId();
    command->name = OptionalId();
    Close();
    return module;
  }
  bool is_definition = cursor_.PeekKeyword("definition");
  if (is_definition) command->kind = Command::kDefinition;
  if (is_definition) begin_fields = EndOf(cursor_.Next());
  if (cursor_.PeekIs(Token::kId)) {
    begin_fields = EndOf(cursor_.Peek());
    module.id = OptionalId();
  }
  module.is_binary = cursor_.TakeKeyword("binary");
  if (module.is_binary || cursor_.TakeKeyword("quote")) {
    while (cursor_.PeekIs(Token::kString)) {
      module.bytes += cursor_.ExpectString();
      if (!module.is_binary) module.bytes += ' ';
    }
    Close();
    return module;
  }
  if (is_definition) {
    // With the annotations before the first field.
    module.bytes = absl::StrCat("(module ", text_.substr(begin_fields, end - begin_fields));
  } else {
    module.bytes = std::string(text_.substr(begin, end - begin));
  }
  cursor_.MoveTo(end_pos);
  return module;
}

// --- Values ---

void Parser::ParseLane(bool is_float, Pattern* lane) {
  if (is_float && cursor_.TakeKeyword("nan:canonical")) {
    lane->kind = Pattern::kCanonicalNan;
    return;
  }
  if (is_float && cursor_.TakeKeyword("nan:arithmetic")) {
    lane->kind = Pattern::kArithmeticNan;
    return;
  }
  Token token = cursor_.Peek();
  bool is_number = token.kind == Token::kNat || token.kind == Token::kInt;
  if (!is_number && !(is_float && token.kind == Token::kFloat)) return cursor_.Unexpected("a number");
  absl::string_view text = cursor_.Text(cursor_.Next());
  std::optional<uint64_t> bits;
  if (is_float) {
    bits = lane->width == 32 ? std::optional<uint64_t>(ParseFloat32(text)) : ParseFloat64(text);
  } else {
    bits = ParseInteger(text, lane->width);
  }
  if (!bits.has_value()) return cursor_.FailAt(token, "constant out of range");
  lane->bits = *bits;
}

// "(i32.const 1)" and its like; nothing if something else is next.
std::optional<Pattern> Parser::ParseNumber() {
  struct Number {
    const char* word;
    ValType::Kind type;
    bool is_float;
    uint8_t width;
  };
  static constexpr Number kNumbers[] = {{"i32.const", ValType::kI32, false, 32},
                                        {"i64.const", ValType::kI64, false, 64},
                                        {"f32.const", ValType::kF32, true, 32},
                                        {"f64.const", ValType::kF64, true, 64}};
  Pattern pattern;
  for (const Number& number : kNumbers) {
    if (!cursor_.TakeForm(number.word)) continue;
    pattern.type = number.type;
    pattern.width = number.width;
    ParseLane(number.is_float, &pattern);
    Close();
    return pattern;
  }
  if (!cursor_.TakeForm("v128.const")) return std::nullopt;
  pattern.kind = Pattern::kLanes;
  pattern.type = ValType::kV128;
  for (const Shape& shape : kShapes) {
    if (!cursor_.TakeKeyword(shape.name)) continue;
    pattern.width = shape.width;
    for (int i = 0; cursor_.ok() && i < 128 / shape.width; ++i) {
      Pattern& lane = pattern.parts.emplace_back();
      lane.width = shape.width;
      ParseLane(shape.is_float, &lane);
    }
  }
  if (pattern.parts.empty()) cursor_.Unexpected("a shape");
  Close();
  return pattern;
}

// "(ref.null t?)", "(ref.extern n?)", "(ref.func)" and so on.
Pattern Parser::ParseReference() {
  static constexpr absl::string_view kWords[] = {"ref.null", "ref.extern", "ref.host",  "ref.any",  "ref.eq",
                                                 "ref.i31",  "ref.struct", "ref.array", "ref.func", "ref.exn"};
  Pattern pattern;
  pattern.type = ValType::kRef;
  cursor_.Expect(Token::kLeftParen);
  Token word = cursor_.Expect(Token::kKeyword);
  if (!cursor_.ok()) return pattern;
  pattern.word = std::string(cursor_.Text(word));
  if (!absl::c_linear_search(kWords, pattern.word)) cursor_.FailAt(word, "unexpected token", "no value");
  pattern.kind = pattern.word == "ref.null" ? Pattern::kNull : Pattern::kReference;
  if (pattern.word == "ref.host" || (pattern.word == "ref.extern" && cursor_.PeekIs(Token::kNat))) {
    Token number = cursor_.Expect(Token::kNat);
    if (!cursor_.ok()) return pattern;
    std::optional<uint64_t> bits = ParseNat(cursor_.Text(number), 0x7FFFFFFF);
    if (!bits.has_value()) cursor_.FailAt(number, "i32 constant out of range", cursor_.Text(number));
    pattern.kind = Pattern::kBits;
    pattern.bits = bits.value_or(0);
  } else if (pattern.kind == Pattern::kNull && cursor_.PeekIs(Token::kKeyword)) {
    pattern.word = std::string(cursor_.Text(cursor_.Peek()));
    bool known = absl::c_any_of(kHeapWords, [&](const HeapWord& heap) { return pattern.word == heap.text; });
    if (!known) cursor_.Unexpected("a heap type");
    cursor_.Next();
  }
  Close();
  return pattern;
}

Pattern Parser::ParseValuePattern() {
  std::optional<Pattern> number = ParseNumber();
  return number.has_value() ? *std::move(number) : ParseReference();
}

Pattern Parser::ParsePattern() {
  if (!cursor_.PeekForm("either")) return ParseValuePattern();
  // One inside another has the same meaning as its parts, and no depth that a hostile script could choose.
  Pattern either;
  either.kind = Pattern::kEither;
  size_t depth = 0;
  do {
    if (cursor_.TakeForm("either")) {
      ++depth;
    } else if (cursor_.Take(Token::kRightParen)) {
      --depth;
    } else {
      either.parts.push_back(ParseValuePattern());
    }
  } while (cursor_.ok() && depth > 0);
  return either;
}

Value Parser::ParseArgument() {
  Token token = cursor_.Peek();
  std::optional<Pattern> number = ParseNumber();
  if (number.has_value()) {
    uint64_t slots[2] = {number->bits, 0};
    for (size_t i = 0; i < number->parts.size(); ++i) {
      size_t bit = i * number->width;
      slots[bit / 64] |= number->parts[i].bits << (bit % 64);
    }
    return Value::FromSlots(number->type, slots);
  }
  Pattern reference = ParseReference();
  if (reference.kind == Pattern::kBits) {
    bool is_extern = reference.word == "ref.extern";
    return Value(ValType::Ref(is_extern ? HeapType::kExtern : HeapType::kAny, false), HostReference(reference.bits));
  }
  for (const HeapWord& word : kHeapWords) {
    if (reference.kind == Pattern::kNull && reference.word == word.text) {
      return Value(ValType::Ref(word.heap, true), Ref{});
    }
  }
  cursor_.FailAt(token, "unexpected token", "no argument");
  return Value();
}

// --- Commands ---

Action Parser::ParseAction() {
  Action action;
  action.is_get = cursor_.PeekForm("get");
  if (!cursor_.TakeForm("get")) cursor_.ExpectForm("invoke");
  action.module = OptionalId();
  action.name = cursor_.ExpectName();
  while (cursor_.ok() && !cursor_.PeekIs(Token::kRightParen)) action.args.push_back(ParseArgument());
  Close();
  return action;
}

Command Parser::ParseCommand() {
  Command command;
  command.line = LineOf(cursor_.Peek());
  if (cursor_.PeekForm("module")) {
    command.module = ParseModule(&command);
  } else if (cursor_.TakeForm("register")) {
    command.kind = Command::kRegister;
    command.name = cursor_.ExpectName();
    command.module.id = OptionalId();
    Close();
  } else if (cursor_.TakeForm("thread")) {
    ParseThread(&command);
  } else if (cursor_.TakeForm("wait")) {
    command.kind = Command::kWait;
    command.module.id = cursor_.IdName(cursor_.Expect(Token::kId));
    Close();
  } else if (cursor_.PeekForm("invoke") || cursor_.PeekForm("get")) {
    command.kind = Command::kAction;
    command.action = ParseAction();
  } else {
    ParseAssertion(&command);
  }
  return command;
}

// "(thread $t (shared (module $m))? command*)". spec: proposals/threads, interpreter/README
void Parser::ParseThread(Command* command) {
  command->kind = Command::kThread;
  command->module.id = cursor_.IdName(cursor_.Expect(Token::kId));
  if (cursor_.TakeForm("shared")) {
    cursor_.ExpectForm("module");
    command->name = cursor_.IdName(cursor_.Expect(Token::kId));
    Close();
    Close();
  }
  while (cursor_.ok() && !cursor_.PeekIs(Token::kRightParen)) {
    if (cursor_.PeekForm("thread")) cursor_.Fail("unexpected token", "threads start no threads");
    command->commands.push_back(ParseCommand());
  }
  Close();
}

void Parser::ParseAssertion(Command* command) {
  struct Form {
    const char* word;
    Command::Kind kind;
  };
  static constexpr Form kForms[] = {{"assert_return", Command::kAssertReturn},
                                    {"assert_trap", Command::kAssertTrap},
                                    {"assert_exhaustion", Command::kAssertExhaustion},
                                    {"assert_exception", Command::kAssertException},
                                    {"assert_malformed", Command::kAssertMalformed},
                                    {"assert_invalid", Command::kAssertInvalid},
                                    {"assert_unlinkable", Command::kAssertUnlinkable},
                                    {"assert_malformed_custom", Command::kAssertMalformed},
                                    {"assert_invalid_custom", Command::kAssertInvalid}};
  cursor_.Expect(Token::kLeftParen);
  for (const Form& form : kForms) {
    if (!cursor_.TakeKeyword(form.word)) continue;
    command->kind = form.kind;
    if (cursor_.PeekForm("module")) {
      Command ignored;  // assertions are about plain modules
      command->module = ParseModule(&ignored);
      if (form.kind == Command::kAssertTrap) command->kind = Command::kAssertModuleTrap;
      command->phrase = cursor_.ExpectString();
    } else {
      command->action = ParseAction();
      if (form.kind == Command::kAssertReturn) {
        while (cursor_.ok() && !cursor_.PeekIs(Token::kRightParen)) command->expected.push_back(ParsePattern());
      } else if (form.kind != Command::kAssertException) {
        command->phrase = cursor_.ExpectString();
      }
    }
    return Close();
  }
  cursor_.Unexpected("a command");
}

}  // namespace

absl::StatusOr<std::vector<Command>> ParseScript(absl::string_view text) {
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(text));
  return Parser(text, tokens).Run();
}

int CountAssertions(absl::string_view text) {
  int count = 0;
  int comment_depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    absl::string_view rest = text.substr(i);
    if (absl::StartsWith(rest, "(;")) {
      ++comment_depth;
      ++i;
    } else if (comment_depth > 0) {
      if (absl::StartsWith(rest, ";)")) --comment_depth, ++i;
    } else if (absl::StartsWith(rest, ";;")) {
      while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
    } else if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (absl::StartsWith(rest, "(assert_")) {
      ++count;
    }
  }
  return count;
}

// Tagged like a small integer and out of the range of real ones.
Ref HostReference(uint64_t number) { return Ref{number << 33 | uint64_t{1} << 32 | 1}; }
std::optional<uint64_t> HostNumberOf(Ref placeholder) {
  const uint64_t number = placeholder.bits >> 33;
  if (placeholder != HostReference(number)) return std::nullopt;
  return number;
}

}  // namespace umiak::spec
