#include "vm/runtime/func.h"

#include "vm/interp/code.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

FuncInst* GetFuncInst(InstanceData* instance, FuncIdx index) {
  const Module& module = *instance->module;
  if (index < module.num_imported_functions) return instance->imported_func(index);
  FuncInst*& func = instance->func_insts[index];
  if (func == nullptr) {
    const TypeIdx type = module.functions[index].type;
    func = &instance->store->funcs.emplace_back(FuncInst{
        .entry = instance->code->entry(index - module.num_imported_functions),
        .cx = instance,
        .type_id = module.canonical_types[type],
        .index = index,
        .type = &module.types[type].func,
    });
  }
  return func;
}

}  // namespace umiak
