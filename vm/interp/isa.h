// Variants of the instruction set of x86-64: handlers that gain from newer instructions exist once per variant and are
// chosen when the first of them is emitted. Everything else is compiled for the baseline.
//
// A translation unit is compiled for one variant: it defines UMIAK_ISA to the name of a namespace before it includes
// anything, and gets the compiler's flags by the end of its file name (_v2.cc, _v3.cc: see umiak_handler_options).
// Code that differs between variants lies in the inline namespace UMIAK_ISA, so that no two variants share a symbol.
#ifndef UMIAK_VM_INTERP_ISA_H_
#define UMIAK_VM_INTERP_ISA_H_

#include <cstdint>

#ifndef UMIAK_ISA
#define UMIAK_ISA isa_base
#endif

namespace umiak {

enum class Isa : uint8_t {
  kBase,  // x86-64 with SSE2; all there is on other architectures
  kV2,    // x86-64-v2: SSSE3, SSE4.1, SSE4.2, POPCNT
  kV3,    // x86-64-v3: also AVX2, LZCNT, BMI
};

// The best variant that this CPU and the operating system support, or a lesser one that the environment variable
// UMIAK_ISA names: base, v2 or v3. Decided once; thread-safe.
Isa ChosenIsa();
const char* NameOf(Isa isa);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_ISA_H_
