// The name section: read whole for printing, written for what has an identifier.
//
// With the subsections of the extended proposal, as wasm-tools and browsers know them: labels, types, tables,
// memories, globals and segments besides modules, functions, locals, fields and tags.
// spec: appendix/custom#name-section
#ifndef UMIAK_LOADER_TEXT_NAME_SECTION_H_
#define UMIAK_LOADER_TEXT_NAME_SECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "loader/text/emit.h"

namespace umiak {

// By index, increasing.
using NameList = std::vector<std::pair<uint32_t, std::string>>;

struct NameSection {
  // The ids of the subsections. kLocal and kLabel are by function, kField is by type.
  enum Kind : uint8_t {
    kModule,
    kFunction,
    kLocal,
    kLabel,
    kType,
    kTable,
    kMemory,
    kGlobal,
    kElem,
    kData,
    kField,
    kTag,
    kCount,
  };
  static constexpr bool IsInner(int kind) { return kind == kLocal || kind == kLabel || kind == kField; }

  std::optional<std::string> module;
  NameList things[kCount];                                  // of the kinds that are not inner ones
  std::vector<std::pair<uint32_t, NameList>> inner[kCount];  // of those that are
};

// Nothing where the payload is not as the specification has it; subsections of other ids are passed over.
std::optional<NameSection> ReadNameSection(absl::Span<const uint8_t> payload);

// Appends the subsections that are not empty, in the order of their ids.
void WriteNameSection(const NameSection& names, Bytes* out);

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_NAME_SECTION_H_
