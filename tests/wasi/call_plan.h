// What the next host calls of a thread do wrong that no seccomp filter can make: end in EINTR, be too early, transfer
// less. The functions that stand in front of libc's in this program ask for it.
#ifndef UMIAK_TESTS_WASI_CALL_PLAN_H_
#define UMIAK_TESTS_WASI_CALL_PLAN_H_

#include <dlfcn.h>
#include <errno.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace umiak::wasi {

struct CallPlan {
  int interruptions = 0;  // so many calls end in EINTR first,
  int agains = 0;         // then so many in EAGAIN;
  int successes = -1;     // then so many (-1: any number) are made, and further ones end in
  int error = 0;          // this.
  size_t most = 0;        // Transfers have at most so many bytes; 0: all.
  bool done() const { return interruptions == 0 && agains == 0; }
};
inline thread_local CallPlan plan;

// Whether this call is to fail, with errno set.
inline bool Fails() {
  if (plan.interruptions > 0) {
    --plan.interruptions;
    errno = EINTR;
    return true;
  }
  if (plan.agains > 0) {
    --plan.agains;
    errno = EAGAIN;
    return true;
  }
  if (plan.successes == 0) {
    errno = plan.error;
    return true;
  }
  if (plan.successes > 0) --plan.successes;
  return false;
}

// Makes a transfer as planned, by real(slices, count).
template <class Function>
ssize_t Transfer(Function real, const iovec* slices, size_t count) {
  if (Fails()) return -1;
  std::vector<iovec> cut(slices, slices + count);
  if (plan.most > 0 && count > 0) {
    cut.resize(1);
    cut[0].iov_len = std::min(cut[0].iov_len, plan.most);
  }
  return real(cut.data(), cut.size());
}

// The function that is overridden: libc's.
template <class Function>
Function NextCall(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace umiak::wasi

#endif  // UMIAK_TESTS_WASI_CALL_PLAN_H_
