// The identifiers of a module, by index space.
// spec: text/modules#indices, text/conventions#contexts
#ifndef UMIAK_LOADER_TEXT_NAMES_H_
#define UMIAK_LOADER_TEXT_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loader/text/name_section.h"
#include "umiak/text_lexer.h"

namespace umiak {

// Identifiers and their indices. `what` is the word that errors use: "unknown function", "duplicate function".
class IndexSpace {
 public:
  explicit IndexSpace(const char* what) : what_(what) {}

  // The next index goes to what is defined now; takes its identifier and its "(@name ...)", if the cursor is on them.
  uint32_t Define(TokenCursor* cursor);
  // The same without identifier.
  uint32_t DefineAnonymous() { return count_++; }
  // Reads an index: a number, or an identifier that is known.
  uint32_t ParseIndex(TokenCursor* cursor) const;

  uint32_t count() const { return count_; }
  const char* what() const { return what_; }
  // In the order of the indices: what the name section lists, which is what an annotation says, else the identifier.
  const NameList& named() const { return named_; }

 private:
  const char* what_;
  uint32_t count_ = 0;
  absl::flat_hash_map<std::string, uint32_t> ids_;
  NameList named_;
};

// Takes "(@name "...")", if the cursor is on one: the name that a thing has in the name section. `what` is the thing, for
// the error if there are two. spec: appendix/custom#name-annotations
std::optional<std::string> TakeNameAnnotation(TokenCursor* cursor, absl::string_view what);

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
