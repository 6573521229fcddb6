#include "loader/text/name_section.h"

#include "loader/binary/reader.h"

namespace umiak {
namespace {

NameList ReadList(Reader* r) {
  NameList list;
  uint32_t count = r->U32("number of names");
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    uint32_t index = r->U32("index");
    list.emplace_back(index, std::string(r->Name("name")));
  }
  return list;
}

void PutList(const NameList& list, Bytes* out) {
  PutUnsigned(out, list.size());
  for (const auto& [index, name] : list) {
    PutUnsigned(out, index);
    PutString(out, name);
  }
}

template <class List>
bool IsIncreasing(const List& list) {
  for (size_t i = 1; i < list.size(); ++i) {
    if (list[i - 1].first >= list[i].first) return false;
  }
  return true;
}

// The contents of one subsection. False if it has none that should be written.
bool PutContents(const NameSection& names, int kind, Bytes* out) {
  if (kind == NameSection::kModule) {
    if (!names.module.has_value()) return false;
    PutString(out, *names.module);
    return true;
  }
  if (!NameSection::IsInner(kind)) {
    PutList(names.things[kind], out);
    return !names.things[kind].empty();
  }
  PutUnsigned(out, names.inner[kind].size());
  for (const auto& [index, list] : names.inner[kind]) {
    PutUnsigned(out, index);
    PutList(list, out);
  }
  return !names.inner[kind].empty();
}

}  // namespace

std::optional<NameSection> ReadNameSection(absl::Span<const uint8_t> payload) {
  NameSection names;
  DecodeError error;
  Reader r(payload, {0, static_cast<uint32_t>(payload.size())}, &error);
  bool good = true;
  while (r.ok() && !r.at_end()) {
    uint8_t kind = r.Byte("subsection id");
    Reader subsection(payload, r.Skip(r.U32("subsection's size"), "subsection"), &error);
    if (kind >= NameSection::kCount) continue;
    if (kind == NameSection::kModule) {
      names.module = std::string(subsection.Name("module's name"));
    } else if (!NameSection::IsInner(kind)) {
      names.things[kind] = ReadList(&subsection);
      good = good && IsIncreasing(names.things[kind]);
    } else {
      auto& inner = names.inner[kind];
      uint32_t count = subsection.U32("number of lists");
      for (uint32_t i = 0; i < count && subsection.ok(); ++i) {
        uint32_t index = subsection.U32("index");
        inner.emplace_back(index, ReadList(&subsection));
        good = good && IsIncreasing(inner.back().second);
      }
      good = good && IsIncreasing(inner);
    }
    good = good && subsection.at_end();
  }
  if (!error.ok() || !good) return std::nullopt;
  return names;
}

void WriteNameSection(const NameSection& names, Bytes* out) {
  for (int kind = 0; kind < NameSection::kCount; ++kind) {
    Bytes contents;
    if (!PutContents(names, kind, &contents)) continue;
    PutByte(out, static_cast<uint8_t>(kind));
    PutSized(out, contents);
  }
}

}  // namespace umiak
