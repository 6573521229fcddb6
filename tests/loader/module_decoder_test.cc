#include "loader/binary/module_decoder.h"

#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

std::vector<uint8_t> BytesOf(absl::string_view text) { return {text.begin(), text.end()}; }

TEST_CASE("the empty module loads") {
  auto module = LoadModule(Writer().Header().Take());
  CheckOk(module);
  CHECK((*module)->functions.empty());
}

TEST_CASE("what is no module is told apart") {
  CheckMalformed(LoadModule(ModuleBytes()), "unexpected end: the file is empty", 0);
  CheckMalformed(LoadModule(BytesOf("(module)")), "magic header not detected: this looks like the text format",
                 0);
  CheckMalformed(LoadModule(BytesOf("\x7f"
                                    "ELF....")),
                 "magic header not detected: this is an ELF program", 0);
  CheckMalformed(LoadModule(BytesOf("hi")), "unexpected end: this is not a WebAssembly module", 2);
  CheckMalformed(LoadModule(BytesOf(absl::string_view("\0as", 3))), "unexpected end: reading the module's header", 3);
  CheckMalformed(LoadModule(BytesOf(absl::string_view("\0asm\1\0", 6))), "unexpected end", 6);
  CheckMalformed(LoadModule(BytesOf(absl::string_view("\0asm\2\0\0\0", 8))), "unknown binary version: 0x2", 4);
}

TEST_CASE("a component is named and the way out is told") {
  auto module = LoadModule(BytesOf(absl::string_view("\0asm\x0d\0\1\0", 8)));
  CheckMalformed(
      module,
      "unknown binary version: this is a component (WASI 0.2), not a core module; build with --target "
      "wasm32-wasip1",
      4);
}

TEST_CASE("sections stand once and in order") {
  Writer twice;
  twice.Header().Section(1, Writer().U32(0)).Section(1, Writer().U32(0));
  CheckMalformed(LoadModule(twice.bytes()), "unexpected content after last section", 11);
  Writer reversed;
  reversed.Header().Section(2, Writer().U32(0)).Section(1, Writer().U32(0));
  CheckMalformed(LoadModule(reversed.bytes()), "unexpected content after last section", 11);
  Writer tags_after_globals;
  tags_after_globals.Header().Section(6, Writer().U32(0)).Section(13, Writer().U32(0));
  CheckMalformed(LoadModule(tags_after_globals.bytes()), "unexpected content after last section", 11);
  Writer unknown;
  unknown.Header().Section(14, Writer());
  CheckMalformed(LoadModule(unknown.bytes()), "malformed section id: 14", 8);
}

TEST_CASE("a section is as long as it says") {
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(0).Byte(0))), "section size mismatch",
                 11);
  CheckMalformed(
      LoadModule(Writer().Header().Byte(1).U32(100).Byte(0).Take()),
      "length out of bounds: the type section has 100 bytes, of which 1 are here: the file seems to be cut off", 9);
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(1))),
                 "unexpected end of section or function", 11);
}

TEST_CASE("what is wrong with a body names its function") {
  const auto check = [](const absl::StatusOr<std::shared_ptr<const Module>>& module, absl::string_view message) {
    CHECK(std::string(module.status().message()) == message);
    CHECK(LocationOf(module.status())->function == 1);
  };
  ModuleBuilder builder = Around(Writer());
  check(Load(ModuleBuilder(builder).Function(0, Writer(), Writer().U32(1).U32(60'000).Byte(0x7F))),
        "too many locals: 60000, more than 50000 (at 0x2e, func 1)");
  check(Load(ModuleBuilder(builder).Function(0, Writer(), Writer().U32(1).U32(1).Byte(0x01))),
        "malformed value type (at 0x2f, func 1)");
  Writer longer;
  longer.Header().Section(1, Writer().U32(1).Type(FuncType())).Section(3, Writer().U32(2).U32(0).U32(0));
  longer.Section(10, Writer().U32(2).Sized(Writer().U32(0).Op(Opcode::kEnd)).U32(20).U32(0));
  check(LoadModule(longer.bytes()), "unexpected end of section or function: reading body (at 0x1b, func 1)");
}

TEST_CASE("types of all kinds are read") {
  SubType array;
  array.kind = SubType::kArray;
  array.fields = {{ValType::kI32, FieldType::kI8, true}};
  SubType structure;
  structure.kind = SubType::kStruct;
  structure.is_final = false;
  structure.fields = {{ValType::kF64, FieldType::kNotPacked, false}, {ValType::kI32, FieldType::kI16, true}};
  SubType below = structure;
  below.is_final = true;
  below.supertypes = {1};
  below.fields.push_back({ValType::Ref(HeapType::Concrete(2), true), FieldType::kNotPacked, false});
  ModuleBuilder builder;
  builder.Type(array).Type(structure).Type(below).Type(FuncType{{kExternRef}, {ValType::kV128, ValType::kI64}});
  auto module = Load(builder);
  CheckOk(module);
  REQUIRE((*module)->types.size() == 4);
  CHECK((*module)->types[0].fields == array.fields);
  CHECK((*module)->types[1].is_final == false);
  CHECK((*module)->types[2].supertypes == std::vector<TypeIdx>{1});
  CHECK((*module)->types[2].fields == below.fields);
  CHECK((*module)->types[3].func.results.size() == 2);
  CHECK((*module)->types[3].rec_length == 1);
}

TEST_CASE("a recursive group's types know their group") {
  Writer group;
  group.Byte(0x4E).U32(2);
  group.Type(FuncType{{ValType::Ref(HeapType::Concrete(1), true)}, {}});
  group.Type(FuncType{{ValType::Ref(HeapType::Concrete(0), true)}, {}});
  ModuleBuilder builder;
  builder.Add(SectionId::kType, group).Type(FuncType());
  auto module = Load(builder);
  CheckOk(module);
  REQUIRE((*module)->types.size() == 3);
  CHECK((*module)->types[1].rec_start == 0);
  CHECK((*module)->types[1].rec_length == 2);
  CHECK((*module)->types[2].rec_start == 2);
}

TEST_CASE("imports of every kind come first in their index spaces") {
  Writer imports;
  auto import = [](uint8_t kind) { return Writer().Name("m").Name("n").Byte(kind); };
  TableType table;
  table.element = kExternRef;
  table.limits = {1, 2};
  MemoryType memory;
  memory.limits = {1, Limits::kNoMax};
  memory.is_64 = true;
  ModuleBuilder builder;
  builder.Type(FuncType());
  builder.Add(SectionId::kImport, import(0).U32(0));
  builder.Add(SectionId::kImport, import(1).Type(table));
  builder.Add(SectionId::kImport, import(2).Type(memory));
  builder.Add(SectionId::kImport, import(3).Type(GlobalType{ValType::kI64, true}));
  builder.Add(SectionId::kImport, import(4).Byte(0).U32(0));
  builder.Function(0, Writer().Op(Opcode::kNop));
  auto module = Load(builder);
  CheckOk(module);
  const Module& m = **module;
  CHECK(m.imports.size() == 5);
  CHECK(m.num_imported_functions == 1);
  CHECK(m.functions.size() == 2);
  CHECK(m.tables[0].type == table);
  CHECK(m.memories[0].type == memory);
  CHECK(m.globals[0].type == GlobalType{ValType::kI64, true});
  CHECK(m.num_imported_tags == 1);
  CHECK(m.imports[4].kind == ExternKind::kTag);
}

TEST_CASE("kinds that do not exist are malformed where they stand") {
  ModuleBuilder import;
  import.Add(SectionId::kImport, Writer().Name("m").Name("n").Byte(5));
  CheckMalformed(Load(import), "malformed import kind: 5", 15);
  ModuleBuilder item;
  item.Add(SectionId::kExport, Writer().Name("e").Byte(9).U32(0));
  CheckMalformed(Load(item), "malformed export kind: 9", 13);
  CheckMalformed(LoadModule(OneSection(SectionId::kElem, Writer().U32(1).U32(8))),
                 "malformed elements segment kind", 11);
  CheckMalformed(LoadModule(OneSection(SectionId::kData, Writer().U32(1).U32(3))),
                 "malformed data segment kind", 11);
  CheckMalformed(LoadModule(OneSection(SectionId::kMemory, Writer().U32(1).Byte(0x10).U32(0))),
                 "malformed limits flags", 11);
  CheckMalformed(LoadModule(OneSection(SectionId::kTable, Writer().U32(1).Byte(0x70).Byte(2))),
                 "malformed limits flags", 12);
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(1).Byte(0x40))),
                 "malformed definition type", 11);
  CheckMalformed(LoadModule(OneSection(SectionId::kGlobal, Writer().U32(1).Byte(0x7F).Byte(2))),
                 "malformed mutability", 12);
  CheckMalformed(LoadModule(OneSection(SectionId::kTag, Writer().U32(1).Byte(1).U32(0))),
                 "malformed tag attribute", 11);
}

TEST_CASE("names are UTF-8") {
  ModuleBuilder builder;
  builder.Function(0, Writer()).Type(FuncType()).Export("\xff", ExternKind::kFunc, 0);
  CheckMalformed(Load(builder), "malformed UTF-8 encoding: export's name");
}

TEST_CASE("bodies are spans of the module's bytes, locals are counted with the parameters") {
  ModuleBuilder builder;
  builder.Type(FuncType{{ValType::kI64}, {}});
  builder.Function(0, Writer().Op(Opcode::kNop), Writer().U32(2).U32(3).Byte(0x7F).U32(2).Byte(0x7C));
  auto module = Load(builder);
  CheckOk(module);
  const Function& function = (*module)->functions[0];
  CHECK(function.local_count == 6);
  CHECK(function.locals.size() == 2);
  CHECK(function.locals[0].count == 3);
  REQUIRE(function.body.end - function.body.begin == 2);
  CHECK((*module)->bytes()[function.body.begin] == 0x01);
  CHECK((*module)->bytes()[function.body.end - 1] == 0x0B);
}

TEST_CASE("segments of every form are read") {
  ModuleBuilder builder;
  TableType table;
  table.element = kFuncRef;
  table.limits.min = 10;
  builder.Type(FuncType()).Table(table).Memory().Function(0, Writer());
  Writer zero;
  zero.Op(Opcode::kI32Const).S32(0).Op(Opcode::kEnd);
  Writer func;
  func.Op(Opcode::kRefFunc).U32(0).Op(Opcode::kEnd);
  auto elem = [](uint32_t flags) { return Writer().U32(flags); };
  builder.Add(SectionId::kElem, elem(0).Bytes(zero.bytes()).U32(1).U32(0));
  builder.Add(SectionId::kElem, elem(1).Byte(0).U32(1).U32(0));
  builder.Add(SectionId::kElem, elem(2).U32(0).Bytes(zero.bytes()).Byte(0).U32(1).U32(0));
  builder.Add(SectionId::kElem, elem(3).Byte(0).U32(1).U32(0));
  builder.Add(SectionId::kElem, elem(4).Bytes(zero.bytes()).U32(1).Bytes(func.bytes()));
  builder.Add(SectionId::kElem, elem(5).Byte(0x70).U32(1).Bytes(func.bytes()));
  builder.Add(SectionId::kElem, elem(6).U32(0).Bytes(zero.bytes()).Byte(0x70).U32(1).Bytes(func.bytes()));
  builder.Add(SectionId::kElem, elem(7).Byte(0x70).U32(0));
  builder.Add(SectionId::kData, Writer().U32(0).Bytes(zero.bytes()).Name("abc"));
  builder.Add(SectionId::kData, Writer().U32(1).Name("de"));
  builder.Add(SectionId::kData, Writer().U32(2).U32(0).Bytes(zero.bytes()).Name(""));
  auto module = Load(builder);
  CheckOk(module);
  const Module& m = **module;
  REQUIRE(m.elems.size() == 8);
  const SegmentMode kModes[] = {SegmentMode::kActive, SegmentMode::kPassive, SegmentMode::kActive,
                                SegmentMode::kDeclarative};
  for (size_t i = 0; i < 8; ++i) {
    CHECK(m.elems[i].mode == kModes[i % 4]);
    CHECK(m.elems[i].size() == (i == 7 ? 0 : 1));
    CHECK(m.elems[i].exprs.empty() == (i < 4 || i == 7));
  }
  REQUIRE(m.datas.size() == 3);
  CHECK(m.datas[0].size == 3);
  CHECK(m.bytes()[m.datas[0].begin] == 'a');
  CHECK(m.datas[1].mode == SegmentMode::kPassive);
}

TEST_CASE("as many bodies as functions, as many segments as counted") {
  ModuleBuilder builder;
  builder.Type(FuncType()).Add(SectionId::kFunction, Writer().U32(0));
  CheckMalformed(Load(builder), "function and code section have inconsistent lengths: 1 functions, 0 bodies");
  ModuleBuilder datas;
  datas.Add(SectionId::kDataCount, Writer().U32(2)).Add(SectionId::kData, Writer().U32(1).Name(""));
  CheckMalformed(Load(datas), "data count and data section have inconsistent lengths");
}

TEST_CASE("function and module names come from the name section") {
  Writer functions;
  functions.U32(3).U32(0).Name("first").U32(1).Name("second").U32(99).Name("nobody");
  Writer payload;
  payload.Name("name");
  payload.Byte(0).Sized(Writer().Name("mod"));
  payload.Byte(1).Sized(functions);
  ModuleBuilder builder;
  builder.Type(FuncType()).Function(0, Writer()).Function(0, Writer()).Export("e", ExternKind::kFunc, 1);
  Writer with_names;
  with_names.Bytes(builder.Build()).Section(0, payload);
  auto module = LoadModule(with_names.bytes());
  CheckOk(module);
  CHECK((*module)->name == "mod");
  CHECK((*module)->FunctionName(0) == "first");
  CHECK((*module)->FunctionName(1) == "second");
  CHECK((*module)->FunctionName(99).empty());
  REQUIRE((*module)->customs.size() == 1);
  CHECK((*module)->customs[0].name == "name");
  auto without = Load(builder);
  CHECK((*without)->FunctionName(1) == "e");
  CHECK((*without)->FunctionName(0).empty());
  CHECK((*without)->FindExport("e")->index == 1);
  CHECK((*without)->FindExport("f") == nullptr);
}

TEST_CASE("a malformed name section is ignored") {
  for (const Writer& payload :
       {Writer().Name("name").Byte(1).U32(100), Writer().Name("name").Byte(0).Sized(Writer().Name("\xff")),
        Writer().Name("name").Byte(1).Sized(Writer().U32(0xffffffff))}) {
    CheckOk(LoadModule(Writer().Header().Section(0, payload).Take()));
  }
  CheckMalformed(LoadModule(Writer().Header().Section(0, Writer()).Take()), "unexpected end");
}

TEST_CASE("a feature that is off is not read") {
  LoadOptions options;
  options.features.Set(kMemory64, false);
  MemoryType memory;
  memory.is_64 = true;
  CheckMalformed(Load(ModuleBuilder().Memory(memory), options), "malformed limits flags");
  options.features.Set(kGc, false);
  SubType structure;
  structure.kind = SubType::kStruct;
  CheckMalformed(Load(ModuleBuilder().Type(structure), options), "malformed definition type");
  options.features.Set(kSimd, false);
  CheckMalformed(Load(ModuleBuilder().Type(FuncType{{ValType::kV128}, {}}), options),
                 "malformed value type: v128");
  CheckMalformed(Load(Around(Writer(), Writer().U32(1).U32(1).Type(ValType(ValType::kV128))), options),
                 "malformed value type: v128");
  CheckOk(Load(Around(Writer()), options));
  options.features.Set(kSignExtension, false);
  Writer body;
  body.Op(Opcode::kI32Const).S32(0).Op(Opcode::kI32Extend8S).Op(Opcode::kDrop);
  CheckMalformed(Load(Around(body), options), "illegal opcode: i32.extend8_s");
}

}  // namespace
}  // namespace umiak
