// Text that looks like prose, the same in every run: words of a small vocabulary, the frequent ones more often.
#ifndef UMIAK_BENCHMARKS_TEXT_H_
#define UMIAK_BENCHMARKS_TEXT_H_

#include <stddef.h>
#include <stdint.h>

static void FillWithText(char* text, size_t size) {
  static const char kSyllables[16][4] = {"ka", "lo", "mi", "ter", "an", "su", "ri", "no",
                                         "ve", "sta", "o", "ing", "ed", "pra", "u", "ly"};
  uint32_t state = 12345;
  size_t at = 0;
  while (at < size) {
    state = state * 1664525u + 1013904223u;
    uint32_t word = state >> 20;                  // of 4096 words,
    word = word * word >> 12;                     // the low numbers more often
    uint32_t shape = word * 2654435761u;
    for (uint32_t i = 0; i <= shape >> 30 && at < size; i++) {
      for (const char* s = kSyllables[shape >> (4 * i) & 15]; *s != 0 && at < size; s++) text[at++] = *s;
    }
    if (at < size) text[at++] = state >> 10 & 15 ? ' ' : '\n';
  }
}

static uint32_t Checksum(const void* bytes, size_t size) {
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < size; i++) sum = (sum ^ ((const uint8_t*)bytes)[i]) * 16777619u;
  return sum;
}

#endif  // UMIAK_BENCHMARKS_TEXT_H_
