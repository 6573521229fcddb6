// System calls that end in an error, by a seccomp filter on one thread.
#ifndef UMIAK_TESTS_WASI_WITH_FAULT_H_
#define UMIAK_TESTS_WASI_WITH_FAULT_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstdint>
#include <initializer_list>
#include <thread>
#include <vector>

namespace umiak::wasi {

// Runs on a thread where these system calls end in `error`. False where the kernel has no filters.
template <class Body>
bool WithFault(std::initializer_list<long> calls, int error, Body body) {
  bool filtered = false;
  std::thread([&] {
    std::vector<sock_filter> filter = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (long call : calls) {
      filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
      filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error)));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
    filtered = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    if (filtered) body();
  }).join();
  return filtered;
}

}  // namespace umiak::wasi

#endif  // UMIAK_TESTS_WASI_WITH_FAULT_H_
