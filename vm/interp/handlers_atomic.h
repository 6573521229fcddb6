// Bodies of atomic accesses: sequentially consistent, on shared memories and others.
//
// Not every operand has all classes, or there would be eighteen thousand handlers: the
// address and the result may be in any register, what is written is in a slot or a constant. Far forms, and those that
// read and write 8 or 16 bits, have slots only.
// spec: proposal threads, exec/instructions#atomic-memory-instructions
#ifndef UMIAK_VM_INTERP_HANDLERS_ATOMIC_H_
#define UMIAK_VM_INTERP_HANDLERS_ATOMIC_H_

#include <array>
#include <cstdint>

#include "vm/interp/handlers_memory.h"

namespace umiak {

template <bool far, class T = uint32_t>
inline constexpr OperandSpec kAtomicAddress{false, Bank::kInt, !far && sizeof(T) >= 4, true, far ? 0 : 4};
template <bool far, class T>
inline constexpr OperandSpec kAtomicValue{false, Bank::kInt, false, true, far ? 0 : sizeof(T) == 8 ? 8 : 4};
template <bool far, class T = uint32_t>
inline constexpr OperandSpec kAtomicResult{true, Bank::kInt, !far && sizeof(T) >= 4, true, 0};

// Extra: u32 offset. Far, as Address::kFar: u64 offset, u32 place of the MemoryInst pointer, u32 1 if 64 bits.
template <bool far>
inline constexpr uint32_t kAtomicExtra = far ? 16 : 4;

// Puts the host address of the access into *to; null, or the handler to go on with. Alignment comes before bounds.
template <class C, class T, bool far, bool checked>
ALWAYS_INLINE Handler LocateAtomic(const Regs& s, T** to) {
  constexpr uint64_t kMisaligned = sizeof(T) - 1;
  if constexpr (far) {
    const uint64_t offset = C::template Extra<uint64_t>(s, 0);
    const uint32_t place = C::template Extra<uint32_t>(s, 8);
    const MemoryHead* memory = LoadBytes<const MemoryHead*>(&HeadOf(s.cx)->At<char>(place));
    const bool is_64 = C::template Extra<uint32_t>(s, 12) != 0;
    const uint64_t a = is_64 ? C::template Get<0, uint64_t>(s) : C::template Get<0, uint32_t>(s);
    if (((a + offset) & kMisaligned) != 0) [[unlikely]] return kTrapHandler<TrapCode::kUnalignedAtomic>;
    const uint64_t size = memory->size;
    if (offset > size || size - offset < sizeof(T) || a > size - offset - sizeof(T)) [[unlikely]] {
      return kTrapHandler<TrapCode::kOutOfBoundsMemory>;
    }
    *to = reinterpret_cast<T*>(memory->base + a + offset);
  } else {
    uint64_t a = C::template kClass<0> < kSlot ? C::template Get<0, uint64_t>(s) : C::template Get<0, uint32_t>(s);
    a += C::template Extra<uint32_t>(s);
    if ((a & kMisaligned) != 0) [[unlikely]] return kTrapHandler<TrapCode::kUnalignedAtomic>;
    if constexpr (checked) {
      if (a + sizeof(T) > HeadOf(s.cx)->mem_size) [[unlikely]] return kOutOfBoundsHandler;
    }
    *to = reinterpret_cast<T*>(s.mem + a);
  }
  return nullptr;
}

template <class T, bool far>
struct AtomicFamily : FamilyBase {
  static constexpr BodyKind kKind = BodyKind::kMayTrap;
  static constexpr AddressAt kAddress = {far ? uint8_t{0} : uint8_t{sizeof(T)}, false, 0, -1, 0, true};
  static constexpr uint32_t kExtraBytes = kAtomicExtra<far>;
};

// Operands: address, result.
struct LoadAtomic {
  template <class T, bool far, bool checked>
  struct Of : AtomicFamily<T, far> {
    static constexpr std::array kOperands = {kAtomicAddress<far>, kAtomicResult<far>};
    template <class C>
    ALWAYS_INLINE static Handler Body(Regs& s) {
      T* at;
      if (Handler cold = LocateAtomic<C, T, far, checked>(s, &at)) [[unlikely]] return cold;
      const T value = __atomic_load_n(at, __ATOMIC_SEQ_CST);
      EndAccess(s);
      C::template Set<1>(s, value);
      return nullptr;
    }
  };
};

// Operands: address, value.
struct StoreAtomic {
  template <class T, bool far, bool checked>
  struct Of : AtomicFamily<T, far> {
    static constexpr std::array kOperands = {kAtomicAddress<far>, kAtomicValue<far, T>};
    template <class C>
    ALWAYS_INLINE static Handler Body(Regs& s) {
      const T value = static_cast<T>(C::template Get<1, uint64_t>(s));
      T* at;
      if (Handler cold = LocateAtomic<C, T, far, checked>(s, &at)) [[unlikely]] return cold;
      __atomic_store_n(at, value, __ATOMIC_SEQ_CST);
      EndAccess(s);
      return nullptr;
    }
  };
};

struct FetchAdd { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_fetch_add(at, v, __ATOMIC_SEQ_CST); } };
struct FetchSub { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_fetch_sub(at, v, __ATOMIC_SEQ_CST); } };
struct FetchAnd { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_fetch_and(at, v, __ATOMIC_SEQ_CST); } };
struct FetchOr { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_fetch_or(at, v, __ATOMIC_SEQ_CST); } };
struct FetchXor { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_fetch_xor(at, v, __ATOMIC_SEQ_CST); } };
struct Exchange { template <class T> ALWAYS_INLINE static T Apply(T* at, T v) { return __atomic_exchange_n(at, v, __ATOMIC_SEQ_CST); } };

// Operands: address, value, result: what was there before.
template <class Fn>
struct ModifyAtomic {
  template <class T, bool far, bool checked>
  struct Of : AtomicFamily<T, far> {
    static constexpr std::array kOperands = {kAtomicAddress<far, T>, kAtomicValue<far, T>, kAtomicResult<far, T>};
    template <class C>
    ALWAYS_INLINE static Handler Body(Regs& s) {
      const T value = static_cast<T>(C::template Get<1, uint64_t>(s));
      T* at;
      if (Handler cold = LocateAtomic<C, T, far, checked>(s, &at)) [[unlikely]] return cold;
      const T before = Fn::Apply(at, value);
      EndAccess(s);
      C::template Set<2>(s, before);
      return nullptr;
    }
  };
};

// Operands: address, expected, replacement, result: what was there before. Of the two only the accessed width counts.
struct CompareAtomic {
  template <class T, bool far, bool checked>
  struct Of : AtomicFamily<T, far> {
    static constexpr std::array kOperands = {kAtomicAddress<far, T>, kAtomicValue<far, T>, kAtomicValue<far, T>,
                                             kAtomicResult<far, T>};
    template <class C>
    ALWAYS_INLINE static Handler Body(Regs& s) {
      T expected = static_cast<T>(C::template Get<1, uint64_t>(s));
      const T replacement = static_cast<T>(C::template Get<2, uint64_t>(s));
      T* at;
      if (Handler cold = LocateAtomic<C, T, far, checked>(s, &at)) [[unlikely]] return cold;
      __atomic_compare_exchange_n(at, &expected, replacement, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
      EndAccess(s);
      C::template Set<3>(s, expected);
      return nullptr;
    }
  };
};

struct Fence : FamilyBase {
  template <class C>
  ALWAYS_INLINE static void Body(Regs&) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
};

// The operation for a guarded memory, and for a checked one; those on far memories are always checked.
template <class Family, class T, bool far>
constexpr OpInfo MakeAtomic(const char* name) {
  if constexpr (far || !GuardedMemorySupported()) {
    return MakeOpInfo<typename Family::template Of<T, far, true>>(name);
  } else {
    return MakeOpInfo<typename Family::template Of<T, far, false>, typename Family::template Of<T, far, true>>(name);
  }
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_HANDLERS_ATOMIC_H_
