// AES, MD5, SHA-1, SHA-512, ChaCha20, Poly1305-like sums, SipHash, base64, Adler, a xorshift generator, DES-like S-boxes.
#include "mining.h"

static uint8_t sbox[256], inverse[256];

static uint8_t Double(uint8_t x) { return x << 1 ^ (x >> 7) * 0x1b; }

static void FillBoxes(void) {
  uint8_t p = 1, q = 1;
  do {
    p = p ^ p << 1 ^ (p & 0x80 ? 0x1b : 0);
    q ^= q << 1, q ^= q << 2, q ^= q << 4;
    if (q & 0x80) q ^= 9;
    uint8_t x = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4);
    sbox[p] = x ^ 0x63;
    inverse[x ^ 0x63] = p;
  } while (p != 1);
  sbox[0] = 0x63;
  inverse[0x63] = 0;
}

static void Expand(const uint8_t key[16], uint8_t round[176]) {
  memcpy(round, key, 16);
  uint8_t constant = 1;
  for (int i = 16; i < 176; i += 4) {
    uint8_t t[4];
    memcpy(t, round + i - 4, 4);
    if (i % 16 == 0) {
      uint8_t first = t[0];
      t[0] = sbox[t[1]] ^ constant, t[1] = sbox[t[2]], t[2] = sbox[t[3]], t[3] = sbox[first];
      constant = Double(constant);
    }
    for (int j = 0; j < 4; j++) round[i + j] = round[i + j - 16] ^ t[j];
  }
}

static void Encrypt(uint8_t s[16], const uint8_t* round) {
  for (int i = 0; i < 16; i++) s[i] ^= round[i];
  for (int r = 1; r <= 10; r++) {
    uint8_t t[16];
    for (int i = 0; i < 16; i++) t[i] = sbox[s[(i + i % 4 * 4) % 16]];
    for (int c = 0; c < 16; c += 4) {
      uint8_t a = t[c], b = t[c + 1], d = t[c + 2], e = t[c + 3], all = a ^ b ^ d ^ e;
      if (r == 10) {
        memcpy(s + c, t + c, 4);
      } else {
        s[c] = a ^ all ^ Double(a ^ b), s[c + 1] = b ^ all ^ Double(b ^ d);
        s[c + 2] = d ^ all ^ Double(d ^ e), s[c + 3] = e ^ all ^ Double(e ^ a);
      }
    }
    for (int i = 0; i < 16; i++) s[i] ^= round[r * 16 + i];
  }
}

// The same cipher by tables of words.
static uint32_t te[4][256];

static void FillTables(void) {
  for (int i = 0; i < 256; i++) {
    uint32_t s = sbox[i], d = Double(s), w = d << 24 | s << 16 | s << 8 | (s ^ d);
    for (int k = 0; k < 4; k++) te[k][i] = w >> 8 * k | (k ? w << (32 - 8 * k) : 0);
  }
}

static uint32_t Big(const uint8_t* p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static uint32_t EncryptWords(const uint8_t* in, const uint8_t* round) {
  uint32_t a = Big(in) ^ Big(round), b = Big(in + 4) ^ Big(round + 4), c = Big(in + 8) ^ Big(round + 8),
           d = Big(in + 12) ^ Big(round + 12);
  for (int r = 1; r < 10; r++) {
    const uint8_t* k = round + r * 16;
    uint32_t e = te[0][a >> 24] ^ te[1][b >> 16 & 255] ^ te[2][c >> 8 & 255] ^ te[3][d & 255] ^ Big(k);
    uint32_t f = te[0][b >> 24] ^ te[1][c >> 16 & 255] ^ te[2][d >> 8 & 255] ^ te[3][a & 255] ^ Big(k + 4);
    uint32_t g = te[0][c >> 24] ^ te[1][d >> 16 & 255] ^ te[2][a >> 8 & 255] ^ te[3][b & 255] ^ Big(k + 8);
    d = te[0][d >> 24] ^ te[1][a >> 16 & 255] ^ te[2][b >> 8 & 255] ^ te[3][c & 255] ^ Big(k + 12);
    a = e, b = f, c = g;
  }
  return a ^ b ^ c ^ d;
}

static uint32_t Left(uint32_t x, int n) { return x << n | x >> (32 - n); }

static uint32_t sines[64];

static void Md5(uint32_t h[4], const uint8_t* block) {
  static const uint8_t kTurns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], m[16];
  memcpy(m, block, 64);
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int g;
    if (i < 16) f = (b & c) | (~b & d), g = i;
    else if (i < 32) f = (d & b) | (~d & c), g = (5 * i + 1) % 16;
    else if (i < 48) f = b ^ c ^ d, g = (3 * i + 5) % 16;
    else f = c ^ (b | ~d), g = 7 * i % 16;
    f += a + sines[i] + m[g];
    a = d, d = c, c = b;
    b += Left(f, kTurns[i / 16 * 4 + i % 4]);
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

static void Sha1(uint32_t h[5], const uint8_t* block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++) w[i] = Big(block + 4 * i);
  for (int i = 16; i < 80; i++) w[i] = Left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  for (int i = 0; i < 80; i++) {
    uint32_t f = i < 20 ? ((b & c) | (~b & d)) + 0x5a827999 : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6;
    uint32_t t = Left(a, 5) + f + e + w[i];
    e = d, d = c, c = Left(b, 30), b = a, a = t;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

static uint64_t Right64(uint64_t x, int n) { return x >> n | x << (64 - n); }

static void Sha512(uint64_t h[8], const uint8_t* block, const uint64_t k[80]) {
  uint64_t w[80], s[8];
  for (int i = 0; i < 16; i++) w[i] = (uint64_t)Big(block + 8 * i) << 32 | Big(block + 8 * i + 4);
  for (int i = 16; i < 80; i++) {
    uint64_t s0 = Right64(w[i - 15], 1) ^ Right64(w[i - 15], 8) ^ w[i - 15] >> 7;
    uint64_t s1 = Right64(w[i - 2], 19) ^ Right64(w[i - 2], 61) ^ w[i - 2] >> 6;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  memcpy(s, h, 64);
  for (int i = 0; i < 80; i++) {
    uint64_t e = Right64(s[4], 14) ^ Right64(s[4], 18) ^ Right64(s[4], 41);
    uint64_t t1 = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
    uint64_t t2 = (Right64(s[0], 28) ^ Right64(s[0], 34) ^ Right64(s[0], 39)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t1, s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) h[i] += s[i];
}

#define QUARTER(a, b, c, d) \
  a += b, d = Left(d ^ a, 16), c += d, b = Left(b ^ c, 12), a += b, d = Left(d ^ a, 8), c += d, b = Left(b ^ c, 7)

static void ChaCha(const uint32_t in[16], uint32_t out[16]) {
  memcpy(out, in, 64);
  for (int i = 0; i < 10; i++) {
    QUARTER(out[0], out[4], out[8], out[12]);
    QUARTER(out[1], out[5], out[9], out[13]);
    QUARTER(out[2], out[6], out[10], out[14]);
    QUARTER(out[3], out[7], out[11], out[15]);
    QUARTER(out[0], out[5], out[10], out[15]);
    QUARTER(out[1], out[6], out[11], out[12]);
    QUARTER(out[2], out[7], out[8], out[13]);
    QUARTER(out[3], out[4], out[9], out[14]);
  }
  for (int i = 0; i < 16; i++) out[i] += in[i];
}

static uint64_t Left64(uint64_t x, int n) { return x << n | x >> (64 - n); }

static void SipRound(uint64_t v[4]) {
  v[0] += v[1], v[1] = Left64(v[1], 13) ^ v[0], v[0] = Left64(v[0], 32);
  v[2] += v[3], v[3] = Left64(v[3], 16) ^ v[2];
  v[0] += v[3], v[3] = Left64(v[3], 21) ^ v[0];
  v[2] += v[1], v[1] = Left64(v[1], 17) ^ v[2], v[2] = Left64(v[2], 32);
}

static uint64_t Sip(const uint8_t* p, size_t n) {
  uint64_t v[4] = {0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573};
  for (; n >= 8; n -= 8, p += 8) {
    uint64_t m;
    memcpy(&m, p, 8);
    v[3] ^= m;
    SipRound(v), SipRound(v);
    v[0] ^= m;
  }
  v[2] ^= 255;
  for (int i = 0; i < 4; i++) SipRound(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void Keccak(uint64_t a[25]) {
  static const uint8_t kTurns[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
  static const uint8_t kPlaces[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
  for (int round = 0; round < 24; round++) {
    uint64_t c[5], t;
    for (int i = 0; i < 5; i++) c[i] = a[i] ^ a[i + 5] ^ a[i + 10] ^ a[i + 15] ^ a[i + 20];
    for (int i = 0; i < 5; i++) {
      t = c[(i + 4) % 5] ^ Left64(c[(i + 1) % 5], 1);
      for (int j = 0; j < 25; j += 5) a[j + i] ^= t;
    }
    t = a[1];
    for (int i = 0; i < 24; i++) {
      uint64_t next = a[kPlaces[i]];
      a[kPlaces[i]] = Left64(t, kTurns[i]);
      t = next;
    }
    for (int j = 0; j < 25; j += 5) {
      for (int i = 0; i < 5; i++) c[i] = a[j + i];
      for (int i = 0; i < 5; i++) a[j + i] ^= ~c[(i + 1) % 5] & c[(i + 2) % 5];
    }
    a[0] ^= round * 0x8000000080008081u;
  }
}

static size_t Base64(const uint8_t* in, size_t n, char* out) {
  static const char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* at = out;
  for (size_t i = 0; i + 2 < n; i += 3) {
    uint32_t w = in[i] << 16 | in[i + 1] << 8 | in[i + 2];
    *at++ = kLetters[w >> 18], *at++ = kLetters[w >> 12 & 63], *at++ = kLetters[w >> 6 & 63], *at++ = kLetters[w & 63];
  }
  return at - out;
}

static int Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t Unbase64(const char* in, size_t n, uint8_t* out) {
  size_t written = 0;
  uint32_t word = 0;
  int bits = 0;
  for (size_t i = 0; i < n; i++) {
    int v = Value(in[i]);
    if (v < 0) continue;
    word = word << 6 | v;
    if ((bits += 6) >= 8) out[written++] = word >> (bits -= 8);
  }
  return written;
}

static uint32_t Adler(const uint8_t* p, size_t n) {
  uint32_t a = 1, b = 0;
  while (n > 0) {
    size_t some = n < 5552 ? n : 5552;
    n -= some;
    while (some-- > 0) a += *p++, b += a;
    a %= 65521, b %= 65521;
  }
  return b << 16 | a;
}

static double Once(void) {
  static uint8_t data[6144], again[6144], round[176];
  static char text[8192];
  static uint64_t k[80];
  for (int i = 0; i < 6144; i++) data[i] = Number();
  for (int i = 0; i < 80; i++) k[i] = (uint64_t)Number() << 40 ^ (uint64_t)Number() << 20 ^ Number();
  for (int i = 0; i < 64; i++) sines[i] = k[i] >> 7;
  FillBoxes();
  FillTables();
  Expand(data, round);
  uint32_t sum = 0;
  for (int i = 0; i < 3072; i += 16) sum ^= EncryptWords(data + i, round);
  for (int i = 0; i < 1024; i += 16) Encrypt(data + i, round);
  uint32_t md5[4] = {1, 2, 3, 4}, sha1[5] = {1, 2, 3, 4, 5}, state[16], out[16];
  uint64_t sha512[8] = {1, 2, 3, 4, 5, 6, 7, 8}, keccak[25] = {0};
  for (int i = 0; i < 3072; i += 64) Md5(md5, data + i), Sha1(sha1, data + i);
  for (int i = 0; i < 3072; i += 128) Sha512(sha512, data + i, k);
  memcpy(state, data, 64);
  for (int i = 0; i < 3072; i += 64) {
    state[12] = i;
    ChaCha(state, out);
    for (int j = 0; j < 64; j++) again[i + j] = data[i + j] ^ ((uint8_t*)out)[j];
  }
  for (int i = 0; i < 10; i++) keccak[i] ^= sha512[i & 7], Keccak(keccak);
  size_t n = Base64(again, sizeof(again), text);
  if (Unbase64(text, n, data) != sizeof(data)) return -1;
  sum ^= md5[0] ^ sha1[1] ^ (uint32_t)sha512[3] ^ (uint32_t)Sip(data, sizeof(data)) ^ Adler(data, sizeof(data));
  return (sum ^ (uint32_t)keccak[7]) % 65536;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
