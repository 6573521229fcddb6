// Sound: FFT, DCT, filters in f32 and in fixed point, ADPCM, a synthesizer with libm.
#include <math.h>

#include "mining.h"

typedef struct { double re, im; } Complex;

static void Fft(Complex* a, int n, int inverse) {
  for (int i = 1, j = 0; i < n; i++) {
    int bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      Complex t = a[i];
      a[i] = a[j];
      a[j] = t;
    }
  }
  for (int len = 2; len <= n; len <<= 1) {
    double angle = 2 * M_PI / len * (inverse ? -1 : 1);
    Complex step = {cos(angle), sin(angle)};
    for (int i = 0; i < n; i += len) {
      Complex w = {1, 0};
      for (int j = 0; j < len / 2; j++) {
        Complex u = a[i + j], x = a[i + j + len / 2];
        Complex v = {x.re * w.re - x.im * w.im, x.re * w.im + x.im * w.re};
        a[i + j].re = u.re + v.re, a[i + j].im = u.im + v.im;
        a[i + j + len / 2].re = u.re - v.re, a[i + j + len / 2].im = u.im - v.im;
        double re = w.re * step.re - w.im * step.im;
        w.im = w.re * step.im + w.im * step.re;
        w.re = re;
      }
    }
  }
}

static void Dct8(float* d, int stride) {
  float s07 = d[0] + d[7 * stride], d07 = d[0] - d[7 * stride], s16 = d[stride] + d[6 * stride];
  float d16 = d[stride] - d[6 * stride], s25 = d[2 * stride] + d[5 * stride], d25 = d[2 * stride] - d[5 * stride];
  float s34 = d[3 * stride] + d[4 * stride], d34 = d[3 * stride] - d[4 * stride];
  float a = s07 + s34, b = s07 - s34, c = s16 + s25, e = s16 - s25;
  d[0] = a + c, d[4 * stride] = a - c;
  float z1 = (e + b) * 0.707106781f;
  d[2 * stride] = b + z1, d[6 * stride] = b - z1;
  float t0 = d34 + d25, t1 = d25 + d16, t2 = d16 + d07;
  float z5 = (t0 - t2) * 0.382683433f, z2 = 0.541196100f * t0 + z5, z4 = 1.306562965f * t2 + z5, z3 = t1 * 0.707106781f;
  float z11 = d07 + z3, z13 = d07 - z3;
  d[5 * stride] = z13 + z2, d[3 * stride] = z13 - z2, d[stride] = z11 + z4, d[7 * stride] = z11 - z4;
}

static int Fir(const int16_t* in, int16_t* out, int n, const int16_t* taps, int count) {
  int peak = 0;
  for (int i = 0; i + count <= n; i++) {
    int32_t sum = 1 << 14;
    for (int k = 0; k < count; k++) sum += in[i + k] * taps[k];
    sum >>= 15;
    out[i] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
    if (abs(out[i]) > peak) peak = abs(out[i]);
  }
  return peak;
}

typedef struct { float b0, b1, b2, a1, a2, z1, z2; } Biquad;

static float Filter(Biquad* q, float* samples, int n) {
  float loudness = 0;
  for (int i = 0; i < n; i++) {
    float in = samples[i], out = in * q->b0 + q->z1;
    q->z1 = in * q->b1 + q->z2 - q->a1 * out;
    q->z2 = in * q->b2 - q->a2 * out;
    samples[i] = out;
    loudness += out * out;
  }
  return loudness;
}

static const int kSteps[16] = {7, 9, 12, 16, 21, 28, 37, 50, 66, 88, 118, 157, 209, 279, 371, 494};
static const int8_t kMoves[8] = {-1, -1, -1, -1, 2, 4, 6, 8};

static unsigned Adpcm(const int16_t* in, uint8_t* out, int n) {
  int value = 0, index = 0;
  unsigned sum = 0;
  for (int i = 0; i < n; i++) {
    int delta = in[i] / 16 - value, step = kSteps[index], code = 0;
    if (delta < 0) code = 8, delta = -delta;
    if (delta >= step) code |= 4, delta -= step;
    if (delta >= step >> 1) code |= 2, delta -= step >> 1;
    if (delta >= step >> 2) code |= 1;
    int change = step >> 3;
    if (code & 4) change += step;
    if (code & 2) change += step >> 1;
    if (code & 1) change += step >> 2;
    value += code & 8 ? -change : change;
    index += kMoves[code & 7];
    index = index < 0 ? 0 : index > 15 ? 15 : index;
    if (i & 1) out[i >> 1] |= code << 4;
    else out[i >> 1] = code;
    sum = sum * 31 + code;
  }
  return sum;
}

static double Once(void) {
  enum { kSize = 2048 };
  static Complex a[kSize];
  static int16_t sound[kSize], filtered[kSize], taps[24];
  static float samples[kSize], block[64];
  static uint8_t packed[kSize];
  for (int i = 0; i < kSize; i++) {
    double t = i / 8000.0, envelope = exp(-3 * t);
    samples[i] = (float)(envelope * sin(2 * M_PI * 440 * t) + 0.3 * sin(2 * M_PI * 660 * t + pow(t, 1.5)));
    sound[i] = (int16_t)lrint(samples[i] * 20000);
    a[i].re = samples[i], a[i].im = 0;
  }
  for (int i = 0; i < 24; i++) taps[i] = 32768 / 24 + (i - 12) * 50;
  Fft(a, kSize, 0);
  double power = 0;
  for (int i = 0; i < kSize; i++) power += sqrt(a[i].re * a[i].re + a[i].im * a[i].im) * (i % 7);
  Fft(a, kSize, 1);
  float dct = 0;
  for (int b = 0; b < kSize / 64; b++) {
    memcpy(block, samples + b * 64, sizeof(block));
    for (int i = 0; i < 8; i++) Dct8(block + i * 8, 1);
    for (int i = 0; i < 8; i++) Dct8(block + i, 8);
    for (int i = 0; i < 64; i++) dct += fabsf(roundf(block[i] * 10));
  }
  int peak = Fir(sound, filtered, kSize, taps, 24);
  Biquad low = {0.02f, 0.04f, 0.02f, -1.56f, 0.64f, 0, 0};
  return power + dct + peak + Filter(&low, samples, kSize) + Adpcm(filtered, packed, kSize) % 1000 + a[9].re;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
