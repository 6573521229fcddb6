#include "umiak/module.h"

#include <mutex>

namespace umiak {

const Export* Module::FindExport(absl::string_view wanted) const {
  auto it = export_indices.find(wanted);
  return it == export_indices.end() ? nullptr : &exports[it->second];
}

std::string Module::FunctionName(FuncIdx index) const {
  {
    // One at a time: ThreadSanitizer does not see how call_once makes others wait, in a library that was built without it.
    static std::mutex* const mutex = new std::mutex;
    std::lock_guard<std::mutex> lock(*mutex);
    absl::call_once(names_once_, [this] { names_ = ReadFunctionNames(); });
  }
  auto it = names_.find(index);
  if (it != names_.end()) return std::string(it->second);
  for (const Export& item : exports) {
    if (item.kind == ExternKind::kFunc && item.index == index) return item.name;
  }
  return "";
}

}  // namespace umiak
