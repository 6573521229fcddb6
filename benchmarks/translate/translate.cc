// translate FILE [ROUNDS]: how long the translation of all functions of a module takes in each tier, the least of the
// rounds.
#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "umiak/load.h"
#include "umiak/module.h"
#include "vm/interp/tier.h"
#include "vm/translate/first_tier.h"
#include "vm/translate/translate.h"

namespace {

double Seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<uint8_t> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Sum {
  uint64_t body = 0;
  uint64_t code = 0;
  double seconds = 1e9;
};

// Those that the first tier refuses are in neither sum of it.
Sum TranslateAll(const umiak::Module& module, bool first_tier) {
  const umiak::InstanceLayout layout(module);
  const umiak::TranslateContext context = {module, layout, {}, nullptr};
  Sum sum;
  const double begin = Seconds();
  for (umiak::FuncIdx f = module.num_imported_functions; f < module.functions.size(); ++f) {
    std::unique_ptr<umiak::Code> code;
    if (first_tier) {
      code = umiak::TranslateFirstTier(context, f);
      if (code == nullptr) continue;
    } else {
      auto full = umiak::TranslateFunction(context, f);
      if (!full.ok()) {
        std::fprintf(stderr, "%s\n", std::string(full.status().message()).c_str());
        std::exit(1);
      }
      code = *std::move(full);
    }
    sum.code += code->size;
    sum.body += module.functions[f].body.end - module.functions[f].body.begin;
  }
  sum.seconds = Seconds() - begin;
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  if (argc < 2 || rounds <= 0) {
    std::fprintf(stderr, "usage: translate FILE [ROUNDS]\n");
    return 2;
  }
  auto module = umiak::LoadModule(ReadFile(argv[1]));
  if (!module.ok()) {
    std::fprintf(stderr, "%s\n", std::string(module.status().message()).c_str());
    return 1;
  }
  for (bool first_tier : {true, false}) {
    Sum least;
    for (int round = 0; round < rounds; ++round) {
      const Sum sum = TranslateAll(**module, first_tier);
      if (sum.seconds < least.seconds) least = sum;
    }
    std::printf("%s: %llu bytes of bodies, %llu of code, %.1f ms, %.1f MB/s\n", first_tier ? "first tier" : "full",
                static_cast<unsigned long long>(least.body), static_cast<unsigned long long>(least.code),
                least.seconds * 1e3, static_cast<double>(least.body) / least.seconds * 1e-6);
  }
}
