// Hostile files: small ones that ask for much. None may take time or memory that its size does not pay for.
#include "umiak/limits.h"

#include "tests/loader/module_builder.h"

namespace umiak {
namespace {

constexpr uint32_t kHuge = 0xffffffff;

TEST_CASE("counts beyond the bytes fail at once in every section") {
  for (SectionId id : {SectionId::kType, SectionId::kImport, SectionId::kFunction, SectionId::kTable,
                       SectionId::kMemory, SectionId::kGlobal, SectionId::kExport, SectionId::kElem,
                       SectionId::kCode, SectionId::kData, SectionId::kTag}) {
    INFO(static_cast<int>(id));
    CheckMalformed(LoadModule(OneSection(id, Writer().U32(kHuge))), "length out of bounds", 10);
    // Below the limit, so that it is read element by element until the bytes are out.
    CheckMalformed(LoadModule(OneSection(id, Writer().U32(99'999))), "unexpected end of section or function");
  }
}

TEST_CASE("lengths inside sections are bounded by the bytes") {
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(1).Byte(0x60).U32(kHuge))),
                 "length out of bounds");
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(1).Byte(0x5F).U32(kHuge))),
                 "length out of bounds");
  CheckMalformed(LoadModule(OneSection(SectionId::kType, Writer().U32(1).Byte(0x4E).U32(kHuge))),
                 "length out of bounds");
  CheckMalformed(LoadModule(OneSection(SectionId::kImport, Writer().U32(1).U32(kHuge))),
                 "length out of bounds");
  CheckMalformed(LoadModule(OneSection(SectionId::kElem, Writer().U32(1).U32(1).Byte(0).U32(kHuge))),
                 "length out of bounds");
  CheckMalformed(LoadModule(OneSection(SectionId::kData, Writer().U32(1).U32(1).U32(kHuge))), "unexpected end");
  CheckMalformed(LoadModule(OneSection(SectionId::kCode, Writer().U32(1).U32(kHuge))), "unexpected end");
}

ModuleBuilder WithLocals(const Writer& locals) { return Around(Writer(), locals); }

TEST_CASE("locals are at most 50,000 and never spread out beyond what the body pays for") {
  CheckOk(Load(WithLocals(Writer().U32(1).U32(kMaxLocals).Byte(0x7F))));
  CheckLimit(Load(WithLocals(Writer().U32(1).U32(kMaxLocals + 1).Byte(0x7F))), "too many locals");
  CheckLimit(Load(WithLocals(Writer().U32(1).U32(kHuge).Byte(0x7F))), "too many locals");
  CheckMalformed(Load(WithLocals(Writer().U32(2).U32(kHuge).Byte(0x7F).U32(1).Byte(0x7F))), "too many locals");
  Writer last;
  last.Op(Opcode::kLocalGet).U32(kMaxLocals - 1).Op(Opcode::kF64Neg).Op(Opcode::kDrop);
  CheckOk(Load(Around(last, Writer().U32(2).U32(kMaxLocals - 1).Byte(0x7F).U32(1).Byte(0x7C))));
}

TEST_CASE("thousands of functions with all the locals load at once") {
  ModuleBuilder builder;
  builder.Type(FuncType());
  for (int i = 0; i < 20'000; ++i) builder.Function(0, Writer(), Writer().U32(1).U32(kMaxLocals).Byte(0x7F));
  CheckOk(Load(builder));
}

TEST_CASE("many recursive groups load at once") {
  constexpr uint32_t kGroups = 300'000;
  Writer types;
  types.U32(kGroups);
  for (uint32_t i = 0; i < kGroups; ++i) types.Byte(0x4E).U32(2).Type(FuncType()).Type(FuncType{{ValType::kI32}, {}});
  CheckOk(LoadModule(OneSection(SectionId::kType, types)));
}

TEST_CASE("functions have at most 1000 parameters and 1000 results") {
  CheckOk(Load(ModuleBuilder().Type(FuncType{std::vector<ValType>(kMaxParams, ValType::kI32), {}})));
  CheckLimit(Load(ModuleBuilder().Type(FuncType{std::vector<ValType>(kMaxParams + 1, ValType::kI32), {}})),
             "implementation limit exceeded: number of parameters");
  CheckLimit(Load(ModuleBuilder().Type(FuncType{{}, std::vector<ValType>(kMaxResults + 1, ValType::kI32)})),
             "implementation limit exceeded: number of results");
}

TEST_CASE("blocks stand in one another up to the limit, without recursion") {
  auto nested = [](uint32_t depth) {
    Writer body;
    for (uint32_t i = 0; i < depth; ++i) body.Op(Opcode::kBlock).Byte(0x40);
    for (uint32_t i = 0; i < depth; ++i) body.Op(Opcode::kEnd);
    return Around(body);
  };
  CheckOk(Load(nested(kMaxControlDepth - 1)));
  CheckLimit(Load(nested(kMaxControlDepth)), "implementation limit exceeded: more than 100000 blocks");
}

TEST_CASE("operands are bounded, however many results a call has") {
  FuncType many{{}, std::vector<ValType>(kMaxResults, ValType::kI64)};
  Writer calls;
  for (int i = 0; i < 100'000; ++i) calls.Op(Opcode::kCall).U32(0);
  ModuleBuilder builder;
  builder.Type(many).Type(FuncType());
  builder.Function(0, Writer().Op(Opcode::kUnreachable)).Function(1, calls);
  CheckLimit(Load(builder), "implementation limit exceeded: more than 1000000 operands");
}

TEST_CASE("a chain of supertypes is at most 63 long") {
  auto chain = [](uint32_t length) {
    ModuleBuilder builder;
    SubType type;
    type.kind = SubType::kStruct;
    type.is_final = false;
    for (uint32_t i = 0; i < length; ++i) {
      if (i > 0) type.supertypes = {i - 1};
      builder.Type(type);
    }
    return builder;
  };
  CheckOk(Load(chain(kMaxSubtypingDepth + 1)));
  CheckLimit(Load(chain(kMaxSubtypingDepth + 2)), "implementation limit exceeded: type 64");
}

TEST_CASE("memories and tables declare no more than their addresses reach") {
  auto memory = [](uint64_t min, uint64_t max, bool is_64) {
    MemoryType type;
    type.limits = {min, max};
    type.is_64 = is_64;
    return Load(ModuleBuilder().Memory(type));
  };
  CheckOk(memory(65536, 65536, false));
  CheckInvalid(memory(65537, Limits::kNoMax, false), "memory size must be at most 65536 pages (4GiB): 65537");
  CheckInvalid(memory(0, uint64_t{1} << 40, false), "memory size must be at most 65536 pages (4GiB)");
  CheckOk(memory(0, uint64_t{1} << 48, true));
  CheckInvalid(memory(0, (uint64_t{1} << 48) + 1, true), "memory size must be at most");
  CheckInvalid(memory(2, 1, false), "size minimum must not be greater than maximum: 2 > 1");
  TableType table;
  table.element = kFuncRef;
  table.limits = {0, uint64_t{1} << 32};
  CheckInvalid(Load(ModuleBuilder().Table(table)), "table size");
  table.is_64 = true;
  CheckOk(Load(ModuleBuilder().Table(table)));
}

TEST_CASE("every prefix of a module is an error and every changed byte is survived") {
  std::vector<uint8_t> bytes = Around(Writer().Op(Opcode::kBlock).Byte(0x40).Op(Opcode::kEnd)).Build();
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    auto module = LoadModule(cut);
    // A cut between sections may leave a whole module.
    if (!module.ok()) CHECK(KindOf(module.status()) != ErrorKind::kNone);
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::vector<uint8_t> changed = bytes;
      changed[i] = static_cast<uint8_t>(value);
      auto module = LoadModule(changed);
      if (!module.ok()) CHECK(KindOf(module.status()) != ErrorKind::kNone);
    }
  }
}

}  // namespace
}  // namespace umiak
