// xz and lz4 pack and unpack text and records.
#include <lz4.h>
#include <lz4hc.h>
#include <lzma.h>

#include "mining.h"
#include "text.h"

enum { kSize = 12 << 10 };

static double Once(void) {
  static uint8_t text[kSize], packed[2 * kSize], again[kSize];
  FillWithText((char*)text, kSize);
  for (int i = 0; i + 16 <= 3000; i += 16) {
    uint32_t record[4] = {i, Number() % 50, i * 3, Number()};
    memcpy(text + i, record, 16);
  }
  size_t size = 0, at = 0, out = 0;
  uint64_t limit = UINT64_MAX;
  lzma_options_lzma options;
  lzma_lzma_preset(&options, 6);
  options.dict_size = 1 << 16;
  lzma_options_delta delta = {.type = LZMA_DELTA_TYPE_BYTE, .dist = 4};
  lzma_filter filters[] = {{LZMA_FILTER_DELTA, &delta}, {LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
  double sum = 0;
  for (int i = 0; i < 2; i++) {
    size = at = out = 0;
    if (lzma_stream_buffer_encode(filters + i, LZMA_CHECK_CRC64, NULL, text, i ? kSize : 3000, packed, &size, sizeof(packed)) != LZMA_OK) return -1;
    if (lzma_stream_buffer_decode(&limit, 0, NULL, packed, &at, size, again, &out, sizeof(again)) != LZMA_OK) return -2;
    if (memcmp(text, again, out) != 0) return -3;
    sum += size;
  }
  int fast = LZ4_compress_default((char*)text, (char*)packed, kSize, sizeof(packed));
  if (LZ4_decompress_safe((char*)packed, (char*)again, fast, kSize) != kSize || memcmp(text, again, kSize) != 0) return -4;
  int high = LZ4_compress_HC((char*)text, (char*)packed, kSize, sizeof(packed), 9);
  if (LZ4_decompress_safe((char*)packed, (char*)again, high, kSize) != kSize || memcmp(text, again, kSize) != 0) return -5;
  return sum + fast + high;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
