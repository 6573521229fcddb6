#include "umiak/module.h"

namespace umiak {

const Export* Module::FindExport(absl::string_view wanted) const {
  for (const Export& item : exports) {
    if (item.name == wanted) return &item;
  }
  return nullptr;
}

std::string Module::FunctionName(FuncIdx index) const {
  auto it = function_names.find(index);
  if (it != function_names.end()) return it->second;
  for (const Export& item : exports) {
    if (item.kind == ExternKind::kFunc && item.index == index) return item.name;
  }
  return "";
}

}  // namespace umiak
