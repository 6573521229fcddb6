// Bodies of two or three neighbouring operations in one cell: see ops_pair.def.
//
// All sources are read, and all accesses made, before anything is written: at a trap the cell can be looked at, or run
// again, as if it had not begun.
#ifndef UMIAK_VM_INTERP_HANDLERS_PAIR_H_
#define UMIAK_VM_INTERP_HANDLERS_PAIR_H_

#include "vm/interp/handlers_control.h"
#include "vm/interp/handlers_memory.h"

namespace umiak {

// Loads a Memory value from `address` + offset. False: out of bounds.
template <class Memory, bool checked>
ALWAYS_INLINE bool LoadAt(const Regs& s, uint64_t address, Memory* value) {
  if constexpr (checked) {
    if (address + sizeof(Memory) > HeadOf(s.cx)->mem_size) [[unlikely]] return false;  // no overflow: address < 2^33
  }
  *value = GuestLoad<Memory>(s.mem + address);
  return true;
}

// Branches when load Fn b. Operands: address, b. Extra: s32 distance, u32 offset.
template <class Memory, class T, class Fn, bool checked>
struct BrLoad : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kTrapBranch : BodyKind::kBranch;
  static constexpr uint32_t kExtraBytes = 8;
  static constexpr AddressAt kAddress = {sizeof(Memory), false, 0, -1, 4};
  static constexpr std::array kOperands = {In(), InImm(sizeof(T))};
  template <class C>
  ALWAYS_INLINE static bool Compare(Regs& s, bool* taken) {
    Memory value;
    uint64_t address = uint64_t{C::template Get<0, uint32_t>(s)} + C::template Extra<uint32_t>(s, 4);
    if (!LoadAt<Memory, checked>(s, address, &value)) [[unlikely]] return false;
    EndAccess(s);
    *taken = Fn::Apply(static_cast<T>(value), C::template Get<1, T>(s));
    return true;
  }
  template <class C>
  ALWAYS_INLINE static bool Body(Regs& s) {
    bool taken = false;
    Compare<C>(s, &taken);
    return taken;
  }
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s, bool* taken) {
    return Compare<C>(s, taken) ? nullptr : kOutOfBoundsHandler;
  }
};

// b = a + constant; dst = load of b. Operands: a, constant, b, dst. Extra: u32 offset.
template <class Memory, bool checked>
struct AddLoad : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr AddressAt kAddress = {sizeof(Memory), true, 0, -1, 0};
  static constexpr std::array kOperands = {In(), Imm(4), Out(), Out()};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint32_t sum = C::template Get<0, uint32_t>(s) + C::template Get<1, uint32_t>(s);
    Memory value;
    if (!LoadAt<Memory, checked>(s, uint64_t{sum} + C::template Extra<uint32_t>(s), &value)) [[unlikely]] {
      if constexpr (checked) return kOutOfBoundsHandler;
    }
    EndAccess(s);
    C::template Set<2>(s, sum);
    C::template Set<3>(s, static_cast<uint32_t>(value));
    if constexpr (checked) return Handler{nullptr};
  }
};

// The end of a body that loads: operand `dst` = the Memory value at `address`, which includes the cell's offset.
template <class C, int dst, class Memory, bool checked>
ALWAYS_INLINE auto LoadInto(Regs& s, uint64_t address) {
  Memory value;
  if (!LoadAt<Memory, checked>(s, address, &value)) [[unlikely]] {
    if constexpr (checked) return kOutOfBoundsHandler;
  }
  EndAccess(s);
  C::template Set<dst>(s, static_cast<uint32_t>(value));
  if constexpr (checked) return Handler{nullptr};
}

// dst = load of (a & mask) * size. Operands: a, mask, dst. Extra: u32 offset.
// REQUIRES: mask * size < 2^32.
// PERF: a table's look-up is often in a chain of dependent cells, and the CPU's addressing multiplies for nothing.
template <class Memory, bool checked>
struct ElementLoad : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), Imm(4), Out()};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    const uint64_t index = C::template Get<0, uint32_t>(s) & C::template Get<1, uint32_t>(s);
    return LoadInto<C, 2, Memory, checked>(s, index * sizeof(Memory) + C::template Extra<uint32_t>(s));
  }
};

// dst = load of ((a & mask) << shift). Operands: a, mask, dst. Extra: u32 offset, u32 shift.
template <class Memory, bool checked>
struct MaskedLoad : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = 8;
  static constexpr std::array kOperands = {In(), Imm(4), Out()};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint32_t index = C::template Get<0, uint32_t>(s) & C::template Get<1, uint32_t>(s);
    uint32_t element = num::Shl::Apply(index, C::template Extra<uint32_t>(s, 4));
    return LoadInto<C, 2, Memory, checked>(s, uint64_t{element} + C::template Extra<uint32_t>(s));
  }
};

// br_table of a byte in memory. Operand: address. Extra: u32 offset, then as of BrTable, or of BrTableCopy.
template <class Memory, bool is_copy, bool checked>
struct BrTableLoad : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr bool kAdvances = false;
  static constexpr uint32_t kExtraBytes = is_copy ? 16 : 8;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    Memory value;
    if (!LoadAt<Memory, checked>(s, uint64_t{C::template Get<0, uint32_t>(s)} + C::template Extra<uint32_t>(s),
                                 &value)) [[unlikely]] {
      if constexpr (checked) return kOutOfBoundsHandler;
    }
    EndAccess(s);
    if constexpr (is_copy) {
      GoToEntryElsewhere<C>(s, value, 4);
    } else {
      GoToEntry<C>(s, value, 4);
    }
    if constexpr (checked) return Handler{nullptr};
  }
};

// --- A global of 32 bits and a constant: the stack pointer at the beginning and the end of functions. ---
// Extra: u32 place, see GlobalGet.

// dst = global = global + constant. Operands: constant, dst.
template <bool imported>
struct GlobalAdd : FamilyBase {
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {Imm(4), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint64_t* cell = GlobalCell<C, imported>(s);
    uint64_t sum = static_cast<uint32_t>(*cell) + C::template Get<0, uint32_t>(s);
    sum = static_cast<uint32_t>(sum);
    *cell = sum;
    C::template Set<1>(s, sum);
  }
};
// dst = global + constant.
template <bool imported>
struct GlobalPlus : FamilyBase {
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {Imm(4), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint32_t sum = static_cast<uint32_t>(*GlobalCell<C, imported>(s)) + C::template Get<0, uint32_t>(s);
    C::template Set<1>(s, sum);
  }
};
// global = a + constant. Operands: a, constant.
template <bool imported>
struct GlobalSetAdd : FamilyBase {
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), Imm(4)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint32_t sum = C::template Get<0, uint32_t>(s) + C::template Get<1, uint32_t>(s);
    *GlobalCell<C, imported>(s) = sum;
  }
};

// a += constant; b += constant: two pointers that run through memory. Operands: a, constant, b, constant.
struct IncrementTwo : FamilyBase {
  static constexpr std::array kOperands = {In(), Imm(4), In(), Imm(4)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    uint32_t a = C::template Get<0, uint32_t>(s) + C::template Get<1, uint32_t>(s);
    uint32_t b = C::template Get<2, uint32_t>(s) + C::template Get<3, uint32_t>(s);
    C::template Set<0>(s, a);
    C::template Set<2>(s, b);
  }
};

// A family with its two tables: for guarded and for checked memories.
template <template <class, bool> class Family, class Memory>
constexpr OpInfo MakePairAccess(const char* name) {
  return MakeOpInfo<Family<Memory, !GuardedMemorySupported()>, Family<Memory, true>>(name);
}
template <class Memory, class T, class Fn>
constexpr OpInfo MakeBrLoad(const char* name) {
  return MakeOpInfo<BrLoad<Memory, T, Fn, !GuardedMemorySupported()>, BrLoad<Memory, T, Fn, true>>(name);
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_PAIR_H_
