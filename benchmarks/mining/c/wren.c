// Wren runs classes, closures, lists, maps, strings.
#include <wren.h>

#include "mining.h"

static const char kSource[] =
    "class Shape {\n construct new(w, h) {\n _w = w\n _h = h\n }\n area { _w * _h }\n static unit { Shape.new(1, 1) }\n}\n"
    "class Ring is Shape {\n construct new(r) {\n super(r, r)\n _r = r\n }\n area { super.area * 3.14 - _r }\n}\n"
    "var sum = 0\nfor (i in 1..150) {\n  var s = i % 3 == 0 ? Ring.new(i) : Shape.new(i, 2)\n  sum = sum + s.area\n}\n"
    "var fib\nfib = Fn.new {|n| n < 2 ? n : fib.call(n - 1) + fib.call(n - 2) }\nsum = sum + fib.call(11)\n"
    "var list = []\nfor (i in 0...120) list.add((i * 7919) % 101)\n"
    "for (i in 1...list.count) {\n  var x = list[i]\n  var j = i - 1\n  while (j >= 0 && list[j] > x) {\n    list[j + 1] = list[j]\n    j = j - 1\n  }\n  list[j + 1] = x\n}\n"
    "sum = sum + list[50] + list.map {|x| x * 2 }.where {|x| x % 3 == 0 }.reduce(0) {|a, b| a + b }\n"
    "var words = {}\nfor (word in \"the quick brown fox jumps over the lazy dog and the cat\".split(\" \")) {\n"
    "  words[word] = (words.containsKey(word) ? words[word] : 0) + word.count\n}\n"
    "for (key in words.keys) sum = sum + words[key]\n"
    "var text = \"\"\nfor (i in 0...40) text = text + \"%(i):%(i * i) \"\nsum = sum + text.count + text.replace(\"1\", \"one\").count\n"
    "var fiber = Fiber.new {\n  for (i in 0...50) Fiber.yield(i)\n}\nwhile (!fiber.isDone) {\n  var got = fiber.call()\n  if (got != null) sum = sum + got\n}\n"
    "System.print(sum)\n";

static double sum;

static void Write(WrenVM* vm, const char* text) { sum += atof(text); }

static double Once(void) {
  WrenConfiguration configuration;
  wrenInitConfiguration(&configuration);
  configuration.writeFn = Write;
  sum = 0;
  WrenVM* vm = wrenNewVM(&configuration);
  if (wrenInterpret(vm, kSource) != WREN_RESULT_SUCCESS) return -1;
  wrenFreeVM(vm);
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
