#include "loader/validate/function_validator.h"

#include "absl/strings/str_cat.h"
#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

Writer& Const(Writer& w, char letter) {
  switch (letter) {
    case 'a':
    case 'i': return w.Op(Opcode::kI32Const).S32(0);
    case 'l': return w.Op(Opcode::kI64Const).S64(0);
    case 'f': return w.Op(Opcode::kF32Const).Fixed32(0);
    case 'd': return w.Op(Opcode::kF64Const).Fixed64(0);
    default: return w.Op(Opcode::kV128Const).Fixed64(0).Fixed64(0);
  }
}

Instruction Plain(Opcode opcode) {
  Instruction i;
  i.opcode = opcode;
  uint8_t access = InfoOf(opcode).access;
  while (access > 1) {
    ++i.memarg.align_log2;
    access /= 2;
  }
  return i;
}

// Offset of the first instruction in the one function of Around().
int64_t BodyOffset(const ModuleBuilder& builder) {
  Module module{builder.Build()};
  ItemOffsets offsets;
  REQUIRE(DecodeModule(Features::Default(), &module, &offsets).ok());
  return module.functions[0].body.begin;
}

absl::StatusOr<std::shared_ptr<const Module>> LoadWithData(const Writer& body) {
  ModuleBuilder builder = Around(body);
  builder.Add(SectionId::kData, Writer().U32(1).Name("")).Add(SectionId::kDataCount, Writer().U32(1));
  return Load(builder);
}

TEST_CASE("every signature of the table validates, and fails with one operand less or another type") {
  for (int i = 0; i < kOpcodeCount; ++i) {
    Instruction instruction = Plain(static_cast<Opcode>(i));
    const OpcodeInfo& info = InfoOf(instruction.opcode);
    if (info.signature.odd) continue;
    INFO(info.text);
    for (int wrong = -1; wrong < info.signature.param_count; ++wrong) {
      Writer body;
      for (int k = 0; k < info.signature.param_count; ++k) {
        char letter = info.signature.params[k];
        if (k == wrong) letter = letter == 'f' ? 'd' : 'f';
        Const(body, letter);
      }
      body.Write(instruction);
      if (info.signature.result_count != 0) body.Op(Opcode::kDrop);
      if (wrong < 0) {
        CheckOk(LoadWithData(body));
      } else {
        CheckInvalid(LoadWithData(body), "type mismatch: expected");
      }
    }
    if (info.signature.param_count != 0) {
      CheckInvalid(LoadWithData(Writer().Write(instruction)), "type mismatch: expected");
    }
  }
}

TEST_CASE("errors name offset, function and instruction") {
  Writer body;
  body.Op(Opcode::kNop).Op(Opcode::kI64Const).S64(1).Op(Opcode::kI32Eqz).Op(Opcode::kDrop);
  ModuleBuilder builder = Around(body).Export("main", ExternKind::kFunc, 0);
  int64_t offset = BodyOffset(builder) + 3;
  auto module = Load(builder);
  CheckInvalid(module, "type mismatch: expected i32, found i64", offset);
  auto location = LocationOf(module.status());
  CHECK(location->function == 0);
  CHECK(location->function_name == "main");
  CHECK(location->instruction == "i32.eqz");
  CHECK(std::string(module.status().message()) == absl::StrCat("type mismatch: expected i32, found i64 (at 0x",
                                                               absl::Hex(offset),
                                                               ", func 0 \"main\", i32.eqz)"));
}

TEST_CASE("a malformed body is malformed where its bytes stop making sense") {
  ModuleBuilder builder = Around(Writer().Op(Opcode::kNop).Byte(0xFF));
  CheckMalformed(Load(builder), "illegal opcode ff", BodyOffset(builder) + 1);
}

TEST_CASE("indices are in range in every index space") {
  auto check = [](Opcode opcode, uint32_t index, uint32_t index2, const char* phrase) {
    Instruction i = Plain(opcode);
    i.index = index;
    i.index2 = index2;
    i.heap_type = HeapType::Concrete(index);
    i.memarg.memory = index;
    std::vector<LabelIdx> labels = {0, index};
    i.labels = labels;
    INFO(InfoOf(opcode).text);
    // The operands that an instruction takes do not matter here.
    CheckInvalid(Load(Around(Writer().Op(Opcode::kUnreachable).Write(i))), phrase);
  };
  check(Opcode::kLocalGet, 7, 0, "unknown local 7");
  check(Opcode::kLocalSet, 7, 0, "unknown local 7");
  check(Opcode::kGlobalGet, 1, 0, "unknown global 1");
  check(Opcode::kGlobalSet, 1, 0, "unknown global 1");
  check(Opcode::kCall, 1, 0, "unknown function 1");
  check(Opcode::kReturnCall, 1, 0, "unknown function 1");
  check(Opcode::kRefFunc, 1, 0, "unknown function 1");
  check(Opcode::kCallIndirect, 1, 0, "unknown type 1");
  check(Opcode::kCallIndirect, 0, 1, "unknown table 1");
  check(Opcode::kCallRef, 1, 0, "unknown type 1");
  check(Opcode::kTableGet, 1, 0, "unknown table 1");
  check(Opcode::kTableSize, 1, 0, "unknown table 1");
  check(Opcode::kTableCopy, 0, 1, "unknown table 1");
  check(Opcode::kTableInit, 1, 0, "unknown elem segment 1");
  check(Opcode::kElemDrop, 1, 0, "unknown elem segment 1");
  check(Opcode::kMemorySize, 1, 0, "unknown memory 1");
  check(Opcode::kMemoryCopy, 0, 1, "unknown memory 1");
  check(Opcode::kI32Load, 1, 0, "unknown memory 1");
  check(Opcode::kBr, 1, 0, "unknown label 1");
  check(Opcode::kBrIf, 1, 0, "unknown label 1");
  check(Opcode::kBrTable, 1, 0, "unknown label 1");
  check(Opcode::kBrOnNull, 1, 0, "unknown label 1");
  check(Opcode::kThrow, 0, 0, "unknown tag 0");
  check(Opcode::kRefNull, 1, 0, "unknown type 1");
  check(Opcode::kStructNew, 1, 0, "unknown type 1");
  check(Opcode::kArrayNew, 1, 0, "unknown type 1");
  check(Opcode::kRefTest, 1, 0, "unknown type 1");
}

TEST_CASE("data segments are announced before the code that names them") {
  Writer body;
  body.Op(Opcode::kDataDrop).U32(0);
  CheckMalformed(Load(Around(body)), "data count section required");
  CheckInvalid(Load(Around(body).Add(SectionId::kDataCount, Writer().U32(0))), "unknown data segment 0");
}

TEST_CASE("alignments are at most natural, those of atomics are natural") {
  Writer body;
  body.Op(Opcode::kI32Const).S32(0).Op(Opcode::kI32Load).U32(3).U32(0).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(body)), "alignment must not be larger than natural: 2^3 > 4");
  Writer atomic;
  atomic.Op(Opcode::kI32Const).S32(0).Op(Opcode::kI32AtomicLoad).U32(1).U32(0).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(atomic)), "atomic alignment must be natural");
  Writer far;
  far.Op(Opcode::kI32Const).S32(0).Op(Opcode::kI32Load).U32(2).U64(uint64_t{1} << 32).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(far)), "offset out of range: 4294967296");
}

TEST_CASE("lanes are in range of their shape") {
  for (Opcode opcode : {Opcode::kI8x16ExtractLaneS, Opcode::kI16x8ExtractLaneU, Opcode::kI32x4ExtractLane,
                        Opcode::kI64x2ExtractLane, Opcode::kF32x4ExtractLane, Opcode::kF64x2ExtractLane}) {
    absl::string_view text = InfoOf(opcode).text;
    INFO(std::string(text));
    uint8_t lanes = text.substr(1, 4) == "8x16" ? 16 : static_cast<uint8_t>(text[text.find('x') + 1] - '0');
    for (uint8_t lane : {static_cast<uint8_t>(lanes - 1), lanes}) {
      Writer body;
      Const(body, 'v').Op(opcode).Byte(lane).Op(Opcode::kDrop);
      if (lane < lanes) {
        CheckOk(Load(Around(body)));
      } else {
        CheckInvalid(Load(Around(body)), "invalid lane index");
      }
    }
  }
  Writer shuffle;
  Const(Const(shuffle, 'v'), 'v')
      .Op(Opcode::kI8x16Shuffle)
      .Fixed64(0)
      .Fixed64(0x2000000000000000)
      .Op(Opcode::kDrop);
  CheckInvalid(Load(Around(shuffle)), "invalid lane index: 32 of 32");
}

TEST_CASE("blocks are balanced and leave what they say") {
  CheckInvalid(Load(Around(Writer().Op(Opcode::kI32Const).S32(0))),
               "type mismatch: expected the end of the operands, found i32");
  CheckInvalid(Load(Around(Writer().Op(Opcode::kBlock).Byte(0x7F).Op(Opcode::kEnd).Op(Opcode::kDrop))),
               "type mismatch: expected i32, found nothing");
  CheckMalformed(Load(Around(Writer().Op(Opcode::kBlock).Byte(0x40))), "unexpected end of section or function");
  CheckMalformed(Load(Around(Writer().Op(Opcode::kEnd))), "section size mismatch");
  CheckMalformed(Load(Around(Writer().Op(Opcode::kElse))), "END opcode expected");
  Writer lone_if;
  lone_if.Op(Opcode::kI32Const)
      .S32(1)
      .Op(Opcode::kIf)
      .Byte(0x7F)
      .Op(Opcode::kI32Const)
      .S32(1)
      .Op(Opcode::kEnd)
      .Op(Opcode::kDrop);
  CheckInvalid(Load(Around(lone_if)), "type mismatch: an if without else must leave what it takes");
}

TEST_CASE("after an unconditional branch operands are of any type") {
  for (Opcode opcode : {Opcode::kUnreachable, Opcode::kReturn}) {
    CheckOk(Load(Around(Writer().Op(opcode).Op(Opcode::kI32Add).Op(Opcode::kDrop))));
    CheckOk(Load(Around(Writer().Op(opcode).Op(Opcode::kSelect).Op(Opcode::kDrop))));
    CheckInvalid(Load(Around(Writer().Op(opcode).Op(Opcode::kI32Add).Op(Opcode::kI64Eqz).Op(Opcode::kDrop))),
                 "type mismatch: expected i64, found i32");
  }
}

TEST_CASE("labels of a br_table take equally many operands") {
  Writer body;
  body.Op(Opcode::kBlock).Byte(0x7F).Op(Opcode::kI32Const).S32(0).Op(Opcode::kI32Const).S32(0);
  body.Op(Opcode::kBrTable).U32(1).U32(0).U32(1).Op(Opcode::kEnd).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(body)), "type mismatch: label 0 takes 1 operands, the default 0");
}

TEST_CASE("a local without default value is read only after it was set, in its block") {
  Writer locals;
  locals.U32(1).U32(1).Type(ValType::Ref(HeapType::kFunc, false));
  Writer get;
  get.Op(Opcode::kLocalGet).U32(0).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(get, locals)), "uninitialized local: local 0 of (ref func)");
  Writer set;
  set.Op(Opcode::kRefFunc).U32(0).Op(Opcode::kLocalSet).U32(0);
  auto load = [&locals](const Writer& body) {
    return Load(Around(body, locals).Export("f", ExternKind::kFunc, 0));
  };
  CheckOk(load(Writer().Bytes(set.bytes()).Bytes(get.bytes())));
  Writer in_block;
  in_block.Op(Opcode::kBlock).Byte(0x40).Bytes(set.bytes()).Bytes(get.bytes()).Op(Opcode::kEnd);
  CheckOk(load(in_block));
  CheckInvalid(load(Writer().Bytes(in_block.bytes()).Bytes(get.bytes())), "uninitialized local");
}

TEST_CASE("select without a type is for numbers") {
  Writer body;
  for (int i = 0; i < 2; ++i) body.Op(Opcode::kRefNull).Byte(0x70);
  body.Op(Opcode::kI32Const).S32(0).Op(Opcode::kSelect).Op(Opcode::kDrop);
  CheckInvalid(Load(Around(body)), "type mismatch: select of references");
  Writer none;
  none.Op(Opcode::kUnreachable).Op(Opcode::kSelectT).U32(0);
  CheckInvalid(Load(Around(none)), "invalid result arity");
}

TEST_CASE("immutable globals are not set") {
  ModuleBuilder builder = Around(Writer().Op(Opcode::kI32Const).S32(0).Op(Opcode::kGlobalSet).U32(1));
  builder.Add(SectionId::kGlobal,
              Writer().Type(GlobalType{ValType::kI32, false}).Op(Opcode::kI32Const).S32(0).Op(Opcode::kEnd));
  CheckInvalid(Load(builder), "immutable global: global 1");
}

TEST_CASE("addresses are of their memory's type") {
  MemoryType memory;
  memory.is_64 = true;
  auto load = [&memory](char address) {
    Writer body;
    Const(body, address).Op(Opcode::kI32Load).U32(2).U64(uint64_t{1} << 40).Op(Opcode::kDrop);
    return Load(ModuleBuilder().Type(FuncType()).Memory(memory).Function(0, body));
  };
  CheckOk(load('l'));
  CheckInvalid(load('i'), "type mismatch: expected i64, found i32");
}

TEST_CASE("handlers of try_table match the labels that they branch to") {
  ModuleBuilder builder;
  builder.Type(FuncType()).Type(FuncType{{ValType::kI32}, {}}).Tag(1);
  auto body = [](uint8_t block_type, uint8_t kind) {
    Writer w;
    w.Op(Opcode::kBlock).Byte(block_type).Op(Opcode::kTryTable).Byte(0x40).U32(1).Byte(kind);
    if (kind == 0) w.U32(0);
    w.U32(0).Op(Opcode::kEnd);
    if (block_type != 0x40) w.Op(Opcode::kUnreachable);
    w.Op(Opcode::kEnd);
    if (block_type != 0x40) w.Op(Opcode::kDrop);
    return w;
  };
  CheckOk(Load(ModuleBuilder(builder).Function(0, body(0x7F, 0))));
  CheckInvalid(Load(ModuleBuilder(builder).Function(0, body(0x40, 0))), "type mismatch: label 0");
  CheckOk(Load(ModuleBuilder(builder).Function(0, body(0x40, 2))));
  CheckOk(Load(ModuleBuilder(builder).Function(0, body(0x69, 3))));
  CheckInvalid(Load(ModuleBuilder(builder).Function(0, body(0x7F, 3))), "type mismatch: label 0");
}

TEST_CASE("legacy handlers stand in a try") {
  ModuleBuilder builder;
  builder.Type(FuncType()).Tag(0);
  Writer good;
  good.Op(Opcode::kTry)
      .Byte(0x40)
      .Op(Opcode::kThrow)
      .U32(0)
      .Op(Opcode::kCatch)
      .U32(0)
      .Op(Opcode::kRethrow)
      .U32(0);
  good.Op(Opcode::kCatchAll).Op(Opcode::kEnd);
  good.Op(Opcode::kTry).Byte(0x40).Op(Opcode::kDelegate).U32(0);
  CheckOk(Load(ModuleBuilder(builder).Function(0, good)));
  CheckMalformed(Load(ModuleBuilder(builder).Function(0, Writer().Op(Opcode::kCatchAll))),
                 "END opcode expected");
  CheckMalformed(Load(ModuleBuilder(builder).Function(0, Writer().Op(Opcode::kDelegate).U32(0))),
                 "END opcode expected");
  CheckInvalid(Load(ModuleBuilder(builder).Function(0, Writer().Op(Opcode::kRethrow).U32(0))),
               "invalid rethrow label");
}

TEST_CASE("structures and arrays are accessed as they are declared") {
  SubType structure;
  structure.kind = SubType::kStruct;
  structure.fields = {{ValType::kI32, FieldType::kI8, false}, {ValType::kF32, FieldType::kNotPacked, true}};
  SubType array;
  array.kind = SubType::kArray;
  array.fields = {{ValType::kI64, FieldType::kNotPacked, false}};
  ModuleBuilder builder;
  builder.Type(FuncType()).Type(structure).Type(array);
  auto load = [&builder](const Writer& body) { return Load(ModuleBuilder(builder).Function(0, body)); };
  auto get = [](Opcode opcode, uint32_t field) {
    return Writer().Op(Opcode::kStructNewDefault).U32(1).Op(opcode).U32(1).U32(field).Op(Opcode::kDrop);
  };
  CheckOk(load(get(Opcode::kStructGetS, 0)));
  CheckInvalid(load(get(Opcode::kStructGet, 0)), "field is packed");
  CheckInvalid(load(get(Opcode::kStructGetU, 1)), "field is unpacked");
  CheckInvalid(load(get(Opcode::kStructGet, 2)), "unknown field 2");
  Writer set;
  set.Op(Opcode::kUnreachable).Op(Opcode::kStructSet).U32(1).U32(0);
  CheckInvalid(load(set), "immutable field");
  CheckInvalid(load(Writer().Op(Opcode::kUnreachable).Op(Opcode::kArraySet).U32(2)), "immutable array");
  CheckInvalid(load(Writer().Op(Opcode::kUnreachable).Op(Opcode::kArrayNew).U32(1)),
               "type mismatch: type 1 is no array type");
  Writer fixed;
  Const(Const(fixed, 'l'), 'l')
      .Op(Opcode::kArrayNewFixed)
      .U32(2)
      .U32(2)
      .Op(Opcode::kArrayLen)
      .Op(Opcode::kDrop);
  CheckOk(load(fixed));
}

}  // namespace
}  // namespace umiak
