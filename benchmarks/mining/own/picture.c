// Pictures: Sobel, median, histogram, resizing, dithering, YUV, flood fill, lines, triangles with z and texture, a palette
// by k-means, run lengths, rotation, alpha.
#include <math.h>

#include "mining.h"

enum { kW = 64, kH = 48 };

typedef struct { uint8_t r, g, b, a; } Pixel;

static uint8_t gray[kH][kW], other[kH][kW];
static Pixel picture[kW * kH], target[96 * 80];

static uint8_t Clamp(int v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

static void Sobel(void) {
  for (int y = 1; y < kH - 1; y++)
    for (int x = 1; x < kW - 1; x++) {
      int gx = -gray[y - 1][x - 1] - 2 * gray[y][x - 1] - gray[y + 1][x - 1] + gray[y - 1][x + 1] + 2 * gray[y][x + 1] + gray[y + 1][x + 1];
      int gy = -gray[y - 1][x - 1] - 2 * gray[y - 1][x] - gray[y - 1][x + 1] + gray[y + 1][x - 1] + 2 * gray[y + 1][x] + gray[y + 1][x + 1];
      other[y][x] = Clamp((int)sqrtf((float)(gx * gx + gy * gy)));
    }
}

static int Median(void) {
  int sum = 0;
  for (int y = 1; y < kH - 1; y += 2)
    for (int x = 1; x < kW - 1; x += 2) {
      uint8_t around[9];
      int n = 0;
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
          uint8_t v = gray[y + dy][x + dx];
          int i = n++;
          for (; i > 0 && around[i - 1] > v; i--) around[i] = around[i - 1];
          around[i] = v;
        }
      sum += around[4];
    }
  return sum;
}

static void Equalize(void) {
  int counts[256] = {0}, sum = 0;
  uint8_t map[256];
  for (int i = 0; i < kW * kH; i++) counts[gray[0][i]]++;
  for (int i = 0; i < 256; i++) sum += counts[i], map[i] = sum * 255 / (kW * kH);
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) gray[y][x] = map[gray[y][x]];
}

static void ResizeFixed(const Pixel* in, int w, int h, Pixel* out, int ow, int oh) {
  int sx = (w - 1) * 65536 / ow, sy = (h - 1) * 65536 / oh;
  for (int y = 0; y < oh; y++) {
    int v = y * sy, fy = v >> 8 & 255;
    const Pixel *row = in + (v >> 16) * w, *below = row + w;
    for (int x = 0; x < ow; x++) {
      int u = x * sx, fx = u >> 8 & 255, i = u >> 16;
#define MIX(c) ((row[i].c * (256 - fx) + row[i + 1].c * fx) * (256 - fy) + (below[i].c * (256 - fx) + below[i + 1].c * fx) * fy) >> 16
      out[y * ow + x] = (Pixel){MIX(r), MIX(g), MIX(b), 255};
    }
  }
}

static float Cubic(float t) {
  t = fabsf(t);
  return t < 1 ? (1.5f * t - 2.5f) * t * t + 1 : t < 2 ? ((-0.5f * t + 2.5f) * t - 4) * t + 2 : 0;
}

static float ResizeFloat(const float* in, int n, float* out, int m) {
  float scale = (float)n / m, sum = 0;
  for (int i = 0; i < m; i++) {
    float centre = (i + 0.5f) * scale - 0.5f, value = 0, weights = 0;
    for (int j = (int)floorf(centre) - 1; j <= (int)floorf(centre) + 2; j++) {
      float w = Cubic(centre - j);
      value += w * in[j < 0 ? 0 : j >= n ? n - 1 : j];
      weights += w;
    }
    out[i] = value / weights;
    sum += out[i];
  }
  return sum;
}

static int Dither(void) {
  static int errors[kH + 1][kW + 2];
  int ones = 0;
  memset(errors, 0, sizeof(errors));
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) {
      int v = gray[y][x] + errors[y][x + 1] / 16, on = v > 127, e = v - (on ? 255 : 0);
      errors[y][x + 2] += e * 7, errors[y + 1][x] += e * 3, errors[y + 1][x + 1] += e * 5, errors[y + 1][x + 2] += e;
      ones += on;
    }
  return ones;
}

static unsigned Yuv(void) {
  unsigned sum = 0;
  for (int i = 0; i < kW * kH; i++) {
    Pixel p = picture[i];
    int y = ((66 * p.r + 129 * p.g + 25 * p.b + 128) >> 8) + 16, u = ((-38 * p.r - 74 * p.g + 112 * p.b + 128) >> 8) + 128,
        v = ((112 * p.r - 94 * p.g - 18 * p.b + 128) >> 8) + 128, c = 298 * (y - 16), d = u - 128, e = v - 128;
    picture[i] = (Pixel){Clamp((c + 409 * e + 128) >> 8), Clamp((c - 100 * d - 208 * e + 128) >> 8), Clamp((c + 516 * d + 128) >> 8), p.a};
    sum = sum * 33 + y + u + v;
  }
  return sum % 1000;
}

static int Fill(int x, int y, uint8_t from, uint8_t to) {
  if (x < 0 || y < 0 || x >= kW || y >= kH || gray[y][x] / 64 != from) return 0;
  gray[y][x] = to;
  return 1 + Fill(x + 1, y, from, to) + Fill(x - 1, y, from, to) + Fill(x, y + 1, from, to) + Fill(x, y - 1, from, to);
}

static void Line(int x0, int y0, int x1, int y1, Pixel color) {
  int dx = abs(x1 - x0), dy = -abs(y1 - y0), sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1, error = dx + dy;
  for (;;) {
    picture[y0 * kW + x0] = color;
    if (x0 == x1 && y0 == y1) break;
    int twice = 2 * error;
    if (twice >= dy) error += dy, x0 += sx;
    if (twice <= dx) error += dx, y0 += sy;
  }
}

typedef struct { float x, y, z, u, v; } Vertex;

static int Triangle(Vertex a, Vertex b, Vertex c) {
  static float depth[kH][kW];
  float area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  int drawn = 0;
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) {
      float w0 = ((b.x - x) * (c.y - y) - (b.y - y) * (c.x - x)) / area, w1 = ((c.x - x) * (a.y - y) - (c.y - y) * (a.x - x)) / area;
      float w2 = 1 - w0 - w1;
      if (w0 < 0 || w1 < 0 || w2 < 0) continue;
      float z = w0 * a.z + w1 * b.z + w2 * c.z;
      if (z <= depth[y][x]) continue;
      depth[y][x] = z * 0.5f;
      int u = (int)(w0 * a.u + w1 * b.u + w2 * c.u) & 31, v = (int)(w0 * a.v + w1 * b.v + w2 * c.v) & 31;
      picture[y * kW + x] = target[v * 32 + u];
      drawn++;
    }
  return drawn;
}

static double Palette(int colors, int rounds) {
  double centres[16][3], sums[16][3];
  int counts[16];
  for (int i = 0; i < colors; i++) centres[i][0] = i * 16, centres[i][1] = 255 - i * 9, centres[i][2] = i * i;
  for (int r = 0; r < rounds; r++) {
    memset(sums, 0, sizeof(sums)), memset(counts, 0, sizeof(counts));
    for (int p = 0; p < kW * kH; p += 7) {
      int best = 0;
      double least = 1e9;
      for (int i = 0; i < colors; i++) {
        double dr = picture[p].r - centres[i][0], dg = picture[p].g - centres[i][1], db = picture[p].b - centres[i][2];
        double d = dr * dr + dg * dg + db * db;
        if (d < least) least = d, best = i;
      }
      sums[best][0] += picture[p].r, sums[best][1] += picture[p].g, sums[best][2] += picture[p].b, counts[best]++;
    }
    for (int i = 0; i < colors; i++)
      for (int k = 0; k < 3 && counts[i]; k++) centres[i][k] = sums[i][k] / counts[i];
  }
  return centres[1][0] + centres[2][1] + centres[3][2];
}

static int RunLengths(const uint8_t* in, int n, uint8_t* out) {
  int at = 0;
  for (int i = 0; i < n;) {
    int run = 1;
    while (run < 255 && i + run < n && in[i + run] == in[i]) run++;
    out[at++] = run, out[at++] = in[i];
    i += run;
  }
  return at;
}

static void Blend(Pixel* to, const Pixel* from, int n) {
  for (int i = 0; i < n; i++) {
    unsigned a = from[i].a, rest = 255 - a;
    to[i].r = (from[i].r * a + to[i].r * rest) / 255;
    to[i].g = (from[i].g * a + to[i].g * rest) / 255;
    to[i].b = (from[i].b * a + to[i].b * rest) / 255;
    to[i].a = a + to[i].a * rest / 255;
  }
}

static double Once(void) {
  static float row[kW], wide[150];
  static uint8_t packed[2 * kW * kH];
  for (int i = 0; i < kW * kH; i++) {
    int x = i % kW, y = i / kW;
    gray[y][x] = x * 3 + y * 2 + (Number() & 31);
    picture[i] = (Pixel){gray[y][x], x * 4, y * 5, 255 - x};
  }
  for (int i = 0; i < kW; i++) row[i] = gray[9][i];
  double sum = Median() + Yuv();
  Sobel();
  Equalize();
  ResizeFixed(picture, kW, kH, target, 96, 80);
  for (int i = 0; i < 10; i++) sum += ResizeFloat(row, kW, wide, 100 + i * 5);
  sum += Dither() + Fill(30, 20, gray[20][30] / 64, 255);
  for (int i = 0; i < 40; i++) Line(i, 2, 60 - i, 40, (Pixel){i, 9, 7, 255});
  sum += Triangle((Vertex){2, 3, 1, 0, 0}, (Vertex){60, 9, 2, 90, 3}, (Vertex){20, 45, 1.5f, 10, 80});
  Blend(picture, target, kW * kH);
  return sum + Palette(8, 3) + RunLengths(gray[0], kW * kH, packed) + other[7][9] + picture[999].g;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
