// The identifiers of a module, by index space.
// spec: text/modules#indices, text/conventions#contexts
#ifndef UMIAK_LOADER_TEXT_NAMES_H_
#define UMIAK_LOADER_TEXT_NAMES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "umiak/text_lexer.h"

namespace umiak {

// Identifiers and their indices. `what` is the word that errors use: "unknown function", "duplicate function".
class IndexSpace {
 public:
  explicit IndexSpace(const char* what) : what_(what) {}

  // The next index goes to what is defined now; takes its identifier, if the cursor is on one.
  uint32_t Define(TokenCursor* cursor);
  // The same without identifier.
  uint32_t DefineAnonymous() { return count_++; }
  // Reads an index: a number, or an identifier that is known.
  uint32_t ParseIndex(TokenCursor* cursor) const;

  uint32_t count() const { return count_; }
  const char* what() const { return what_; }
  // In the order of the indices: what the name section lists.
  const std::vector<std::pair<uint32_t, std::string>>& named() const { return named_; }

 private:
  const char* what_;
  uint32_t count_ = 0;
  absl::flat_hash_map<std::string, uint32_t> ids_;
  std::vector<std::pair<uint32_t, std::string>> named_;
};

struct ModuleNames {
  IndexSpace types{"type"};
  IndexSpace funcs{"function"};
  IndexSpace tables{"table"};
  IndexSpace memories{"memory"};
  IndexSpace globals{"global"};
  IndexSpace tags{"tag"};
  IndexSpace elems{"elem segment"};
  IndexSpace datas{"data segment"};
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_NAMES_H_
