// Bodies of vector operations. What they compute is in simd.h, simd_float.h and simd_lanes.h.
// spec: exec/instructions#vector-instructions
#ifndef UMIAK_VM_INTERP_HANDLERS_SIMD_H_
#define UMIAK_VM_INTERP_HANDLERS_SIMD_H_

#include "vm/interp/handlers_memory.h"
#include "vm/interp/simd_lanes.h"

namespace umiak {

// dst = Fn(a, b), both of any class; b may be a constant.
template <class Fn, bool commutes = false>
struct VectorBinary : FamilyBase {
  static constexpr bool kCommutative = commutes;
  static constexpr std::array kOperands = {In(Bank::kFloat), InImm(16, Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<2>(s, Fn::Apply(C::template V128<0>(s), C::template V128<1>(s)));
  }
};
// The same for what is rare in loops: a comes from its slot.
template <class Fn>
using RareVectorBinary = InSlots<VectorBinary<Fn>, 0>;
template <class Fn>
struct VectorUnary : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<1>(s, Fn::Apply(C::template V128<0>(s)));
  }
};
// bitselect: b is in its slot.
template <class Fn>
struct VectorTernary : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), InSlot(Bank::kFloat), In(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<3>(s, Fn::Apply(C::template V128<0>(s), C::template V128<1>(s), C::template V128<2>(s)));
  }
};
// dst = Second(First(a, b), c), or Second(c, First(a, b)) where that is not the same.
template <class First, class Second, bool swapped>
struct VectorChain : FamilyBase {
  // The c of chains that were hardly seen in programs is in its slot.
  static constexpr bool kIsCommon =
      std::is_same_v<Second, simd::Add<float>> || std::is_same_v<Second, simd::Add<uint16_t>>;
  static constexpr std::array kOperands = {In(Bank::kFloat), In(Bank::kFloat),
                                           kIsCommon ? In(Bank::kFloat) : InSlot(Bank::kFloat), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    Vec first = First::Apply(C::template V128<0>(s), C::template V128<1>(s));
    Vec c = C::template V128<2>(s);
    C::template SetV128<3>(s, swapped ? Second::Apply(c, first) : Second::Apply(first, c));
  }
};
// Shifts: the count is in a slot or, mostly, a constant.
template <class Fn>
struct VectorShift : FamilyBase {
  static constexpr OperandSpec kCount = {false, Bank::kInt, false, true, 4};
  static constexpr std::array kOperands = {In(Bank::kFloat), kCount, Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<2>(s, Fn::Apply(C::template V128<0>(s), C::template Get<1, uint32_t>(s)));
  }
};
// dst = an i32 made of all lanes.
template <class Fn>
struct VectorTest : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, Fn::Apply(C::template V128<0>(s)));
  }
};
// The third operand are the numbers of the lanes.
template <class Fn>
struct VectorShuffle : VectorTernary<Fn> {
  static constexpr std::array kOperands = {In(Bank::kFloat), In(Bank::kFloat), Imm(16, Bank::kFloat),
                                           Out(Bank::kFloat)};
};

// --- Single lanes. Word: what the lane is in the stack's type. ---

// Fn: simd::Splat<Lane>.
template <class Lane, class Word, class Fn>
struct VectorSplat : FamilyBase {
  static constexpr std::array kOperands = {In(kBankOf<Word>), Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<1>(s, Fn::Apply(static_cast<Lane>(C::template Get<0, Word>(s))));
  }
};
// The second operand is the selector of the lane; from a slot only the lane itself is read.
// Fn: simd::LaneToFront<Lane>.
template <class Lane, class Word, class Fn>
struct ExtractLane : FamilyBase {
  static constexpr Bank kBank = kBankOf<Word>;
  static constexpr std::array kOperands = {In(Bank::kFloat), Imm(sizeof(Lane) == 8 ? 8 : 4), Out(kBank)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    const uint64_t selector = C::template Get<1, uint64_t>(s);
    if constexpr (C::template kClass<0> == kSlot) {
      Put<C>(s, LoadBytes<Lane>(reinterpret_cast<const char*>(C::template Slot<0>(s)) + (selector & 15)));
    } else if constexpr (std::is_floating_point_v<Lane>) {
      C::template SetScalar<2>(s, Fn::Apply(C::template V128<0>(s), selector));
    } else {
      Put<C>(s, static_cast<Lane>(simd::As<Lane>(Fn::Apply(C::template V128<0>(s), selector))[0]));
    }
  }
  template <class C>
  ALWAYS_INLINE static void Put(Regs& s, Lane value) {
    if constexpr (std::is_floating_point_v<Lane>) {
      C::template SetScalar<2>(s, Insert(Vec{0, 0}, value));
    } else {
      C::template Set<2>(s, static_cast<Word>(value));
    }
  }
};
// The third operand is the mask of the lane. Fn: simd::ReplaceLane<Lane>.
template <class Lane, class Word, class Fn>
struct VectorReplace : FamilyBase {
  static constexpr std::array kOperands = {In(Bank::kFloat), In(kBankOf<Word>), Imm(16, Bank::kFloat),
                                           Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template SetV128<3>(s, Fn::Apply(C::template V128<0>(s), static_cast<Lane>(C::template Get<1, Word>(s)),
                                        C::template V128<2>(s)));
  }
};

// --- Memory ---

// dst = Fn of the bytes read: extended, splat, or with zeros above.
template <class Memory, class Fn, Address mode, bool checked>
struct VectorLoad : FamilyBase {
  static constexpr bool kMiss = checked || kMayMiss<mode>;
  static constexpr BodyKind kKind = kMiss ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<mode>;
  static constexpr int kDst = kAddressOperands<mode>;
  static constexpr AddressAt kAddress = kAddressAt<mode, sizeof(Memory)>;
  // Of an address made in the cell or far the base is in its slot.
  static constexpr auto kOperands = [] {
    auto operands = Load<Memory, Vec, mode, checked>::kOperands;
    operands[0].in_register = mode == Address::kPlain || mode == Address::kOffset || mode == Address::kBase;
    return operands;
  }();
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint8_t* from;
    if (!Locate<C, mode, sizeof(Memory), checked>(s, &from)) [[unlikely]] {
      if constexpr (kMiss) return kOutOfBoundsHandler;
    }
    Memory value = LoadBytes<Memory>(from);
    EndAccess(s);
    C::template SetV128<kDst>(s, Fn::Apply(value));
    if constexpr (kMiss) return Handler{nullptr};
  }
};

// A near access with an offset, or a far one: lanes are rare enough to do without more forms, and to be loaded into a
// vector in its slot.
template <Address mode>
inline constexpr OperandSpec kLaneVectorSpec = mode == Address::kFar ? InSlot(Bank::kFloat) : In(Bank::kFloat);

// dst = v with the lane under the mask loaded. Operands: address, v, mask, dst.
template <class Lane, Address mode, bool checked>
struct LoadLane : FamilyBase {
  static constexpr bool kMiss = checked || kMayMiss<mode>;
  static constexpr BodyKind kKind = kMiss ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<mode>;
  static constexpr AddressAt kAddress = kAddressAt<mode, sizeof(Lane)>;
  static constexpr bool kIsNear = mode != Address::kFar;
  static constexpr std::array kOperands = {OperandSpec{false, Bank::kInt, kIsNear, true, 0}, InSlot(Bank::kFloat),
                                           Imm(16, Bank::kFloat), OperandSpec{true, Bank::kFloat, kIsNear, true, 0}};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint8_t* from;
    if (!Locate<C, mode, sizeof(Lane), checked>(s, &from)) [[unlikely]] {
      if constexpr (kMiss) return kOutOfBoundsHandler;
    }
    Lane value = LoadBytes<Lane>(from);
    EndAccess(s);
    C::template SetV128<3>(
        s, simd::ReplaceLane<Lane>::Apply(C::template V128<1>(s), value, C::template V128<2>(s)));
    if constexpr (kMiss) return Handler{nullptr};
  }
};
// Operands: address, v, selector.
template <class Lane, Address mode, bool checked>
struct StoreLane : FamilyBase {
  static constexpr bool kMiss = checked || kMayMiss<mode>;
  static constexpr BodyKind kKind = kMiss ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<mode>;
  static constexpr AddressAt kAddress = kAddressAt<mode, sizeof(Lane)>;
  static constexpr std::array kOperands = {In(), kLaneVectorSpec<mode>, Imm(sizeof(Lane) == 8 ? 8 : 4)};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    Lane value;
    const uint64_t selector = C::template Get<2, uint64_t>(s);
    if constexpr (C::template kClass<1> == kSlot) {
      value = LoadBytes<Lane>(reinterpret_cast<const char*>(C::template Slot<1>(s)) + (selector & 15));
    } else {
      value = static_cast<Lane>(simd::As<Lane>(simd::LaneToFront<Lane>::Apply(C::template V128<1>(s), selector))[0]);
    }
    uint8_t* to;
    if (!Locate<C, mode, sizeof(Lane), checked>(s, &to)) [[unlikely]] {
      if constexpr (kMiss) return kOutOfBoundsHandler;
    }
    StoreBytes<Lane>(to, value);
    EndAccess(s);
    if constexpr (kMiss) return Handler{nullptr};
  }
};

// dst = Fn(b, Extension(load)). Operands: address, b, dst; the address is of the form Base.
template <class Memory, class Extension, class Fn, bool checked>
struct VectorLoadThen : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<Address::kBase>;
  static constexpr AddressAt kAddress = kAddressAt<Address::kBase, sizeof(Memory)>;
  // The b of readers that were hardly seen in programs is in its slot.
  static constexpr bool kIsCommon = std::is_same_v<Fn, simd::Add<float>> || std::is_same_v<Fn, simd::Mul<float>> ||
                                    std::is_same_v<Fn, simd::Add<uint16_t>> || std::is_same_v<Fn, simd::Add<uint32_t>>;
  static constexpr std::array kOperands = {In(), kIsCommon ? In(Bank::kFloat) : InSlot(Bank::kFloat),
                                           Out(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint8_t* from;
    if (!Locate<C, Address::kBase, sizeof(Memory), checked>(s, &from)) [[unlikely]] {
      if constexpr (checked) return kOutOfBoundsHandler;
    }
    Memory value = LoadBytes<Memory>(from);
    EndAccess(s);
    C::template SetV128<2>(s, Fn::Apply(C::template V128<1>(s), Extension::Apply(value)));
    if constexpr (checked) return Handler{nullptr};
  }
};

template <class Memory, class Extension, class Fn>
constexpr OpInfo MakeVectorLoadThen(const char* name) {
  return MakeOpInfo<VectorLoadThen<Memory, Extension, Fn, !GuardedMemorySupported()>,
                    VectorLoadThen<Memory, Extension, Fn, true>>(name);
}
template <template <class, Address, bool> class Family, class Lane, Address mode>
constexpr OpInfo MakeLaneAccess(const char* name) {
  constexpr bool kChecked = mode == Address::kFar || !GuardedMemorySupported();
  return MakeOpInfo<Family<Lane, mode, kChecked>, Family<Lane, mode, true>>(name);
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_SIMD_H_
