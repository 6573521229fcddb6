#include "vm/runtime/instance_data.h"

#include <cstdlib>
#include <cstring>

#include "vm/interp/code.h"
#include "vm/interp/guest_access.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

bool InBounds(uint64_t start, uint64_t count, uint64_t size) { return count <= size && start <= size - count; }

// Hands out consecutive ranges behind the fixed fields.
class Tail {
 public:
  uint32_t Take(size_t count, uint32_t bytes) {
    const uint64_t align = bytes == 16 ? 16 : 8;
    end_ = (end_ + align - 1) & ~(align - 1);
    const uint64_t start = end_;
    end_ += count * bytes;
    return static_cast<uint32_t>(start);
  }
  uint32_t end() const { return static_cast<uint32_t>(end_); }

 private:
  uint64_t end_ = sizeof(InstanceData);
};

}  // namespace

// SAFETY: offsets fit 32 bits, as the loader bounds every index space (umiak/limits.h).
InstanceLayout::InstanceLayout(const Module& module) {
  Tail tail;
  memories = tail.Take(module.memories.size(), sizeof(MemoryInst*));
  tables = tail.Take(module.tables.size(), sizeof(TableInst*));
  globals.reserve(module.globals.size());
  for (size_t i = 0; i < module.globals.size(); ++i) {
    const bool own = i >= module.num_imported_globals;
    globals.push_back(tail.Take(1, own && module.globals[i].type.type.kind() == ValType::kV128 ? 16 : 8));
  }
  imported_funcs = tail.Take(module.num_imported_functions, sizeof(FuncInst*));
  tags = tail.Take(module.tags.size(), sizeof(TagInst*));
  size = tail.end();
}

void InstanceDeleter::operator()(InstanceData* data) const {
  data->~InstanceData();
  std::free(data);
}

bool TableInit(InstanceData* cx, TableIdx table, ElemIdx elem, uint64_t to, uint64_t from, uint64_t count) {
  TableInst* target = cx->table(table);
  const std::vector<uint64_t>& refs = cx->elems[elem].refs;
  if (!InBounds(to, count, target->size) || !InBounds(from, count, refs.size())) return false;
  if (count != 0) std::memcpy(target->elems + to, refs.data() + from, count * sizeof(uint64_t));
  return true;
}

bool MemoryInit(InstanceData* cx, MemoryIdx memory, DataIdx data, uint64_t to, uint64_t from, uint64_t count) {
  MemoryInst* target = cx->memory(memory);
  const DataInst& source = cx->datas[data];
  if (!InBounds(to, count, target->size) || !InBounds(from, count, source.size)) return false;
  const GuestRaces races;
  if (count != 0) std::memcpy(target->base + to, source.bytes + from, count);
  return true;
}

void ElemDrop(InstanceData* cx, ElemIdx elem) { cx->elems[elem].refs = std::vector<uint64_t>(); }

void DataDrop(InstanceData* cx, DataIdx data) { cx->datas[data] = DataInst(); }

}  // namespace umiak
