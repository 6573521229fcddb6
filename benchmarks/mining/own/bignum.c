// Whole numbers: long multiplication and division, powers by Montgomery, factorials, digits of pi and e, primes,
// Collatz, gcd, fractions, 128-bit products, bits, random generators, Fibonacci, perfect numbers.
#include <stdbool.h>

#include "mining.h"

enum { kWords = 24 };

typedef struct { int n; uint32_t d[2 * kWords]; } Big;

static void MultiplySmall(Big* a, uint32_t by) {
  uint64_t carry = 0;
  for (int i = 0; i < a->n; i++) {
    carry += (uint64_t)a->d[i] * by;
    a->d[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) a->d[a->n++] = (uint32_t)carry;
}

static uint32_t DivideSmall(Big* a, uint32_t by) {
  uint64_t rest = 0;
  for (int i = a->n; i-- > 0;) {
    rest = rest << 32 | a->d[i];
    a->d[i] = (uint32_t)(rest / by);
    rest %= by;
  }
  while (a->n > 0 && a->d[a->n - 1] == 0) a->n--;
  return (uint32_t)rest;
}

static void Multiply(const Big* a, const Big* b, Big* out) {
  memset(out, 0, sizeof(*out));
  for (int i = 0; i < a->n; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < b->n; j++) {
      carry += (uint64_t)a->d[i] * b->d[j] + out->d[i + j];
      out->d[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    out->d[i + b->n] = (uint32_t)carry;
  }
  out->n = a->n + b->n;
  while (out->n > 0 && out->d[out->n - 1] == 0) out->n--;
}

static void Add(Big* a, const Big* b) {
  uint32_t carry = 0;
  int n = a->n > b->n ? a->n : b->n;
  for (int i = 0; i < n; i++) {
    uint32_t x = i < a->n ? a->d[i] : 0, y = i < b->n ? b->d[i] : 0, sum = x + y;
    uint32_t overflow = sum < x;
    sum += carry;
    carry = overflow | (sum < carry);
    a->d[i] = sum;
  }
  a->n = n;
  if (carry) a->d[a->n++] = 1;
}

static int Decimal(Big a, char* out) {
  int n = 0;
  while (a.n > 0) {
    uint32_t part = DivideSmall(&a, 1000000000);
    for (int i = 0; i < 9; i++) out[n++] = '0' + part % 10, part /= 10;
  }
  while (n > 1 && out[n - 1] == '0') n--;
  for (int i = 0; i < n / 2; i++) {
    char c = out[i];
    out[i] = out[n - 1 - i];
    out[n - 1 - i] = c;
  }
  out[n] = 0;
  return n;
}

// Montgomery's product of numbers of 8 words.
static void Montgomery(const uint32_t* a, const uint32_t* b, const uint32_t* m, uint32_t inverse, uint32_t* out) {
  uint32_t t[10] = {0};
  for (int i = 0; i < 8; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 8; j++) {
      carry += (uint64_t)a[i] * b[j] + t[j];
      t[j] = (uint32_t)carry, carry >>= 32;
    }
    carry += t[8];
    t[8] = (uint32_t)carry, t[9] = (uint32_t)(carry >> 32);
    uint32_t q = t[0] * inverse;
    carry = ((uint64_t)q * m[0] + t[0]) >> 32;
    for (int j = 1; j < 8; j++) {
      carry += (uint64_t)q * m[j] + t[j];
      t[j - 1] = (uint32_t)carry, carry >>= 32;
    }
    carry += t[8];
    t[7] = (uint32_t)carry, t[8] = t[9] + (uint32_t)(carry >> 32);
  }
  bool larger = t[8] != 0;
  for (int i = 7; !larger && i >= 0; i--) {
    if (t[i] != m[i]) {
      larger = t[i] > m[i];
      break;
    }
  }
  int64_t borrow = 0;
  for (int i = 0; i < 8; i++) {
    borrow += (int64_t)t[i] - (larger ? m[i] : 0);
    out[i] = (uint32_t)borrow, borrow >>= 32;
  }
}

static uint64_t PowerMod(uint64_t a, uint64_t e, uint64_t m) {
  uint64_t result = 1;
  for (a %= m; e > 0; e >>= 1) {
    if (e & 1) result = result * a % m;
    a = a * a % m;
  }
  return result;
}

static bool Prime(uint32_t n) {
  if (n < 2 || n % 2 == 0) return n == 2;
  uint32_t d = n - 1, s = 0;
  while (d % 2 == 0) d /= 2, s++;
  static const uint32_t kBases[] = {2, 7, 61};
  for (int i = 0; i < 3 && kBases[i] < n; i++) {
    uint64_t x = PowerMod(kBases[i], d, n);
    if (x == 1 || x == n - 1) continue;
    uint32_t r = 1;
    for (; r < s && x != n - 1; r++) x = x * x % n;
    if (x != n - 1) return false;
  }
  return true;
}

static int PiDigits(int digits, char* out) {
  int n = digits * 10 / 3 + 2, a[n], written = 0, nines = 0, held = 0;
  for (int i = 0; i < n; i++) a[i] = 2;
  for (int k = 0; k < digits; k++) {
    int carry = 0;
    for (int i = n; i-- > 0;) {
      int x = 10 * a[i] + carry * (i + 1);
      a[i] = i ? x % (2 * i + 1) : x % 10;
      carry = i ? x / (2 * i + 1) : x / 10;
    }
    if (carry == 9) {
      nines++;
    } else {
      out[written++] = '0' + held + carry / 10;
      for (; nines > 0; nines--) out[written++] = carry >= 10 ? '0' : '9';
      held = carry % 10;
    }
  }
  return written;
}

static uint64_t Gcd(uint64_t a, uint64_t b) { return b == 0 ? a : Gcd(b, a % b); }

static double Once(void) {
  static Big f, g, h;
  static char digits[1000];
  static uint8_t sieve[8000];
  f = (Big){1, {1}};
  for (uint32_t i = 2; i < 90; i++) MultiplySmall(&f, i);
  g = f;
  DivideSmall(&g, 12345);
  g.n = g.n > 10 ? 10 : g.n, f.n = f.n > 12 ? 12 : f.n;
  double sum = 0;
  for (int i = 0; i < 60; i++) Multiply(&f, &g, &h), g.d[i % 10] ^= h.d[3];
  sum += Decimal(h, digits) + digits[17];
  Big a = {1, {0}}, b = {1, {1}};
  for (int i = 0; i < 300; i++) {
    Big t = b;
    Add(&b, &a);
    a = t;
  }
  sum += Decimal(b, digits) + PiDigits(60, digits) + digits[30];
  uint32_t m[8], x[8], y[8] = {3, 1, 4, 1, 5, 9, 2, 6}, inverse = 1;
  for (int i = 0; i < 8; i++) m[i] = Number() << 9 | 1, x[i] = Number();
  m[7] |= 1u << 31;
  for (int i = 0; i < 5; i++) inverse *= 2 - m[0] * inverse;
  for (int i = 0; i < 150; i++) Montgomery(x, y, m, -inverse, y), Montgomery(y, y, m, -inverse, x);
  sum += x[3] % 1000;
  memset(sieve, 1, sizeof(sieve));
  for (int i = 2; i * i < 8000; i++)
    if (sieve[i])
      for (int j = i * i; j < 8000; j += i) sieve[j] = 0;
  for (int i = 2; i < 8000; i++) sum += sieve[i];
  for (uint32_t i = 0; i < 60; i++) sum += Prime(1000000007u + 2 * i);
  int longest = 0;
  for (uint32_t i = 1; i < 400; i++) {
    int steps = 0;
    for (uint64_t n = i; n != 1; steps++) n = n & 1 ? 3 * n + 1 : n >> 1;
    if (steps > longest) longest = steps;
  }
  for (uint64_t i = 1; i < 300; i++) sum += Gcd(i * 7919 * 360, 5040 * (i + 3)) % 100;
  uint64_t s[2] = {1, 2}, bits = 0;
  for (int i = 0; i < 3000; i++) {
    uint64_t t = s[0], u = s[1];
    s[0] = u, t ^= t << 23, t ^= t >> 18 ^ u ^ u >> 5, s[1] = t;
    uint64_t v = t + u;
    v -= v >> 1 & 0x5555555555555555, v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
    bits += ((v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
  }
  unsigned __int128 wide = 1;
  for (int i = 0; i < 200; i++) wide = wide * (s[0] | 1) + i, bits ^= (uint64_t)(wide >> 64) & 1;
  for (int i = 2; i < 200; i++) {
    int divisors = 0;
    for (int d = 1; d <= i / 2; d++)
      if (i % d == 0) divisors += d;
    sum += divisors == i;
  }
  return sum + longest + bits % 1000;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
