// Throws and catches in most ways that C++ has, and prints what happens.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Left {
  int left = 1;
  virtual ~Left() = default;
};
struct Right {
  int right = 2;
  virtual ~Right() = default;
};
struct Both : Left, Right {};

struct Noisy {
  explicit Noisy(const char* name) : name(name) {}
  ~Noisy() { std::printf("  ~%s\n", name); }
  const char* name;
};

[[gnu::noinline]] void Down(int depth) {
  if (depth == 0) throw std::runtime_error("the bottom");
  std::string keep(static_cast<size_t>(depth), '.');  // to be cleaned up on the way
  Down(depth - 1);
  std::printf("never %s\n", keep.c_str());
}

[[gnu::noinline]] void Throw(int what) {
  Noisy noisy("thrower");
  switch (what) {
    case 0: throw 42;
    case 1: throw std::out_of_range("too far");
    case 2: throw Both();
    case 3: throw "a string";
    case 4: throw std::make_unique<int>(7);
    default: return;
  }
}

void Catch(int what) {
  std::printf("%d:\n", what);
  try {
    Noisy noisy("trier");
    Throw(what);
    std::printf("  nothing\n");
  } catch (int n) {
    std::printf("  int %d\n", n);
  } catch (const std::logic_error& e) {
    std::printf("  logic_error: %s\n", e.what());
  } catch (const Right& right) {
    std::printf("  Right %d\n", right.right);
  } catch (const char* text) {
    std::printf("  text %s\n", text);
  } catch (...) {
    std::printf("  something\n");
  }
}

int Rethrow(int times) {
  try {
    try {
      throw std::string("again");
    } catch (const std::string& text) {
      if (times == 0) return static_cast<int>(text.size());
      throw;
    }
  } catch (std::string& text) {
    return Rethrow(times - 1) + static_cast<int>(text.size());
  }
}

struct InConstructor {
  InConstructor() try : first("first"), second((throw 5, "second")) {
  } catch (int n) {
    std::printf("  constructor caught %d\n", n);
  }
  Noisy first;
  Noisy second;
};

}  // namespace

int main(int argc, char** argv) {
  for (int what = 0; what < 6; ++what) Catch(what);
  try {
    Down(100);
  } catch (const std::exception& e) {
    std::printf("from 100 frames: %s\n", e.what());
  }
  std::printf("rethrown: %d\n", Rethrow(3));
  try {
    InConstructor object;
  } catch (int n) {
    std::printf("and again %d\n", n);
  }
  // In a loop: the handler sees what the locals held at the throw.
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
  int64_t sum = 0;
  int caught = 0;
  std::vector<int> seen;
  for (int i = 0; i < count; ++i) {
    try {
      if (i % 3 == 0) throw i;
      sum += i;
    } catch (int n) {
      ++caught;
      sum -= n;
      if (n % 300 == 0) seen.push_back(n);
    }
  }
  std::printf("caught %d, sum %lld, seen %zu\n", caught, static_cast<long long>(sum), seen.size());
  return 0;
}
