// The family of bodies behind an operation, as a type: what a chain is made of. Of the operations that ops_isa.def, SIMD,
// atomics and GC add there are none here.
#ifndef UMIAK_VM_INTERP_OP_FAMILIES_H_
#define UMIAK_VM_INTERP_OP_FAMILIES_H_

#include "vm/interp/handlers_call.h"
#include "vm/interp/handlers_control.h"
#include "vm/interp/handlers_exception.h"
#include "vm/interp/handlers_memory.h"
#include "vm/interp/handlers_numeric.h"
#include "vm/interp/handlers_pair.h"
#include "vm/interp/op.h"
#include "vm/interp/tier.h"

namespace umiak {

// First the family for a guarded memory, then that for a checked one where it is another.
template <class F, class Checked = F>
struct Families {
  using Plain = F;
  static constexpr bool kNeedsGuard = !std::is_same_v<F, Checked>;
};

template <Op op>
struct FamiliesOf;

namespace op_families {

using I32 = uint32_t;
using I64 = uint64_t;
using F32 = float;
using F64 = double;
inline constexpr bool kPlain = !GuardedMemorySupported();

template <template <class, class, Address, bool> class Family, class Memory, class Value, Address mode>
using Access = Families<Family<Memory, Value, mode, kPlain>, Family<Memory, Value, mode, true>>;
template <template <class, class, class, bool> class Family, class Memory, class T, class Fn>
using LoadAnd = Families<Family<Memory, T, Fn, kPlain>, Family<Memory, T, Fn, true>>;
template <class T, class Fn>
using Modify = Families<ModifyMemory<T, Fn, kPlain>, ModifyMemory<T, Fn, true>>;
template <template <class, bool> class Family, class Memory>
using PairAccess = Families<Family<Memory, kPlain>, Family<Memory, true>>;

}  // namespace op_families

#define FAMILIES_OF(name, ...)           \
  template <>                            \
  struct FamiliesOf<Op::k##name> {       \
    using Type = __VA_ARGS__;            \
  };
#define OP(name, ...) FAMILIES_OF(name, Families<__VA_ARGS__>)
#define WASM(name, ...) FAMILIES_OF(name, Families<__VA_ARGS__>)
#define MEMORY(name, family, memory, value)                                             \
  FAMILIES_OF(name, op_families::Access<family, memory, value, Address::kPlain>)        \
  FAMILIES_OF(name##Off, op_families::Access<family, memory, value, Address::kOffset>)
#define ADDRESSED(name, family, memory, value)                                             \
  FAMILIES_OF(name##Base, op_families::Access<family, memory, value, Address::kBase>)      \
  FAMILIES_OF(name##Indexed, op_families::Access<family, memory, value, Address::kIndexed>) \
  FAMILIES_OF(name##Scaled, op_families::Access<family, memory, value, Address::kScaled>)
#define CONST_PAIR(type, first, second) \
  FAMILIES_OF(type##first##second##Const, Families<ConstPair<op_families::type, num::first, num::second>>)
#define CONST_THEN(type, first, second) \
  FAMILIES_OF(type##first##second, Families<ConstThen<op_families::type, num::first, num::second>>)
#define LOAD_THEN(load, memory, type, fn) \
  FAMILIES_OF(load##fn, op_families::LoadAnd<LoadThen, memory, op_families::type, num::fn>)
#define MODIFY(type, fn) FAMILIES_OF(type##Modify##fn, op_families::Modify<op_families::type, num::fn>)
#define INT_CHAIN(type, first, second) \
  FAMILIES_OF(type##first##second##Chain, Families<IntChain<op_families::type, num::first, num::second>>)
#define FLOAT_CHAIN(type, first, second, name, swapped) \
  FAMILIES_OF(type##name, Families<FloatChain<op_families::type, num::first, num::second, swapped>>)
#define LOAD_BR(load, memory, type, fn, comparison) \
  FAMILIES_OF(Br##load##fn, op_families::LoadAnd<BrLoad, memory, type, num::fn>)
#define LOAD_TEST(load, memory, fn, comparison) \
  FAMILIES_OF(Br##load##fn, op_families::LoadAnd<BrLoad, memory, uint32_t, num::fn>)
#define ADD_LOAD(load, memory) FAMILIES_OF(Add##load, op_families::PairAccess<AddLoad, memory>)
#define ELEMENT(load, memory) FAMILIES_OF(Element##load, op_families::PairAccess<ElementLoad, memory>)
#define MASKED(load, memory) FAMILIES_OF(Masked##load, op_families::PairAccess<MaskedLoad, memory>)
#include "vm/interp/ops_int.def"
#include "vm/interp/ops_float.def"
#include "vm/interp/ops_memory.def"
#include "vm/interp/ops_move.def"
#include "vm/interp/ops_control.def"
#include "vm/interp/ops_call.def"
#include "vm/interp/ops_fused.def"
#include "vm/interp/ops_address.def"
#include "vm/interp/ops_pair.def"
#undef OP
#undef WASM
#undef MEMORY
#undef ADDRESSED
#undef CONST_PAIR
#undef CONST_THEN
#undef LOAD_THEN
#undef MODIFY
#undef INT_CHAIN
#undef FLOAT_CHAIN
#undef LOAD_BR
#undef LOAD_TEST
#undef ADD_LOAD
#undef ELEMENT
#undef MASKED
#undef FAMILIES_OF

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_OP_FAMILIES_H_
