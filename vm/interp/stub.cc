#include "vm/interp/code.h"
#include "vm/interp/interp.h"
#include "umiak/caller.h"
namespace umiak {
absl::Status Invoke(StoreImpl* store, FuncInst* func, uint64_t* slots) {
  if (!func->cx) { Caller c(store, nullptr); return static_cast<HostFuncInst*>(func)->callback(c, slots); }
  return MakeTrap(TrapCode::kUnreachable);
}
void InitHostCode(HostFuncInst* inst) { inst->entry = reinterpret_cast<uint8_t*>(inst->code); }
bool IsRestoreCell(const uint8_t*) { return false; }
bool IsExitCell(const uint8_t*) { return true; }
CodeTable::CodeTable(ModuleCode* o, const Module& m, CodeVariant v) : owner_(o), module_(m), variant_(v), entries_(new std::atomic<const uint8_t*>[m.functions.size()]{}) {}
std::optional<CodePosition> CodeTable::PositionOf(const uint8_t*) const { return {}; }
ModuleCode::ModuleCode(const Module& m) : module_(m), layout_(m) {}
ModuleCode* ModuleCode::Of(const Module& m) {
  if (auto* a = m.attachment()) return static_cast<ModuleCode*>(a);
  return static_cast<ModuleCode*>(m.SetAttachment(std::make_unique<ModuleCode>(m)));
}
CodeTable* ModuleCode::Table(CodeVariant v) {
  absl::MutexLock l(&mutex_);
  auto& t = tables_[v.index()];
  if (!t) t = std::make_unique<CodeTable>(this, module_, v);
  return t.get();
}
}
