// The lexer: text to tokens.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/text.h"
#include "umiak/text_lexer.h"

namespace umiak {
namespace {

constexpr size_t kMaxSourceBytes = size_t{1} << 30;

// The ids of the annotations that are kept.
constexpr absl::string_view kKnownAnnotations[] = {"custom", "name", "metadata.code.branch_hint"};

bool IsHexDigit(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  return absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// The length of the UTF-8 character at `pos`; 0 where there is none. spec: binary/values#names
size_t Utf8Length(absl::string_view s, size_t pos) {
  auto at = [&](size_t i) { return static_cast<uint8_t>(s[pos + i]); };
  auto tail = [&](size_t i, uint8_t low, uint8_t high) {
    return pos + i < s.size() && at(i) >= low && at(i) <= high;
  };
  uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return tail(1, low, high) && tail(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2, 0x80, 0xBF) && tail(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void AppendUtf8(uint32_t code, std::string* out) {
  auto put = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)),
        put(0x80 | (code & 0x3F));
  }
}

// Digits with single underscores between them. Moves *pos behind them; false if there is none.
bool ScanDigits(absl::string_view s, size_t* pos, bool (*is_digit)(char)) {
  size_t i = *pos;
  if (i >= s.size() || !is_digit(s[i])) return false;
  while (i < s.size()) {
    if (s[i] == '_' && i + 1 < s.size() && is_digit(s[i + 1])) ++i;
    if (!is_digit(s[i])) break;
    ++i;
  }
  *pos = i;
  return true;
}

// kNat, kInt, kFloat, or kReserved for what is no number. spec: text/values
Token::Kind ClassifyNumber(absl::string_view s) {
  bool has_sign = s[0] == '+' || s[0] == '-';
  size_t pos = has_sign ? 1 : 0;
  absl::string_view unsigned_part = s.substr(pos);
  if (unsigned_part == "inf" || unsigned_part == "nan") return Token::kFloat;
  bool payload = absl::StartsWith(unsigned_part, "nan:0x");
  if (payload) pos += 4;
  bool hex = absl::StartsWith(s.substr(pos), "0x");
  if (hex) pos += 2;
  auto is_digit = hex ? IsHexDigit : IsDigit;
  if (!ScanDigits(s, &pos, is_digit)) return Token::kReserved;
  if (pos == s.size()) return payload ? Token::kFloat : has_sign ? Token::kInt : Token::kNat;
  if (payload) return Token::kReserved;
  if (s[pos] == '.') {
    ++pos;
    ScanDigits(s, &pos, is_digit);  // may be empty
  }
  if (pos < s.size() && absl::ascii_tolower(static_cast<unsigned char>(s[pos])) == (hex ? 'p' : 'e')) {
    ++pos;
    if (pos < s.size() && (s[pos] == '+' || s[pos] == '-')) ++pos;
    if (!ScanDigits(s, &pos, IsDigit)) return Token::kReserved;
  }
  return pos == s.size() ? Token::kFloat : Token::kReserved;
}

class Lexer {
 public:
  Lexer(absl::string_view source, std::vector<Annotation>* kept) : source_(source), kept_(kept) {}

  absl::StatusOr<std::vector<Token>> Run() {
    if (source_.size() >= kMaxSourceBytes) {
      return MakeError(ErrorKind::kLimit, "text too long", "1 GiB or more");
    }
    while (status_.ok() && SkipSpace()) Lex();
    if (status_.ok() && !open_annotations_.empty()) Fail(open_annotations_[0].begin, "unclosed annotation");
    if (!status_.ok()) return status_;
    tokens_.push_back({Token::kEnd, static_cast<uint32_t>(source_.size()), 0});
    return std::move(tokens_);
  }

 private:
  bool At(absl::string_view s) const { return absl::StartsWith(source_.substr(pos_), s); }
  void Fail(size_t offset, absl::string_view phrase, absl::string_view detail = "") {
    if (status_.ok()) status_ = TextError(source_, static_cast<uint32_t>(offset), phrase, detail);
    pos_ = source_.size();
  }
  // One character, of a comment or string, is not ASCII: it must be UTF-8.
  void SkipWide() {
    size_t length = Utf8Length(source_, pos_);
    if (length == 0) return Fail(pos_, "malformed UTF-8 encoding");
    pos_ += length;
  }

  bool SkipSpace();
  void SkipBlockComment();
  void Lex();
  void LexAtom();
  void LexString();
  void LexEscape();
  void BeginAnnotation();
  void EndAnnotation(size_t begin);
  Token MakeToken(Token::Kind kind, size_t begin) const {
    return {kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(pos_ - begin)};
  }
  void Add(Token::Kind kind, size_t begin) {
    if (open_annotations_.empty()) {
      tokens_.push_back(MakeToken(kind, begin));
    } else if (keeping_ && open_annotations_.size() == 1) {
      kept_->back().tokens.push_back(MakeToken(kind, begin));
    }
  }

  struct OpenAnnotation {
    size_t begin;
    int parens = 0;  // open inside of it
  };

  absl::string_view source_;
  size_t pos_ = 0;
  std::vector<Token> tokens_;
  // What is inside an annotation is lexed, and leaves no tokens unless the outermost one is kept.
  std::vector<OpenAnnotation> open_annotations_;
  std::vector<Annotation>* kept_;
  bool keeping_ = false;  // the outermost open annotation is kept_->back()
  absl::Status status_;
};

// To the next token. False at the end. spec: text/lexical#white-space
bool Lexer::SkipSpace() {
  while (pos_ < source_.size()) {
    char c = source_[pos_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++pos_;
    } else if (At(";;")) {
      while (pos_ < source_.size() && source_[pos_] != '\n' && source_[pos_] != '\r') SkipWide();
    } else if (At("(;")) {
      SkipBlockComment();
    } else {
      return true;
    }
  }
  return false;
}

void Lexer::SkipBlockComment() {
  size_t begin = pos_;
  size_t depth = 0;
  do {
    if (pos_ >= source_.size()) return Fail(begin, "unclosed comment");
    if (At("(;")) {
      ++depth;
      pos_ += 2;
    } else if (At(";)")) {
      --depth;
      pos_ += 2;
    } else {
      SkipWide();
    }
  } while (status_.ok() && depth > 0);
}

void Lexer::Lex() {
  size_t begin = pos_;
  char c = source_[pos_];
  if (At("(@")) return BeginAnnotation();
  if (c == '(') {
    ++pos_;
    if (!open_annotations_.empty()) ++open_annotations_.back().parens;
    return Add(Token::kLeftParen, begin);
  }
  if (c == ')') {
    ++pos_;
    if (!open_annotations_.empty() && open_annotations_.back().parens-- == 0) return EndAnnotation(begin);
    return Add(Token::kRightParen, begin);
  }
  LexAtom();
}

// Everything up to the next white space, parenthesis or comment is one token. spec: text/lexical#tokens
void Lexer::LexAtom() {
  size_t begin = pos_;
  bool has_string = false;
  bool has_odd = false;  // , ; [ ] { }
  while (status_.ok() && pos_ < source_.size() && !At(";;")) {
    char c = source_[pos_];
    if (c == '"') {
      has_string = true;
      LexString();
    } else if (IsIdChar(c)) {
      ++pos_;
    } else if (c != '\0' && absl::string_view(",;[]{}").find(c) != absl::string_view::npos) {
      has_odd = true;
      ++pos_;
    } else {
      break;
    }
  }
  if (!status_.ok()) return;
  absl::string_view text = source_.substr(begin, pos_ - begin);
  if (text.empty()) {
    if (Utf8Length(source_, pos_) == 0) return Fail(pos_, "malformed UTF-8 encoding");
    return Fail(pos_, "illegal character");
  }
  // A string among other characters has a quote that neither begins nor ends the token, or is not alone.
  if (has_odd) return Add(Token::kReserved, begin);
  if (has_string) {
    absl::string_view quoted = text[0] == '$' ? text.substr(1) : text;
    size_t close = 1;
    while (close < quoted.size() && quoted[close] != '"') close += quoted[close] == '\\' ? 2 : 1;
    if (quoted[0] != '"' || close + 1 != quoted.size()) return Add(Token::kReserved, begin);
    if (text[0] != '$') return Add(Token::kString, begin);
    std::string name = DecodeString(quoted);
    if (name.empty()) return Fail(begin, "empty identifier");
    if (!IsValidUtf8(name)) return Fail(begin, "malformed UTF-8 encoding");
    return Add(Token::kId, begin);
  }
  if (text == "$") return Fail(begin, "empty identifier");
  if (text[0] == '$') return Add(Token::kId, begin);
  Token::Kind kind = ClassifyNumber(text);
  if (kind == Token::kReserved && absl::ascii_islower(static_cast<unsigned char>(text[0]))) kind = Token::kKeyword;
  Add(kind, begin);
}

// spec: text/values#strings
void Lexer::LexString() {
  size_t begin = pos_++;
  while (status_.ok()) {
    if (pos_ >= source_.size()) return Fail(begin, "unclosed string");
    uint8_t c = static_cast<uint8_t>(source_[pos_]);
    if (c == '"') {
      ++pos_;
      return;
    }
    if (c == '\n' || c == '\r') {
      bool identifier = begin > 0 && source_[begin - 1] == '$';
      bool annotation = begin > 1 && source_.substr(begin - 2, 2) == "(@";
      return Fail(begin, identifier ? "empty identifier" : annotation ? "empty annotation id" : "unclosed string");
    }
    if (c < 0x20 || c == 0x7F) {
      bool identifier = begin > 0 && source_[begin - 1] == '$';
      return Fail(pos_, identifier ? "empty identifier" : "illegal character", "in a string");
    }
    if (c == '\\') {
      LexEscape();
    } else {
      SkipWide();
    }
  }
}

void Lexer::LexEscape() {
  size_t begin = pos_++;
  auto at = [&](size_t i) { return pos_ + i < source_.size() ? source_[pos_ + i] : '\0'; };
  if (IsHexDigit(at(0)) && IsHexDigit(at(1))) {
    pos_ += 2;
  } else if (at(0) == 'u' && at(1) == '{') {
    pos_ += 2;
    uint32_t code = 0;
    size_t digits = pos_;
    bool fits = true;
    if (!ScanDigits(source_, &pos_, IsHexDigit) || at(0) != '}') return Fail(begin, "illegal escape");
    for (size_t i = digits; i < pos_; ++i) {
      if (source_[i] == '_') continue;
      code = code << 4 | static_cast<uint32_t>(HexValue(source_[i]));
      fits = fits && code < 0x110000;
    }
    if (!fits || (code >= 0xD800 && code < 0xE000)) return Fail(begin, "illegal escape", "no character");
    ++pos_;
  } else if (at(0) != '\0' && absl::string_view("tnr\"'\\").find(at(0)) != absl::string_view::npos) {
    ++pos_;
  } else {
    Fail(begin, "illegal escape");
  }
}

// "(@id": the id belongs to it without space. spec: text/lexical#annotations
void Lexer::BeginAnnotation() {
  size_t begin = pos_;
  pos_ += 2;
  std::string id;
  if (pos_ < source_.size() && source_[pos_] == '"') {
    size_t quote = pos_;
    LexString();
    if (!status_.ok()) return;
    id = DecodeString(source_.substr(quote, pos_ - quote));
    if (id.empty()) return Fail(begin, "empty annotation id");
    if (!IsValidUtf8(id)) return Fail(begin, "malformed UTF-8 encoding");
  } else {
    size_t name = pos_;
    while (pos_ < source_.size() && IsIdChar(source_[pos_])) ++pos_;
    if (pos_ == name) {
      if (open_annotations_.empty()) return Fail(begin, "empty annotation id");
      ++open_annotations_.back().parens;  // inside an annotation it is only a parenthesis
      return;
    }
    id = std::string(source_.substr(name, pos_ - name));
  }
  if (kept_ != nullptr && open_annotations_.empty() && absl::c_linear_search(kKnownAnnotations, id)) {
    Annotation& annotation = kept_->emplace_back();
    annotation.before = static_cast<uint32_t>(tokens_.size());
    annotation.place = MakeToken(Token::kReserved, begin);
    annotation.id = std::move(id);
    keeping_ = true;
  }
  open_annotations_.push_back({begin});
}

void Lexer::EndAnnotation(size_t begin) {
  open_annotations_.pop_back();
  if (!keeping_ || !open_annotations_.empty()) return;
  kept_->back().tokens.push_back({Token::kEnd, static_cast<uint32_t>(begin), 0});
  keeping_ = false;
}

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source, std::vector<Annotation>* annotations) {
  return Lexer(source, annotations).Run();
}

bool IsIdChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         (c != '\0' && absl::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != absl::string_view::npos);
}

std::string DecodeString(absl::string_view token) {
  std::string out;
  out.reserve(token.size());
  for (size_t i = 1; i + 1 < token.size(); ++i) {
    if (token[i] != '\\') {
      out.push_back(token[i]);
      continue;
    }
    char c = token[++i];
    if (IsHexDigit(c)) {
      out.push_back(static_cast<char>(HexValue(c) << 4 | HexValue(token[++i])));
    } else if (c == 'u') {
      uint32_t code = 0;
      for (i += 2; token[i] != '}'; ++i) {
        if (token[i] != '_') code = code << 4 | static_cast<uint32_t>(HexValue(token[i]));
      }
      AppendUtf8(code, &out);
    } else {
      out.push_back(c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c);
    }
  }
  return out;
}

bool IsValidUtf8(absl::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    size_t length = Utf8Length(bytes, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace umiak
