// Stands in for kernels/kernel.h where a kernel is built for this machine: `-include native.h`, whose guard keeps
// kernel.h away.
#ifndef UMIAK_BENCHMARKS_KERNEL_H_
#define UMIAK_BENCHMARKS_KERNEL_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t Run(uint32_t iterations);

int main(int argc, char** argv) {
  printf("%016llx\n", (unsigned long long)Run(argc < 2 ? 1 : (uint32_t)strtoul(argv[1], NULL, 10)));
}

static inline uint64_t Bits(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  return bits;
}

#endif  // UMIAK_BENCHMARKS_KERNEL_H_
