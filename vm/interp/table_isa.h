// The handlers of vm/interp/ops_isa.def for the variant of the instruction set that UMIAK_ISA names. Included by one
// translation unit per variant.
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/handlers_simd.h"
#include "vm/interp/simd_float.h"
#include "vm/interp/table_simd.h"

namespace umiak {

namespace simd {
inline namespace UMIAK_ISA {
// A function of numeric.h under a name of this variant.
template <class Fn>
struct Here : Fn {};
}  // namespace UMIAK_ISA
}  // namespace simd

namespace UMIAK_ISA {
// On x86 CPUs before x86-64-v3 floats and vectors go through slots: few such CPUs are left, and each takes as many
// handlers.
#if defined(__x86_64__) && !defined(__AVX2__)
template <class F>
struct OfThisIsa : AllInSlots<F> {};
template <class T, class Fn>
struct OfThisIsa<Unary<T, Fn>> : Unary<T, Fn> {};
#else
template <class F>
using OfThisIsa = F;
#endif
const OpInfo kIsaOps[] = {
#define WASM(name, ...) MakeOpInfo<OfThisIsa<__VA_ARGS__>>(#name),
#include "vm/interp/ops_isa.def"
};
}  // namespace UMIAK_ISA

}  // namespace umiak
