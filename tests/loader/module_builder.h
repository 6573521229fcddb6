// Small binaries for loader's tests, made through the writer, and what is asked of their loading.
#ifndef UMIAK_TESTS_LOADER_MODULE_BUILDER_H_
#define UMIAK_TESTS_LOADER_MODULE_BUILDER_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "loader/binary/module_decoder.h"
#include "loader/binary/writer.h"
#include "umiak/error.h"
#include "umiak/load.h"

namespace umiak {

// Sections by id; Build() writes them in the format's order.
class ModuleBuilder {
 public:
  ModuleBuilder& Type(const FuncType& type) { return Add(SectionId::kType, Writer().Type(type)); }
  ModuleBuilder& Type(const SubType& type) { return Add(SectionId::kType, Writer().Type(type)); }
  ModuleBuilder& Table(const TableType& type) { return Add(SectionId::kTable, Writer().Type(type)); }
  ModuleBuilder& Memory(const MemoryType& type) { return Add(SectionId::kMemory, Writer().Type(type)); }
  ModuleBuilder& Memory(uint64_t min = 1) {
    MemoryType type;
    type.limits.min = min;
    return Memory(type);
  }
  ModuleBuilder& Tag(TypeIdx type) { return Add(SectionId::kTag, Writer().Byte(0).U32(type)); }
  ModuleBuilder& Export(const char* name, ExternKind kind, uint32_t index) {
    return Add(SectionId::kExport, Writer().Name(name).Byte(static_cast<uint8_t>(kind)).U32(index));
  }
  // A function of that type: locals as written, then instructions without the last `end`.
  ModuleBuilder& Function(TypeIdx type, const Writer& instructions, const Writer& locals = Writer().U32(0)) {
    Add(SectionId::kFunction, Writer().U32(type));
    Writer body;
    body.Bytes(locals.bytes()).Bytes(instructions.bytes()).Op(Opcode::kEnd);
    return Add(SectionId::kCode, Writer().Sized(body));
  }
  // One more element of a section that has a count.
  ModuleBuilder& Add(SectionId id, const Writer& element) {
    ++counts_[id];
    contents_[id].Bytes(element.bytes());
    return *this;
  }

  std::vector<uint8_t> Build() const {
    static constexpr SectionId kOrder[] = {SectionId::kType,      SectionId::kImport, SectionId::kFunction,
                                           SectionId::kTable,     SectionId::kMemory, SectionId::kTag,
                                           SectionId::kGlobal,    SectionId::kExport, SectionId::kElem,
                                           SectionId::kDataCount, SectionId::kCode,   SectionId::kData};
    Writer module;
    module.Header();
    for (SectionId id : kOrder) {
      auto it = contents_.find(id);
      if (it == contents_.end()) continue;
      Writer section;
      // The data count is a number itself.
      if (id != SectionId::kDataCount) section.U32(counts_.at(id));
      section.Bytes(it->second.bytes());
      module.Section(static_cast<uint8_t>(id), section);
    }
    return module.Take();
  }

 private:
  std::map<SectionId, uint32_t> counts_;
  std::map<SectionId, Writer> contents_;
};

inline absl::StatusOr<std::shared_ptr<const Module>> Load(const ModuleBuilder& builder,
                                                          const LoadOptions& options = {}) {
  return LoadModule(builder.Build(), options);
}

// Header and one section with these contents.
inline std::vector<uint8_t> OneSection(SectionId id, const Writer& contents) {
  return Writer().Header().Section(static_cast<uint8_t>(id), contents).Take();
}

// A module with one function () -> () of these instructions, one memory, table and mutable i32 global around
// it.
inline ModuleBuilder Around(const Writer& instructions, const Writer& locals = Writer().U32(0)) {
  ModuleBuilder builder;
  TableType table;
  table.element = kFuncRef;
  builder.Type(FuncType()).Memory().Table(table);
  builder.Add(SectionId::kGlobal,
              Writer().Type(ValType(ValType::kI32)).Byte(1).Op(Opcode::kI32Const).S32(0).Op(Opcode::kEnd));
  builder.Function(0, instructions, locals);
  return builder;
}

inline void CheckStatus(const absl::Status& status, ErrorKind kind, const std::string& phrase,
                        int64_t offset = -1) {
  INFO(status.ToString());
  CHECK(KindOf(status) == kind);
  CHECK(std::string(status.message()).substr(0, phrase.size()) == phrase);
  auto location = LocationOf(status);
  REQUIRE(location.has_value());
  REQUIRE(location->offset.has_value());  // of every error of the loader
  if (offset >= 0) CHECK(*location->offset == static_cast<uint64_t>(offset));
}

template <class T>
void CheckMalformed(const absl::StatusOr<T>& result, const std::string& phrase, int64_t offset = -1) {
  CheckStatus(result.status(), ErrorKind::kMalformed, phrase, offset);
}
template <class T>
void CheckInvalid(const absl::StatusOr<T>& result, const std::string& phrase, int64_t offset = -1) {
  CheckStatus(result.status(), ErrorKind::kInvalid, phrase, offset);
}
template <class T>
void CheckLimit(const absl::StatusOr<T>& result, const std::string& phrase) {
  CheckStatus(result.status(), ErrorKind::kLimit, phrase);
}
template <class T>
void CheckOk(const absl::StatusOr<T>& result) {
  INFO(result.status().ToString());
  CHECK(result.ok());
}

}  // namespace umiak

#endif  // UMIAK_TESTS_LOADER_MODULE_BUILDER_H_
