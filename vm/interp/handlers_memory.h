// Bodies of memory accesses and globals.
//
// Guarded accesses rely on the reservation behind the memory: 2^32 (address) + 2^32 (offset) + 16 bytes either lie in
// the memory or fault. Checked ones compare with the size cached in the instance.
// spec: exec/instructions#memory-instructions
#ifndef UMIAK_VM_INTERP_HANDLERS_MEMORY_H_
#define UMIAK_VM_INTERP_HANDLERS_MEMORY_H_

#include <bit>

#include "vm/interp/cell.h"
#include "vm/interp/cold.h"
#include "vm/interp/guest_access.h"
#include "vm/interp/handlers_numeric.h"

namespace umiak {

// How the address of an access is made.
enum class Address : uint8_t {
  kPlain,    // u32(a)
  kOffset,   // u32(a) + u32 extra
  kFar,      // any memory, any address width: a + u64 extra; extra u32: place of the MemoryInst pointer, 1 if 64 bits
  kBase,     // u32(a + u32 extra) + u32 extra: a wrapping addition of a constant, then the offset
  kIndexed,  // u32(a + b) + u32 extra
  kScaled,   // u32(a + (b << log2(width))) + u32 extra: an element of an array
};

template <Address mode>
inline constexpr uint32_t kAddressBytes = mode == Address::kPlain  ? 0
                                          : mode == Address::kFar  ? 16
                                          : mode == Address::kBase ? 8
                                                                   : 4;
// The first operand of an address. A constant address is a plain one, with the offset in it, or a base of zero.
template <Address mode>
inline constexpr OperandSpec kBaseSpec = mode == Address::kPlain || mode == Address::kScaled ? InImm(4) : In();
template <Address mode>
inline constexpr int kAddressOperands = mode == Address::kIndexed || mode == Address::kScaled ? 2 : 1;
template <Address mode, uint32_t width>
inline constexpr AddressAt kAddressAt = {
    mode == Address::kFar ? uint8_t{0} : uint8_t{width}, kAddressOperands<mode> == 2,
    mode == Address::kScaled ? uint8_t{std::countr_zero(width)} : uint8_t{0},
    mode == Address::kBase ? int8_t{0} : int8_t{-1},
    mode == Address::kPlain ? int8_t{-1} : mode == Address::kBase ? int8_t{4} : int8_t{0}};
// Accesses that have handlers of their own for checked memories: the two forms that need nothing made in the cell.
template <Address mode>
inline constexpr bool kComparesItself = mode == Address::kPlain || mode == Address::kOffset;

// Ends a guest access: what follows (ip's move, the write of a result) stays behind it, so that at a fault ip is the
// cell and all its sources are intact.
ALWAYS_INLINE void EndAccess(Regs& s) { asm volatile("" : "+r"(s.ip)::"memory"); }

// Puts the host address of an access of `width` bytes into *to. False: out of bounds, the handler must be left.
// Operands of the address come first in the cell.
template <class C, Address mode, uint32_t width, bool checked>
ALWAYS_INLINE bool Locate(const Regs& s, uint8_t** to) {
  if constexpr (mode == Address::kFar) {
    uint64_t offset = C::template Extra<uint64_t>(s, 0);
    uint32_t place = C::template Extra<uint32_t>(s, 8);
    bool is_64 = C::template Extra<uint32_t>(s, 12) != 0;
    const MemoryHead* memory = LoadBytes<const MemoryHead*>(&HeadOf(s.cx)->At<char>(place));
    uint64_t a = is_64 ? C::template Get<0, uint64_t>(s) : C::template Get<0, uint32_t>(s);
    uint64_t size = memory->size;
    if (offset > size || size - offset < width || a > size - offset - width) [[unlikely]] return false;
    *to = memory->base + a + offset;
  } else {
    uint64_t a;
    if constexpr (mode == Address::kIndexed || mode == Address::kScaled) {
      constexpr int kShift = mode == Address::kScaled ? std::countr_zero(width) : 0;
      a = static_cast<uint32_t>(C::template Get<0, uint32_t>(s) + (C::template Get<1, uint32_t>(s) << kShift));
      a += C::template Extra<uint32_t>(s);
    } else if constexpr (mode == Address::kBase) {
      a = static_cast<uint32_t>(C::template Get<0, uint32_t>(s) + C::template Extra<uint32_t>(s));
      a += C::template Extra<uint32_t>(s, 4);
    } else {
      // SAFETY: an i32 in a register is zero-extended, so the whole register is the address.
      a = C::template kClass<0> < kSlot ? C::template Get<0, uint64_t>(s) : C::template Get<0, uint32_t>(s);
      if constexpr (mode == Address::kOffset) a += C::template Extra<uint32_t>(s);
    }
    if constexpr (checked) {
      if (a + width > HeadOf(s.cx)->mem_size) [[unlikely]] return false;  // no overflow: a < 2^33
    }
    *to = s.mem + a;
  }
  return true;
}

template <Address mode>
inline constexpr bool kMayMiss = mode == Address::kFar;

// Result = load of a Memory value, extended (or, for floats and vectors, taken) to Result.
template <class Memory, class Result, Address mode, bool checked>
struct Load : FamilyBase {
  static constexpr bool kMiss = checked || kMayMiss<mode>;
  static constexpr BodyKind kKind = kMiss ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<mode>;
  static constexpr Bank kResultBank = std::is_integral_v<Result> ? Bank::kInt : Bank::kFloat;
  static constexpr int kDst = kAddressOperands<mode>;
  static constexpr AddressAt kAddress = kComparesItself<mode> ? AddressAt{} : kAddressAt<mode, sizeof(Memory)>;
  static constexpr auto kOperands = [] {
    if constexpr (kDst == 2) {
      return std::array{kBaseSpec<mode>, In(), Out(kResultBank)};
    } else {
      return std::array{kBaseSpec<mode>, Out(kResultBank)};
    }
  }();
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint8_t* from;
    if (!Locate<C, mode, sizeof(Memory), checked>(s, &from)) [[unlikely]] {
      if constexpr (kMiss) return kOutOfBoundsHandler;
    }
    Memory value = GuestLoad<Memory>(from);
    EndAccess(s);
    if constexpr (std::is_integral_v<Result>) {
      C::template Set<kDst>(s, static_cast<Result>(value));
    } else if constexpr (sizeof(Result) == 16) {
      C::template SetV128<kDst>(s, value);
    } else {
      C::template SetScalar<kDst>(s, Insert(Vec{0, 0}, value));
    }
    if constexpr (kMiss) return Handler{nullptr};
  }
};

// Operands: address(es), value.
template <class Memory, class Value, Address mode, bool checked>
struct StoreTo : FamilyBase {
  static constexpr bool kMiss = checked || kMayMiss<mode>;
  static constexpr BodyKind kKind = kMiss ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = kAddressBytes<mode>;
  static constexpr int kValue = kAddressOperands<mode>;
  static constexpr AddressAt kAddress = kComparesItself<mode> ? AddressAt{} : kAddressAt<mode, sizeof(Memory)>;
  static constexpr OperandSpec kValueSpec =
      std::is_integral_v<Value> ? InImm(sizeof(Memory) == 8 ? 8 : 4) : In(Bank::kFloat);
  static constexpr auto kOperands = [] {
    if constexpr (kValue == 2) {
      return std::array{kBaseSpec<mode>, In(), kValueSpec};
    } else {
      return std::array{kBaseSpec<mode>, kValueSpec};
    }
  }();
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    Memory value;
    if constexpr (sizeof(Value) == 16) {
      value = C::template V128<kValue>(s);
    } else if constexpr (std::is_integral_v<Value>) {
      value = static_cast<Memory>(C::template Get<kValue, uint64_t>(s));
    } else {
      value = C::template Get<kValue, Value>(s);
    }
    uint8_t* to;
    if (!Locate<C, mode, sizeof(Memory), checked>(s, &to)) [[unlikely]] {
      if constexpr (kMiss) return kOutOfBoundsHandler;
    }
    GuestStore<Memory>(to, value);
    EndAccess(s);
    if constexpr (kMiss) return Handler{nullptr};
  }
};

// dst = load Fn b, or b Fn load where the load is the right operand, plain offset form.
// Operands: address, b, dst. Extra: u32 offset.
template <class Memory, class T, class Fn, bool checked>
struct LoadThen : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr Bank kBank = kBankOf<T>;
  static constexpr AddressAt kAddress = kAddressAt<Address::kOffset, sizeof(Memory)>;
  static constexpr std::array kOperands = {
      InImm(4), std::is_integral_v<T> ? InImm(sizeof(T)) : In(kBank), Out(kBank)};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    uint8_t* from;
    if (!Locate<C, Address::kOffset, sizeof(Memory), checked>(s, &from)) [[unlikely]] {
      if constexpr (checked) return kOutOfBoundsHandler;
    }
    Memory value = GuestLoad<Memory>(from);
    EndAccess(s);
    if constexpr (std::is_floating_point_v<T>) {
      Vec b = C::template Vector<1, T>(s);
      C::template SetScalar<2>(s, Insert(b, Fn::Apply(Lane<T>(b), value)));
    } else {
      C::template Set<2>(s, T{Fn::Apply(C::template Get<1, T>(s), static_cast<T>(value))});
    }
    if constexpr (checked) return Handler{nullptr};
  }
};

// [a + offset] = [a + offset] Fn b: read, modify, write. Operands: address, b. Extra: u32 offset.
template <class T, class Fn, bool checked>
struct ModifyMemory : FamilyBase {
  static constexpr BodyKind kKind = checked ? BodyKind::kMayTrap : BodyKind::kStraight;
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr Bank kBank = kBankOf<T>;
  static constexpr AddressAt kAddress = kAddressAt<Address::kOffset, sizeof(T)>;
  static constexpr std::array kOperands = {InImm(4), std::is_integral_v<T> ? InImm(sizeof(T)) : In(kBank)};
  template <class C>
  ALWAYS_INLINE static auto Body(Regs& s) {
    T b = C::template Get<1, T>(s);
    uint8_t* at;
    if (!Locate<C, Address::kOffset, sizeof(T), checked>(s, &at)) [[unlikely]] {
      if constexpr (checked) return kOutOfBoundsHandler;
    }
    GuestStore<T>(at, Fn::Apply(GuestLoad<T>(at), b));
    EndAccess(s);
    if constexpr (checked) return Handler{nullptr};
  }
};

// In front of an access of a checked memory that has no handlers of its own for such: whether the bytes from
// u32(a + (b << shift)) + offset on lie in it. Operands: a, b. Extra: u32 offset, u8 width, u8 shift.
template <bool is_atomic>
struct CheckAddress : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr uint32_t kExtraBytes = 6;
  static constexpr std::array kOperands = {InImm(4), InImm(4)};
  template <class C>
  ALWAYS_INLINE static Handler Body(Regs& s) {
    const uint32_t b = C::template Get<1, uint32_t>(s) << C::template Extra<uint8_t>(s, 5);
    const uint64_t a = uint64_t{C::template Get<0, uint32_t>(s) + b} + C::template Extra<uint32_t>(s);
    const uint64_t width = C::template Extra<uint8_t>(s, 4);
    if constexpr (is_atomic) {
      if ((a & (width - 1)) != 0) [[unlikely]] return kTrapHandler<TrapCode::kUnalignedAtomic>;
    }
    if (a + width > HeadOf(s.cx)->mem_size) [[unlikely]] return kOutOfBoundsHandler;
    return nullptr;
  }
};

// --- Globals. Extra: u32 place in the instance, of the cell (own) or of the pointer to it (imported). ---

template <class C, bool imported>
ALWAYS_INLINE uint64_t* GlobalCell(const Regs& s) {
  uint32_t place = C::template Extra<uint32_t>(s);
  if constexpr (imported) {
    return HeadOf(s.cx)->At<uint64_t*>(place);
  } else {
    return &HeadOf(s.cx)->At<uint64_t>(place);
  }
}

template <class T, bool imported>
struct GlobalGet : FamilyBase {
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {Out(std::is_integral_v<T> ? Bank::kInt : Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    T value = LoadBytes<T>(GlobalCell<C, imported>(s));
    if constexpr (std::is_integral_v<T>) {
      C::template Set<0>(s, value);
    } else if constexpr (sizeof(T) == 16) {
      C::template SetV128<0>(s, value);
    } else {
      C::template SetScalar<0>(s, Insert(Vec{0, 0}, value));
    }
  }
};
template <class T, bool imported>
struct GlobalSet : FamilyBase {
  static constexpr uint32_t kExtraBytes = 4;
  static constexpr std::array kOperands = {std::is_integral_v<T> ? InImm(8) : In(Bank::kFloat)};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    if constexpr (sizeof(T) == 16) {
      StoreBytes<T>(GlobalCell<C, imported>(s), C::template V128<0>(s));
    } else {
      StoreBytes<T>(GlobalCell<C, imported>(s), C::template Get<0, T>(s));
    }
  }
};

// Memory 0's size in 64 KiB pages.
struct MemorySize : FamilyBase {
  static constexpr std::array kOperands = {Out()};
  template <class C>
  ALWAYS_INLINE static void Body(Regs& s) {
    C::template Set<0>(s, HeadOf(s.cx)->mem_size >> 16);
  }
};

template <class Memory, class T, class Fn>
constexpr OpInfo MakeLoadThen(const char* name) {
  return MakeOpInfo<LoadThen<Memory, T, Fn, !GuardedMemorySupported()>, LoadThen<Memory, T, Fn, true>>(name);
}
template <class T, class Fn>
constexpr OpInfo MakeModify(const char* name) {
  return MakeOpInfo<ModifyMemory<T, Fn, !GuardedMemorySupported()>, ModifyMemory<T, Fn, true>>(name);
}

// An access with its two tables; where no memory can be guarded, only the checked one is made. Far ones compare always.
template <template <class, class, Address, bool> class Family, class Memory, class Value, Address mode>
constexpr OpInfo MakeAccess(const char* name) {
  constexpr bool kChecked = mode == Address::kFar || !GuardedMemorySupported();
  return MakeOpInfo<Family<Memory, Value, mode, kChecked>, Family<Memory, Value, mode, true>>(name);
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_MEMORY_H_
