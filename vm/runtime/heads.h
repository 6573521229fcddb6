// The first fields of runtime objects: what handlers read of them.
//
// The tables of handlers take minutes to compile; they see these and nothing else of the objects, so that a change of
// what is behind does not concern them.
#ifndef UMIAK_VM_RUNTIME_HEADS_H_
#define UMIAK_VM_RUNTIME_HEADS_H_

#include <atomic>
#include <cstdint>

namespace umiak {

struct Execution;
class GcHeap;
struct InstanceData;

// Of Execution.
struct ExecutionHead {
  int64_t budget = 0;  // metered code counts it down; negative: poll (vm/interp/meter.cc)
};

// Of MemoryInst.
struct MemoryHead {
  uint8_t* base = nullptr;
  std::atomic<uint64_t> size{0};  // bytes; of a shared memory other threads may change it
};

// Of InstanceData. Memory 0's base and size are caches: a size may lag behind (a lower bound), a base may not.
struct InstanceHead {
  uint8_t* mem_base = nullptr;
  uint64_t mem_size = 0;
  uint64_t* stack_limit = nullptr;   // of the current execution
  Execution* exec = nullptr;         // the current execution; set when the instance is entered
  GcHeap* heap = nullptr;            // the store's

  // What lies `byte_offset` bytes from the start of the instance: see InstanceLayout.
  template <class T>
  T& At(uint32_t byte_offset) {
    return *reinterpret_cast<T*>(reinterpret_cast<char*>(this) + byte_offset);
  }
};

// SAFETY: heads are first bases, at offset 0; instance_data.h and execution.h assert it.
inline InstanceHead* HeadOf(InstanceData* instance) { return reinterpret_cast<InstanceHead*>(instance); }
inline ExecutionHead* HeadOf(Execution* exec) { return reinterpret_cast<ExecutionHead*>(exec); }

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_HEADS_H_
