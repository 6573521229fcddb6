// Which instructions FunctionValidator::RunUsual checks straight from their bytes, and what their rows of the table say of
// them in its terms.
#ifndef UMIAK_LOADER_VALIDATE_USUAL_H_
#define UMIAK_LOADER_VALIDATE_USUAL_H_

#include <array>
#include <cstdint>

#include "umiak/features.h"
#include "umiak/types.h"

namespace umiak {

// What an instruction of one byte is to RunUsual. kNone: left to Step.
enum class Usual : uint8_t {
  kNone, kUnary, kBinary, kConstant, kI32Const, kI64Const, kLoad, kStore, kLocalGet, kLocalSet, kLocalTee, kGlobalGet,
  kGlobalSet, kDrop, kSelect, kBlock, kLoop, kIf, kElse, kEnd, kBr, kBrIf, kReturn, kUnreachable, kCall,
};

struct UsualInfo {
  Usual kind = Usual::kNone;
  uint8_t size = 0;     // kConstant: bytes of the immediate
  uint8_t natural = 0;  // kLoad, kStore: log2 of the bytes accessed
  ValType first;        // operands
  ValType second;
  ValType result;
  uint32_t features = 0;  // that must be on
};

// By the opcode's byte.
const std::array<UsualInfo, 256>& UsualInfos();

// Of one module: kNone also where a feature is off.
class UsualKinds {
 public:
  explicit UsualKinds(Features features);
  // Leaves everything to Step: what tests compare with.
  static UsualKinds None() { return UsualKinds(); }
  Usual operator[](uint8_t opcode) const { return kinds_[opcode]; }

 private:
  UsualKinds() : kinds_{} {}

  std::array<Usual, 256> kinds_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_USUAL_H_
