#include "vm/interp/cold.h"

#include "vm/interp/meter.h"
#include "vm/runtime/execution.h"
#include "vm/runtime/instance_data.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

void RecordTrap(const Regs& s, TrapCode code) {
  s.cx->exec->trap = code;
  RecordPendingTrap(s);
}

void RecordPendingTrap(const Regs& s) {
  Execution* exec = s.cx->exec;
  exec->trap_ip = s.ip;
  exec->trap_fp = s.fp;
  exec->trap_cx = s.cx;
  for (int i = 0; i < kIntRegs; ++i) exec->spill_r[i] = s.r[i];
  for (int i = 0; i < kVectorRegs; ++i) std::memcpy(exec->spill_f[i], &s.f[i], sizeof(Vec));
}

bool RefreshMemory(InstanceData* cx) {
  if (cx->module->memories.empty()) return false;
  const MemoryInst* memory = cx->memory(0);
  bool stale = cx->mem_size != memory->size || cx->mem_base != memory->base;
  cx->mem_base = memory->base;
  cx->mem_size = memory->size;
  return stale;
}

bool PollForTrap(InstanceData* cx) { return Poll(cx->exec, &cx->exec->trap); }

}  // namespace umiak
