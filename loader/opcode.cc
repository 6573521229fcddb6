#include "umiak/opcode.h"

#include <array>

#include "absl/container/flat_hash_map.h"
#include "umiak/features.h"

namespace umiak {
namespace {

// In the table, the signature of a row that is checked by hand.
struct OddRow {};
constexpr OddRow Odd;

constexpr bool IsSignatureLetter(char letter) {
  return letter == 'i' || letter == 'l' || letter == 'f' || letter == 'd' || letter == 'v' || letter == 'a';
}

consteval Signature ParseSignature(OddRow) { return Signature{}; }

// A throw here is an error at compile time.
consteval Signature ParseSignature(const char* text) {
  Signature signature;
  signature.odd = false;
  while (*text != ':') {
    if (!IsSignatureLetter(*text) || signature.param_count == 4) throw "bad operand";
    signature.params[signature.param_count++] = *text++;
  }
  ++text;
  if (*text != 0) {
    if (!IsSignatureLetter(*text) || text[1] != 0) throw "bad result";
    signature.result = *text;
    signature.result_count = 1;
  }
  return signature;
}

constexpr OpcodeInfo kInfos[kOpcodeCount] = {
#define OPCODE(name, prefix, code, text, immediate, signature, access, feature) \
  {#name, text, prefix, code, Immediate::k##immediate, ParseSignature(signature), access, feature},
#include "umiak/opcodes.def"
#undef OPCODE
};

constexpr uint16_t kNoOpcode = static_cast<uint16_t>(Opcode::kCount);

// Rows by code, one array per prefix.
template <int kPrefix, size_t kSize>
consteval std::array<uint16_t, kSize> RowsByCode() {
  std::array<uint16_t, kSize> rows;
  rows.fill(kNoOpcode);
  for (int i = 0; i < kOpcodeCount; ++i) {
    if (kInfos[i].prefix != kPrefix) continue;
    if (rows[kInfos[i].code] != kNoOpcode) throw "two rows with one code";
    rows[kInfos[i].code] = static_cast<uint16_t>(i);
  }
  return rows;
}

constexpr auto kPlain = RowsByCode<0, 256>();
constexpr auto kFb = RowsByCode<0xFB, 32>();
constexpr auto kFc = RowsByCode<0xFC, 32>();
constexpr auto kFd = RowsByCode<0xFD, 512>();
constexpr auto kFe = RowsByCode<0xFE, 128>();

template <size_t kSize>
std::optional<Opcode> Lookup(const std::array<uint16_t, kSize>& rows, uint32_t code) {
  if (code >= kSize || rows[code] == kNoOpcode) return std::nullopt;
  return static_cast<Opcode>(rows[code]);
}

}  // namespace

const OpcodeInfo& InfoOf(Opcode opcode) { return kInfos[static_cast<int>(opcode)]; }

std::optional<Opcode> OpcodeFromCode(uint8_t prefix, uint32_t code) {
  switch (prefix) {
    case 0: return Lookup(kPlain, code);
    case 0xFB: return Lookup(kFb, code);
    case 0xFC: return Lookup(kFc, code);
    case 0xFD: return Lookup(kFd, code);
    case 0xFE: return Lookup(kFe, code);
    default: return std::nullopt;
  }
}

std::optional<Opcode> OpcodeFromText(absl::string_view text) {
  // Where two rows share a text (select, ref.test, ref.cast), the first one stands for both.
  static const auto* const kByText = [] {
    auto* map = new absl::flat_hash_map<absl::string_view, Opcode>();
    for (int i = 0; i < kOpcodeCount; ++i) map->emplace(kInfos[i].text, static_cast<Opcode>(i));
    return map;
  }();
  auto it = kByText->find(text);
  if (it == kByText->end()) return std::nullopt;
  return it->second;
}

}  // namespace umiak
