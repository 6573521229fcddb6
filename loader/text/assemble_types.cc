// TypeAssembler: the text format's types.
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "loader/text/type_assembler.h"
#include "umiak/text_number.h"

namespace umiak {
namespace {

constexpr uint8_t kRefNullCode = 0x63;
constexpr uint8_t kRefCode = 0x64;
constexpr uint8_t kRecCode = 0x4E;
constexpr uint8_t kSubFinalCode = 0x4F;
constexpr uint8_t kSubCode = 0x50;
constexpr uint8_t kArrayCode = 0x5E;
constexpr uint8_t kStructCode = 0x5F;
constexpr uint8_t kFuncCode = 0x60;

struct Word {
  const char* text;
  uint8_t code;
};

constexpr Word kNumberTypes[] = {{"i32", 0x7F}, {"i64", 0x7E}, {"f32", 0x7D}, {"f64", 0x7C}, {"v128", 0x7B}};
constexpr Word kPackedTypes[] = {{"i8", 0x78}, {"i16", 0x77}};
// What stands after "ref" or "ref null".
constexpr Word kHeapTypes[] = {
    {"func", 0x70}, {"extern", 0x6F}, {"any", 0x6E},    {"eq", 0x6D},     {"i31", 0x6C},      {"struct", 0x6B},
    {"array", 0x6A}, {"exn", 0x69},   {"none", 0x71},   {"nofunc", 0x73}, {"noextern", 0x72}, {"noexn", 0x74}};
// "funcref" is short for "(ref null func)".
constexpr Word kShortRefTypes[] = {
    {"funcref", 0x70},   {"externref", 0x6F}, {"anyref", 0x6E},        {"eqref", 0x6D},
    {"i31ref", 0x6C},    {"structref", 0x6B}, {"arrayref", 0x6A},      {"exnref", 0x69},
    {"nullref", 0x71},   {"nullfuncref", 0x73}, {"nullexternref", 0x72}, {"nullexnref", 0x74}};

template <size_t n>
std::optional<uint8_t> CodeOf(const TokenCursor& cursor, const Word (&words)[n]) {
  if (!cursor.PeekIs(Token::kKeyword)) return std::nullopt;
  for (const Word& word : words) {
    if (cursor.PeekKeyword(word.text)) return word.code;
  }
  return std::nullopt;
}

// Takes one of the words and writes its code. False if none is next.
template <size_t n>
bool TakeWord(TokenCursor* cursor, const Word (&words)[n], Bytes* out) {
  std::optional<uint8_t> code = CodeOf(*cursor, words);
  if (!code.has_value()) return false;
  PutByte(out, *code);
  cursor->Next();
  return true;
}

}  // namespace

// --- Value types. spec: text/types#value-types ---

bool TypeAssembler::PeekValueType() const {
  return CodeOf(cursor_, kNumberTypes).has_value() || CodeOf(cursor_, kShortRefTypes).has_value() ||
         cursor_.PeekForm("ref");
}

void TypeAssembler::ValueType(Bytes* out) {
  if (TakeWord(&cursor_, kNumberTypes, out)) return;
  PutRefType(RefType(), out);
}

void TypeAssembler::HeapType(Bytes* out) {
  if (TakeWord(&cursor_, kHeapTypes, out)) return;
  PutSigned(out, ParseTypeIndex());
}

RefTypeText TypeAssembler::RefType() {
  RefTypeText type;
  if (TakeWord(&cursor_, kShortRefTypes, &type.heap)) {
    type.nullable = true;
    return type;
  }
  if (!cursor_.TakeForm("ref")) {
    cursor_.Unexpected("a type");
    return type;
  }
  type.nullable = cursor_.TakeKeyword("null");
  HeapType(&type.heap);
  cursor_.Expect(Token::kRightParen);
  return type;
}

void TypeAssembler::PutRefType(const RefTypeText& type, Bytes* out) {
  // An abstract heap type is one byte from 0x69 up; with null it needs no prefix.
  bool is_short = type.nullable && type.heap.size() == 1 && type.heap[0] >= 0x69 && type.heap[0] <= 0x74;
  if (!is_short) PutByte(out, type.nullable ? kRefNullCode : kRefCode);
  PutBytes(out, type.heap);
}

// --- Functions and type uses. spec: text/modules#type-uses ---

uint32_t TypeAssembler::Results(Bytes* out) {
  uint32_t count = 0;
  while (cursor_.TakeForm("result")) {
    for (; cursor_.ok() && !cursor_.Take(Token::kRightParen); ++count) ValueType(out);
  }
  return count;
}

SignatureText TypeAssembler::Signature(bool may_name_params) {
  SignatureText signature;
  while (cursor_.TakeForm("param")) {
    if (may_name_params && (cursor_.PeekIs(Token::kId) || cursor_.PeekAnnotation("name") != nullptr)) {
      signature.locals.Define(&cursor_);
      ValueType(&signature.params);
      ++signature.param_count;
      cursor_.Expect(Token::kRightParen);
      continue;
    }
    for (; cursor_.ok() && !cursor_.Take(Token::kRightParen); ++signature.param_count) {
      ValueType(&signature.params);
      signature.locals.DefineAnonymous();
    }
  }
  signature.result_count = Results(&signature.results);
  if (cursor_.PeekForm("param") || cursor_.PeekForm("type")) {
    cursor_.Next();
    cursor_.Unexpected();
  }
  return signature;
}

std::string TypeAssembler::Encode(const SignatureText& signature) {
  Bytes bytes = {kFuncCode};
  PutUnsigned(&bytes, signature.param_count);
  PutBytes(&bytes, signature.params);
  PutUnsigned(&bytes, signature.result_count);
  PutBytes(&bytes, signature.results);
  return std::string(bytes.begin(), bytes.end());
}

uint32_t TypeAssembler::Intern(const SignatureText& signature) {
  std::string key = Encode(signature);
  auto [found, is_new] = plain_.emplace(key, static_cast<uint32_t>(types_.size()));
  if (is_new) {
    section_.insert(section_.end(), key.begin(), key.end());
    ++group_count_;
    Defined& type = types_.emplace_back();
    type.is_func = type.is_plain = true;
    type.signature = std::move(key);
    type.param_count = signature.param_count;
  }
  return found->second;
}

TypeUse TypeAssembler::ParseTypeUse(bool may_name_params) {
  TypeUse use;
  bool has_type = cursor_.TakeForm("type");
  if (has_type) {
    use.type = ParseTypeIndex();
    cursor_.Expect(Token::kRightParen);
  }
  Token inline_type = cursor_.Peek();
  use.signature = Signature(may_name_params);
  if (!cursor_.ok()) return use;
  if (!has_type) {
    use.type = Intern(use.signature);
    return use;
  }
  const Defined* type = use.type < types_.size() ? &types_[use.type] : nullptr;
  if (use.signature.param_count == 0 && use.signature.result_count == 0) {
    use.signature.param_count = type != nullptr ? type->param_count : 0;
    for (uint32_t i = 0; i < use.signature.param_count; ++i) use.signature.locals.DefineAnonymous();
  } else if (type == nullptr) {
    cursor_.FailAt(inline_type, "unknown type", absl::StrCat(use.type));
  } else if (!type->is_func || type->signature != Encode(use.signature)) {
    cursor_.FailAt(inline_type, "inline function type", "is not the type named");
  }
  return use;
}

// spec: text/instructions#control-instructions
void TypeAssembler::BlockType(Bytes* out) {
  bool has_type = cursor_.PeekForm("type");
  size_t begin = cursor_.pos();
  if (!has_type) {
    SignatureText signature = Signature(false);
    if (signature.param_count == 0 && signature.result_count == 0) return PutByte(out, 0x40);
    if (signature.param_count == 0 && signature.result_count == 1) return PutBytes(out, signature.results);
    cursor_.MoveTo(begin);
  }
  PutSigned(out, ParseTypeUse(false).type);
}

// --- Definitions. spec: text/types#recursive-types ---

void TypeAssembler::TypeField() {
  ++group_count_;
  TypeDefinition(true);
}

void TypeAssembler::RecField() {
  cursor_.ExpectForm("rec");
  if (cursor_.Take(Token::kRightParen)) return;  // defines nothing
  size_t begin = cursor_.pos();
  if (cursor_.PeekIs(Token::kLeftParen)) cursor_.SkipForm();
  bool alone = cursor_.PeekIs(Token::kRightParen);
  cursor_.MoveTo(begin);
  if (alone) {  // the same as without the group, and shorter
    TypeField();
    cursor_.Expect(Token::kRightParen);
    return;
  }
  uint32_t count = 0;
  Bytes outer = std::move(section_);
  section_.clear();
  for (; cursor_.ok() && !cursor_.Take(Token::kRightParen); ++count) TypeDefinition(false);
  PutByte(&outer, kRecCode);
  PutUnsigned(&outer, count);
  PutBytes(&outer, section_);
  section_ = std::move(outer);
  ++group_count_;
}

void TypeAssembler::TypeDefinition(bool alone) {
  cursor_.ExpectForm("type");
  cursor_.Take(Token::kId);  // known already
  Defined& type = types_.emplace_back();
  type.is_plain = alone;
  SubType(&type);
  cursor_.Expect(Token::kRightParen);
  if (type.is_func && type.is_plain) plain_.emplace(type.signature, static_cast<uint32_t>(types_.size() - 1));
}

void TypeAssembler::SubType(Defined* type) {
  if (!cursor_.TakeForm("sub")) return CompositeType(type);
  bool is_final = cursor_.TakeKeyword("final");
  uint32_t count = 0;
  Bytes supertypes;
  for (; cursor_.ok() && !cursor_.PeekIs(Token::kLeftParen); ++count) PutUnsigned(&supertypes, ParseTypeIndex());
  if (!is_final || count > 0) {
    type->is_plain = false;
    PutByte(&section_, is_final ? kSubFinalCode : kSubCode);
    PutUnsigned(&section_, count);
    PutBytes(&section_, supertypes);
  }
  CompositeType(type);
  cursor_.Expect(Token::kRightParen);
}

void TypeAssembler::CompositeType(Defined* type) {
  if (cursor_.TakeForm("func")) {
    SignatureText signature = Signature(true);
    type->is_func = true;
    type->signature = Encode(signature);
    type->param_count = signature.param_count;
    section_.insert(section_.end(), type->signature.begin(), type->signature.end());
  } else if (cursor_.TakeForm("array")) {
    PutByte(&section_, kArrayCode);
    FieldType(&section_);
  } else if (cursor_.TakeForm("struct")) {
    Bytes fields;
    while (cursor_.TakeForm("field")) {
      if (cursor_.PeekIs(Token::kId) || cursor_.PeekAnnotation("name") != nullptr) {
        type->fields.Define(&cursor_);
        FieldType(&fields);
        cursor_.Expect(Token::kRightParen);
        continue;
      }
      while (cursor_.ok() && !cursor_.Take(Token::kRightParen)) {
        type->fields.DefineAnonymous();
        FieldType(&fields);
      }
    }
    PutByte(&section_, kStructCode);
    PutUnsigned(&section_, type->fields.count());
    PutBytes(&section_, fields);
  } else {
    return cursor_.Unexpected("func, struct or array");
  }
  cursor_.Expect(Token::kRightParen);
}

void TypeAssembler::FieldType(Bytes* out) {
  bool is_mutable = cursor_.TakeForm("mut");
  if (!TakeWord(&cursor_, kPackedTypes, out)) ValueType(out);
  if (is_mutable) cursor_.Expect(Token::kRightParen);
  PutByte(out, is_mutable ? 1 : 0);
}

uint32_t TypeAssembler::ParseFieldIndex(uint32_t type) {
  static const IndexSpace* const kNoFields = new IndexSpace("field");
  return (type < types_.size() ? types_[type].fields : *kNoFields).ParseIndex(&cursor_);
}

// --- Externals. spec: text/types#limits ---

void TypeAssembler::GlobalType(Bytes* out) {
  bool is_mutable = cursor_.TakeForm("mut");
  ValueType(out);
  if (is_mutable) cursor_.Expect(Token::kRightParen);
  PutByte(out, is_mutable ? 1 : 0);
}

bool TypeAssembler::AddressType() {
  if (cursor_.TakeKeyword("i64")) return true;
  cursor_.TakeKeyword("i32");
  return false;
}

// What is too large for the address type is for validation to say.
uint64_t TypeAssembler::Limit() {
  Token token = cursor_.Expect(Token::kNat);
  if (!cursor_.ok()) return 0;
  std::optional<uint64_t> limit = ParseNat(cursor_.Text(token), wide_ ? ~uint64_t{0} : 0xffffffff);
  if (!limit.has_value()) {
    cursor_.FailAt(token, wide_ ? "i64 constant out of range" : "i32 constant out of range", cursor_.Text(token));
  }
  return limit.value_or(0);
}

// Reads "min max?"; writes the numbers and returns the flags.
uint8_t TypeAssembler::Limits(bool is_64, Bytes* out) {
  uint8_t flags = is_64 ? 4 : 0;
  PutUnsigned(out, Limit());
  if (cursor_.PeekIs(Token::kNat)) {
    flags |= 1;
    PutUnsigned(out, Limit());
  }
  return flags;
}

void TypeAssembler::TableType(Bytes* out) {
  bool is_64 = AddressType();
  Bytes limits;
  uint8_t flags = Limits(is_64, &limits);
  PutRefType(RefType(), out);
  PutByte(out, flags);
  PutBytes(out, limits);
}

void TypeAssembler::MemoryType(Bytes* out) {
  bool is_64 = AddressType();
  Bytes limits;
  uint8_t flags = Limits(is_64, &limits);
  if (cursor_.TakeKeyword("shared")) flags |= 2;
  uint8_t page_size = PageSize();
  if (page_size != kDefaultPageSize) flags |= 8;
  PutByte(out, flags);
  PutBytes(out, limits);
  if (page_size != kDefaultPageSize) PutByte(out, page_size);
}

uint8_t TypeAssembler::PageSize() {
  if (!cursor_.TakeForm("pagesize")) return kDefaultPageSize;
  Token token = cursor_.Expect(Token::kNat);
  if (!cursor_.ok()) return kDefaultPageSize;
  uint64_t size = ParseNat(cursor_.Text(token), std::numeric_limits<uint64_t>::max()).value_or(0);
  if (size == 0 || (size & (size - 1)) != 0) {
    cursor_.FailAt(token, "invalid custom page size", cursor_.Text(token));
    return kDefaultPageSize;
  }
  cursor_.Expect(Token::kRightParen);
  uint8_t log2 = 0;
  while (size >>= 1) ++log2;
  return log2;
}

}  // namespace umiak
