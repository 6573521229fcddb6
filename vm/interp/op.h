// The internal instruction set: what the translator emits. One row per operation in ops.def.
#ifndef UMIAK_VM_INTERP_OP_H_
#define UMIAK_VM_INTERP_OP_H_

#include <cstdint>
#include <optional>

#include "umiak/opcode.h"
#include "vm/interp/cell.h"

namespace umiak {

enum class Op : uint16_t {
#define OP(name, ...) k##name,
#define WASM(name, ...) k##name,
#define MEMORY(name, ...) k##name, k##name##Off, k##name##Far,
#define ADDRESSED(name, ...) k##name##Base, k##name##Indexed, k##name##Scaled,
#define GETS(f) k##f##8S, k##f##8U, k##f##16S, k##f##16U, k##f##32, k##f##64, k##f##F32, k##f##F64, k##f##V128,
#define SETS(f) k##f##8, k##f##16, k##f##32, k##f##64, k##f##F32, k##f##F64, k##f##V128,
#define LANE_ACCESS(name, ...) k##name, k##name##Far,
#define VECTOR_LOAD_THEN(load, memory, extension, reader, fn) k##load##reader,
#define VECTOR_CHAIN(first, second, name, ...) k##name,
#define CONST_PAIR(type, first, second) k##type##first##second##Const,
#define CONST_THEN(type, first, second) k##type##first##second,
#define LOAD_THEN(load, memory, type, fn) k##load##fn,
#define MODIFY(type, fn) k##type##Modify##fn,
#define INT_CHAIN(type, first, second) k##type##first##second##Chain,
#define FLOAT_CHAIN(type, first, second, name, swapped) k##type##name,
#define LOAD_BR(load, memory, type, fn, comparison) kBr##load##fn,
#define LOAD_TEST(load, memory, fn, comparison) kBr##load##fn,
#define ADD_LOAD(load, memory) kAdd##load,
#define ELEMENT(load, memory) kElement##load,
#define MASKED(load, memory) kMasked##load,
#define ATOMIC(name, ...) \
  k##name##8, k##name##8Far, k##name##16, k##name##16Far, k##name##32, k##name##32Far, k##name##64, k##name##64Far,
#include "vm/interp/ops.def"
  kCount,
};
inline constexpr int kOpCount = static_cast<int>(Op::kCount);

const OpInfo& InfoOf(Op op);
// The operation named after a WebAssembly instruction (of accesses the form without offset); kCount: there is none.
Op OpOf(Opcode opcode);

// The operation `n` rows further down.
constexpr Op After(Op op, int n) { return static_cast<Op>(static_cast<int>(op) + n); }

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_OP_H_
