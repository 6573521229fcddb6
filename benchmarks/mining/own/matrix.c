// Matrices in several shapes and types: products, LU, Gauss-Seidel, convolution, all-pairs paths.
#include <math.h>

#include "mining.h"

enum { kN = 36, kOdd = 29 };

static float fa[kN][kN], fb[kN][kN], fc[kN][kN];
static int ia[kN * kN], ib[kN * kN], ic[kN * kN];
static double grid[48][48];

static void ProductRows(float a[kN][kN], float b[kN][kN], float c[kN][kN]) {
  memset(c, 0, sizeof(fc));
  for (int i = 0; i < kN; i++)
    for (int k = 0; k < kN; k++) {
      float x = a[i][k];
      for (int j = 0; j < kN; j++) c[i][j] += x * b[k][j];
    }
}

static void ProductTransposed(const double* a, const double* bt, double* c, int n, int m, int p) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < p; j++) {
      double sum = 0;
      for (int k = 0; k < m; k++) sum += a[i * m + k] * bt[j * m + k];
      c[i * p + j] = sum;
    }
}

static void ProductInts(const int* a, const int* b, int* c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      int sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
}

static double** NewRows(int n) {
  double** rows = malloc(n * sizeof(double*));
  for (int i = 0; i < n; i++) {
    rows[i] = malloc(n * sizeof(double));
    for (int j = 0; j < n; j++) rows[i][j] = (Number() % 100) / 10.0 + (i == j ? 40 : 0);
  }
  return rows;
}

static void FreeRows(double** rows, int n) {
  for (int i = 0; i < n; i++) free(rows[i]);
  free(rows);
}

static double Determinant(double** m, int n) {
  double result = 1;
  for (int c = 0; c < n; c++) {
    int pivot = c;
    for (int r = c + 1; r < n; r++)
      if (fabs(m[r][c]) > fabs(m[pivot][c])) pivot = r;
    if (pivot != c) {
      double* row = m[c];
      m[c] = m[pivot];
      m[pivot] = row;
      result = -result;
    }
    result *= m[c][c] / 50;
    for (int r = c + 1; r < n; r++) {
      double factor = m[r][c] / m[c][c];
      for (int k = c; k < n; k++) m[r][k] -= factor * m[c][k];
    }
  }
  return result;
}

static void ProductPointers(double** a, double** b, double** c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      c[i][j] = 0;
      for (int k = 0; k < n; k++) c[i][j] += a[i][k] * b[k][j];
    }
}

static double Relax(int steps) {
  for (int i = 0; i < 48; i++) grid[0][i] = 100, grid[47][i] = i;
  double change = 0;
  for (int s = 0; s < steps; s++) {
    change = 0;
    for (int y = 1; y < 47; y++)
      for (int x = 1; x < 47; x++) {
        double now = (grid[y - 1][x] + grid[y + 1][x] + grid[y][x - 1] + grid[y][x + 1]) * 0.25;
        change += fabs(now - grid[y][x]);
        grid[y][x] = now;
      }
  }
  return change;
}

static void Convolve(const float* in, float* out, int w, int h, const float* kernel, int size) {
  int half = size / 2;
  for (int y = half; y < h - half; y++)
    for (int x = half; x < w - half; x++) {
      float sum = 0;
      for (int j = 0; j < size; j++)
        for (int i = 0; i < size; i++) sum += kernel[j * size + i] * in[(y + j - half) * w + x + i - half];
      out[y * w + x] = sum > 0 ? sum : 0;
    }
}

static int Paths(int n) {
  static int d[40][40];
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) d[i][j] = i == j ? 0 : Number() % 5 ? 1000000 : Number() % 100;
  for (int k = 0; k < n; k++)
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++)
        if (d[i][k] + d[k][j] < d[i][j]) d[i][j] = d[i][k] + d[k][j];
  int sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) sum += d[i][j] % 1000;
  return sum;
}

static double Once(void) {
  static double a[kOdd * kN], b[kOdd * kN], c[kOdd * kOdd];
  static float kernel[25], out[kN * kN];
  for (int i = 0; i < kN * kN; i++) {
    ia[i] = Number() % 100, ib[i] = Number() % 50;
    fa[i / kN][i % kN] = ia[i] * 0.5f, fb[i / kN][i % kN] = ib[i] * 0.25f;
  }
  for (int i = 0; i < kOdd * kN; i++) a[i] = i % 17, b[i] = i % 13;
  for (int i = 0; i < 25; i++) kernel[i] = (i * 7 % 11 - 5) / 10.0f;
  ProductRows(fa, fb, fc);
  ProductTransposed(a, b, c, kOdd, kN, kOdd);
  ProductInts(ia, ib, ic, kN);
  double **x = NewRows(30), **y = NewRows(30), **z = NewRows(30);
  ProductPointers(x, y, z, 30);
  double sum = z[3][4] + Determinant(x, 30);
  FreeRows(x, 30), FreeRows(y, 30), FreeRows(z, 30);
  Convolve(&fa[0][0], out, kN, kN, kernel, 5);
  return sum + fc[5][6] + c[77] + ic[99] + Relax(12) + out[kN * 8 + 9] + Paths(40);
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
