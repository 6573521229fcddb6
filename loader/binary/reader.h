// The cursor over a module's bytes: integers, names, types. Everything else that decodes is built of it.
//
// Offsets are the file's. The first error sticks in the DecodeError that readers of one module share: after it
// the cursor stands at its end and reads give zeros, so callers test ok() once per construct, not per read.
// spec: binary/values, binary/types
#ifndef UMIAK_LOADER_BINARY_READER_H_
#define UMIAK_LOADER_BINARY_READER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "loader/binary/leb128.h"
#include "umiak/features.h"
#include "umiak/instruction_reader.h"
#include "umiak/module.h"
#include "umiak/types.h"

namespace umiak {

class Reader {
 public:
  // Does not own `error`. `bytes` are the module's from its start.
  Reader(absl::Span<const uint8_t> bytes, CodeSpan range, DecodeError* error)
      : bytes_(bytes.data()),
        pos_(range.begin),
        end_(range.end),
        size_(static_cast<uint32_t>(bytes.size())),
        error_(error) {}

  bool ok() const { return error_->ok(); }
  uint32_t pos() const { return pos_; }
  uint32_t end() const { return end_; }
  uint32_t remaining() const { return end_ - pos_; }
  bool at_end() const { return pos_ == end_; }
  DecodeError* error() const { return error_; }

  // Keeps the error unless there is one, and moves to the end.
  void Fail(ErrorKind kind, uint32_t offset, absl::string_view phrase, absl::string_view detail = "");
  void Malformed(uint32_t offset, absl::string_view phrase, absl::string_view detail = "") {
    Fail(ErrorKind::kMalformed, offset, phrase, detail);
  }

  // `what` is the human name of what is read.
  uint8_t Byte(const char* what) {
    if (pos_ == end_) [[unlikely]] {
      Truncated(what);
      return 0;
    }
    return bytes_[pos_++];
  }
  uint8_t PeekByte() const { return pos_ == end_ ? 0 : bytes_[pos_]; }
  uint32_t U32(const char* what) { return Leb<uint32_t, 32>(what); }
  uint64_t U64(const char* what) { return Leb<uint64_t, 64>(what); }
  int32_t S32(const char* what) { return Leb<int32_t, 32>(what); }
  int64_t S33(const char* what) { return Leb<int64_t, 33>(what); }
  int64_t S64(const char* what) { return Leb<int64_t, 64>(what); }
  // Little-endian.
  uint32_t Fixed32(const char* what);
  uint64_t Fixed64(const char* what);
  // The next `size` bytes; null and an error if there are fewer.
  const uint8_t* Bytes(uint32_t size, const char* what);
  // The next `size` bytes, for someone else to read.
  CodeSpan Skip(uint32_t size, const char* what);
  // A number of elements, at most `limit`.
  uint32_t Count(uint32_t limit, const char* what);
  // UTF-8, checked; empty on an error.
  absl::string_view Name(const char* what);

  // spec: binary/types
  HeapType ReadHeapType();
  ValType ReadValType();
  ValType ReadRefType();
  TableType ReadTableType(Features features);
  MemoryType ReadMemoryType(Features features);
  GlobalType ReadGlobalType();
  bool ReadMutability();

 private:
  template <class T, int kBits>
  T Leb(const char* what) {
    // PERF: one byte nearly always.
    if (pos_ != end_ && bytes_[pos_] < 0x40) [[likely]] {
      return bytes_[pos_++];
    }
    return static_cast<T>(LongLeb<T, kBits>(what));
  }
  template <class T, int kBits>
  T LongLeb(const char* what) {
    const uint8_t* position = bytes_ + pos_;
    T value = 0;
    LebStatus status = DecodeLeb<T, kBits>(&position, bytes_ + end_, &value);
    if (status != LebStatus::kOk) [[unlikely]] {
      position = bytes_ + pos_;
      // A number cut by the end of its section: the phrase is that of the number as the file has it.
      BadLeb(status, what, DecodeLeb<T, kBits>(&position, bytes_ + size_, &value));
      return 0;
    }
    pos_ = static_cast<uint32_t>(position - bytes_);
    return value;
  }
  void BadLeb(LebStatus status, const char* what, LebStatus beyond);
  void Truncated(const char* what);
  Limits ReadLimits(bool has_max);
  bool AbstractHeapType(uint8_t code, HeapType* type) const;

  const uint8_t* bytes_;
  uint32_t pos_;
  uint32_t end_;
  uint32_t size_;  // of the module
  DecodeError* error_;
};

// The error as a status, with the function whose body it is in, if any.
absl::Status ToStatus(const DecodeError& error, std::optional<FuncIdx> function = std::nullopt);

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_READER_H_
