#include "loader/binary/module_decoder.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "loader/binary/section_words.h"
#include "loader/phrases.h"
#include "umiak/limits.h"

namespace umiak {
namespace {

constexpr uint8_t kMagic[4] = {0x00, 'a', 's', 'm'};
constexpr uint32_t kVersion = 1;
// What component-model binaries carry instead: version 13, layer 1.
constexpr uint32_t kComponentVersion = 0x0001000d;

// Place of a section among the others; 0 where there is none. spec: binary/modules#binary-module
int OrderOf(SectionId id) {
  switch (id) {
    case SectionId::kCustom: return 0;
    case SectionId::kType: return 1;
    case SectionId::kImport: return 2;
    case SectionId::kFunction: return 3;
    case SectionId::kTable: return 4;
    case SectionId::kMemory: return 5;
    case SectionId::kTag: return 6;
    case SectionId::kGlobal: return 7;
    case SectionId::kExport: return 8;
    case SectionId::kStart: return 9;
    case SectionId::kElem: return 10;
    case SectionId::kDataCount: return 11;
    case SectionId::kCode: return 12;
    case SectionId::kData: return 13;
  }
  return 0;
}

// What the bytes are instead of a module, for the message.
const char* Guess(absl::Span<const uint8_t> bytes) {
  auto starts_with = [bytes](absl::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
  };
  if (starts_with("\177ELF")) return "this is an ELF program or library, not WebAssembly";
  if (starts_with("(module") || starts_with(";;") || starts_with("(;"))
    return "this looks like the text format, which `umiak parse` assembles";
  if (starts_with("#!")) return "this is a script";
  if (starts_with("!<arch>")) return "this is an archive of object files";
  return "this is not a WebAssembly module";
}

}  // namespace

absl::Status DecodeModule(Features features, Module* module, ItemOffsets* offsets) {
  return ModuleDecoder(features, module, offsets).Decode();
}

absl::Status ModuleDecoder::Decode() {
  absl::Span<const uint8_t> bytes = module_.bytes();
  if (bytes.size() > kMaxModuleBytes) {
    return MakeError(ErrorKind::kLimit, phrase::kTooLarge,
                     absl::StrCat("a module of ", bytes.size(), " bytes"));
  }
  Reader reader(bytes, {0, static_cast<uint32_t>(bytes.size())}, &error_);
  if (DecodeHeader(&reader)) {
    while (!reader.at_end() && error_.ok()) DecodeSection(&reader);
  }
  if (error_.ok()) CheckCounts();
  if (error_.phrase == phrase::kMalformedSectionId) BlameBodies();
  RETURN_IF_ERROR(ToStatus(error_, function_));
  for (const CustomSection& custom : module_.customs) {
    if (custom.name == "name") DecodeNames(custom.payload, &module_);
  }
  return absl::OkStatus();
}

bool ModuleDecoder::DecodeHeader(Reader* reader) {
  absl::Span<const uint8_t> bytes = module_.bytes();
  const bool is_magic = std::equal(kMagic, kMagic + std::min(bytes.size(), sizeof(kMagic)), bytes.begin());
  if (bytes.size() >= sizeof(kMagic) && !is_magic) {
    reader->Malformed(0, phrase::kMagicNotDetected, Guess(bytes));
    return false;
  }
  if (bytes.size() < 8) {
    reader->Malformed(static_cast<uint32_t>(bytes.size()), phrase::kUnexpectedEnd,
                      bytes.empty() ? "the file is empty" : is_magic ? "reading the module's header" : Guess(bytes));
    return false;
  }
  reader->Fixed32("magic");
  uint32_t version = reader->Fixed32("version");
  if (version == kComponentVersion) {
    reader->Malformed(4, phrase::kUnknownBinaryVersion,
                      "this is a component (WASI 0.2), not a core module; build with --target wasm32-wasip1");
  } else if (version != kVersion) {
    reader->Malformed(4, phrase::kUnknownBinaryVersion, absl::StrCat("0x", absl::Hex(version)));
  }
  return error_.ok();
}

void ModuleDecoder::DecodeSection(Reader* reader) {
  uint32_t offset = reader->pos();
  uint8_t code = reader->Byte("section id");
  if (code > static_cast<uint8_t>(SectionId::kTag) ||
      (code == static_cast<uint8_t>(SectionId::kTag) && !features_.Has(kExceptions))) {
    return reader->Malformed(offset, phrase::kMalformedSectionId, absl::StrCat(static_cast<int>(code)));
  }
  SectionId id = static_cast<SectionId>(code);
  int order = OrderOf(id);
  if (order != 0) {
    if (order <= last_order_) {
      return reader->Malformed(
          offset, phrase::kUnexpectedContent,
          absl::StrCat("the ", SectionWord(code), " section stands twice or out of order"));
    }
    last_order_ = order;
  }
  uint32_t size_offset = reader->pos();
  uint32_t size = reader->U32("section size");
  if (size > reader->remaining()) {
    return reader->Malformed(size_offset, phrase::kLengthOutOfBounds,
                             absl::StrCat("the ", SectionWord(code), " section has ", size, " bytes, of which ",
                                          reader->remaining(), " are here: the file seems to be cut off"));
  }
  Reader section(module_.bytes(), reader->Skip(size, "section"), &error_);
  DecodeContents(id, &section);
  if (error_.ok() && !section.at_end()) {
    section.Malformed(section.pos(), phrase::kSectionSizeMismatch,
                      absl::StrCat(section.remaining(), " bytes are left of the ", SectionWord(code), " section"));
  }
}

void ModuleDecoder::DecodeContents(SectionId id, Reader* r) {
  switch (id) {
    case SectionId::kCustom: {
      CustomSection custom;
      custom.name = std::string(r->Name("custom section's name"));
      custom.payload = r->Skip(r->remaining(), "custom section");
      module_.customs.push_back(std::move(custom));
      return;
    }
    case SectionId::kType: return DecodeTypes(r);
    case SectionId::kImport: return DecodeImports(r);
    case SectionId::kFunction: return DecodeFunctions(r);
    case SectionId::kTable: return DecodeTables(r);
    case SectionId::kMemory: return DecodeMemories(r);
    case SectionId::kGlobal: return DecodeGlobals(r);
    case SectionId::kExport: return DecodeExports(r);
    case SectionId::kStart:
      module_.has_start = true;
      offsets_.start = r->pos();
      module_.start = r->U32("start function");
      return;
    case SectionId::kElem: return DecodeElems(r);
    case SectionId::kCode: return DecodeCode(r);
    case SectionId::kData: return DecodeDatas(r);
    case SectionId::kDataCount:
      module_.has_data_count = true;
      module_.data_count = r->U32("data count");
      return;
    case SectionId::kTag: return DecodeTags(r);
  }
}

// What stands behind a code section is no section, perhaps because a body is longer than it says: then that is
// the error.
void ModuleDecoder::BlameBodies() {
  Instruction instruction;
  for (FuncIdx i = 0; i < module_.functions.size(); ++i) {
    InstructionReader reader(module_.bytes(), module_.functions[i].body);
    while (reader.Read(&instruction)) {
    }
    if (!reader.ok()) {
      error_ = reader.error();
      function_ = i;
      return;
    }
  }
}

void ModuleDecoder::CheckCounts() {
  uint32_t offset = static_cast<uint32_t>(module_.bytes().size());
  Reader at_end(module_.bytes(), {offset, offset}, &error_);
  size_t defined = module_.functions.size() - module_.num_imported_functions;
  if (defined != num_bodies_) {
    at_end.Malformed(offset, phrase::kInconsistentFunctions,
                     absl::StrCat(defined, " functions, ", num_bodies_, " bodies"));
  }
  if (module_.has_data_count && module_.data_count != module_.datas.size()) {
    at_end.Malformed(offset, phrase::kInconsistentData,
                     absl::StrCat(module_.data_count, " declared, ", module_.datas.size(), " given"));
  }
}

}  // namespace umiak
