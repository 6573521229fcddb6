#include "loader/validate/module_validator.h"

#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

Writer I32(int32_t value) { return Writer().Op(Opcode::kI32Const).S32(value).Op(Opcode::kEnd); }

TEST_CASE("type indices are in range") {
  CheckInvalid(Load(ModuleBuilder().Add(SectionId::kImport, Writer().Name("").Name("").Byte(0).U32(3))),
               "unknown type 3");
  CheckInvalid(
      Load(ModuleBuilder().Type(FuncType{{ValType::Ref(HeapType::Concrete(1), true)}, {}}).Type(FuncType())),
      "unknown type 1");
  CheckOk(Load(ModuleBuilder().Type(FuncType{{ValType::Ref(HeapType::Concrete(0), true)}, {}})));
  CheckInvalid(Load(ModuleBuilder().Tag(0)), "unknown type 0");
  SubType structure;
  structure.kind = SubType::kStruct;
  CheckInvalid(Load(ModuleBuilder().Type(structure).Tag(0)), "type mismatch: type 0 is not a function type");
}

TEST_CASE("a subtype fits below an open supertype") {
  SubType above;
  above.kind = SubType::kStruct;
  above.fields = {{ValType::kI32, FieldType::kNotPacked, false}};
  SubType below = above;
  below.supertypes = {0};
  CheckInvalid(Load(ModuleBuilder().Type(above).Type(below)),
               "sub type: type 1 extends type 0, which is final");
  above.is_final = false;
  CheckOk(Load(ModuleBuilder().Type(above).Type(below)));
  below.fields[0].is_mutable = true;
  CheckInvalid(Load(ModuleBuilder().Type(above).Type(below)),
               "sub type: type 1 does not match its supertype 0");
  below.fields.clear();
  CheckInvalid(Load(ModuleBuilder().Type(above).Type(below)), "sub type");
  below.supertypes = {1};
  CheckInvalid(Load(ModuleBuilder().Type(above).Type(below)), "unknown type 1");
}

TEST_CASE("exports exist and have different names") {
  ModuleBuilder builder;
  builder.Memory().Export("a", ExternKind::kMemory, 0);
  CheckOk(Load(builder));
  CheckInvalid(Load(ModuleBuilder(builder).Export("a", ExternKind::kMemory, 0)),
               "duplicate export name: \"a\"");
  CheckInvalid(Load(ModuleBuilder(builder).Export("b", ExternKind::kMemory, 1)),
               "unknown memory 1: export \"b\"");
  CheckInvalid(Load(ModuleBuilder(builder).Export("b", ExternKind::kFunc, 0)), "unknown function 0");
}

TEST_CASE("the start function takes and gives nothing") {
  auto with_start = [](const FuncType& type, FuncIdx start) {
    Writer module;
    module.Header()
        .Section(1, Writer().U32(1).Type(type))
        .Section(3, Writer().U32(1).U32(0))
        .Section(8, Writer().U32(start));
    Writer body;
    body.U32(0).Op(Opcode::kUnreachable).Op(Opcode::kEnd);
    return LoadModule(module.Section(10, Writer().U32(1).Sized(body)).Take());
  };
  CheckOk(with_start({}, 0));
  CheckInvalid(with_start({{ValType::kI32}, {}}, 0), "start function: its type is (i32) -> ()");
  CheckInvalid(with_start({}, 1), "unknown function 1");
}

TEST_CASE("constant expressions are constant and of their type") {
  auto global = [](const Writer& init) {
    return Load(
        ModuleBuilder()
            .Add(SectionId::kImport, Writer().Name("").Name("c").Byte(3).Type(GlobalType{ValType::kI32, false}))
            .Add(SectionId::kImport, Writer().Name("").Name("m").Byte(3).Type(GlobalType{ValType::kI32, true}))
            .Add(SectionId::kGlobal, Writer().Type(GlobalType{ValType::kI32, false}).Bytes(init.bytes())));
  };
  CheckOk(global(I32(1)));
  CheckOk(global(Writer().Op(Opcode::kGlobalGet).U32(0).Op(Opcode::kEnd)));
  CheckInvalid(global(Writer().Op(Opcode::kGlobalGet).U32(1).Op(Opcode::kEnd)), "constant expression required");
  CheckInvalid(global(Writer().Op(Opcode::kGlobalGet).U32(2).Op(Opcode::kEnd)), "unknown global 2");
  CheckInvalid(global(Writer().Op(Opcode::kNop).Op(Opcode::kEnd)), "constant expression required");
  CheckInvalid(global(Writer().Op(Opcode::kI64Const).S64(1).Op(Opcode::kEnd)),
               "type mismatch: expected i32, found i64");
  CheckInvalid(global(Writer().Op(Opcode::kEnd)), "type mismatch: expected i32, found nothing");
  Writer sum;
  sum.Op(Opcode::kI32Const).S32(1).Op(Opcode::kI32Const).S32(1).Op(Opcode::kI32Add).Op(Opcode::kEnd);
  CheckOk(global(sum));
  CheckMalformed(LoadModule(OneSection(
                     SectionId::kGlobal,
                     Writer().U32(1).Type(GlobalType{ValType::kI32, false}).Op(Opcode::kI32Const).S32(1))),
                 "unexpected end of section or function: reading a constant expression", 15);
}

TEST_CASE("ref.func in a body names a function that stands outside of bodies") {
  Writer body;
  body.Op(Opcode::kRefFunc).U32(0).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(body)), "undeclared function reference: func 0");
  CheckOk(Load(Around(body).Export("f", ExternKind::kFunc, 0)));
  CheckOk(Load(Around(body).Add(SectionId::kElem, Writer().U32(3).Byte(0).U32(1).U32(0))));
}

TEST_CASE("active segments fit their memory and table") {
  CheckInvalid(Load(ModuleBuilder().Add(SectionId::kData, Writer().U32(0).Bytes(I32(0).bytes()).Name(""))),
               "unknown memory 0");
  CheckInvalid(Load(ModuleBuilder().Add(SectionId::kElem, Writer().U32(0).Bytes(I32(0).bytes()).U32(0))),
               "unknown table 0");
  TableType table;
  table.element = kExternRef;
  CheckInvalid(
      Load(ModuleBuilder().Table(table).Add(SectionId::kElem, Writer().U32(0).Bytes(I32(0).bytes()).U32(0))),
      "type mismatch: elements of (ref func) for a table of externref");
  CheckInvalid(Load(ModuleBuilder().Add(SectionId::kElem, Writer().U32(1).Byte(0).U32(1).U32(7))),
               "unknown function 7");
  CheckInvalid(Load(ModuleBuilder().Add(SectionId::kElem, Writer().U32(5).Byte(0x63).U32(1).U32(0))),
               "unknown type 1");
}

TEST_CASE("a table of non-null references needs an initial value") {
  TableType table;
  table.element = ValType::Ref(HeapType::kFunc, false);
  CheckInvalid(Load(ModuleBuilder().Table(table)), "type mismatch: table 0 of (ref func) has no initial value");
}

TEST_CASE("tags have no results, shared memories a maximum, page sizes are 1 or 65536") {
  CheckInvalid(Load(ModuleBuilder().Type(FuncType{{}, {ValType::kI32}}).Tag(0)), "non-empty tag result type");
  MemoryType memory;
  memory.shared = true;
  CheckInvalid(Load(ModuleBuilder().Memory(memory)), "shared memory must have maximum");
  memory.shared = false;
  memory.page_size_log2 = 12;
  CheckInvalid(Load(ModuleBuilder().Memory(memory)), "invalid custom page size: 2^12");
  memory.page_size_log2 = 0;
  CheckOk(Load(ModuleBuilder().Memory(memory)));
}

TEST_CASE("what is wrong outside of bodies has the place of the item that it is about") {
  constexpr int64_t kFirst = 11;  // behind the header, a section's id and size, and the count
  const auto check = [](SectionId id, const Writer& contents, const char* phrase, int64_t offset) {
    CheckInvalid(LoadModule(OneSection(id, contents)), phrase, offset);
  };
  const ValType unknown = ValType::Ref(HeapType::Concrete(9), true);
  check(SectionId::kType, Writer().U32(2).Type(FuncType()).Type(FuncType{{unknown}, {}}), "unknown type 9", kFirst + 3);
  check(SectionId::kImport, Writer().U32(1).Name("").Name("").Byte(0).U32(3), "unknown type 3", kFirst);
  check(SectionId::kMemory, Writer().U32(2).Byte(0).U32(1).Byte(1).U32(2).U32(1), "size minimum", kFirst + 2);
  check(SectionId::kTable, Writer().U32(2).Byte(0x70).Byte(0).U32(1).Byte(0x64).Byte(0x70).Byte(0).U32(1),
        "type mismatch: table 1", kFirst + 3);
  check(SectionId::kGlobal, Writer().U32(1).Type(GlobalType{unknown, false}).Bytes(I32(0).bytes()), "unknown type 9",
        kFirst);
  check(SectionId::kTag, Writer().U32(1).Byte(0).U32(4), "unknown type 4", kFirst);
  check(SectionId::kExport, Writer().U32(1).Name("x").Byte(2).U32(5), "unknown memory 5", kFirst);
  check(SectionId::kStart, Writer().U32(6), "unknown function 6", kFirst - 1);
  check(SectionId::kElem, Writer().U32(1).U32(1).Byte(0).U32(1).U32(7), "unknown function 7", kFirst);
  check(SectionId::kData, Writer().U32(2).U32(1).Name("").U32(0).Bytes(I32(0).bytes()).Name(""), "unknown memory 0",
        kFirst + 2);
  const Writer body = Writer().U32(0).Op(Opcode::kEnd);
  Writer functions;
  functions.Header().Section(1, Writer().U32(1).Type(FuncType())).Section(3, Writer().U32(2).U32(0).U32(8));
  functions.Section(10, Writer().U32(2).Sized(body).Sized(body));
  CheckInvalid(LoadModule(functions.bytes()), "unknown type 8", kFirst + 4 + 3);
}

TEST_CASE("several memories need their feature") {
  LoadOptions options;
  options.features.Set(kMultiMemory, false);
  CheckInvalid(Load(ModuleBuilder().Memory().Memory(), options), "multiple memories");
  CheckOk(Load(ModuleBuilder().Memory().Memory()));
}

}  // namespace
}  // namespace umiak
