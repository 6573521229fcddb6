#include "loader/text/printed_customs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "loader/binary/module_decoder.h"
#include "loader/binary/reader.h"
#include "loader/text/quote.h"
#include "loader/binary/section_words.h"

namespace umiak {
namespace {

absl::Span<const uint8_t> BytesOf(const Module& module, CodeSpan span) {
  return module.bytes().subspan(span.begin, span.end - span.begin);
}

// Leaves out the names of what is not there.
void Prune(size_t count, NameList* list) {
  list->erase(std::remove_if(list->begin(), list->end(), [count](const auto& name) { return name.first >= count; }),
              list->end());
}

}  // namespace

PrintedCustoms::PrintedCustoms(const Module& module) : module_(module) {
  ReadSections();
  ReadNames();
  ReadHints();
}

void PrintedCustoms::ReadSections() {
  DecodeError error;
  constexpr uint32_t kHeaderBytes = 8;
  Reader r(module_.bytes(), {kHeaderBytes, static_cast<uint32_t>(module_.bytes().size())}, &error);
  size_t custom = 0;
  while (r.ok() && !r.at_end()) {
    uint8_t id = r.Byte("section id");
    CodeSpan payload = r.Skip(r.U32("section size"), "section");
    sections_.push_back({id, payload, custom});
    if (id == 0) ++custom;
  }
}

ptrdiff_t PrintedCustoms::LastKnown() const {
  ptrdiff_t at = static_cast<ptrdiff_t>(sections_.size()) - 1;
  while (at >= 0 && sections_[static_cast<size_t>(at)].id == 0) --at;
  return at;
}

// --- Names ---

void PrintedCustoms::ReadNames() {
  for (size_t i = 0; i < sections_.size(); ++i) {
    if (sections_[i].id != 0) continue;
    const CustomSection& custom = module_.customs[sections_[i].custom];
    if (custom.name != "name") continue;
    std::optional<NameSection> names = ReadNameSection(BytesOf(module_, custom.payload));
    if (!names.has_value()) return;
    names_ = *std::move(names);
    names_at_ = i;
    return PruneNames();
  }
}

void PrintedCustoms::PruneNames() {
  const std::pair<NameSection::Kind, size_t> counts[] = {
      {NameSection::kFunction, module_.functions.size()}, {NameSection::kType, module_.types.size()},
      {NameSection::kTable, module_.tables.size()},       {NameSection::kMemory, module_.memories.size()},
      {NameSection::kGlobal, module_.globals.size()},     {NameSection::kElem, module_.elems.size()},
      {NameSection::kData, module_.datas.size()},         {NameSection::kTag, module_.tags.size()}};
  for (const auto& [kind, count] : counts) Prune(count, &names_.things[kind]);
  for (auto& [index, list] : names_.inner[NameSection::kLocal]) {
    size_t count = 0;
    if (index < module_.functions.size()) {
      const Function& function = module_.functions[index];
      // Without its type, nobody can tell which local is which.
      bool typed = function.type < module_.types.size() && module_.types[function.type].kind == SubType::kFunc;
      if (typed) count = module_.types[function.type].func.params.size();
      for (const LocalRun& run : function.locals) count += typed ? run.count : 0;
    }
    Prune(count, &list);
  }
  for (auto& [index, list] : names_.inner[NameSection::kField]) {
    bool is_struct = index < module_.types.size() && module_.types[index].kind == SubType::kStruct;
    Prune(is_struct ? module_.types[index].fields.size() : 0, &list);
  }
}

// --- Branch hints ---

// Where each defined function's body begins: with its locals.
std::vector<uint32_t> PrintedCustoms::BodyOffsets() const {
  std::vector<uint32_t> offsets;
  for (const Section& section : sections_) {
    if (section.id != static_cast<uint8_t>(SectionId::kCode)) continue;
    DecodeError error;
    Reader r(module_.bytes(), section.payload, &error);
    uint32_t count = r.U32("number of bodies");
    for (uint32_t i = 0; i < count && r.ok(); ++i) {
      offsets.push_back(r.Skip(r.U32("size of a body"), "body").begin);
    }
  }
  return offsets;
}

void PrintedCustoms::ReadHints() {
  size_t at = 0;
  auto is_hints = [&](const Section& section) {
    return section.id == 0 && module_.customs[section.custom].name == "metadata.code.branch_hint";
  };
  while (at < sections_.size() && !is_hints(sections_[at])) ++at;
  // Right before the code, where the assembler puts it.
  if (at + 1 >= sections_.size() || sections_[at + 1].id != static_cast<uint8_t>(SectionId::kCode)) return;
  const std::vector<uint32_t> bodies = BodyOffsets();
  DecodeError error;
  Reader r(module_.bytes(), module_.customs[sections_[at].custom].payload, &error);
  BranchHints hints;
  bool good = true;
  uint32_t functions = r.U32("number of functions");
  uint64_t next_function = module_.num_imported_functions;
  for (uint32_t i = 0; good && i < functions && r.ok(); ++i) {
    uint32_t function = r.U32("function index");
    good = function >= next_function && function - module_.num_imported_functions < bodies.size();
    uint32_t count = r.U32("number of hints");
    good = good && count > 0;
    next_function = uint64_t{function} + 1;
    uint64_t next_offset = 0;
    for (uint32_t k = 0; good && k < count && r.ok(); ++k) {
      uint32_t offset = r.U32("offset");
      good = offset >= next_offset && r.U32("size") == 1;
      next_offset = uint64_t{offset} + 1;
      uint8_t hint = r.Byte("hint");
      good = good && hint <= 1;
      if (good) hints.emplace(bodies[function - module_.num_imported_functions] + offset, hint);
    }
  }
  if (!good || !error.ok() || !r.at_end()) return;
  hints_ = std::move(hints);
  hints_at_ = at;
}

// --- All others ---

std::vector<std::string> PrintedCustoms::Annotations(bool with_hints) const {
  std::vector<std::string> annotations;
  const ptrdiff_t last = LastKnown();
  uint8_t known = 0;  // the section before
  bool any_known = false;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    if (section.id != 0) {
      known = section.id;
      any_known = true;
      continue;
    }
    if (i == names_at_ || (with_hints && i == hints_at_)) continue;
    std::string place;
    // Behind the names, or where there are none behind the last section: where one without a place goes.
    bool at_end = static_cast<ptrdiff_t>(i) > last && (names_at_ > sections_.size() || i > names_at_);
    if (!at_end) place = any_known ? absl::StrCat(" (after ", SectionWord(known), ")") : " (before first)";
    const CustomSection& custom = module_.customs[section.custom];
    absl::Span<const uint8_t> payload = BytesOf(module_, custom.payload);
    annotations.push_back(absl::StrCat("(@custom ", QuoteName(custom.name), place, payload.empty() ? "" : " ",
                                       payload.empty() ? "" : QuoteBytes(payload), ")"));
  }
  return annotations;
}

}  // namespace umiak
