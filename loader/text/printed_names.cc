#include "loader/text/printed_names.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "loader/text/quote.h"

namespace umiak {

PrintedSpace::PrintedSpace(const NameList& names) {
  absl::flat_hash_set<absl::string_view> seen;
  for (const auto& [index, name] : names) {
    bool is_id = !name.empty() && seen.insert(name).second;
    names_.emplace(index, Name{is_id, is_id ? QuoteId(name) : QuoteName(name)});
  }
}

std::string PrintedSpace::Use(uint32_t index) const {
  auto found = names_.find(index);
  return found != names_.end() && found->second.is_id ? found->second.text : absl::StrCat(index);
}

std::string PrintedSpace::Define(uint32_t index) const {
  auto found = names_.find(index);
  if (found == names_.end()) return "";
  const Name& name = found->second;
  return name.is_id ? absl::StrCat(" ", name.text) : absl::StrCat(" (@name ", name.text, ")");
}

std::string PrintedSpace::DefineNumbered(uint32_t index) const {
  return absl::StrCat(Define(index), " (;", index, ";)");
}

PrintedNames::PrintedNames(const NameSection& names)
    : funcs(names.things[NameSection::kFunction]),
      types(names.things[NameSection::kType]),
      tables(names.things[NameSection::kTable]),
      memories(names.things[NameSection::kMemory]),
      globals(names.things[NameSection::kGlobal]),
      elems(names.things[NameSection::kElem]),
      datas(names.things[NameSection::kData]),
      tags(names.things[NameSection::kTag]) {
  for (const auto& [func, list] : names.inner[NameSection::kLocal]) locals_.emplace(func, PrintedSpace(list));
  for (const auto& [type, list] : names.inner[NameSection::kField]) fields_.emplace(type, PrintedSpace(list));
  for (const auto& [func, list] : names.inner[NameSection::kLabel]) labels_[func] = {list.begin(), list.end()};
}

const PrintedSpace& PrintedNames::Find(const Spaces& spaces, uint32_t index) {
  static const auto* const kNone = new PrintedSpace();
  auto found = spaces.find(index);
  return found == spaces.end() ? *kNone : found->second;
}

const absl::flat_hash_map<uint32_t, std::string>& PrintedNames::LabelsOf(FuncIdx func) const {
  static const auto* const kNone = new absl::flat_hash_map<uint32_t, std::string>();
  auto found = labels_.find(func);
  return found == labels_.end() ? *kNone : found->second;
}

std::string PrintedNames::Text(HeapType type) const {
  return type.is_concrete() ? types.Use(type.type_index()) : ToString(type);
}

std::string PrintedNames::Text(ValType type) const {
  if (!type.is_ref() || !type.heap().is_concrete()) return ToString(type);
  return absl::StrCat("(ref ", type.nullable() ? "null " : "", Text(type.heap()), ")");
}

}  // namespace umiak
