// What FunctionValidator checks straight from the bytes it judges as it judges everything else.
#include "loader/validate/usual.h"

#include <random>

#include "loader/validate/function_validator.h"
#include "loader/validate/module_validator.h"
#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

// The same 64 bytes behind each module: a short one's last instructions are not read straight from the bytes.
constexpr size_t kBehind = 64;

Writer Local(Opcode opcode, uint32_t index) { return Writer().Op(opcode).U32(index); }
Writer Padded(Opcode opcode, uint8_t first, uint8_t last) {
  return Writer().Op(opcode).Byte(first | 0x80).Byte(0x80).Byte(0x80).Byte(0x80).Byte(last);
}
Writer Access(Opcode opcode, uint8_t align, uint32_t offset) { return Writer().Op(opcode).Byte(align).U32(offset); }

// Of each kind, right and wrong: indices, alignments, numbers too long and at their width's limits.
std::vector<Writer> Candidates() {
  std::vector<Writer> all;
  for (int i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& info = InfoOf(static_cast<Opcode>(i));
    if (info.prefix == 0 && info.immediate == Immediate::kNone) all.push_back(Writer().Op(static_cast<Opcode>(i)));
  }
  for (uint32_t index : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 200u}) {
    for (Opcode opcode : {Opcode::kLocalGet, Opcode::kLocalSet, Opcode::kLocalTee, Opcode::kGlobalGet, Opcode::kGlobalSet,
                          Opcode::kBr, Opcode::kBrIf, Opcode::kCall}) {
      all.push_back(Local(opcode, index));
      all.push_back(Padded(opcode, static_cast<uint8_t>(index & 0x7f), 0));
    }
  }
  for (uint8_t last : {0x00, 0x07, 0x08, 0x0f, 0x10, 0x70, 0x78, 0x7f, 0x80, 0xff}) {
    for (Opcode opcode : {Opcode::kI32Const, Opcode::kI64Const, Opcode::kCall, Opcode::kLocalGet}) {
      all.push_back(Padded(opcode, 0, last));
    }
    Writer offset = Writer().Op(Opcode::kI32Load).Byte(0);
    all.push_back(offset.Byte(0x80).Byte(0x80).Byte(0x80).Byte(0x80).Byte(last));
  }
  for (uint8_t align : {0, 1, 2, 3, 4, 0x40, 0x80}) {
    all.push_back(Access(Opcode::kI32Load, align, 8));
    all.push_back(Access(Opcode::kI64Store, align, 70000));
    all.push_back(Access(Opcode::kF64Load, align, 0xffffffff));
  }
  for (int copies = 0; copies < 8; ++copies) {  // what code is made of
    all.push_back(Writer().Op(Opcode::kI32Const).S32(copies * 1000));
    all.push_back(Writer().Op(Opcode::kI64Const).S64(int64_t{-1} << copies * 9));
    all.push_back(Writer().Op(Opcode::kF32Const).Fixed32(0));
    all.push_back(Writer().Op(Opcode::kF64Const).Fixed64(0));
    all.push_back(Writer().Op(Opcode::kEnd));
    for (uint8_t type : {0x40, 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x00}) {
      for (Opcode opcode : {Opcode::kBlock, Opcode::kLoop, Opcode::kIf}) all.push_back(Writer().Op(opcode).Byte(type));
    }
  }
  return all;
}

// What opens, fills and closes blocks.
std::vector<Writer> Structure() {
  std::vector<Writer> all;
  for (uint8_t type : {0x40, 0x40, 0x7f}) all.push_back(Writer().Op(Opcode::kIf).Byte(type));
  for (Opcode opcode : {Opcode::kElse, Opcode::kElse, Opcode::kEnd, Opcode::kEnd, Opcode::kEnd, Opcode::kDrop, Opcode::kDrop,
                        Opcode::kDrop, Opcode::kSelect, Opcode::kUnreachable}) {
    all.push_back(Writer().Op(opcode));
  }
  all.push_back(Writer().Op(Opcode::kI32Const).S32(0));
  all.push_back(Writer().Op(Opcode::kI32Const).S32(0));
  all.push_back(Writer().Op(Opcode::kRefNull).Byte(0x70));
  // An if without else that leaves a value; a select of references.
  all.push_back(Writer().Op(Opcode::kI32Const).S32(0).Op(Opcode::kIf).Byte(0x7f).Op(Opcode::kI32Const).S32(0).Op(Opcode::kEnd));
  all.push_back(Writer().Op(Opcode::kRefNull).Byte(0x70).Op(Opcode::kRefNull).Byte(0x70).Op(Opcode::kI32Const).S32(0).Op(
      Opcode::kSelect));
  return all;
}

std::vector<uint8_t> WithBody(const Writer& body, bool is_64) {
  const ValType ref = ValType::Ref(HeapType::kFunc, false);
  ModuleBuilder builder;
  SubType type;
  type.kind = SubType::kFunc;
  type.func = FuncType{{ValType::kI32, ValType::kI64}, {ValType::kI32}};
  builder.Type(FuncType{}).Type(FuncType{{ValType::kI32, ValType::kF64}, {ValType::kI32, ValType::kI64}}).Type(type);
  MemoryType memory;
  memory.limits.min = 1;
  memory.is_64 = is_64;
  builder.Memory(memory);
  builder.Add(SectionId::kGlobal, Writer().Type(ValType::kI32).Byte(1).Op(Opcode::kI32Const).S32(0).Op(Opcode::kEnd));
  builder.Add(SectionId::kGlobal, Writer().Type(ValType::kI64).Byte(0).Op(Opcode::kI64Const).S64(0).Op(Opcode::kEnd));
  Writer locals;
  locals.U32(4).U32(1).Type(ValType::kF32).U32(1).Type(ValType::kF64).U32(1).Type(ref).U32(1).Type(kFuncRef);
  builder.Function(2, body, locals).Function(0, Writer()).Function(1, Writer().Op(Opcode::kUnreachable));
  std::vector<uint8_t> bytes = builder.Build();
  bytes.push_back(0);  // a custom section
  bytes.push_back(kBehind - 2);
  bytes.push_back(0);
  bytes.resize(bytes.size() + kBehind - 3);
  return bytes;
}

// The judgement on a body, which is the same both ways.
std::string Judge(const Writer& body, bool is_64) {
  Module module{WithBody(body, is_64)};
  ItemOffsets offsets;
  REQUIRE(DecodeModule(Features::Default(), &module, &offsets).ok());
  (void)ValidateModule(LoadOptions(), offsets, &module);  // for what a body rests on
  const std::string straight(FunctionValidator(Features::Default(), module).ValidateBody(0).message());
  const std::string stepped(
      FunctionValidator(Features::Default(), module, UsualKinds::None()).ValidateBody(0).message());
  CHECK(straight == stepped);
  return straight;
}

TEST_CASE("a random body, grown by one instruction after the other, is judged the same both ways") {
  std::mt19937 random(7);  // NOLINT: the same each time
  const std::vector<Writer> lists[] = {Candidates(), Structure()};
  int grown = 0;
  for (int round = 0; round < 60; ++round) {
    Writer body;
    for (int i = 0; i < 120; ++i) {
      const std::vector<Writer>& candidates = lists[random() % 2];
      Writer longer = body;
      longer.Bytes(candidates[random() % candidates.size()].bytes());
      // An operand short of its result: the instruction stands where it is.
      const std::string more = Judge(Writer(longer).Op(Opcode::kUnreachable), round % 8 == 7);
      Judge(longer, round % 8 == 7);
      const bool fits = more.empty() || more.find("a body has no end") != std::string::npos;
      if (!fits) continue;
      body = longer;
      ++grown;
    }
  }
  CHECK(grown > 1000);
}

}  // namespace
}  // namespace umiak
