// Waiting and notifying. spec: proposal threads, exec/instructions#atomic-memory-instructions
#include "vm/interp/intrinsic_checks.h"
#include "vm/interp/intrinsics.h"
#include "vm/runtime/waiters.h"

namespace umiak {

namespace {

// The host address of the T at slots[0] + slots[3]; null if that traps. Alignment comes before bounds.
template <class T>
const T* Locate(InstanceData* cx, const uint64_t* slots, const MemoryInst& memory) {
  const uint64_t offset = slots[3];
  const uint64_t a = memory.type.is_64 ? slots[0] : static_cast<uint32_t>(slots[0]);
  const uint64_t size = memory.size;
  if ((a + offset) % sizeof(T) != 0) {
    Fail(cx, TrapCode::kUnalignedAtomic);
    return nullptr;
  }
  if (offset > size || size - offset < sizeof(T) || a > size - offset - sizeof(T)) {
    Fail(cx, TrapCode::kOutOfBoundsMemory);
    return nullptr;
  }
  return reinterpret_cast<const T*>(memory.base + a + offset);
}

template <class T>
bool Wait(InstanceData* cx, uint64_t* slots, uint32_t memory) {
  const MemoryInst& m = *cx->memory(memory);
  const T* address = Locate<T>(cx, slots, m);
  if (address == nullptr) return false;
  if (!m.type.shared) return Fail(cx, TrapCode::kExpectedSharedMemory);
  const WaitResult result = WaitAt(address, static_cast<T>(slots[1]), static_cast<int64_t>(slots[2]), cx->exec);
  if (result == WaitResult::kInterrupted) return Fail(cx, TrapCode::kInterrupted);
  slots[0] = static_cast<uint32_t>(result);
  return true;
}

}  // namespace

bool MemoryAtomicNotifyCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  const MemoryInst& m = *cx->memory(memory);
  const uint32_t* address = Locate<uint32_t>(cx, slots, m);
  if (address == nullptr) return false;
  // Nobody can wait at an address of an unshared memory.
  slots[0] = m.type.shared ? NotifyAt(address, static_cast<uint32_t>(slots[1])) : 0;
  return true;
}
bool MemoryAtomicWait32Call(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  return Wait<uint32_t>(cx, slots, memory);
}
bool MemoryAtomicWait64Call(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  return Wait<uint64_t>(cx, slots, memory);
}

}  // namespace umiak
