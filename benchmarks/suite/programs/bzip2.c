// bzip2 1.0.8 compresses and expands 256 KiB of text, so often.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bzlib.h"
#include "text.h"

enum { kSize = 256 << 10 };

static char text[kSize], packed[2 * kSize], again[kSize];

void bz_internal_error(int code) { exit(100 + code); }

int main(int argc, char** argv) {
  int iterations = argc < 2 ? 1 : atoi(argv[1]);
  FillWithText(text, kSize);
  unsigned packed_size = 0, size = 0;
  for (int i = 0; i < iterations; i++) {
    packed_size = sizeof(packed);
    size = sizeof(again);
    if (BZ2_bzBuffToBuffCompress(packed, &packed_size, text, kSize, 9, 0, 0) != BZ_OK) return 1;
    if (BZ2_bzBuffToBuffDecompress(again, &size, packed, packed_size, 0, 0) != BZ_OK) return 1;
    if (size != kSize || memcmp(text, again, kSize) != 0) return 1;
  }
  printf("%u bytes, %u packed, %08x\n", size, packed_size, Checksum(packed, packed_size));
}
