// cells FILE [FUNCTION-INDEX...]: the cells that functions of a module are translated into, as the release build runs
// them. A tool for whoever looks for the next cell to fuse; see README.md.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "umiak/load.h"
#include "vm/translate/translate.h"

int main(int argc, char** argv) {
  using namespace umiak;
  if (argc < 2) {
    std::fprintf(stderr, "usage: cells FILE [FUNCTION-INDEX...]\n");
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  auto module = LoadModule(ModuleBytes(bytes));
  if (!module.ok()) {
    std::fprintf(stderr, "cells: %s: %s\n", argv[1], std::string(module.status().message()).c_str());
    return 1;
  }
  std::set<FuncIdx> wanted;
  for (int i = 2; i < argc; ++i) wanted.insert(static_cast<FuncIdx>(std::strtoul(argv[i], nullptr, 10)));

  const InstanceLayout layout(**module);
  for (FuncIdx f = (*module)->num_imported_functions; f < (*module)->functions.size(); ++f) {
    if (!wanted.empty() && wanted.count(f) == 0) continue;
    TranslateRecord record;
    record.listing = true;
    auto code = TranslateFunction({**module, layout, CodeVariant{}, nullptr}, f, &record);
    if (!code.ok()) {
      std::printf("func %u: %s\n", f, std::string(code.status().message()).c_str());
      continue;
    }
    std::printf("func %u: %u bytes, %u slots, %u moves to fit operands\n%s\n", f, (*code)->size, (*code)->frame_slots,
                record.fallback_cells, Listing(record).c_str());
  }
}
