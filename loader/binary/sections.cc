// One function per section of the binary format. spec: binary/modules
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "loader/binary/module_decoder.h"
#include "loader/phrases.h"
#include "umiak/instruction_reader.h"
#include "umiak/limits.h"

namespace umiak {
namespace {

// Room for `count` elements, of which each takes a byte or more: a count beyond the bytes costs nothing.
template <class T>
void Reserve(std::vector<T>* vector, uint32_t count, const Reader& r) {
  vector->reserve(vector->size() + std::min(count, r.remaining()));
}

constexpr uint8_t kRecCode = 0x4E;
constexpr uint8_t kSubFinalCode = 0x4F;
constexpr uint8_t kSubCode = 0x50;
constexpr uint8_t kArrayCode = 0x5E;
constexpr uint8_t kStructCode = 0x5F;
constexpr uint8_t kFuncCode = 0x60;

}  // namespace

// --- Types. spec: binary/modules#type-section ---

void ModuleDecoder::DecodeTypes(Reader* r) {
  uint32_t count = r->Count(kMaxTypes, "number of types");
  Reserve(&module_.types, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) DecodeRecGroup(r);
}

void ModuleDecoder::DecodeRecGroup(Reader* r) {
  uint32_t start = static_cast<uint32_t>(module_.types.size());
  uint32_t length = 1;
  uint32_t offset = r->pos();
  if (features_.Has(kGc) && r->PeekByte() == kRecCode) {
    r->Byte("recursive group");
    length = r->Count(kMaxTypes, "number of types in a group");
    // No room for them alone: with many groups, each would move all types.
  }
  for (uint32_t i = 0; i < length && r->ok(); ++i) {
    offsets_.types.push_back(r->pos());
    SubType type = DecodeSubType(r);
    type.rec_start = start;
    type.rec_length = length;
    module_.types.push_back(std::move(type));
  }
  if (module_.types.size() > kMaxTypes) r->Fail(ErrorKind::kLimit, offset, phrase::kTooLarge, "too many types");
}

SubType ModuleDecoder::DecodeSubType(Reader* r) {
  SubType type;
  uint8_t code = r->PeekByte();
  if (features_.Has(kGc) && (code == kSubCode || code == kSubFinalCode)) {
    r->Byte("subtype");
    type.is_final = code == kSubFinalCode;
    uint32_t offset = r->pos();
    uint32_t count = r->Count(kMaxTypes, "number of supertypes");
    for (uint32_t i = 0; i < count && r->ok(); ++i) type.supertypes.push_back(r->U32("supertype"));
    if (r->ok() && count > 1) r->Fail(ErrorKind::kInvalid, offset, phrase::kSubType, "more than one supertype");
  }
  uint32_t offset = r->pos();
  code = r->Byte("type");
  if (code & 0x80) {
    r->Malformed(offset, phrase::kIntegerTooLong, "reading type");
    return type;
  }
  DecodeCompositeType(r, code, &type);
  return type;
}

void ModuleDecoder::DecodeCompositeType(Reader* r, uint8_t code, SubType* type) {
  uint32_t offset = r->pos() - 1;
  if (code == kFuncCode) {
    type->kind = SubType::kFunc;
    for (std::vector<ValType>* list : {&type->func.params, &type->func.results}) {
      bool params = list == &type->func.params;
      uint32_t count =
          params ? r->Count(kMaxParams, "number of parameters") : r->Count(kMaxResults, "number of results");
      Reserve(list, count, *r);
      for (uint32_t i = 0; i < count && r->ok(); ++i) list->push_back(r->ReadValType());
    }
  } else if (code == kStructCode && features_.Has(kGc)) {
    type->kind = SubType::kStruct;
    uint32_t count = r->Count(kMaxStructFields, "number of fields");
    Reserve(&type->fields, count, *r);
    for (uint32_t i = 0; i < count && r->ok(); ++i) type->fields.push_back(DecodeField(r));
  } else if (code == kArrayCode && features_.Has(kGc)) {
    type->kind = SubType::kArray;
    type->fields.push_back(DecodeField(r));
  } else {
    r->Malformed(offset, phrase::kMalformedDefinedType, absl::StrCat("0x", absl::Hex(code)));
  }
}

FieldType ModuleDecoder::DecodeField(Reader* r) {
  FieldType field;
  uint8_t code = r->PeekByte();
  if (code == 0x78 || code == 0x77) {
    r->Byte("storage type");
    field.type = ValType::kI32;
    field.packed = code == 0x78 ? FieldType::kI8 : FieldType::kI16;
  } else {
    field.type = r->ReadValType();
  }
  field.is_mutable = r->ReadMutability();
  return field;
}

// --- Imports. spec: binary/modules#import-section ---

void ModuleDecoder::DecodeImports(Reader* r) {
  uint32_t count = r->Count(kMaxImports, "number of imports");
  Reserve(&module_.imports, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) DecodeImport(r);
  module_.num_imported_functions = static_cast<uint32_t>(module_.functions.size());
  module_.num_imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.num_imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.num_imported_globals = static_cast<uint32_t>(module_.globals.size());
  module_.num_imported_tags = static_cast<uint32_t>(module_.tags.size());
}

void ModuleDecoder::DecodeImport(Reader* r) {
  Import import;
  import.offset = r->pos();
  import.module = std::string(r->Name("import's module name"));
  import.name = std::string(r->Name("import's name"));
  uint32_t offset = r->pos();
  uint8_t kind = r->Byte("import kind");
  if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
    return r->Malformed(offset, phrase::kMalformedImportKind, absl::StrCat(static_cast<int>(kind)));
  }
  import.kind = static_cast<ExternKind>(kind);
  switch (import.kind) {
    case ExternKind::kFunc: {
      import.index = static_cast<uint32_t>(module_.functions.size());
      Function function;
      function.type = r->U32("type index");
      offsets_.functions.push_back(import.offset);
      module_.functions.push_back(std::move(function));
      break;
    }
    case ExternKind::kTable: {
      import.index = static_cast<uint32_t>(module_.tables.size());
      TableDef table;
      table.type = r->ReadTableType(features_);
      offsets_.tables.push_back(import.offset);
      module_.tables.push_back(table);
      break;
    }
    case ExternKind::kMemory:
      import.index = static_cast<uint32_t>(module_.memories.size());
      offsets_.memories.push_back(import.offset);
      module_.memories.push_back({r->ReadMemoryType(features_)});
      break;
    case ExternKind::kGlobal:
      import.index = static_cast<uint32_t>(module_.globals.size());
      offsets_.globals.push_back(import.offset);
      module_.globals.push_back({r->ReadGlobalType(), {}});
      break;
    case ExternKind::kTag:
      import.index = static_cast<uint32_t>(module_.tags.size());
      offsets_.tags.push_back(import.offset);
      module_.tags.push_back(DecodeTag(r));
      break;
  }
  module_.imports.push_back(std::move(import));
}

// --- Functions, tables, memories, tags, globals ---

void ModuleDecoder::DecodeFunctions(Reader* r) {
  uint32_t count = r->Count(kMaxFunctions, "number of functions");
  Reserve(&module_.functions, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    Function function;
    offsets_.functions.push_back(r->pos());
    function.type = r->U32("type index");
    module_.functions.push_back(std::move(function));
  }
}

// A table with an initial value is marked by two bytes. spec: binary/modules#table-section
void ModuleDecoder::DecodeTables(Reader* r) {
  uint32_t count = r->Count(kMaxTables, "number of tables");
  Reserve(&module_.tables, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    TableDef table;
    offsets_.tables.push_back(r->pos());
    if (r->PeekByte() == 0x40) {
      uint32_t offset = r->pos();
      r->Byte("table");
      if (r->Byte("table") != 0) r->Malformed(offset, phrase::kMalformedTable);
      table.has_init = true;
    }
    table.type = r->ReadTableType(features_);
    if (table.has_init) table.init = DecodeExpression(r);
    module_.tables.push_back(table);
  }
}

void ModuleDecoder::DecodeMemories(Reader* r) {
  uint32_t count = r->Count(kMaxMemories, "number of memories");
  Reserve(&module_.memories, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    offsets_.memories.push_back(r->pos());
    module_.memories.push_back({r->ReadMemoryType(features_)});
  }
}

TagType ModuleDecoder::DecodeTag(Reader* r) {
  uint32_t offset = r->pos();
  if (r->Byte("tag attribute") != 0) r->Malformed(offset, phrase::kMalformedTagAttribute);
  return {r->U32("type index")};
}

void ModuleDecoder::DecodeTags(Reader* r) {
  uint32_t count = r->Count(kMaxTags, "number of tags");
  Reserve(&module_.tags, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    offsets_.tags.push_back(r->pos());
    module_.tags.push_back(DecodeTag(r));
  }
}

void ModuleDecoder::DecodeGlobals(Reader* r) {
  uint32_t count = r->Count(kMaxGlobals, "number of globals");
  Reserve(&module_.globals, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    GlobalDef global;
    offsets_.globals.push_back(r->pos());
    global.type = r->ReadGlobalType();
    global.init = DecodeExpression(r);
    module_.globals.push_back(global);
  }
}

void ModuleDecoder::DecodeExports(Reader* r) {
  uint32_t count = r->Count(kMaxExports, "number of exports");
  Reserve(&module_.exports, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    Export item;
    offsets_.exports.push_back(r->pos());
    item.name = std::string(r->Name("export's name"));
    uint32_t offset = r->pos();
    uint8_t kind = r->Byte("export kind");
    if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
      return r->Malformed(offset, phrase::kMalformedExportKind, absl::StrCat(static_cast<int>(kind)));
    }
    item.kind = static_cast<ExternKind>(kind);
    item.index = r->U32("export's index");
    module_.exports.push_back(std::move(item));
  }
}

// --- Segments ---

void ModuleDecoder::DecodeElems(Reader* r) {
  uint32_t count = r->Count(kMaxElemSegments, "number of elem segments");
  Reserve(&module_.elems, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    offsets_.elems.push_back(r->pos());
    module_.elems.push_back(DecodeElem(r));
  }
}

// Bit 0: passive or declarative; bit 1: explicit table, or declarative; bit 2: expressions.
// spec: binary/modules#element-section
ElemSegment ModuleDecoder::DecodeElem(Reader* r) {
  ElemSegment segment;
  uint32_t offset = r->pos();
  uint32_t flags = r->U32("elem segment's kind");
  if (flags > 7) r->Malformed(offset, phrase::kMalformedElemFlags, absl::StrCat(flags));
  bool expressions = flags & 4;
  segment.mode = !(flags & 1) ? SegmentMode::kActive
                 : flags & 2  ? SegmentMode::kDeclarative
                              : SegmentMode::kPassive;
  if (segment.mode == SegmentMode::kActive) {
    if (flags & 2) segment.table = r->U32("table index");
    segment.offset = DecodeExpression(r);
  }
  // Function indices are never null; the shortest form of expressions is of funcref.
  segment.type = expressions ? kFuncRef : ValType::Ref(HeapType::kFunc, false);
  if (flags & 3) {
    offset = r->pos();
    if (expressions) {
      segment.type = r->ReadRefType();
    } else if (r->Byte("element kind") != 0) {
      r->Malformed(offset, phrase::kMalformedElemKind);
    }
  }
  uint32_t count = r->Count(kMaxSegmentElements, "number of elements");
  if (expressions) {
    Reserve(&segment.exprs, count, *r);
    for (uint32_t i = 0; i < count && r->ok(); ++i) segment.exprs.push_back(DecodeExpression(r));
  } else {
    Reserve(&segment.funcs, count, *r);
    for (uint32_t i = 0; i < count && r->ok(); ++i) segment.funcs.push_back(r->U32("function index"));
  }
  return segment;
}

void ModuleDecoder::DecodeDatas(Reader* r) {
  uint32_t count = r->Count(kMaxDataSegments, "number of data segments");
  Reserve(&module_.datas, count, *r);
  for (uint32_t i = 0; i < count && r->ok(); ++i) {
    DataSegment segment;
    uint32_t offset = r->pos();
    offsets_.datas.push_back(offset);
    uint32_t flags = r->U32("data segment's kind");
    if (flags > 2) r->Malformed(offset, phrase::kMalformedDataFlags, absl::StrCat(flags));
    segment.mode = flags == 1 ? SegmentMode::kPassive : SegmentMode::kActive;
    if (flags == 2) segment.memory = r->U32("memory index");
    if (flags != 1) segment.offset = DecodeExpression(r);
    segment.size = r->U32("data segment's size");
    CodeSpan payload = r->Skip(segment.size, "data segment");
    segment.begin = payload.begin;
    module_.datas.push_back(segment);
  }
}

// --- Code. spec: binary/modules#code-section ---

void ModuleDecoder::DecodeCode(Reader* r) {
  num_bodies_ = r->Count(kMaxFunctions, "number of bodies");
  size_t defined = module_.functions.size() - module_.num_imported_functions;
  Function surplus;
  for (uint32_t i = 0; i < num_bodies_ && r->ok(); ++i) {
    // That there are as many is checked when all sections have been seen.
    DecodeBody(r, i < defined ? &module_.functions[module_.num_imported_functions + i] : &surplus);
    if (!r->ok()) function_ = module_.num_imported_functions + i;
  }
}

void ModuleDecoder::DecodeBody(Reader* r, Function* function) {
  uint32_t offset = r->pos();
  uint32_t size = r->U32("size of a body");
  if (size > kMaxFunctionBytes && size <= r->remaining()) {
    return r->Fail(ErrorKind::kLimit, offset, phrase::kTooLarge,
                   absl::StrCat("a function of ", size, " bytes"));
  }
  Reader body(module_.bytes(), r->Skip(size, "body"), &error_);
  DecodeLocals(&body, function);
  function->body = {body.pos(), body.end()};
}

void ModuleDecoder::DecodeLocals(Reader* body, Function* function) {
  uint32_t runs = body->U32("number of locals");
  uint32_t offset = body->pos();
  uint64_t total = 0;
  for (uint32_t i = 0; i < runs && body->ok(); ++i) {
    offset = body->pos();
    LocalRun run;
    run.count = body->U32("number of locals of a type");
    run.type = body->ReadValType();
    total += run.count;
    if (total > 0xffffffff) return body->Malformed(offset, phrase::kTooManyLocals, "more than 2^32");
    if (run.count != 0) function->locals.push_back(run);
  }
  if (total > kMaxLocals && body->ok()) {
    return body->Fail(ErrorKind::kLimit, offset, phrase::kTooManyLocals,
                      absl::StrCat(total, ", more than ", kMaxLocals));
  }
  function->local_count = static_cast<uint32_t>(total);
}

// --- Constant expressions: found by their `end` ---

CodeSpan ModuleDecoder::DecodeExpression(Reader* r) {
  CodeSpan span{r->pos(), r->end()};
  InstructionReader instructions(module_.bytes(), span);
  Instruction instruction;
  for (uint32_t depth = 1; depth != 0;) {
    if (!instructions.Read(&instruction)) {
      const DecodeError& error = instructions.error();
      if (error.ok()) {
        r->Malformed(r->end(), phrase::kUnexpectedEndOfSection, "reading a constant expression");
      } else {
        r->Fail(error.kind, error.offset, error.phrase, error.detail);
      }
      return {};
    }
    Immediate kind = InfoOf(instruction.opcode).immediate;
    if (kind == Immediate::kBlock || kind == Immediate::kTry || kind == Immediate::kTryTable) ++depth;
    if (instruction.opcode == Opcode::kEnd || instruction.opcode == Opcode::kDelegate) --depth;
  }
  span.end = instructions.pos();
  r->Skip(span.end - span.begin, "constant expression");
  return span;
}

}  // namespace umiak
