// What the programs here share.
#ifndef UMIAK_BENCHMARKS_MINING_H_
#define UMIAK_BENCHMARKS_MINING_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 12345;

static uint32_t Number(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

// Calls one iteration as often as the first argument says (once without one) and prints the sum of what it returned.
static int Iterate(int argc, char** argv, double (*once)(void)) {
  int iterations = argc < 2 ? 1 : atoi(argv[1]);
  double sum = 0;
  for (int i = 0; i < iterations; i++) {
    seed = 12345;
    sum += once();
  }
  printf("%.3f\n", sum);
  return 0;
}

#endif  // UMIAK_BENCHMARKS_MINING_H_
