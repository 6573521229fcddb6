// Janet compiles and runs functions, tables, strings, a grammar.
#include <janet.h>

#include "mining.h"

static const char kSource[] =
    "(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))\n"
    "(var sum (fib 11))\n"
    "(def words @{})\n"
    "(each w (string/split \" \" \"the quick brown fox jumps over the lazy dog and the cat\") (put words w (+ (get words w 0) (length w))))\n"
    "(eachp [k v] words (+= sum (* v (length k))))\n"
    "(def a (seq [i :range [0 100]] (% (* i 7919) 101)))\n(sort a)\n(+= sum (in a 50))\n"
    "(loop [i :range [0 60] :when (odd? i)] (+= sum (* i 0.5)))\n"
    "(+= sum (reduce + 0 (map (fn [x] (* x x)) (filter even? (range 60)))))\n"
    "(def g (peg/compile ~{:number (number :d+) :sum (* :number (any (* \"+\" :number))) :main :sum}))\n"
    "(+= sum (apply + (peg/match g \"1+22+333+4+55\")))\n"
    "(def b @\"\")\n(for i 0 60 (buffer/push b (string/format \"%d:%s \" i (string i))))\n(+= sum (length b))\n"
    "(def f (fiber/new (fn [] (for i 0 20 (yield i)))))\n(while (fiber/can-resume? f) (+= sum (or (resume f) 0)))\n"
    "(match {:a 1 :b [2 3]} {:a x :b [y z]} (+= sum (+ x y z)))\nsum\n";

// WASI has no place for temporary files.
FILE* tmpfile(void) { return NULL; }

static double Once(void) {
  Janet result;
  janet_init();
  JanetTable* environment = janet_core_env(NULL);
  if (janet_dostring(environment, kSource, "mining", &result) != 0) return -1;
  double sum = janet_unwrap_number(result);
  janet_deinit();
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
