// Exceptions of C++: a parser of nested parentheses that throws where one is missing, through a stack of frames with
// destructors, and a handler further up. Half of the inputs are wrong.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

uint32_t destroyed = 0;

struct Guard {
  uint32_t weight;
  ~Guard() { destroyed += weight; }
};

struct Missing {
  uint32_t at;
};

[[gnu::noinline]] uint32_t Parse(const char* text, uint32_t& at, uint32_t depth) {
  Guard guard{depth};
  uint32_t sum = 0;
  while (text[at] != 0) {
    if (text[at] == '(') {
      at++;
      sum += 2 * Parse(text, at, depth + 1);
      if (text[at] != ')') throw Missing{at};
      at++;
    } else if (text[at] == ')') {
      return sum;
    } else {
      sum += static_cast<uint32_t>(text[at++] - '0');
    }
  }
  return sum;
}

[[gnu::noinline]] uint32_t Try(const char* text, uint32_t seed) {
  uint32_t at = seed & 1;  // odd: starts inside, so one is left over
  try {
    return Parse(text, at, 1) + seed;
  } catch (const Missing& missing) {
    return missing.at * 31;
  }
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t iterations = argc < 2 ? 1 : static_cast<uint32_t>(strtoul(argv[1], nullptr, 10)), sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = sum * 31 + Try("1(2(3(4)5)6)7(8(9", i);
    sum = sum * 31 + Try("1(2(3(4)5)6)7(8)9", i);
  }
  std::printf("%08x %u\n", sum, destroyed);
}
