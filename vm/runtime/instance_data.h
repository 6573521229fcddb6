// What running code reaches through its cx register: everything of one instance.
//
// Fixed fields first, then a tail whose layout (InstanceLayout) is computed once per module: code addresses
// all of it by constant byte offsets from cx and therefore holds no pointer into any instance.
// spec: exec/runtime#module-instances
#ifndef UMIAK_VM_RUNTIME_INSTANCE_DATA_H_
#define UMIAK_VM_RUNTIME_INSTANCE_DATA_H_

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "umiak/module.h"
#include "vm/runtime/func.h"
#include "vm/runtime/global.h"
#include "vm/runtime/heads.h"
#include "vm/runtime/memory.h"
#include "vm/runtime/table.h"

namespace umiak {

struct StoreImpl;
class CodeTable;

// Byte offsets from the start of InstanceData. Arrays of pointers cover whole index spaces (imports too),
// except funcs (imports only) and own globals (cells inline, 8 bytes each, 16 for v128).
struct InstanceLayout {
  explicit InstanceLayout(const Module& module);
  uint32_t imported_funcs;           // FuncInst*[num_imported_functions]
  uint32_t memories;                 // MemoryInst*[]
  uint32_t tables;                   // TableInst*[]
  uint32_t tags;                     // TagInst*[]
  std::vector<uint32_t> globals;     // per global: offset of its cell (own), or of the pointer to it (imported)
  uint32_t size;                     // of the whole InstanceData
};

// Element and data segments can be dropped; null and 0 then.
struct ElemInst {
  std::vector<uint64_t> refs;  // reference words
};
struct DataInst {
  const uint8_t* bytes = nullptr;
  uint64_t size = 0;
};

struct InstanceData : InstanceHead {
  StoreImpl* store = nullptr;
  std::shared_ptr<const Module> module;
  CodeTable* code = nullptr;         // entry table of the variant this instance runs (vm/interp/code.h)
  const InstanceLayout* layout = nullptr;
  absl::flat_hash_map<FuncIdx, FuncInst*> func_insts;  // made on demand, owned by the store
  std::vector<GlobalInst*> global_insts;               // made on demand; imported ones set at once
  std::vector<ElemInst> elems;
  std::vector<DataInst> datas;
  MemoryInst* caller_memory = nullptr;                 // what host functions see: the export "memory", else memory 0

  FuncInst*& imported_func(uint32_t i) { return (&At<FuncInst*>(layout->imported_funcs))[i]; }
  MemoryInst*& memory(uint32_t i) { return (&At<MemoryInst*>(layout->memories))[i]; }
  TableInst*& table(uint32_t i) { return (&At<TableInst*>(layout->tables))[i]; }
  TagInst*& tag(uint32_t i) { return (&At<TagInst*>(layout->tags))[i]; }
  // The cell of any global.
  uint64_t* global_cell(GlobalIdx i) {
    return i < module->num_imported_globals ? At<uint64_t*>(layout->globals[i]) : &At<uint64_t>(layout->globals[i]);
  }
};

static_assert(std::is_base_of_v<InstanceHead, InstanceData> && !std::is_polymorphic_v<InstanceData>);

// spec: exec/instructions#exec-table-init, #exec-memory-init. False (nothing written) out of bounds.
bool TableInit(InstanceData* cx, TableIdx table, ElemIdx elem, uint64_t to, uint64_t from, uint64_t count);
bool MemoryInit(InstanceData* cx, MemoryIdx memory, DataIdx data, uint64_t to, uint64_t from, uint64_t count);
void ElemDrop(InstanceData* cx, ElemIdx elem);
void DataDrop(InstanceData* cx, DataIdx data);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_INSTANCE_DATA_H_
