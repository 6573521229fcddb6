// Free cells of the heap are poisoned for AddressSanitizer: whatever reads or writes one is reported.
#ifndef UMIAK_VM_RUNTIME_GC_POISON_H_
#define UMIAK_VM_RUNTIME_GC_POISON_H_

#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UMIAK_POISON 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UMIAK_POISON 1
#endif

#ifdef UMIAK_POISON
#include <sanitizer/asan_interface.h>
#endif

namespace umiak {

#ifdef UMIAK_POISON
inline void Poison(uint64_t at, uint64_t bytes) { __asan_poison_memory_region(reinterpret_cast<void*>(at), bytes); }
inline void Unpoison(uint64_t at, uint64_t bytes) { __asan_unpoison_memory_region(reinterpret_cast<void*>(at), bytes); }
#else
inline void Poison(uint64_t, uint64_t) {}
inline void Unpoison(uint64_t, uint64_t) {}
#endif

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_POISON_H_
