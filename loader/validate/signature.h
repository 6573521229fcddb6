// The table's columns in the terms of validation.
#ifndef UMIAK_LOADER_VALIDATE_SIGNATURE_H_
#define UMIAK_LOADER_VALIDATE_SIGNATURE_H_

#include "umiak/features.h"
#include "umiak/types.h"

namespace umiak {

// Bits of OpcodeInfo::features that are no proposals.
inline constexpr uint32_t kConstBits = uint32_t{kConst} | uint32_t{kConstExtended};

// The letters of the table's signatures; 'a' is whatever the instruction's memory or table says.
inline ValType LetterType(char letter, ValType address) {
  switch (letter) {
    case 'i': return ValType::kI32;
    case 'l': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'd': return ValType::kF64;
    case 'v': return ValType::kV128;
    default: return address;
  }
}

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_SIGNATURE_H_
