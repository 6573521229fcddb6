// translate FILE [ROUNDS]: how long the translation of all functions of a module takes, the least of the rounds.
#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "umiak/load.h"
#include "umiak/module.h"
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

// Bytes of code made.
uint64_t TranslateAll(const umiak::Module& module) {
  const umiak::InstanceLayout layout(module);
  uint64_t bytes = 0;
  for (umiak::FuncIdx f = module.num_imported_functions; f < module.functions.size(); ++f) {
    auto code = umiak::TranslateFunction({module, layout, {}, nullptr}, f);
    if (!code.ok()) {
      std::fprintf(stderr, "%s\n", std::string(code.status().message()).c_str());
      std::exit(1);
    }
    bytes += (*code)->size;
  }
  return bytes;
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
  uint64_t body = 0;
  for (umiak::FuncIdx f = (*module)->num_imported_functions; f < (*module)->functions.size(); ++f) {
    body += (*module)->functions[f].body.end - (*module)->functions[f].body.begin;
  }
  double least = 1e9;
  uint64_t code = 0;
  for (int round = 0; round < rounds; ++round) {
    const double begin = Seconds();
    code = TranslateAll(**module);
    least = std::min(least, Seconds() - begin);
  }
  std::printf("%llu bytes of bodies, %llu of code, %.1f ms, %.1f MB/s\n", static_cast<unsigned long long>(body),
              static_cast<unsigned long long>(code), least * 1e3, static_cast<double>(body) / least * 1e-6);
}
