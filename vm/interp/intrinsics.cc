#include "vm/interp/intrinsics.h"

#include <algorithm>
#include <cstring>

#include "vm/interp/guest_access.h"
#include "vm/interp/intrinsic_checks.h"
#include "vm/interp/meter.h"

namespace umiak {

namespace {

bool CheckMemory(InstanceData* cx, bool ok) { return ok || Fail(cx, TrapCode::kOutOfBoundsMemory); }
bool CheckTable(InstanceData* cx, bool ok) { return ok || Fail(cx, TrapCode::kOutOfBoundsTable); }

// For table operations: what is out of bounds is not charged for, since it is not done.
bool ChargeElements(InstanceData* cx, uint64_t count, uint64_t size) {
  return ChargeBulk(cx, sizeof(uint64_t) * std::min(count, size));
}

// Calls part(offset, bytes) for slices that together are `bytes` long, from the last to the first if `backward`, each
// after it has been charged for: a guest that moves gigabytes can be stopped on the way. False: it must stop.
template <class Part>
bool InSlices(InstanceData* cx, uint64_t bytes, bool backward, Part part) {
  constexpr uint64_t kSlice = uint64_t{4} << 20;
  for (uint64_t done = 0; done < bytes;) {
    const uint64_t length = std::min(kSlice, bytes - done);
    if (!ChargeBulk(cx, length)) return false;
    part(backward ? bytes - done - length : done, length);
    done += length;
  }
  return true;
}

}  // namespace

bool MemorySizeCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  const MemoryInst* m = cx->memory(memory);
  slots[0] = m->size >> m->type.page_size_log2;
  return true;
}

// spec: exec/instructions#exec-memory-grow
bool MemoryGrowCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  MemoryInst* m = cx->memory(memory);
  int64_t old = MemoryGrow(m, slots[0]);
  slots[0] = m->type.is_64 ? static_cast<uint64_t>(old) : static_cast<uint32_t>(old);
  return true;
}

// spec: exec/instructions#exec-memory-fill
bool MemoryFillCall(InstanceData* cx, uint64_t* slots, uint32_t memory, uint32_t) {
  const MemoryInst* m = cx->memory(memory);
  if (!InRange(slots[0], slots[2], m->size)) return Fail(cx, TrapCode::kOutOfBoundsMemory);
  uint8_t* const to = m->base + slots[0];
  const int value = static_cast<int>(slots[1] & 0xff);
  return InSlices(cx, slots[2], false, [=](uint64_t at, uint64_t length) {
    const GuestRaces races;
    std::memset(to + at, value, length);
  });
}

// spec: exec/instructions#exec-memory-copy
bool MemoryCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to, uint32_t from) {
  const MemoryInst* d = cx->memory(to);
  const MemoryInst* s = cx->memory(from);
  if (!InRange(slots[0], slots[2], d->size) || !InRange(slots[1], slots[2], s->size)) {
    return Fail(cx, TrapCode::kOutOfBoundsMemory);
  }
  uint8_t* const target = d->base + slots[0];
  const uint8_t* const source = s->base + slots[1];
  return InSlices(cx, slots[2], target > source, [=](uint64_t at, uint64_t length) {
    const GuestRaces races;
    std::memmove(target + at, source + at, length);
  });
}

bool MemoryInitCall(InstanceData* cx, uint64_t* slots, uint32_t data, uint32_t memory) {
  return ChargeBulk(cx, std::min(slots[2], cx->datas[data].size)) && CheckMemory(cx, MemoryInit(cx, memory, data, slots[0], slots[1], slots[2]));
}
bool DataDropCall(InstanceData* cx, uint64_t*, uint32_t data, uint32_t) {
  DataDrop(cx, data);
  return true;
}

bool TableGetCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t) {
  const TableInst* t = cx->table(table);
  if (slots[0] >= t->size) return Fail(cx, TrapCode::kOutOfBoundsTable);
  slots[0] = t->elems[slots[0]];
  return true;
}
bool TableSetCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t) {
  const TableInst* t = cx->table(table);
  if (slots[0] >= t->size) return Fail(cx, TrapCode::kOutOfBoundsTable);
  t->elems[slots[0]] = slots[1];
  return true;
}
bool TableSizeCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t) {
  slots[0] = cx->table(table)->size;
  return true;
}
// spec: exec/instructions#exec-table-grow
bool TableGrowCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t) {
  TableInst* t = cx->table(table);
  int64_t old = TableGrow(t, slots[1], slots[0]);
  slots[0] = t->type.is_64 ? static_cast<uint64_t>(old) : static_cast<uint32_t>(old);
  return true;
}
bool TableFillCall(InstanceData* cx, uint64_t* slots, uint32_t table, uint32_t) {
  return ChargeElements(cx, slots[2], cx->table(table)->size) && CheckTable(cx, TableFill(cx->table(table), slots[0], slots[1], slots[2]));
}
bool TableCopyCall(InstanceData* cx, uint64_t* slots, uint32_t to, uint32_t from) {
  return ChargeElements(cx, slots[2], cx->table(to)->size) && CheckTable(cx, TableCopy(cx->table(to), slots[0], cx->table(from), slots[1], slots[2]));
}
bool TableInitCall(InstanceData* cx, uint64_t* slots, uint32_t elem, uint32_t table) {
  return ChargeElements(cx, slots[2], cx->table(table)->size) && CheckTable(cx, TableInit(cx, table, elem, slots[0], slots[1], slots[2]));
}
bool ElemDropCall(InstanceData* cx, uint64_t*, uint32_t elem, uint32_t) {
  ElemDrop(cx, elem);
  return true;
}

bool RefFuncCall(InstanceData* cx, uint64_t* slots, uint32_t function, uint32_t) {
  slots[0] = reinterpret_cast<uint64_t>(GetFuncInst(cx, function));
  return true;
}
bool RefAsNonNullCall(InstanceData* cx, uint64_t* slots, uint32_t, uint32_t) {
  return slots[0] != 0 || Fail(cx, TrapCode::kNullReference);
}

}  // namespace umiak
