// Values as hosts see them: numbers, vectors and references.
// spec: exec/runtime#values
#ifndef UMIAK_VALUE_H_
#define UMIAK_VALUE_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "umiak/types.h"

namespace umiak {

// 16 bytes in little-endian lane order.
struct V128 {
  uint8_t bytes[16] = {};
  friend bool operator==(const V128&, const V128&) = default;
};

// A reference as one word: 0 is null of every type, bit 0 set is an i31, else a pointer to a runtime object
// of the store it came from. How long it is valid: umiak/ref.h; a function's, as long as the store lives.
struct Ref {
  uint64_t bits = 0;
  bool is_null() const { return bits == 0; }
  friend bool operator==(Ref, Ref) = default;
};

// A number, vector or reference with its type. Copyable, 32 bytes.
class Value {
 public:
  Value() : Value(int32_t{0}) {}
  Value(int32_t v) : type_(ValType::kI32), low_(static_cast<uint32_t>(v)) {}   // NOLINT: implicit by intent
  Value(uint32_t v) : type_(ValType::kI32), low_(v) {}                         // NOLINT
  Value(int64_t v) : type_(ValType::kI64), low_(static_cast<uint64_t>(v)) {}   // NOLINT
  Value(uint64_t v) : type_(ValType::kI64), low_(v) {}                         // NOLINT
  Value(float v) : type_(ValType::kF32), low_(std::bit_cast<uint32_t>(v)) {}   // NOLINT
  Value(double v) : type_(ValType::kF64), low_(std::bit_cast<uint64_t>(v)) {}  // NOLINT
  Value(const V128& v) : type_(ValType::kV128) {                               // NOLINT
    std::memcpy(&low_, v.bytes, 8);
    std::memcpy(&high_, v.bytes + 8, 8);
  }
  Value(ValType type, Ref ref) : type_(type), low_(ref.bits) {}
  // From the words of value-stack slots: `slots[0]`, and `slots[1]` for a vector.
  static Value FromSlots(ValType type, const uint64_t* slots) {
    Value v;
    v.type_ = type;
    v.low_ = slots[0];
    v.high_ = type.kind() == ValType::kV128 ? slots[1] : 0;
    return v;
  }
  void ToSlots(uint64_t* slots) const {
    slots[0] = low_;
    if (type_.kind() == ValType::kV128) slots[1] = high_;
  }

  ValType type() const { return type_; }
  // REQUIRES: the type matches.
  int32_t i32() const { return static_cast<int32_t>(low_); }
  int64_t i64() const { return static_cast<int64_t>(low_); }
  float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(low_)); }
  double f64() const { return std::bit_cast<double>(low_); }
  Ref ref() const { return Ref{low_}; }
  V128 v128() const {
    V128 v;
    std::memcpy(v.bytes, &low_, 8);
    std::memcpy(v.bytes + 8, &high_, 8);
    return v;
  }
  // The bits: all of them for numbers and references, the low 8 bytes of a vector.
  uint64_t bits() const { return low_; }

 private:
  ValType type_;
  uint64_t low_ = 0;
  uint64_t high_ = 0;
};

// How many 8-byte slots a value of the type takes in frames and host-call arguments.
constexpr uint32_t SlotsOf(ValType type) { return type.kind() == ValType::kV128 ? 2 : 1; }

// "42", "1.5", "(ref.null)", "v128:0x..".
std::string ToString(const Value& value);

}  // namespace umiak

#endif  // UMIAK_VALUE_H_
