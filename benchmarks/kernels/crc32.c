// Table look-ups by bytes: CRC-32 of 16 KiB, a dependent load for each.
#include "kernel.h"

static uint32_t table[256];
static uint8_t data[16384];

static void MakeTable(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    table[i] = crc;
  }
}

__attribute__((noinline)) static uint32_t Crc(uint32_t crc, const uint8_t* bytes, uint32_t count) {
  crc = ~crc;
  for (uint32_t i = 0; i < count; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
  return ~crc;
}

static uint64_t Run(uint32_t iterations) {
  MakeTable();
  for (uint32_t i = 0; i < sizeof(data); i++) data[i] = (uint8_t)(i * 31 + (i >> 7));
  uint32_t crc = 0;
  for (uint32_t i = 0; i < iterations; i++) crc = Crc(crc, data, sizeof(data));
  return crc;
}
