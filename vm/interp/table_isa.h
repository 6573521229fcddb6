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
const OpInfo kIsaOps[] = {
#define WASM(name, ...) MakeOpInfo<__VA_ARGS__>(#name),
#include "vm/interp/ops_isa.def"
};
}  // namespace UMIAK_ISA

}  // namespace umiak
