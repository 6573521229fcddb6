// What the host does in a memory that several threads of a guest share.
#ifndef UMIAK_GUEST_RACES_H_
#define UMIAK_GUEST_RACES_H_

#include <cstddef>
#include <cstring>

#if defined(__SANITIZE_THREAD__)
#define UMIAK_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UMIAK_TSAN 1
#endif
#endif

#if defined(UMIAK_TSAN)
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace umiak {

// While one lives, this thread's plain accesses are a guest's: memcpy, read(2) and the like in its memory, which other
// threads of the guest may touch meanwhile. Such a race is the guest's own, and harmless where each value is read once;
// ThreadSanitizer does not report it. Costs nothing in other builds. To be kept around the copy alone: races of the
// host's own data are not seen either.
class GuestRaces {
 public:
#if defined(UMIAK_TSAN)
  GuestRaces() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~GuestRaces() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
#else
  GuestRaces() {}
  ~GuestRaces() {}
#endif
  GuestRaces(const GuestRaces&) = delete;
  GuestRaces& operator=(const GuestRaces&) = delete;
};

// memcpy into the guest's memory or out of it. REQUIRES: the two do not overlap.
inline void CopyGuestBytes(void* to, const void* from, size_t size) {
  const GuestRaces races;
  std::memcpy(to, from, size);
}

}  // namespace umiak

#endif  // UMIAK_GUEST_RACES_H_
