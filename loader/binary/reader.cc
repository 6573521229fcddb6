#include "loader/binary/reader.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "loader/binary/utf8.h"
#include "loader/phrases.h"
#include "umiak/limits.h"

namespace umiak {
namespace {

static_assert(std::endian::native == std::endian::little,
              "fixed-width numbers are copied as they lie in the file");

// Codes of types. spec: binary/types
constexpr uint8_t kRefCode = 0x64;
constexpr uint8_t kRefNullCode = 0x63;

}  // namespace

void Reader::Fail(ErrorKind kind, uint32_t offset, absl::string_view phrase, absl::string_view detail) {
  if (error_->ok()) {
    error_->kind = kind;
    error_->offset = offset;
    error_->phrase = std::string(phrase);
    error_->detail = std::string(detail);
  }
  pos_ = end_;
}

void Reader::Truncated(const char* what) {
  Malformed(end_, phrase::kUnexpectedEndOfSection, absl::StrCat("reading ", what));
}

void Reader::BadLeb(LebStatus status, const char* what, LebStatus beyond) {
  if (status == LebStatus::kTruncated) status = beyond;
  if (status == LebStatus::kTruncated || status == LebStatus::kOk) return Truncated(what);
  Malformed(pos_, status == LebStatus::kTooLong ? phrase::kIntegerTooLong : phrase::kIntegerTooLarge,
            absl::StrCat("reading ", what));
}

uint32_t Reader::Fixed32(const char* what) {
  uint32_t value = 0;
  if (const uint8_t* p = Bytes(sizeof(value), what)) std::memcpy(&value, p, sizeof(value));
  return value;
}

uint64_t Reader::Fixed64(const char* what) {
  uint64_t value = 0;
  if (const uint8_t* p = Bytes(sizeof(value), what)) std::memcpy(&value, p, sizeof(value));
  return value;
}

const uint8_t* Reader::Bytes(uint32_t size, const char* what) {
  if (size > remaining()) {
    Truncated(what);
    return nullptr;
  }
  const uint8_t* bytes = bytes_ + pos_;
  pos_ += size;
  return bytes;
}

CodeSpan Reader::Skip(uint32_t size, const char* what) {
  uint32_t begin = pos_;
  if (Bytes(size, what) == nullptr) return {end_, end_};
  return {begin, begin + size};
}

uint32_t Reader::Count(uint32_t limit, const char* what) {
  uint32_t offset = pos_;
  uint32_t count = U32(what);
  if (count > limit) {
    if (count > remaining()) {
      Malformed(offset, phrase::kLengthOutOfBounds, absl::StrCat(what, " is ", count));
    } else {
      Fail(ErrorKind::kLimit, offset, phrase::kTooLarge,
           absl::StrCat(what, " is ", count, ", more than ", limit));
    }
    return 0;
  }
  return count;
}

absl::string_view Reader::Name(const char* what) {
  uint32_t offset = pos_;
  if (at_end() && end_ < size_ && bytes_[end_] > size_ - end_) {
    // As the specification's decoder has it, which reads on into the next section.
    Malformed(offset, phrase::kLengthOutOfBounds, absl::StrCat("reading ", what));
    return {};
  }
  uint32_t size = U32(what);
  if (size > remaining()) {
    Malformed(offset, phrase::kLengthOutOfBounds, absl::StrCat(what, " of ", size, " bytes"));
    return {};
  }
  const uint8_t* bytes = Bytes(size, what);
  if (bytes == nullptr) return {};
  if (!IsUtf8(bytes, size)) {
    Malformed(offset, phrase::kMalformedUtf8, what);
    return {};
  }
  return absl::string_view(reinterpret_cast<const char*>(bytes), size);
}

bool Reader::AbstractHeapType(uint8_t code, HeapType* type) const {
  switch (code) {
    case 0x74: *type = HeapType::kNoExn; return true;
    case 0x73: *type = HeapType::kNoFunc; return true;
    case 0x72: *type = HeapType::kNoExtern; return true;
    case 0x71: *type = HeapType::kNone; return true;
    case 0x70: *type = HeapType::kFunc; return true;
    case 0x6F: *type = HeapType::kExtern; return true;
    case 0x6E: *type = HeapType::kAny; return true;
    case 0x6D: *type = HeapType::kEq; return true;
    case 0x6C: *type = HeapType::kI31; return true;
    case 0x6B: *type = HeapType::kStruct; return true;
    case 0x6A: *type = HeapType::kArray; return true;
    case 0x69: *type = HeapType::kExn; return true;
    default: return false;
  }
}

HeapType Reader::ReadHeapType() {
  HeapType type;
  if (AbstractHeapType(PeekByte(), &type)) {
    ++pos_;
    return type;
  }
  uint32_t offset = pos_;
  int64_t index = S33("heap type");
  if (index < 0) {
    Malformed(offset, phrase::kMalformedHeapType);
    return type;
  }
  if (index >= kMaxTypes) {
    // Beyond any module's types, and beyond what HeapType holds.
    if (ok()) Fail(ErrorKind::kInvalid, offset, absl::StrCat(phrase::kUnknownType, " ", index));
    return type;
  }
  return HeapType::Concrete(static_cast<TypeIdx>(index));
}

ValType Reader::ReadRefType() {
  uint32_t offset = pos_;
  HeapType heap;
  uint8_t code = Byte("reference type");
  if (code == kRefCode || code == kRefNullCode) {
    heap = ReadHeapType();
    return ValType::Ref(heap, code == kRefNullCode);
  }
  if (!AbstractHeapType(code, &heap)) {
    Malformed(offset, code & 0x80 ? phrase::kIntegerTooLong : phrase::kMalformedReferenceType);
  }
  return ValType::Ref(heap, true);
}

ValType Reader::ReadValType() {
  switch (PeekByte()) {
    case 0x7F: ++pos_; return ValType::kI32;
    case 0x7E: ++pos_; return ValType::kI64;
    case 0x7D: ++pos_; return ValType::kF32;
    case 0x7C: ++pos_; return ValType::kF64;
    case 0x7B: ++pos_; return ValType::kV128;
    default: break;
  }
  uint32_t offset = pos_;
  uint8_t code = PeekByte();
  HeapType ignored;
  if (at_end() || code == kRefCode || code == kRefNullCode || AbstractHeapType(code, &ignored)) {
    return ReadRefType();
  }
  Malformed(offset, code & 0x80 ? phrase::kIntegerTooLong : phrase::kMalformedValueType);
  return ValType();
}

bool Reader::ReadMutability() {
  uint32_t offset = pos_;
  uint8_t byte = Byte("mutability");
  if (byte > 1) Malformed(offset, phrase::kMalformedMutability);
  return byte == 1;
}

GlobalType Reader::ReadGlobalType() {
  GlobalType type;
  type.type = ReadValType();
  type.is_mutable = ReadMutability();
  return type;
}

// 64 bits wide for all: what is too much for an address type is invalid, not malformed.
Limits Reader::ReadLimits(bool has_max) {
  Limits limits;
  limits.min = U64("minimum");
  if (has_max) {
    limits.max = U64("maximum");
    // kNoMax itself means that there is none: a maximum as large is as good as the next smaller one.
    if (limits.max == Limits::kNoMax) limits.max = Limits::kNoMax - 1;
  }
  return limits;
}

TableType Reader::ReadTableType(Features features) {
  TableType type;
  type.element = ReadRefType();
  uint32_t offset = pos_;
  uint32_t flags = Byte("limits flags");
  uint32_t known = 0x01 | (features.Has(kMemory64) ? 0x04 : 0);
  if (flags & ~known) Malformed(offset, phrase::kMalformedLimitsFlags, absl::StrCat("0x", absl::Hex(flags)));
  type.is_64 = flags & 0x04;
  type.limits = ReadLimits(flags & 0x01);
  return type;
}

MemoryType Reader::ReadMemoryType(Features features) {
  MemoryType type;
  uint32_t offset = pos_;
  uint32_t flags = Byte("limits flags");
  uint32_t known = 0x01 | (features.Has(kThreads) ? 0x02 : 0) | (features.Has(kMemory64) ? 0x04 : 0) |
                   (features.Has(kCustomPageSizes) ? 0x08 : 0);
  if (flags & ~known) Malformed(offset, phrase::kMalformedLimitsFlags, absl::StrCat("0x", absl::Hex(flags)));
  type.shared = flags & 0x02;
  type.is_64 = flags & 0x04;
  type.limits = ReadLimits(flags & 0x01);
  if (flags & 0x08) {
    offset = pos_;
    uint32_t log2 = U32("page size");
    if (log2 >= 64) Malformed(offset, phrase::kInvalidPageSize, absl::StrCat("2^", log2));
    type.page_size_log2 = static_cast<uint8_t>(log2);
  }
  return type;
}

absl::Status ToStatus(const DecodeError& error, std::optional<FuncIdx> function) {
  if (error.ok()) return absl::OkStatus();
  ErrorLocation location;
  location.offset = error.offset;
  location.function = function;
  return MakeError(error.kind, error.phrase, error.detail, location);
}

}  // namespace umiak
