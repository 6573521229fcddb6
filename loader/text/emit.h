// Appends the binary format's values to a buffer.
// spec: binary/values
#ifndef UMIAK_LOADER_TEXT_EMIT_H_
#define UMIAK_LOADER_TEXT_EMIT_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace umiak {

using Bytes = std::vector<uint8_t>;

inline void PutByte(Bytes* out, uint8_t byte) { out->push_back(byte); }
inline void PutBytes(Bytes* out, const Bytes& bytes) { out->insert(out->end(), bytes.begin(), bytes.end()); }

inline void PutUnsigned(Bytes* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<uint8_t>(value | 0x80));
  out->push_back(static_cast<uint8_t>(value));
}

inline void PutSigned(Bytes* out, int64_t value) {
  for (; value < -64 || value > 63; value >>= 7) out->push_back(static_cast<uint8_t>(value | 0x80));
  out->push_back(static_cast<uint8_t>(value & 0x7F));
}

// The low `count` bytes of a bit pattern.
inline void PutFixed(Bytes* out, uint64_t bits, int count) {
  for (int i = 0; i < count; ++i) out->push_back(static_cast<uint8_t>(bits >> (8 * i)));
}

// A name, a data payload: the length, then the bytes.
inline void PutString(Bytes* out, absl::string_view s) {
  PutUnsigned(out, s.size());
  out->insert(out->end(), s.begin(), s.end());
}

// A section or function body: its size, then itself.
inline void PutSized(Bytes* out, const Bytes& bytes) {
  PutUnsigned(out, bytes.size());
  PutBytes(out, bytes);
}

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_EMIT_H_
