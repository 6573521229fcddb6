// Cells: how an internal instruction lies in memory, and the tables of handlers over operand classes.
//
// A cell is [u64 handler][operands][extra bytes], padded to 8. Which register an operand is in, or whether it is a
// slot or an immediate, is part of the handler: a register operand takes no bytes, a slot 2, an immediate 4 or 8.
// A family is a template of bodies over those classes; the emitter computes the index of a handler and the layout of
// its cell from the same constants that the bodies are compiled with. See docs/BYTECODE.md.
#ifndef UMIAK_VM_INTERP_CELL_H_
#define UMIAK_VM_INTERP_CELL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "vm/interp/dispatch.h"

namespace umiak {

enum class Bank : uint8_t { kInt, kFloat };

// Where one operand of a cell is: registers are 0 to 7.
using OperandClass = uint8_t;
inline constexpr OperandClass kSlot = 8;
inline constexpr OperandClass kImm = 9;

// Which classes an operand of a family may have.
struct OperandSpec {
  bool is_result;
  Bank bank;
  bool in_register;
  bool in_slot;
  uint8_t imm_bytes;  // 0: no immediate; a shorter immediate is zero-extended

  constexpr int registers() const { return !in_register ? 0 : bank == Bank::kInt ? kIntRegs : kVectorRegs; }
  constexpr int count() const { return registers() + (in_slot ? 1 : 0) + (imm_bytes != 0 ? 1 : 0); }
  // The ordinal of a class among the allowed ones, or -1.
  constexpr int Ordinal(OperandClass c) const {
    if (c < kSlot) return c < registers() ? c : -1;
    if (c == kSlot) return in_slot ? registers() : -1;
    return imm_bytes != 0 ? registers() + (in_slot ? 1 : 0) : -1;
  }
  constexpr OperandClass Class(int ordinal) const {
    if (ordinal < registers()) return static_cast<OperandClass>(ordinal);
    return in_slot && ordinal == registers() ? kSlot : kImm;
  }
  constexpr uint32_t Bytes(OperandClass c) const { return c < kSlot ? 0 : c == kSlot ? 2 : imm_bytes; }
};

constexpr OperandSpec In(Bank bank = Bank::kInt) { return {false, bank, true, true, 0}; }
constexpr OperandSpec InImm(uint8_t imm_bytes, Bank bank = Bank::kInt) { return {false, bank, true, true, imm_bytes}; }
constexpr OperandSpec Imm(uint8_t imm_bytes, Bank bank = Bank::kInt) { return {false, bank, false, false, imm_bytes}; }
constexpr OperandSpec InReg(Bank bank = Bank::kInt) { return {false, bank, true, false, 0}; }
constexpr OperandSpec InSlot(Bank bank = Bank::kInt) { return {false, bank, false, true, 0}; }
constexpr OperandSpec Out(Bank bank = Bank::kInt) { return {true, bank, true, true, 0}; }

inline constexpr int kMaxOperands = 6;
inline constexpr uint32_t kHandlerBytes = 8;

// The bytes of one cell.
struct Layout {
  OperandClass classes[kMaxOperands] = {};
  uint32_t offsets[kMaxOperands] = {};
  uint32_t extra = 0;   // offset of the extra bytes
  uint32_t length = 0;  // all, padded
};

// `classes` must hold `count` of them. aligned_tail: 8 more bytes at the very end, aligned.
constexpr Layout LayoutOf(const OperandSpec* specs, int count, const OperandClass* classes, uint32_t extra_bytes,
                          bool aligned_tail) {
  Layout layout;
  uint32_t at = kHandlerBytes;
  for (int i = 0; i < count; ++i) {
    layout.classes[i] = classes[i];
    layout.offsets[i] = at;
    at += specs[i].Bytes(classes[i]);
  }
  layout.extra = at;
  at = (at + extra_bytes + 7) & ~7u;
  layout.length = at + (aligned_tail ? 8 : 0);
  return layout;
}

// The index of the handler for these classes: mixed radix, the last operand runs fastest. -1 where one is not allowed.
constexpr int VariantOf(const OperandSpec* specs, int count, const OperandClass* classes) {
  int index = 0;
  for (int i = 0; i < count; ++i) {
    int ordinal = specs[i].Ordinal(classes[i]);
    if (ordinal < 0) return -1;
    index = index * specs[i].count() + ordinal;
  }
  return index;
}

// Where a guest access of a cell is, for the cell that compares it with the memory's size in front of it: see
// CheckAddress. Of the address a + (b << shift) + offset, `a` is operand 0, b operand 1 or a constant or nothing.
struct AddressAt {
  uint8_t width = 0;  // in bytes; 0: no such access, or one whose own cell compares
  bool has_index = false;  // b is operand 1
  uint8_t shift = 0;
  int8_t constant_at = -1;  // b is the u32 here in the extra bytes
  int8_t offset_at = -1;    // the offset is; -1: it is 0
  bool is_atomic = false;
};

// What every family states; a family overrides what differs.
struct FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kStraight;
  static constexpr bool kAdvances = true;  // whether ip goes to the following cell after the body
  static constexpr std::array<OperandSpec, 0> kOperands = {};
  static constexpr uint32_t kExtraBytes = 0;
  static constexpr bool kAlignedTail = false;
  static constexpr bool kCommutative = false;  // operands 0 and 1 may change places
  static constexpr AddressAt kAddress = {};
};

// --- Families with fewer handlers: an operand of a class that is left out goes through a slot (Emitter::MakeFit). ---

// F whose operands `i` are in no register: for an operation that is rare, or as slow as the move that it may need.
template <class F, int... i>
struct InSlots : F {
  static constexpr auto kOperands = [] {
    auto operands = F::kOperands;
    ((operands[i].in_register = false, operands[i].in_slot = true), ...);
    return operands;
  }();
};
// All operands of F in slots, or constants.
template <class F>
struct AllInSlots : F {
  static constexpr auto kOperands = [] {
    auto operands = F::kOperands;
    for (OperandSpec& spec : operands) {
      spec.in_slot = spec.in_slot || spec.in_register;
      spec.in_register = false;
    }
    return operands;
  }();
};

template <class F>
inline constexpr int kOperandCount = static_cast<int>(F::kOperands.size());

template <class F>
constexpr int VariantCount() {
  int n = 1;
  for (const OperandSpec& spec : F::kOperands) n *= spec.count();
  return n;
}

template <class F>
constexpr Layout LayoutOfVariant(int variant) {
  OperandClass classes[kMaxOperands] = {};
  for (int i = kOperandCount<F> - 1; i >= 0; --i) {
    classes[i] = F::kOperands[i].Class(variant % F::kOperands[i].count());
    variant /= F::kOperands[i].count();
  }
  return LayoutOf(F::kOperands.data(), kOperandCount<F>, classes, F::kExtraBytes, F::kAlignedTail);
}

// What of a family decides how its cells lie in memory. PERF: families of one shape share all functions of Cell, of
// which a compiler would otherwise make five for each of the handlers.
template <auto operands, uint32_t extra_bytes, bool aligned_tail>
struct Shape {
  static constexpr auto kOperands = operands;
  static constexpr uint32_t kExtraBytes = extra_bytes;
  static constexpr bool kAlignedTail = aligned_tail;
};
template <class F>
using ShapeOf = Shape<F::kOperands, F::kExtraBytes, F::kAlignedTail>;

// The variant whose handler serves this one too: of a commutative family, the one with sorted operands. Sorting does
// not change the bytes of the cell, since registers take none.
template <class F>
constexpr int CanonicalVariant(int variant) {
  if constexpr (F::kCommutative) {
    Layout layout = LayoutOfVariant<F>(variant);
    if (layout.classes[0] <= kSlot && layout.classes[1] <= kSlot && layout.classes[0] > layout.classes[1]) {
      std::swap(layout.classes[0], layout.classes[1]);
      return VariantOf(F::kOperands.data(), kOperandCount<F>, layout.classes);
    }
  }
  return variant;
}

template <class T>
ALWAYS_INLINE T LoadBytes(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
ALWAYS_INLINE void StoreBytes(void* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

// Lane 0 of a vector as T, and the vector with another lane 0.
template <class T>
ALWAYS_INLINE T Lane(Vec v) {
  if constexpr (sizeof(T) == 4) {
    return reinterpret_cast<FloatVec>(v)[0];
  } else {
    return v[0];
  }
}
// Lane 0 replaced in the *left source's* vector: that is one addsd, see docs/PERFORMANCE.md.
ALWAYS_INLINE Vec Insert(Vec base, double value) {
  base[0] = value;
  return base;
}
ALWAYS_INLINE Vec Insert(Vec base, float value) {
  FloatVec lanes = reinterpret_cast<FloatVec>(base);
  lanes[0] = value;
  return reinterpret_cast<Vec>(lanes);
}

// Access to the operands of variant V of families of shape S: what bodies are written against.
template <class S, int V>
struct Cell {
  static constexpr Layout kLayout = LayoutOfVariant<S>(V);
  static constexpr uint32_t kLength = kLayout.length;

  template <int i>
  static constexpr OperandClass kClass = kLayout.classes[i];

  template <int i>
  ALWAYS_INLINE static uint64_t* Slot(const Regs& s) {
    return s.fp + LoadBytes<uint16_t>(s.ip + kLayout.offsets[i]);
  }
  // Operand i as T: an integer, float or double.
  template <int i, class T>
  ALWAYS_INLINE static T Get(const Regs& s) {
    constexpr OperandClass c = kClass<i>;
    if constexpr (c < kSlot) {
      if constexpr (S::kOperands[i].bank == Bank::kFloat) {
        return Lane<T>(s.f[c]);
      } else {
        return static_cast<T>(s.r[c]);
      }
    } else if constexpr (c == kSlot) {
      return LoadBytes<T>(Slot<i>(s));
    } else if constexpr (S::kOperands[i].bank == Bank::kInt && S::kOperands[i].imm_bytes == 4) {
      return static_cast<T>(LoadBytes<uint32_t>(s.ip + kLayout.offsets[i]));
    } else {
      return LoadBytes<T>(s.ip + kLayout.offsets[i]);
    }
  }
  // Operand i of the float bank as a vector whose lane 0 is the T; zeros above where it comes from memory.
  template <int i, class T>
  ALWAYS_INLINE static Vec Vector(const Regs& s) {
    if constexpr (kClass<i> < kSlot) {
      return s.f[kClass<i>];
    } else {
      return Insert(Vec{0, 0}, Get<i, T>(s));
    }
  }
  // Operand i as all of a v128.
  template <int i>
  ALWAYS_INLINE static Vec V128(const Regs& s) {
    if constexpr (kClass<i> < kSlot) {
      return s.f[kClass<i>];
    } else if constexpr (kClass<i> == kSlot) {
      return LoadBytes<Vec>(Slot<i>(s));
    } else {
      return LoadBytes<Vec>(s.ip + kLayout.offsets[i]);
    }
  }
  // Writes an integer result; narrower ones are zero-extended.
  template <int i>
  ALWAYS_INLINE static void Set(Regs& s, uint64_t value) {
    if constexpr (kClass<i> < kSlot) {
      s.r[kClass<i>] = value;
    } else {
      *Slot<i>(s) = value;
    }
  }
  // Writes a scalar float result: the vector, or its low 8 bytes to a slot.
  template <int i>
  ALWAYS_INLINE static void SetScalar(Regs& s, Vec value) {
    if constexpr (kClass<i> < kSlot) {
      s.f[kClass<i>] = value;
    } else {
      StoreBytes<double>(Slot<i>(s), value[0]);
    }
  }
  template <int i>
  ALWAYS_INLINE static void SetV128(Regs& s, Vec value) {
    if constexpr (kClass<i> < kSlot) {
      s.f[kClass<i>] = value;
    } else {
      StoreBytes<Vec>(Slot<i>(s), value);
    }
  }
  // The extra bytes, from `offset` on.
  template <class T>
  ALWAYS_INLINE static T Extra(const Regs& s, uint32_t offset = 0) {
    return LoadBytes<T>(s.ip + kLayout.extra + offset);
  }
};

// A family's body with its operand classes fixed, in the form the shell takes.
template <class F, int V>
struct CellBody {
  using C = Cell<ShapeOf<F>, V>;
  static constexpr BodyKind kKind = F::kKind;
  ALWAYS_INLINE static auto Body(Regs& s) {
    if constexpr (kKind == BodyKind::kStraight) {
      F::template Body<C>(s);
      if constexpr (F::kAdvances) s.ip += C::kLength;
    } else if constexpr (kKind == BodyKind::kMayTrap) {
      Handler cold = F::template Body<C>(s);
      if constexpr (F::kAdvances) {
        if (cold == nullptr) [[likely]] s.ip += C::kLength;
      }
      return cold;
    } else {
      return F::template Body<C>(s);
    }
  }
  ALWAYS_INLINE static Handler Body(Regs& s, bool* taken) { return F::template Body<C>(s, taken); }
  ALWAYS_INLINE static void Take(Regs& s) { s.ip += C::template Extra<int32_t>(s); }
  ALWAYS_INLINE static void Pass(Regs& s) { s.ip += C::kLength; }
};

template <class F, class Sequence>
struct HandlerTable;
template <class F, int... V>
struct HandlerTable<F, std::integer_sequence<int, V...>> {
  static constexpr Handler kHandlers[] = {&Shell::template Run<CellBody<F, CanonicalVariant<F>(V)>>...};
};
template <class F>
using HandlersOf = HandlerTable<F, std::make_integer_sequence<int, VariantCount<F>()>>;

// All the emitter knows of an operation.
struct OpInfo {
  const char* name;
  const Handler* handlers[2];  // by variant: for a guarded memory, for a checked one; null: see `address`
  const OperandSpec* operands;
  uint8_t operand_count;
  uint8_t extra_bytes;
  bool aligned_tail;
  bool commutative;
  AddressAt address;  // of an access without handlers for checked memories: a cell in front of it compares
};

// The handlers of F for all memories, or of F for guarded ones and of Checked for others.
template <class F, class Checked>
constexpr const Handler* CheckedHandlers() {
  if constexpr (F::kAddress.width != 0 && !std::is_same_v<F, Checked>) {
    return nullptr;
  } else {
    return HandlersOf<Checked>::kHandlers;
  }
}
template <class F, class Checked = F>
constexpr OpInfo MakeOpInfo(const char* name) {
  return {name,
          {HandlersOf<F>::kHandlers, CheckedHandlers<F, Checked>()},
          F::kOperands.data(),
          static_cast<uint8_t>(kOperandCount<F>),
          static_cast<uint8_t>(F::kExtraBytes),
          F::kAlignedTail,
          F::kCommutative,
          F::kAddress};
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CELL_H_
