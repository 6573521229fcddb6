// A hash map with open addressing, 64-bit keys and values: 2^15 insertions, lookups and removals in 2^16 places.
#include "kernel.h"

enum { kPlaces = 1 << 16, kKeys = 1 << 15 };

struct Entry {
  uint64_t key;  // 0: free
  uint64_t value;
};

static struct Entry entries[kPlaces];

static inline uint64_t Hash(uint64_t key) {
  key ^= key >> 33;
  key *= 0xff51afd7ed558ccdu;
  key ^= key >> 33;
  return key;
}

__attribute__((noinline)) static struct Entry* Find(uint64_t key) {
  for (uint64_t place = Hash(key);; place++) {
    struct Entry* entry = &entries[place % kPlaces];
    if (entry->key == key || entry->key == 0) return entry;
  }
}

// Moves up what was pushed past the hole, so that no marker of a removed entry is needed.
__attribute__((noinline)) static void Remove(uint64_t key) {
  struct Entry* hole = Find(key);
  if (hole->key == 0) return;
  for (uint32_t place = (uint32_t)(hole - entries + 1) % kPlaces; entries[place].key != 0;
       place = (place + 1) % kPlaces) {
    uint32_t home = (uint32_t)(Hash(entries[place].key) % kPlaces), at = (uint32_t)(hole - entries);
    if ((place - home) % kPlaces >= (place - at) % kPlaces) {
      *hole = entries[place];
      hole = &entries[place];
    }
  }
  hole->key = 0;
}

static uint64_t Run(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t n = 0; n < iterations; n++) {
    for (uint64_t i = 0; i < kKeys; i++) {
      uint64_t key = (i + n) * 0x9e3779b97f4a7c15u | 1;
      struct Entry* entry = Find(key);
      entry->key = key;
      entry->value += i;
    }
    for (uint64_t i = 0; i < 2 * kKeys; i++) sum += Find((i + n) * 0x9e3779b97f4a7c15u | 1)->value;
    for (uint64_t i = 0; i < kKeys; i++) Remove((i + n) * 0x9e3779b97f4a7c15u | 1);
  }
  return sum;
}
