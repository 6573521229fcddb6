// Bodies of instructions on structs, arrays and i31, and of casts. References are words: umiak/value.h; objects:
// vm/runtime/gc_object.h. No body keeps the address of an object from one cell to the next.
// spec: exec/instructions#aggregate-instructions, #reference-instructions
#ifndef UMIAK_VM_INTERP_HANDLERS_GC_H_
#define UMIAK_VM_INTERP_HANDLERS_GC_H_

#include "vm/interp/cast.h"
#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/cold_gc.h"
#include "vm/interp/handlers_call.h"
#include "vm/interp/intrinsics_gc.h"
#include "vm/runtime/gc_object.h"

namespace umiak {

// --- Fields and elements: a Memory value in the object, extended or taken to Result. ---

template <class Result>
inline constexpr Bank kFieldBank = std::is_integral_v<Result> ? Bank::kInt : Bank::kFloat;
template <class Memory, class Value>
inline constexpr OperandSpec kFieldValue =
    std::is_integral_v<Value> ? InImm(sizeof(Memory) == 8 ? 8 : 4) : In(Bank::kFloat);

template <class C, int dst, class Memory, class Result>
ALWAYS_INLINE void ReadField(Regs& s, uint64_t address) {
  const Memory value = LoadBytes<Memory>(reinterpret_cast<const void*>(address));
  if constexpr (std::is_integral_v<Result>) {
    C::template Set<dst>(s, static_cast<Result>(value));
  } else if constexpr (sizeof(Result) == 16) {
    C::template SetV128<dst>(s, value);
  } else {
    C::template SetScalar<dst>(s, Insert(Vec{0, 0}, value));
  }
}
template <class C, int src, class Memory, class Value>
ALWAYS_INLINE void WriteField(const Regs& s, uint64_t address) {
  Memory value;
  if constexpr (sizeof(Value) == 16) {
    value = C::template V128<src>(s);
  } else if constexpr (std::is_integral_v<Value>) {
    value = static_cast<Memory>(C::template Get<src, uint64_t>(s));
  } else {
    value = C::template Get<src, Value>(s);
  }
  StoreBytes<Memory>(reinterpret_cast<void*>(address), value);
}

// Extra: u32 offset of the field.
template <class Memory, class Result>
struct StructGet : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), Out(kFieldBank<Result>)};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint64_t ref = C::template Get<0, uint64_t>(s);
    if (ref == 0) [[unlikely]] return kTrapHandler<TrapCode::kNullStructReference>;
    ReadField<C, 1, Memory, Result>(s, ref + C::template Extra<uint32_t>(s));
    return nullptr;
  }
};
template <class Memory, class Value>
struct StructSet : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {In(), kFieldValue<Memory, Value>};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint64_t ref = C::template Get<0, uint64_t>(s);
    if (ref == 0) [[unlikely]] return kTrapHandler<TrapCode::kNullStructReference>;
    WriteField<C, 1, Memory, Value>(s, ref + C::template Extra<uint32_t>(s));
    return nullptr;
  }
};

// The address of an element, or in *cold why there is none.
template <class Memory>
ALWAYS_INLINE uint64_t ElementAt(uint64_t ref, uint32_t index, Handler* cold) {
  if (ref == 0) [[unlikely]] {
    *cold = kTrapHandler<TrapCode::kNullArrayReference>;
    return 0;
  }
  if (index >= ObjectOf(ref)->length) [[unlikely]] {
    *cold = kTrapHandler<TrapCode::kOutOfBoundsArray>;
    return 0;
  }
  return ref + kArrayHeaderBytes + uint64_t{index} * sizeof(Memory);
}

// Arrays of f32, v128 and signed small integers are rare: such an array is in a slot.
template <class Memory>
inline constexpr OperandSpec kArray = std::is_same_v<Memory, int8_t> || std::is_same_v<Memory, int16_t> ||
                                              std::is_same_v<Memory, float> || std::is_same_v<Memory, Vec>
                                          ? InSlot()
                                          : In();

// Operands: array, index, dst.
template <class Memory, class Result>
struct ArrayGet : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr std::array kOperands = {kArray<Memory>, InImm(4), Out(kFieldBank<Result>)};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    Handler cold = nullptr;
    const uint64_t at = ElementAt<Memory>(C::template Get<0, uint64_t>(s), C::template Get<1, uint32_t>(s), &cold);
    if (at == 0) [[unlikely]] return cold;
    ReadField<C, 2, Memory, Result>(s, at);
    return nullptr;
  }
};
// Operands: array, index, value.
template <class Memory, class Value>
struct ArraySet : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr std::array kOperands = {kArray<Memory>, InImm(4), kFieldValue<Memory, Value>};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    Handler cold = nullptr;
    const uint64_t at = ElementAt<Memory>(C::template Get<0, uint64_t>(s), C::template Get<1, uint32_t>(s), &cold);
    if (at == 0) [[unlikely]] return cold;
    WriteField<C, 2, Memory, Value>(s, at);
    return nullptr;
  }
};

// dst = Fn of a reference that must not be null.
template <class Fn, TrapCode on_null>
struct OfNonNull : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr std::array kOperands = {In(), Out()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint64_t ref = C::template Get<0, uint64_t>(s);
    if (ref == 0) [[unlikely]] return kTrapHandler<on_null>;
    C::template Set<1>(s, Fn::Apply(ref));
    return nullptr;
  }
};

struct LengthOf { ALWAYS_INLINE static uint32_t Apply(uint64_t ref) { return ObjectOf(ref)->length; } };
using ArrayLen = OfNonNull<LengthOf, TrapCode::kNullArrayReference>;

// --- New structs ---

// A cell of the size class, or 0 after noting for the refill what is wanted. Extra of all that call it: u32 canonical
// type, u16 size class, u16 bytes of that class, u32 slots of the frame.
inline constexpr uint32_t kAllocationBytes = 12;
template <class C>
ALWAYS_INLINE uint64_t TakeCell(Regs& s, uint32_t* bytes) {
  GcHeapHead* heap = HeadOf(HeadOf(s.cx)->heap);
  GcHeapHead::Bump& run = heap->bump[C::template Extra<uint16_t>(s, 4)];
  const uint64_t at = run.at;
  if (at == run.end) [[unlikely]] {
    heap->wanted_class = C::template Extra<uint16_t>(s, 4);
    heap->wanted_top = s.fp + C::template Extra<uint32_t>(s, 8);
    return 0;
  }
  *bytes = C::template Extra<uint16_t>(s, 6);
  run.at = at + *bytes;
  return at;
}

// A struct of n fields of one word each, behind an i32 where it begins with one: that stands in the header's word.
// Operands: the fields, dst.
template <int n, bool after_i32>
struct StructNew : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = kAllocationBytes;
  static constexpr int kFields = n + (after_i32 ? 1 : 0);
  static constexpr auto kOperands = [] {
    std::array<OperandSpec, kFields + 1> operands{};
    for (OperandSpec& spec : operands) spec = InImm(4);
    // Of three fields only the last, which was made last, is taken from a register: or there would be 2160 handlers.
    if constexpr (kFields == 3) operands[0].in_register = operands[1].in_register = false;
    operands[kFields] = Out();
    return operands;
  }();
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint32_t bytes;
    const uint64_t at = TakeCell<C>(s, &bytes);
    if (at == 0) [[unlikely]] return kRefillHandler;
    uint64_t header = C::template Extra<uint32_t>(s);
    if constexpr (after_i32) header |= uint64_t{C::template Get<0, uint32_t>(s)} << 32;
    auto* words = reinterpret_cast<uint64_t*>(at);
    words[0] = header;
    constexpr int kFirst = after_i32 ? 1 : 0;
    if constexpr (n > 0) words[1] = C::template Get<kFirst, uint64_t>(s);
    if constexpr (n > 1) words[2] = C::template Get<kFirst + 1, uint64_t>(s);
    if constexpr (n > 2) words[3] = C::template Get<kFirst + 2, uint64_t>(s);
    C::template Set<kFields>(s, at);
    return nullptr;
  }
};

// All fields zero.
struct StructNewDefault : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = kAllocationBytes;
  static constexpr std::array kOperands = {Out()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint32_t bytes;
    const uint64_t at = TakeCell<C>(s, &bytes);
    if (at == 0) [[unlikely]] return kRefillHandler;
    auto* words = reinterpret_cast<uint64_t*>(at);
    words[0] = C::template Extra<uint32_t>(s);
    for (auto* end = reinterpret_cast<uint64_t*>(at + bytes); ++words != end;) {
      *words = 0;
      asm volatile("" ::: "memory");  // no call of memset: that would cost every pass a frame
    }
    C::template Set<0>(s, at);
    return nullptr;
  }
};

// --- i31: the value shifted up by one, bit 0 set ---

struct RefI31 : FamilyBase {
  static constexpr std::array kOperands = {In(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, uint32_t{C::template Get<0, uint32_t>(s) << 1 | 1});
  }
};
template <class T>
struct I31Value {
  ALWAYS_INLINE static uint32_t Apply(uint64_t ref) { return static_cast<uint32_t>(static_cast<T>(ref) >> 1); }
};
template <class T>
using I31Get = OfNonNull<I31Value<T>, TrapCode::kNullI31Reference>;

struct Itself { ALWAYS_INLINE static uint64_t Apply(uint64_t ref) { return ref; } };
using RefAsNonNull = OfNonNull<Itself, TrapCode::kNullReference>;

// --- Casts ---

// Extra of all that call it, from `at` on: u32 id or set, u16 depth, u16 flags.
inline constexpr uint32_t kCastBytes = 8;
template <class C, Target target, uint32_t at>
ALWAYS_INLINE bool MatchesTarget(const Regs& s, uint64_t ref) {
  if (ref == 0) return (C::template Extra<uint16_t>(s, at + 6) & kNullMatches) != 0;
  const uint32_t wanted = C::template Extra<uint32_t>(s, at);
  if constexpr (target == Target::kAll) {
    return wanted != 0;
  } else if constexpr (target == Target::kFunc) {
    const uint32_t type = reinterpret_cast<const FuncInst*>(ref)->type_id;
    return type == wanted || IsCallableAs(type, wanted);
  } else if constexpr (target == Target::kKinds) {
    if ((ref & 1) != 0) return (wanted & kI31Bit) != 0;
    return (wanted & KindBit(KindOf(ObjectOf(ref)))) != 0;
  } else {
    if ((ref & 1) != 0) return false;
    const uint32_t type = ObjectOf(ref)->type;
    if constexpr (target == Target::kFinal) return type == wanted;
    if constexpr (target == Target::kDeep) return IsCallableAs(type, wanted);
    return GcTypeAt(type).display[C::template Extra<uint16_t>(s, at + 4)] == wanted;
  }
}

template <Target target>
struct RefTest : FamilyBase {
  static constexpr uint32_t kExtraBytes = kCastBytes;
  static constexpr std::array kOperands = {In(), Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<1>(s, MatchesTarget<C, target, 0>(s, C::template Get<0, uint64_t>(s)) ? 1 : 0);
  }
};
template <Target target>
struct RefCast : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = kCastBytes;
  static constexpr std::array kOperands = {In(), Out()};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint64_t ref = C::template Get<0, uint64_t>(s);
    if (!MatchesTarget<C, target, 0>(s, ref)) [[unlikely]] return kTrapHandler<TrapCode::kCastFailure>;
    C::template Set<1>(s, ref);
    return nullptr;
  }
};
// Extra: s32 distance, then as above.
template <Target target>
struct BrOnCast : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kBranch;
  static constexpr uint32_t kExtraBytes = 4 + kCastBytes;
  static constexpr std::array kOperands = {In()};
  template <class C>
  ALWAYS_INLINE static bool Body(Regs& s) {
    const bool on_failure = (C::template Extra<uint16_t>(s, 10) & kBranchOnFailure) != 0;
    return MatchesTarget<C, target, 4>(s, C::template Get<0, uint64_t>(s)) != on_failure;
  }
};

// --- Functions that may allocate ---

// An Intrinsic while whose function runs the registers lie where a collection finds them.
template <IntrinsicFunction kFunction>
struct AllocatingIntrinsic : Intrinsic<kFunction> {
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    uint64_t* saved = SavedRegisters(s.cx);
    for (int i = 0; i < kIntRegs; ++i) saved[i] = s.r[i];
    return Intrinsic<kFunction>::template Body<C>(s);
  }
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_GC_H_
