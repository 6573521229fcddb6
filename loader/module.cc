#include "umiak/module.h"

namespace umiak {

const Export* Module::FindExport(absl::string_view wanted) const {
  auto it = export_indices.find(wanted);
  return it == export_indices.end() ? nullptr : &exports[it->second];
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
