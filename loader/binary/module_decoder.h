// Bytes to a Module draft: every section read, nothing validated yet.
// spec: binary/modules
#ifndef UMIAK_LOADER_BINARY_MODULE_DECODER_H_
#define UMIAK_LOADER_BINARY_MODULE_DECODER_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "loader/binary/reader.h"
#include "umiak/features.h"
#include "umiak/module.h"

namespace umiak {

// Where the elements of each index space, and of each section that has none, begin in the bytes: what the validator
// says of them has a place. Imports first, as in the module.
struct ItemOffsets {
  std::vector<uint32_t> types;
  std::vector<uint32_t> functions;
  std::vector<uint32_t> tables;
  std::vector<uint32_t> memories;
  std::vector<uint32_t> globals;
  std::vector<uint32_t> tags;
  std::vector<uint32_t> exports;
  std::vector<uint32_t> elems;
  std::vector<uint32_t> datas;
  uint32_t start = 0;
};

// Fills *module from its bytes, and *offsets. What a module means is left to the validator: indices may be out of range
// and bodies may be any bytes. Fails with kMalformed or kLimit.
absl::Status DecodeModule(Features features, Module* module, ItemOffsets* offsets);

// Section ids. spec: binary/modules#sections
enum class SectionId : uint8_t {
  kCustom,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElem,
  kCode,
  kData,
  kDataCount,
  kTag
};

// One decoding of one module; sections.cc has a function per section.
class ModuleDecoder {
 public:
  ModuleDecoder(Features features, Module* module, ItemOffsets* offsets)
      : features_(features), module_(*module), offsets_(*offsets) {}
  absl::Status Decode();

 private:
  bool DecodeHeader(Reader* reader);
  void DecodeSection(Reader* reader);
  void DecodeContents(SectionId id, Reader* section);
  void CheckCounts();
  void BlameBodies();

  void DecodeTypes(Reader* r);
  void DecodeRecGroup(Reader* r);
  SubType DecodeSubType(Reader* r);
  void DecodeCompositeType(Reader* r, uint8_t code, SubType* type);
  FieldType DecodeField(Reader* r);
  void DecodeImports(Reader* r);
  void DecodeImport(Reader* r);
  void DecodeFunctions(Reader* r);
  void DecodeTables(Reader* r);
  void DecodeMemories(Reader* r);
  void DecodeTags(Reader* r);
  TagType DecodeTag(Reader* r);
  void DecodeGlobals(Reader* r);
  void DecodeExports(Reader* r);
  void DecodeElems(Reader* r);
  ElemSegment DecodeElem(Reader* r);
  void DecodeCode(Reader* r);
  void DecodeBody(Reader* r, Function* function);
  void DecodeLocals(Reader* body, Function* function);
  void DecodeDatas(Reader* r);
  CodeSpan DecodeExpression(Reader* r);

  Features features_;
  Module& module_;
  ItemOffsets& offsets_;
  DecodeError error_;
  std::optional<FuncIdx> function_;  // whose body has the error
  int last_order_ = 0;
  bool has_code_ = false;
  uint32_t num_bodies_ = 0;
};

// Reads the name section's module and function names. A malformed one is ignored from the fault on, as the
// specification asks. spec: appendix/custom#name-section
void DecodeNames(CodeSpan payload, Module* module);

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_MODULE_DECODER_H_
