// bulk: memory.copy, memory.fill, memory.init and table.copy of guests against loops of the C library's functions with
// the same sizes. Prints nanoseconds of CPU time per operation, the minimum of the rounds, and the ratio.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "benchmarks/cpu_time.h"
#include "umiak/text.h"
#include "umiak/umiak.h"

namespace {

constexpr uint32_t kWindow = 1 << 20;    // the largest size
constexpr uint64_t kBytes = 64u << 20;  // that one measurement moves
constexpr int kRounds = 15;

// %OP% takes its three operands: to, from (or the value), size.
constexpr char kModule[] = R"((module
  (memory 40) (data $d "%DATA%")
  (table $t 131072 funcref) (table $u 131072 funcref)
  (func (export "run") (param $size i32) (param $count i32)
    (loop $again
      (%OP% (i32.const %TO%) (i32.const %FROM%) (local.get $size))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
)";

struct Operation {
  const char* name;
  const char* text;
  uint32_t to, from;
  uint32_t unit;  // bytes of one element
  // Of the C library, not to be inlined or left out.
  void (*native)(uint8_t* memory, size_t size);
};

void* (*volatile g_memmove)(void*, const void*, size_t) = std::memmove;
void* (*volatile g_memset)(void*, int, size_t) = std::memset;

constexpr Operation kOperations[] = {
    {"memory.copy", "memory.copy", 0, kWindow, 1,
     [](uint8_t* m, size_t n) { g_memmove(m, m + kWindow, n); }},
    {"memory.fill", "memory.fill", 0, 7, 1, [](uint8_t* m, size_t n) { g_memset(m, 7, n); }},
    {"memory.init", "memory.init $d", 0, 0, 1, [](uint8_t* m, size_t n) { g_memmove(m, m + kWindow, n); }},
    {"table.copy", "table.copy $t $u", 0, 0, 8, [](uint8_t* m, size_t n) { g_memmove(m, m + kWindow, n); }},
};

int Run() {
  using namespace umiak;
  std::vector<uint8_t> memory(2 * size_t{kWindow}, 1);
  std::printf("%-12s %9s %12s %12s %7s\n", "operation", "bytes", "umiak, ns", "native, ns", "ratio");
  for (const Operation& operation : kOperations) {
    std::string text = absl::StrReplaceAll(kModule, {{"%OP%", operation.text},
                                                     {"%TO%", absl::StrCat(operation.to)},
                                                     {"%FROM%", absl::StrCat(operation.from)},
                                                     {"%DATA%", std::string(kWindow, 'x')}});
    auto bytes = AssembleWat(text);
    auto module = bytes.ok() ? LoadModule(ModuleBytes(*bytes)) : bytes.status();
    Store store;
    Linker linker(&store);
    auto instance = module.ok() ? linker.Instantiate(*module) : module.status();
    if (!instance.ok()) {
      std::fprintf(stderr, "bulk: %s\n", std::string(instance.status().message()).c_str());
      return 1;
    }
    auto run = instance->GetFunc<void(int32_t, int32_t)>("run");
    for (uint32_t size : {16u, 64u, 256u, 1024u, 4096u, 65536u, kWindow}) {
      const int count = static_cast<int>(std::min<uint64_t>(kBytes / size, 1'000'000));
      double umiak = Nanoseconds(kRounds, count, [&] {
        (void)(*run)(static_cast<int32_t>(size / operation.unit), count);
      });
      double native = Nanoseconds(kRounds, count, [&] {
        for (int i = 0; i < count; ++i) operation.native(memory.data(), size);
      });
      std::printf("%-12s %9u %12.1f %12.1f %7.2f\n", operation.name, size, umiak, native, umiak / native);
    }
  }
  return 0;
}

}  // namespace

int main() { return Run(); }
