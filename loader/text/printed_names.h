// How the printer calls things: by the identifiers that the name section's names make, else by their numbers.
//
// Every name is kept: one that has been used in its index space already, or is empty, stands in a name annotation, and
// the thing goes by its number.
// spec: text/values#text-id, appendix/custom#name-annotations
#ifndef UMIAK_LOADER_TEXT_PRINTED_NAMES_H_
#define UMIAK_LOADER_TEXT_PRINTED_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "loader/text/name_section.h"
#include "umiak/types.h"

namespace umiak {

class PrintedSpace {
 public:
  PrintedSpace() = default;
  explicit PrintedSpace(const NameList& names);

  // In an operand: "$name" or "12".
  std::string Use(uint32_t index) const;
  // In a definition, with a space in front: " $name", " (@name \"...\")", or nothing.
  std::string Define(uint32_t index) const;
  // The same, and its number in a comment: " $name (;12;)".
  std::string DefineNumbered(uint32_t index) const;
  bool Has(uint32_t index) const { return names_.contains(index); }

 private:
  struct Name {
    bool is_id;
    std::string text;  // the identifier, or the quoted name
  };
  absl::flat_hash_map<uint32_t, Name> names_;
};

class PrintedNames {
 public:
  PrintedNames() = default;
  explicit PrintedNames(const NameSection& names);

  PrintedSpace funcs, types, tables, memories, globals, elems, datas, tags;
  // Empty ones where there are no names.
  const PrintedSpace& LocalsOf(FuncIdx func) const { return Find(locals_, func); }
  const PrintedSpace& FieldsOf(TypeIdx type) const { return Find(fields_, type); }
  // By the number of the block.
  const absl::flat_hash_map<uint32_t, std::string>& LabelsOf(FuncIdx func) const;

  // Types with the names of the types in them.
  std::string Text(HeapType type) const;
  std::string Text(ValType type) const;

 private:
  using Spaces = absl::flat_hash_map<uint32_t, PrintedSpace>;
  static const PrintedSpace& Find(const Spaces& spaces, uint32_t index);

  Spaces locals_, fields_;
  absl::flat_hash_map<uint32_t, absl::flat_hash_map<uint32_t, std::string>> labels_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_PRINTED_NAMES_H_
