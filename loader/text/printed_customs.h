// What the custom sections of a module are in text: names, branch hints, and annotations for all others.
// spec: appendix/custom
#ifndef UMIAK_LOADER_TEXT_PRINTED_CUSTOMS_H_
#define UMIAK_LOADER_TEXT_PRINTED_CUSTOMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loader/text/code_printer.h"
#include "loader/text/name_section.h"
#include "umiak/module.h"

namespace umiak {

class PrintedCustoms {
 public:
  // REQUIRES: the module is decoded.
  explicit PrintedCustoms(const Module& module);

  // Of things that are there.
  const NameSection& names() const { return names_; }
  // Of the first section of hints, if it stands before the code and is as the specification has it. Whether there is a
  // branch at each offset, printing shows.
  const std::optional<BranchHints>& hints() const { return hints_; }
  // "(@custom ...)" of all that names and, if `with_hints`, hints do not say, in the order of the sections.
  std::vector<std::string> Annotations(bool with_hints) const;

 private:
  struct Section {
    uint8_t id;
    CodeSpan payload;
    size_t custom;  // of a custom section: its number
  };
  void ReadSections();
  void ReadNames();
  void PruneNames();
  void ReadHints();
  std::vector<uint32_t> BodyOffsets() const;
  // The index of the last section that is no custom one; -1 if there is none.
  ptrdiff_t LastKnown() const;

  const Module& module_;
  std::vector<Section> sections_;
  NameSection names_;
  size_t names_at_ = ~size_t{0};  // in sections_
  std::optional<BranchHints> hints_;
  size_t hints_at_ = ~size_t{0};
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_PRINTED_CUSTOMS_H_
