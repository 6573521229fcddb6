// Exceptions on their way. An exnref is a pointer to an ExceptionObject of the heap (gc_heap.h); an exception that is
// caught without its reference never becomes one.
// spec: exec/runtime#exception-instances
#ifndef UMIAK_VM_RUNTIME_EXCEPTION_H_
#define UMIAK_VM_RUNTIME_EXCEPTION_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "vm/runtime/gc_heap.h"

namespace umiak {

struct InstanceData;
struct StoreImpl;

// What is being thrown: the arguments lie on the stack, or in `exception`.
struct Thrown {
  TagInst* tag;
  const uint64_t* args;        // tag->slots words
  ExceptionObject* exception;  // null: not made yet, and nothing of the stack lies above the arguments
};
inline Thrown ThrownOf(ExceptionObject* exception) { return {exception->tag, exception->args, exception}; }

// Null where the heap is full. `top`: see GcHeap::Allocate.
ExceptionObject* NewException(StoreImpl* store, TagInst* tag, const uint64_t* args, const uint64_t* top);

// For people: tag 0 "name" (1, 2). `cx` may be null: the instance that threw, which numbers the tags.
std::string DescribeException(StoreImpl* store, InstanceData* cx, ExceptionObject* exception);

// Makes `status` carry the exception out of the guest: what ExceptionOf() finds.
void AttachException(absl::Status* status, StoreImpl* store, ExceptionObject* exception);
// The exception of that store which the status carries; null if there is none.
ExceptionObject* ExceptionIn(const absl::Status& status, const StoreImpl* store);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_EXCEPTION_H_
