// Packing: Huffman with a heap and with a table, LZ77 with chains, LZW, arithmetic coding of bits, suffix sorting with
// move to front, Golomb codes, deltas, varints.
#include "mining.h"
#include "text.h"

enum { kSize = 4096 };

typedef struct { uint8_t* bytes; uint32_t word; int bits; size_t size; } Writer;
typedef struct { const uint8_t* bytes; uint32_t word; int bits; } Reader;

static void Put(Writer* w, uint32_t value, int bits) {
  w->word |= value << w->bits;
  w->bits += bits;
  while (w->bits >= 8) {
    w->bytes[w->size++] = w->word;
    w->word >>= 8;
    w->bits -= 8;
  }
}

static uint32_t Get(Reader* r, int bits) {
  while (r->bits < bits) r->word |= (uint32_t)*r->bytes++ << r->bits, r->bits += 8;
  uint32_t value = r->word & ((1u << bits) - 1);
  r->word >>= bits, r->bits -= bits;
  return value;
}

typedef struct { int weight, left, right; } Tree;

static int Lengths(const int* counts, uint8_t* lengths) {
  static Tree trees[512];
  int heap[256], n = 0, next = 256, depth[512];
  for (int i = 0; i < 256; i++) {
    trees[i] = (Tree){counts[i], -1, -1};
    if (counts[i]) {
      int at = n++;
      for (; at > 0 && trees[heap[(at - 1) / 2]].weight > counts[i]; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
      heap[at] = i;
    }
  }
  while (n > 1) {
    int two[2];
    for (int k = 0; k < 2; k++) {
      two[k] = heap[0];
      int last = heap[--n], at = 0, child;
      for (; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && trees[heap[child + 1]].weight < trees[heap[child]].weight) child++;
        if (trees[heap[child]].weight >= trees[last].weight) break;
        heap[at] = heap[child];
      }
      heap[at] = last;
    }
    trees[next] = (Tree){trees[two[0]].weight + trees[two[1]].weight, two[0], two[1]};
    int at = n++;
    for (; at > 0 && trees[heap[(at - 1) / 2]].weight > trees[next].weight; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = next++;
  }
  depth[next - 1] = 0;
  for (int i = next - 1; i >= 256; i--) depth[trees[i].left] = depth[trees[i].right] = depth[i] + 1;
  for (int i = 0; i < 256; i++) lengths[i] = counts[i] ? depth[i] : 0;
  return next;
}

static uint32_t Reverse(uint32_t v, int bits) {
  uint32_t out = 0;
  for (int i = 0; i < bits; i++) out = out << 1 | (v & 1), v >>= 1;
  return out;
}

static size_t Huffman(const uint8_t* in, int n, uint8_t* packed, uint8_t* back) {
  int counts[256] = {0}, perLength[32] = {0};
  uint32_t codes[256], first[32], code = 0;
  uint8_t lengths[256];
  static uint16_t table[1 << 12];
  for (int i = 0; i < n; i++) counts[in[i]]++;
  Lengths(counts, lengths);
  for (int i = 0; i < 256; i++) perLength[lengths[i]]++;
  perLength[0] = 0;
  for (int l = 1; l < 32; l++) first[l] = code = (code + perLength[l - 1]) << 1;
  for (int i = 0; i < 256; i++) {
    int l = lengths[i];
    if (l == 0) continue;
    codes[i] = Reverse(first[l]++, l);
    for (uint32_t k = codes[i]; l <= 12 && k < 1 << 12; k += 1 << l) table[k] = i << 4 | l;
  }
  Writer w = {packed};
  for (int i = 0; i < n; i++) Put(&w, codes[in[i]], lengths[in[i]]);
  Put(&w, 0, 24);
  Reader r = {packed};
  for (int i = 0; i < n; i++) {
    while (r.bits < 12) r.word |= (uint32_t)*r.bytes++ << r.bits, r.bits += 8;
    uint16_t entry = table[r.word & 4095];
    r.word >>= entry & 15, r.bits -= entry & 15;
    back[i] = entry >> 4;
  }
  return w.size;
}

static size_t Lz(const uint8_t* in, int n, uint8_t* out) {
  static int head[1 << 12], previous[kSize];
  memset(head, -1, sizeof(head));
  size_t at = 0;
  for (int i = 0; i < n;) {
    int best = 0, from = 0;
    if (i + 3 < n) {
      uint32_t word;
      memcpy(&word, in + i, 4);
      uint32_t hash = (word << 8) * 2654435761u >> 20;
      int candidate = head[hash];
      for (int tries = 16; candidate >= 0 && tries-- > 0; candidate = previous[candidate]) {
        int length = 0;
        while (i + length < n && length < 130 && in[candidate + length] == in[i + length]) length++;
        if (length > best) best = length, from = i - candidate;
      }
      previous[i] = head[hash], head[hash] = i;
    }
    if (best >= 4) {
      out[at++] = 128 | (best - 4), out[at++] = from, out[at++] = from >> 8;
      i += best;
    } else {
      out[at++] = in[i++];
    }
  }
  return at;
}

static int Unlz(const uint8_t* in, size_t n, uint8_t* out) {
  uint8_t* to = out;
  for (const uint8_t* end = in + n; in < end;) {
    uint8_t c = *in++;
    if (c < 128) {
      *to++ = c;
    } else {
      const uint8_t* from = to - (in[0] | in[1] << 8);
      for (int i = (c & 127) + 4; i > 0; i--) *to++ = *from++;
      in += 2;
    }
  }
  return to - out;
}

static int Lzw(const uint8_t* in, int n, uint16_t* out) {
  static struct { int16_t child, sibling; uint8_t letter; } nodes[4096];
  int used = 256, written = 0, at = in[0];
  for (int i = 0; i < 256; i++) nodes[i].child = -1;
  for (int i = 1; i < n; i++) {
    int child = nodes[at].child;
    while (child >= 0 && nodes[child].letter != in[i]) child = nodes[child].sibling;
    if (child >= 0) {
      at = child;
      continue;
    }
    out[written++] = at;
    if (used < 4096) {
      nodes[used].child = -1, nodes[used].sibling = nodes[at].child, nodes[used].letter = in[i];
      nodes[at].child = used++;
    }
    at = in[i];
  }
  out[written++] = at;
  return written;
}

static int Arithmetic(const uint8_t* in, int n, uint8_t* packed, uint8_t* back) {
  static uint16_t chances[256];
  uint32_t low = 0, high = ~0u;
  int size = 0;
  for (int i = 0; i < 256; i++) chances[i] = 2048;
  for (int i = 0; i < n; i++)
    for (int bit = 7, context = 1; bit >= 0; bit--) {
      uint32_t middle = low + (high - low) / 4096 * chances[context];
      int one = in[i] >> bit & 1;
      if (one) high = middle, chances[context] += (4096 - chances[context]) >> 5;
      else low = middle + 1, chances[context] -= chances[context] >> 5;
      context = context * 2 + one;
      for (; ((low ^ high) & 0xff000000) == 0; low <<= 8, high = high << 8 | 255) packed[size++] = high >> 24;
    }
  for (int i = 0; i < 4; i++) packed[size++] = low >> (24 - 8 * i);
  for (int i = 0; i < 256; i++) chances[i] = 2048;
  uint32_t x = 0;
  low = 0, high = ~0u;
  for (int i = 0; i < 4; i++) x = x << 8 | *packed++;
  for (int i = 0; i < n; i++) {
    int context = 1;
    while (context < 256) {
      uint32_t middle = low + (high - low) / 4096 * chances[context];
      int one = x <= middle;
      if (one) high = middle, chances[context] += (4096 - chances[context]) >> 5;
      else low = middle + 1, chances[context] -= chances[context] >> 5;
      context = context * 2 + one;
      for (; ((low ^ high) & 0xff000000) == 0; low <<= 8, high = high << 8 | 255) x = x << 8 | *packed++;
    }
    back[i] = context;
  }
  return size;
}

static const uint8_t* rotated;
static int rotations;

static int ByRotation(const void* a, const void* b) {
  int i = *(const int*)a, j = *(const int*)b;
  for (int k = 0; k < rotations; k++) {
    int d = rotated[i] - rotated[j];
    if (d) return d;
    if (++i == rotations) i = 0;
    if (++j == rotations) j = 0;
  }
  return 0;
}

static uint32_t Suffixes(const uint8_t* in, int n) {
  static int order[1024];
  uint8_t letters[256];
  uint32_t sum = 0;
  rotated = in, rotations = n;
  for (int i = 0; i < n; i++) order[i] = i;
  for (int i = 0; i < 256; i++) letters[i] = i;
  qsort(order, n, sizeof(int), ByRotation);
  for (int i = 0; i < n; i++) {
    uint8_t c = in[(order[i] + n - 1) % n], at = 0;
    while (letters[at] != c) at++;
    memmove(letters + 1, letters, at);
    letters[0] = c;
    sum += at;
  }
  return sum;
}

static size_t Varints(uint8_t* out) {
  uint8_t* at = out;
  int64_t before = 0;
  for (int i = 0; i < 600; i++) {
    int64_t value = (int64_t)i * i * 37 - i * 1000, delta = value - before;
    before = value;
    for (uint64_t v = (uint64_t)delta << 1 ^ (uint64_t)(delta >> 63); ; v >>= 7) {
      *at++ = v < 128 ? v : v | 128;
      if (v < 128) break;
    }
  }
  uint64_t sum = 0, v = 0;
  int shift = 0;
  for (uint8_t* p = out; p < at; p++) {
    v |= (uint64_t)(*p & 127) << shift;
    shift += 7;
    if (*p < 128) sum += v >> 1 ^ -(v & 1), v = 0, shift = 0;
  }
  return (at - out) + sum % 100;
}

static double Once(void) {
  static uint8_t text[kSize + 8], packed[2 * kSize], back[kSize + 200];
  static uint16_t codes[kSize];
  FillWithText((char*)text, kSize);
  double sum = Huffman(text, kSize, packed, back);
  if (memcmp(text, back, kSize) != 0) return -1;
  size_t n = Lz(text, kSize, packed);
  if (Unlz(packed, n, back) != kSize || memcmp(text, back, kSize) != 0) return -2;
  sum += n + Lzw(text, kSize, codes) + Arithmetic(text, 2048, packed, back);
  if (memcmp(text, back, 2048) != 0) return -3;
  Writer w = {packed};
  for (int i = 0; i < 800; i++) {
    uint32_t v = Number() % 50;
    for (uint32_t q = v >> 3; q > 0; q--) Put(&w, 1, 1);
    Put(&w, 0, 1), Put(&w, v & 7, 3);
  }
  Put(&w, 0, 16);
  Reader r = {packed};
  for (int i = 0; i < 800; i++) {
    uint32_t q = 0;
    while (Get(&r, 1)) q++;
    sum += q << 3 | Get(&r, 3);
  }
  return sum + Suffixes(text, 700) + Varints(packed);
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
