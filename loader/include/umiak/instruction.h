// One decoded instruction, and the reader that decodes a function body or constant expression.
//
// Validator, translator, constant evaluator and printer are all clients of this one reader.
// spec: binary/instructions
#ifndef UMIAK_INSTRUCTION_H_
#define UMIAK_INSTRUCTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "umiak/opcode.h"
#include "umiak/types.h"

namespace umiak {

struct BlockType {
  enum Kind : uint8_t { kEmpty, kValue, kTypeIndex };
  Kind kind = kEmpty;
  ValType value;      // kValue
  TypeIdx index = 0;  // kTypeIndex
};

struct MemArg {
  uint32_t align_log2 = 0;
  MemoryIdx memory = 0;
  uint64_t offset = 0;
};

// A clause of try_table. spec: syntax/instructions#control-instructions
struct CatchClause {
  enum Kind : uint8_t { kCatch, kCatchRef, kCatchAll, kCatchAllRef };
  Kind kind;
  TagIdx tag;  // kCatch, kCatchRef
  LabelIdx label;
};

// Only the fields of its immediate kind hold a meaning; the others hold leftovers of earlier reads.
struct Instruction {
  Opcode opcode = Opcode::kCount;
  uint32_t offset = 0;       // byte offset of the opcode in the module
  // The index immediates in binary order: label; function; type then table (call_indirect); local; global;
  // table; destination table then source table; element segment then table (table.init); memory; destination
  // memory then source memory; data segment then memory (memory.init); type then field/type/length/segment;
  // tag. For br_on_cast: index = label, index2 = flags.
  uint32_t index = 0;
  uint32_t index2 = 0;
  uint8_t lane = 0;          // kLane, kMemArgLane
  BlockType block_type;      // kBlock, kTry, kTryTable
  MemArg memarg;             // kMemArg, kMemArgLane
  HeapType heap_type;        // kHeapType; source of kBrOnCast
  HeapType heap_type2;       // target of kBrOnCast
  bool nullable = false;     // ref.test/ref.cast: whether the target is nullable (from the opcode)
  uint64_t bits = 0;         // kI32 (sign-extended to 64 bits), kI64, kF32, kF64: the bit pattern
  uint8_t v128[16] = {};     // kV128, kShuffle
  // These point into the reader and hold until the next Read().
  absl::Span<const LabelIdx> labels;       // kBrTable; the default label is the last
  absl::Span<const ValType> types;         // kSelectTypes
  absl::Span<const CatchClause> catches;   // kTryTable
};

}  // namespace umiak

#endif  // UMIAK_INSTRUCTION_H_
