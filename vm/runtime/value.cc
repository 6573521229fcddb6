#include "umiak/value.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "umiak/float_text.h"

namespace umiak {

namespace {

// The shortest decimal that reads back as the same number; NaNs with their payload unless it is the canonical one.
template <class T, class Bits>
std::string FloatToString(T value, Bits bits) {
  const char* sign = std::signbit(value) ? "-" : "";
  if (std::isnan(value)) {
    constexpr int kPayloadBits = sizeof(T) == 4 ? 23 : 52;
    const Bits payload = bits & ((Bits{1} << kPayloadBits) - 1);
    if (payload == Bits{1} << (kPayloadBits - 1)) return absl::StrCat(sign, "nan");
    return absl::StrFormat("%snan:0x%x", sign, payload);
  }
  if (std::isinf(value)) return absl::StrCat(sign, "inf");
  return ShortestDecimal(value);
}

std::string RefToString(const Value& value) {
  if (value.ref().is_null()) return "(ref.null)";
  const HeapType heap = value.type().heap();
  if (heap == HeapType::kFunc) return "(ref.func)";
  if (heap == HeapType::kExtern) return absl::StrFormat("(ref.extern 0x%x)", value.bits());
  return absl::StrCat("(ref ", ToString(heap), ")");
}

}  // namespace

std::string ToString(const Value& value) {
  switch (value.type().kind()) {
    case ValType::kI32:
      return absl::StrCat(value.i32());
    case ValType::kI64:
      return absl::StrCat(value.i64());
    case ValType::kF32:
      return FloatToString(value.f32(), static_cast<uint32_t>(value.bits()));
    case ValType::kF64:
      return FloatToString(value.f64(), value.bits());
    case ValType::kV128: {
      // As one number: the highest lane first.
      std::string text = "v128:0x";
      const V128 vector = value.v128();
      for (int i = 15; i >= 0; --i) absl::StrAppendFormat(&text, "%02x", vector.bytes[i]);
      return text;
    }
    case ValType::kRef:
      return RefToString(value);
    case ValType::kBottom:
      break;
  }
  return "(bottom)";
}

}  // namespace umiak
