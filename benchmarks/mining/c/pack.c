// zlib and zstd pack and unpack text.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "zlib.h"
#include "zstd.h"

enum { kSize = 32 << 10 };

static char text[kSize], again[kSize];
static unsigned char packed[2 * kSize];

int main(int argc, char** argv) {
  int iterations = argc < 2 ? 1 : atoi(argv[1]);
  unsigned long total = 0;
  FillWithText(text, kSize);
  for (int i = 0; i < iterations; i++) {
    uLongf size = sizeof(packed), back = sizeof(again);
    if (compress2(packed, &size, (Bytef*)text, kSize, 6) != Z_OK) return 1;
    if (uncompress((Bytef*)again, &back, packed, size) != Z_OK || memcmp(text, again, kSize) != 0) return 2;
    size_t other = ZSTD_compress(packed, sizeof(packed), text, kSize, 3);
    if (ZSTD_decompress(again, sizeof(again), packed, other) != kSize || memcmp(text, again, kSize) != 0) return 3;
    total += size + other;
  }
  printf("%lu\n", total);
}
