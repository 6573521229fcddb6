// What a Store owns.
#ifndef UMIAK_VM_RUNTIME_STORE_IMPL_H_
#define UMIAK_VM_RUNTIME_STORE_IMPL_H_

#include <deque>
#include <memory>
#include <vector>

#include "umiak/store.h"
#include "vm/runtime/execution.h"
#include "vm/runtime/gc_heap.h"
#include "vm/runtime/instance_data.h"

namespace umiak {

struct InstanceDeleter {
  void operator()(InstanceData* data) const;  // an InstanceData has a tail: not for plain delete
};

struct StoreImpl {
  StoreImpl() = default;
  StoreImpl(const StoreImpl&) = delete;
  StoreImpl& operator=(const StoreImpl&) = delete;
  ~StoreImpl();

  StoreOptions options;
  Store* handle = nullptr;
  std::shared_ptr<InterruptState> interrupt;
  Execution execution;  // one: a store belongs to one thread at a time
  GcHeap heap;
  int deadline_fd = -1;  // a timer that is readable past the deadline
  int wait_fd = -1;      // readable with either the timer or the interrupt: what host calls poll

  std::vector<std::unique_ptr<InstanceData, InstanceDeleter>> instances;
  std::deque<FuncInst> funcs;  // never moved
  std::vector<std::unique_ptr<HostFuncInst>> host_funcs;
  std::vector<std::shared_ptr<MemoryInst>> memories;  // own ones, and shared ones that it refers to
  std::vector<std::unique_ptr<TableInst>> tables;
  std::vector<std::unique_ptr<GlobalInst>> globals;
  std::vector<std::unique_ptr<TagInst>> tags;
};

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_STORE_IMPL_H_
