// What the programs for work on umiak time by.
#ifndef UMIAK_BENCHMARKS_CPU_TIME_H_
#define UMIAK_BENCHMARKS_CPU_TIME_H_

#include <time.h>

#include <algorithm>
#include <functional>

namespace umiak {

// CPU time of this thread in seconds.
inline double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Nanoseconds of one of `count` things that `run` does: the minimum of the rounds.
inline double Nanoseconds(int rounds, int count, const std::function<void()>& run) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double begin = CpuSeconds();
    run();
    best = std::min(best, CpuSeconds() - begin);
  }
  return best / count * 1e9;
}

}  // namespace umiak

#endif  // UMIAK_BENCHMARKS_CPU_TIME_H_
