// Umka, a typed language, compiles and runs loops, structures, maps, closures.
#include <umka_api.h>

#include "mining.h"

static char source[] =
    "type Point = struct { x, y: real }\n"
    "fn (p: ^Point) move(dx, dy: real) { p.x += dx; p.y += dy }\n"
    "fn fib(n: int): int { if n < 2 { return n }; return fib(n - 1) + fib(n - 2) }\n"
    "fn sieve(n: int): int {\n  composite := make([]bool, n)\n  count := 0\n"
    "  for i := 2; i < n; i++ { if !composite[i] { count++; for j := i * i; j < n; j += i { composite[j] = true } } }\n  return count\n}\n"
    "fn main() {\n  sum := fib(12) + sieve(1500)\n  p := Point{1, 2}\n"
    "  for i := 0; i < 200; i++ { p.move(i * 0.5, 1); if p.x > 1000 { p.x -= 900 } }\n"
    "  a := []int{}\n  for i := 0; i < 100; i++ { a = append(a, (i * 7919) % 101) }\n"
    "  for i := 1; i < len(a); i++ { x := a[i]; j := i - 1; for j >= 0 && a[j] > x { a[j + 1] = a[j]; j-- }; a[j + 1] = x }\n"
    "  m := map[str]int{}\n  for i in a { m[sprintf(\"k%d\", i % 20)] += i }\n  for k, v in m { sum += v * len(k) }\n"
    "  add := fn (x: int): int |sum| { return x + sum }\n  for i := 0; i < 50; i++ { sum = add(i) % 100003 }\n"
    "  printf(\"%d %g\\n\", sum + a[50], p.x + p.y)\n}\n";

// WASI has no commands to run.
int system(const char* command) { return -1; }

static double Once(void) {
  void* umka = umkaAlloc();
  if (!umkaInit(umka, "mining.um", source, 1 << 16, NULL, 0, NULL, 0, 0, NULL) || !umkaCompile(umka) || umkaRun(umka) != 0) {
    UmkaError* error = umkaGetError(umka);
    fprintf(stderr, "%d: %s\n", error->line, error->msg);
    return -1;
  }
  umkaFree(umka);
  return 1;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
