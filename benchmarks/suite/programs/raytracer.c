// A ray tracer: 48 x 48 pixels of nine spheres over a floor, with shadows and two reflections; f64 with square roots.
#include "kernel.h"

typedef struct { double x, y, z; } Vector;

enum { kSize = 48, kSpheres = 9 };

static struct Sphere { Vector centre; double radius, shade, mirror; } spheres[kSpheres];

static Vector Add(Vector a, Vector b) { return (Vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vector Times(Vector a, double f) { return (Vector){a.x * f, a.y * f, a.z * f}; }
static Vector Minus(Vector a, Vector b) { return (Vector){a.x - b.x, a.y - b.y, a.z - b.z}; }
static double Dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vector Unit(Vector a) { return Times(a, 1 / __builtin_sqrt(Dot(a, a))); }

// The sphere that is hit first, and how far away; -1: none.
__attribute__((noinline)) static int Nearest(Vector origin, Vector direction, double* distance) {
  int hit = -1;
  for (int i = 0; i < kSpheres; i++) {
    Vector away = Minus(spheres[i].centre, origin);
    double along = Dot(away, direction);
    double d = spheres[i].radius * spheres[i].radius - (Dot(away, away) - along * along);
    if (d < 0) continue;
    double t = along - __builtin_sqrt(d);
    if (t > 1e-6 && t < *distance) {
      *distance = t;
      hit = i;
    }
  }
  return hit;
}

__attribute__((noinline)) static double Trace(Vector origin, Vector direction, int depth) {
  const Vector kLight = {-0.5144957554275265, 0.6859943405700353, -0.5144957554275265};
  double distance = 1e30, mirror = 0.1, shade;
  Vector point, normal;
  int hit = Nearest(origin, direction, &distance);
  if (direction.y < 0 && -(origin.y + 1) / direction.y < distance) {
    distance = -(origin.y + 1) / direction.y;
    point = Add(origin, Times(direction, distance));
    normal = (Vector){0, 1, 0};
    shade = ((int)(point.x + 1000) + (int)(point.z + 1000)) & 1 ? 0.9 : 0.3;
  } else if (hit >= 0) {
    point = Add(origin, Times(direction, distance));
    normal = Unit(Minus(point, spheres[hit].centre));
    shade = spheres[hit].shade;
    mirror = spheres[hit].mirror;
  } else {
    return 0.5 + 0.5 * direction.y;
  }
  double lit = Dot(normal, kLight), far = 1e30;
  if (lit < 0 || Nearest(point, kLight, &far) >= 0) lit = 0;
  double seen = shade * (0.2 + 0.8 * lit);
  if (depth == 0) return seen;
  Vector bounced = Minus(direction, Times(normal, 2 * Dot(direction, normal)));
  return seen * (1 - mirror) + mirror * Trace(point, bounced, depth - 1);
}

static uint64_t Run(uint32_t iterations) {
  for (int i = 0; i < kSpheres; i++) {
    spheres[i] = (struct Sphere){{(i % 3 - 1) * 1.5, (i / 3 - 1) * 0.8, 5 + (i * 7 % 5)}, 0.7, 0.3 + 0.07 * i, 0.05 * i};
  }
  uint64_t sum = 0;
  for (uint32_t n = 0; n < iterations; n++) {
    Vector eye = {0.01 * (n % 100), 0.3, -1};
    for (int y = 0; y < kSize; y++) {
      for (int x = 0; x < kSize; x++) {
        Vector direction = Unit((Vector){(x - kSize / 2) / (double)kSize, (kSize / 2 - y) / (double)kSize, 1});
        sum = sum * 31 + (uint64_t)(int64_t)(Trace(eye, direction, 2) * 255);
      }
    }
  }
  return sum;
}
