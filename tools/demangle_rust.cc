// Rust's names since 2020: a grammar with back references.
// spec: https://doc.rust-lang.org/rustc/symbol-mangling/v0.html
//
// What tells nothing to a reader is left out: the hashes of crates, the paths of impl blocks, lifetimes.
#include <cstdint>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/demangle.h"

namespace umiak {
namespace {

// A name that is built to be deep or long (back references double it) is shown as it is.
constexpr int kMaxDepth = 100;
constexpr size_t kMaxLength = 2000;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsLower(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }
bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }

// What digits of base 62 stand for; nullopt for what is none.
std::optional<uint64_t> Digit62(char c) {
  if (IsDigit(c)) return static_cast<uint64_t>(c - '0');
  if (IsLower(c)) return static_cast<uint64_t>(c - 'a') + 10;
  if (IsUpper(c)) return static_cast<uint64_t>(c - 'A') + 36;
  return std::nullopt;
}

const char* BasicType(char tag) {
  switch (tag) {
    case 'a': return "i8";
    case 'b': return "bool";
    case 'c': return "char";
    case 'd': return "f64";
    case 'e': return "str";
    case 'f': return "f32";
    case 'h': return "u8";
    case 'i': return "isize";
    case 'j': return "usize";
    case 'l': return "i32";
    case 'm': return "u32";
    case 'n': return "i128";
    case 'o': return "u128";
    case 'p': return "_";
    case 's': return "i16";
    case 't': return "u16";
    case 'u': return "()";
    case 'v': return "...";
    case 'x': return "i64";
    case 'y': return "u64";
    case 'z': return "!";
    default: return nullptr;
  }
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  std::optional<std::string> ReadSymbol() {
    Path(/*is_value=*/true);
    if (ok_ && !IsAtEnd()) {
      // The crate that needed this copy of a generic function.
      ++silent_;
      Path(false);
      --silent_;
    }
    return ok_ && IsAtEnd() ? std::optional<std::string>(out_) : std::nullopt;
  }

 private:
  // --- Characters and numbers ---

  void Fail() { ok_ = false; }
  char Peek() const { return ok_ && at_ < text_.size() ? text_[at_] : '\0'; }
  // What LLVM put behind the name is none of it. REQUIRES: ok_
  bool IsAtEnd() const { return at_ == text_.size() || text_[at_] == '.' || text_[at_] == '$'; }
  bool Eat(char c) {
    if (Peek() != c || c == '\0') return false;
    ++at_;
    return true;
  }
  char Next() {
    const char c = Peek();
    if (c == '\0') Fail();
    ++at_;
    return c;
  }
  void Print(absl::string_view text) {
    if (silent_ > 0 || !ok_) return;
    absl::StrAppend(&out_, text);
    if (out_.size() > kMaxLength) Fail();
  }

  // Multiplies and adds; fails where that leaves 64 bits.
  uint64_t Extend(uint64_t number, uint64_t base, uint64_t digit) {
    if (number > (std::numeric_limits<uint64_t>::max() - digit) / base) Fail();
    return number * base + digit;
  }
  uint64_t Base62() {
    if (Eat('_')) return 0;
    uint64_t number = 0;
    while (ok_ && !Eat('_')) {
      const std::optional<uint64_t> digit = Digit62(Next());
      if (!digit.has_value()) Fail();
      number = Extend(number, 62, digit.value_or(0));
    }
    return Extend(number, 1, 1);
  }
  // "s_" is 1, "s0_" is 2; 0 where there is none.
  uint64_t Disambiguator() { return Eat('s') ? Extend(Base62(), 1, 1) : 0; }
  absl::string_view Identifier() {
    Eat('u');  // of other letters than ASCII's, which are shown as they are spelled
    uint64_t size = 0;
    if (!Eat('0')) {
      if (!IsDigit(Peek())) Fail();
      while (IsDigit(Peek())) size = Extend(size, 10, static_cast<uint64_t>(Next() - '0'));
    }
    Eat('_');
    if (!ok_ || size > text_.size() - at_) {
      Fail();
      return "";
    }
    const absl::string_view name = text_.substr(at_, size);
    at_ += size;
    return name;
  }

  // --- The grammar's rules. Each prints what it reads. ---

  template <class Rule>
  void Nested(Rule rule) {
    if (++depth_ > kMaxDepth) Fail();
    if (ok_) rule();
    --depth_;
  }
  // What was read before, from there.
  template <class Rule>
  void BackReference(Rule rule) {
    const size_t start = at_ - 1;
    const uint64_t to = Base62();
    if (to >= start) Fail();
    if (!ok_ || silent_ > 0) return;
    const size_t after = at_;
    at_ = to;
    rule();
    at_ = after;
  }
  // Until E, with commas.
  template <class Rule>
  int List(Rule rule) {
    int count = 0;
    while (ok_ && !Eat('E')) {
      if (count++ > 0) Print(", ");
      rule();
    }
    return count;
  }

  void Path(bool is_value) { Nested([&] { PathHere(is_value); }); }
  void PathHere(bool is_value) {
    switch (Next()) {
      case 'C':
        Disambiguator();
        Print(Identifier());
        break;
      case 'M':
        ImplPath();
        Print("<");
        Type();
        Print(">");
        break;
      case 'X':
        ImplPath();
        [[fallthrough]];
      case 'Y':
        Print("<");
        Type();
        Print(" as ");
        Path(false);
        Print(">");
        break;
      case 'N':
        NestedName(is_value);
        break;
      case 'I':
        Path(is_value);
        Print(is_value ? "::<" : "<");
        List([&] { GenericArgument(); });
        Print(">");
        break;
      case 'B':
        BackReference([&] { Path(is_value); });
        break;
      default:
        Fail();
    }
  }
  void ImplPath() {
    ++silent_;
    Disambiguator();
    Path(false);
    --silent_;
  }
  void NestedName(bool is_value) {
    const char name_space = Next();
    Path(is_value);
    const uint64_t number = Disambiguator();
    const absl::string_view name = Identifier();
    if (IsLower(name_space)) {
      if (!name.empty()) Print(absl::StrCat("::", name));
      return;
    }
    const std::string kind = name_space == 'C' ? "closure" : name_space == 'S' ? "shim" : std::string(1, name_space);
    Print(absl::StrCat("::{", kind, name.empty() ? "" : ":", name, "#", number, "}"));
  }
  void GenericArgument() {
    if (Eat('L')) {
      Base62();
      Print("'_");
    } else if (Eat('K')) {
      Constant();
    } else {
      Type();
    }
  }

  void Type() { Nested([&] { TypeHere(); }); }
  void TypeHere() {
    const char tag = Next();
    if (const char* name = BasicType(tag); name != nullptr) return Print(name);
    switch (tag) {
      case 'R':
      case 'Q':
        if (Eat('L')) Base62();
        Print(tag == 'R' ? "&" : "&mut ");
        return Type();
      case 'P':
      case 'O':
        Print(tag == 'P' ? "*const " : "*mut ");
        return Type();
      case 'A':
      case 'S':
        Print("[");
        Type();
        if (tag == 'A') {
          Print("; ");
          Constant();
        }
        return Print("]");
      case 'T': {
        Print("(");
        const int count = List([&] { Type(); });
        return Print(count == 1 ? ",)" : ")");
      }
      case 'F':
        return FunctionType();
      case 'D':
        return DynType();
      case 'B':
        return BackReference([&] { Type(); });
      default:
        --at_;
        return PathHere(/*is_value=*/false);
    }
  }
  void Binder() {
    if (Eat('G')) Base62();
  }
  void FunctionType() {
    Binder();
    if (Eat('U')) Print("unsafe ");
    if (Eat('K')) Print(absl::StrCat("extern \"", Eat('C') ? "C" : Identifier(), "\" "));
    Print("fn(");
    List([&] { Type(); });
    Print(")");
    if (Eat('u')) return;
    Print(" -> ");
    Type();
  }
  void DynType() {
    Print("dyn ");
    Binder();
    int count = 0;
    while (ok_ && !Eat('E')) {
      if (count++ > 0) Print(" + ");
      Path(false);
      while (Eat('p')) {
        Print(absl::StrCat("<", Identifier(), " = "));
        Type();
        Print(">");
      }
    }
    if (!Eat('L')) Fail();
    Base62();
  }

  // Numbers, booleans, characters; strings and structures are not read.
  void Constant() {
    if (Eat('B')) return BackReference([&] { Constant(); });
    const char type = Next();
    if (type == 'p') return Print("_");
    if (BasicType(type) == nullptr) return Fail();
    if (Eat('n')) Print("-");
    uint64_t number = 0;
    while (ok_ && !Eat('_')) {
      const char c = Next();
      const bool is_digit = IsDigit(c);
      if (!is_digit && !(c >= 'a' && c <= 'f')) Fail();
      number = Extend(number, 16, static_cast<uint64_t>(is_digit ? c - '0' : c - 'a' + 10));
    }
    if (type == 'b') return Print(number != 0 ? "true" : "false");
    Print(absl::StrCat(number));
  }

  const absl::string_view text_;  // positions count from behind "_R"
  size_t at_ = 0;
  bool ok_ = true;
  int depth_ = 0;
  int silent_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::string> DemangleRust(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "_R")) return std::nullopt;
  return Reader(name).ReadSymbol();
}

}  // namespace umiak
