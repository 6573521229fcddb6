#include "vm/interp/isa.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace umiak {

namespace {

constexpr Isa kAll[] = {Isa::kBase, Isa::kV2, Isa::kV3};

// PERF: asked when the first such handler is emitted, not at start: CPUID leaves a virtual machine each time.
Isa Supported() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v2 = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
                  __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                  __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("lzcnt");
  return v3 ? Isa::kV3 : v2 ? Isa::kV2 : Isa::kBase;
#else
  return Isa::kBase;
#endif
}

Isa Choose() {
  const Isa supported = Supported();
  const char* wanted = std::getenv("UMIAK_ISA");
  if (wanted == nullptr) return supported;
  for (Isa isa : kAll) {
    if (std::strcmp(wanted, NameOf(isa)) == 0) return std::min(isa, supported);
  }
  return supported;
}

}  // namespace

Isa ChosenIsa() {
  static const Isa chosen = Choose();
  return chosen;
}

const char* NameOf(Isa isa) {
  switch (isa) {
    case Isa::kV3: return "v3";
    case Isa::kV2: return "v2";
    default: return "base";
  }
}

}  // namespace umiak
