// How handlers and the runtime touch guest memory: the one place where a guest's data race is the host's too.
//
// Another thread may write the bytes meanwhile. What is read then may be torn, which is what the guest deserves; each
// value is read once, so that what was checked is what is used. ThreadSanitizer must not report such races, which are
// the guest's own: it does not see these accesses.
#ifndef UMIAK_VM_INTERP_GUEST_ACCESS_H_
#define UMIAK_VM_INTERP_GUEST_ACCESS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "umiak/guest_races.h"
#include "vm/interp/cell.h"

namespace umiak {

#if defined(UMIAK_TSAN)
// Out of line: the attribute of a function that is inlined is that of its caller.
template <class T>
NOINLINE __attribute__((no_sanitize("thread"))) T GuestLoad(const uint8_t* from) {
  struct __attribute__((packed)) Unaligned {
    T value;
  };
  return reinterpret_cast<const Unaligned*>(from)->value;
}
template <class T>
NOINLINE __attribute__((no_sanitize("thread"))) void GuestStore(uint8_t* to, T value) {
  struct __attribute__((packed)) Unaligned {
    T value;
  };
  reinterpret_cast<Unaligned*>(to)->value = value;
}
#else
template <class T>
ALWAYS_INLINE T GuestLoad(const uint8_t* from) {
  return LoadBytes<T>(from);
}
template <class T>
ALWAYS_INLINE void GuestStore(uint8_t* to, T value) {
  StoreBytes<T>(to, value);
}
#endif

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_GUEST_ACCESS_H_
