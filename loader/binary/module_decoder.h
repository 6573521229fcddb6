// Bytes to a Module draft: every section read, nothing validated yet.
// spec: binary/modules
#ifndef UMIAK_LOADER_BINARY_MODULE_DECODER_H_
#define UMIAK_LOADER_BINARY_MODULE_DECODER_H_

#include <vector>

#include "absl/status/status.h"
#include "loader/binary/reader.h"
#include "umiak/features.h"
#include "umiak/module.h"

namespace umiak {

// Fills *module from its bytes. What a module means is left to the validator: indices may be out of range and
// bodies may be any bytes. Fails with kMalformed or kLimit.
absl::Status DecodeModule(Features features, Module* module);

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
  ModuleDecoder(Features features, Module* module);
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
  void DecodeDatas(Reader* r);
  CodeSpan DecodeExpression(Reader* r);

  Features features_;
  Module& module_;
  DecodeError error_;
  int last_order_ = 0;
  bool has_code_ = false;
  uint32_t num_bodies_ = 0;
};

// Reads the name section's module and function names. A malformed one is ignored from the fault on, as the
// specification asks. spec: appendix/custom#name-section
void DecodeNames(CodeSpan payload, Module* module);

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_MODULE_DECODER_H_
