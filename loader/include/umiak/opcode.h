// The WebAssembly instruction set as data: one row per instruction in opcodes.def, read here.
// spec: binary/instructions, valid/instructions
#ifndef UMIAK_OPCODE_H_
#define UMIAK_OPCODE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace umiak {

// Dense, in table order; the encoding is a column (OpcodeInfo), not the enumerator's value.
enum class Opcode : uint16_t {
#define OPCODE(name, prefix, code, text, immediate, signature, access, feature) k##name,
#include "umiak/opcodes.def"
#undef OPCODE
  kCount,
};
inline constexpr int kOpcodeCount = static_cast<int>(Opcode::kCount);

// What follows the opcode in the binary and text formats: code is written per kind, never per opcode.
enum class Immediate : uint8_t {
  kNone, kBlock, kTry, kCatch, kLabel, kBrTable, kFunc, kType, kTypeTable, kLocal, kGlobal, kTable, kTableTable,
  kElemTable, kElem, kMemArg, kMemArgLane, kMemory, kMemoryMemory, kDataMemory, kData, kI32, kI64, kF32,
  kF64, kV128, kLane, kShuffle, kSelectTypes, kHeapType, kTypeField, kTypeType, kTypeLength, kTypeData,
  kTypeElem, kBrOnCast, kTag, kTryTable, kAtomicFence,
};

// A stack signature unpacked at compile time from a string over i l f d v a: "ii:i". 'a' is the address
// type of the named memory or table. Odd rows have none and are handled by hand.
struct Signature {
  bool odd = true;
  uint8_t param_count = 0;
  uint8_t result_count = 0;
  char params[4] = {};
  char result = 0;
};

// Prefix bytes. spec: binary/instructions
inline constexpr uint8_t kGcPrefix = 0xFB;
inline constexpr uint8_t kSimdPrefix = 0xFD;

struct OpcodeInfo {
  const char* name;       // C++ name, "I32Add"
  const char* text;       // "i32.add"
  uint8_t prefix;         // 0, or 0xFB..0xFE
  uint16_t code;          // after the prefix (LEB128 u32 there)
  Immediate immediate;
  Signature signature;
  uint8_t access;         // bytes accessed in memory; 0 if none
  uint32_t features;      // bits of features.h: the proposal, and kConst
};

const OpcodeInfo& InfoOf(Opcode opcode);
// Empty where the encoding names no instruction. O(1).
std::optional<Opcode> OpcodeFromCode(uint8_t prefix, uint32_t code);
std::optional<Opcode> OpcodeFromText(absl::string_view text);

}  // namespace umiak

#endif  // UMIAK_OPCODE_H_
