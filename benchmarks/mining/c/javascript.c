// QuickJS runs loops, objects, strings, closures, a sort.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

static const char kSource[] =
    "(function() { let sum = 0; const primes = [];"
    "for (let i = 2; i < 200; i++) { let prime = true; for (const p of primes) { if (p * p > i) break; if (i % p === 0) { prime = false; break; } } if (prime) primes.push(i); }"
    "const words = {}; for (const w of 'the quick brown fox jumps over the lazy dog and the cat'.split(' ')) words[w] = (words[w] || 0) + w.length;"
    "for (const k in words) sum += words[k] * k.charCodeAt(0);"
    "class P { constructor(x, y) { this.x = x; this.y = y; } plus(o) { return new P(this.x + o.x, this.y + o.y); } }"
    "let p = new P(0.5, 1); for (let i = 0; i < 200; i++) p = p.plus(new P(i, i * 0.25));"
    "const a = Array.from({length: 100}, (_, i) => (i * 7919) % 101); a.sort((x, y) => x - y);"
    "const s = JSON.stringify({a, words}); const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);"
    "return Math.floor(sum + p.x + p.y + a[50] + s.length + JSON.parse(s).a.length + fib(10) + s.replace(/[aeiou]/g, '-').length); })()";

int main(int argc, char** argv) {
  int iterations = argc < 2 ? 1 : atoi(argv[1]);
  JSRuntime* runtime = JS_NewRuntime();
  JSContext* context = JS_NewContext(runtime);
  double sum = 0, value;
  for (int i = 0; i < iterations; i++) {
    JSValue result = JS_Eval(context, kSource, sizeof(kSource) - 1, "mining.js", JS_EVAL_TYPE_GLOBAL);
    if (JS_ToFloat64(context, &value, result) != 0) return 1;
    sum += value;
    JS_FreeValue(context, result);
  }
  printf("%.3f\n", sum);
}
