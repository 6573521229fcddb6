#include "loader/binary/writer.h"

namespace umiak {
namespace {

uint8_t AbstractCode(HeapType::Abstract kind) {
  switch (kind) {
    case HeapType::kNoExn: return 0x74;
    case HeapType::kNoFunc: return 0x73;
    case HeapType::kNoExtern: return 0x72;
    case HeapType::kNone: return 0x71;
    case HeapType::kFunc: return 0x70;
    case HeapType::kExtern: return 0x6F;
    case HeapType::kAny: return 0x6E;
    case HeapType::kEq: return 0x6D;
    case HeapType::kI31: return 0x6C;
    case HeapType::kStruct: return 0x6B;
    case HeapType::kArray: return 0x6A;
    case HeapType::kExn: return 0x69;
    case HeapType::kBottom: break;  // no type of a module
  }
  return 0x71;
}

}  // namespace

Writer& Writer::U64(uint64_t value) {
  while (value >= 0x80) {
    Byte(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  return Byte(static_cast<uint8_t>(value));
}

Writer& Writer::S64(int64_t value) {
  // The last byte's bit 6 is the sign.
  while (value < -0x40 || value >= 0x40) {
    Byte(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  return Byte(static_cast<uint8_t>(value & 0x7f));
}

Writer& Writer::Fixed32(uint32_t value) {
  for (int i = 0; i < 4; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  return *this;
}

Writer& Writer::Fixed64(uint64_t value) {
  for (int i = 0; i < 8; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  return *this;
}

Writer& Writer::Bytes(absl::Span<const uint8_t> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

Writer& Writer::Text(absl::string_view text) {
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  return *this;
}

Writer& Writer::Name(absl::string_view name) { return U32(static_cast<uint32_t>(name.size())).Text(name); }

Writer& Writer::Sized(const Writer& contents) {
  return U32(static_cast<uint32_t>(contents.size())).Bytes(contents.bytes());
}

Writer& Writer::Section(uint8_t id, const Writer& contents) { return Byte(id).Sized(contents); }

Writer& Writer::Header() { return Byte(0).Text("asm").Fixed32(1); }

// --- Types ---

Writer& Writer::Type(HeapType type) {
  return type.is_concrete() ? S33(type.type_index()) : Byte(AbstractCode(type.abstract()));
}

Writer& Writer::Type(ValType type) {
  switch (type.kind()) {
    case ValType::kI32: return Byte(0x7F);
    case ValType::kI64: return Byte(0x7E);
    case ValType::kF32: return Byte(0x7D);
    case ValType::kF64: return Byte(0x7C);
    case ValType::kV128: return Byte(0x7B);
    case ValType::kRef: break;
    case ValType::kBottom: break;  // no type of a module
  }
  // The short form of a nullable abstract type is its heap type's code.
  if (type.nullable() && !type.heap().is_concrete()) return Type(type.heap());
  return Byte(type.nullable() ? 0x63 : 0x64).Type(type.heap());
}

Writer& Writer::Type(const FieldType& type) {
  switch (type.packed) {
    case FieldType::kNotPacked: Type(type.type); break;
    case FieldType::kI8: Byte(0x78); break;
    case FieldType::kI16: Byte(0x77); break;
  }
  return Byte(type.is_mutable);
}

Writer& Writer::Type(const FuncType& type) {
  Byte(0x60).U32(static_cast<uint32_t>(type.params.size()));
  for (ValType param : type.params) Type(param);
  U32(static_cast<uint32_t>(type.results.size()));
  for (ValType result : type.results) Type(result);
  return *this;
}

Writer& Writer::Type(const SubType& type) {
  if (!type.is_final || !type.supertypes.empty()) {
    Byte(type.is_final ? 0x4F : 0x50).U32(static_cast<uint32_t>(type.supertypes.size()));
    for (TypeIdx super : type.supertypes) U32(super);
  }
  switch (type.kind) {
    case SubType::kFunc: return Type(type.func);
    case SubType::kArray: return Byte(0x5E).Type(type.fields[0]);
    case SubType::kStruct: break;
  }
  Byte(0x5F).U32(static_cast<uint32_t>(type.fields.size()));
  for (const FieldType& field : type.fields) Type(field);
  return *this;
}

void Writer::WriteLimits(uint8_t flags, const Limits& limits) {
  Byte(static_cast<uint8_t>(flags | (limits.has_max() ? 0x01 : 0))).U64(limits.min);
  if (limits.has_max()) U64(limits.max);
}

Writer& Writer::Type(const TableType& type) {
  Type(type.element);
  WriteLimits(type.is_64 ? 0x04 : 0, type.limits);
  return *this;
}

Writer& Writer::Type(const MemoryType& type) {
  bool custom = type.page_size_log2 != 16;
  WriteLimits(static_cast<uint8_t>((type.shared ? 0x02 : 0) | (type.is_64 ? 0x04 : 0) | (custom ? 0x08 : 0)),
              type.limits);
  return custom ? U32(type.page_size_log2) : *this;
}

Writer& Writer::Type(const GlobalType& type) { return Type(type.type).Byte(type.is_mutable); }

Writer& Writer::Type(const BlockType& type) {
  switch (type.kind) {
    case BlockType::kEmpty: return Byte(0x40);
    case BlockType::kValue: return Type(type.value);
    case BlockType::kTypeIndex: break;
  }
  return S33(type.index);
}

// --- Instructions: a case per kind of immediate ---

Writer& Writer::Op(Opcode opcode) {
  const OpcodeInfo& info = InfoOf(opcode);
  return info.prefix == 0 ? Byte(static_cast<uint8_t>(info.code)) : Byte(info.prefix).U32(info.code);
}

Writer& Writer::Write(const Instruction& instruction) {
  Op(instruction.opcode);
  WriteImmediates(instruction, InfoOf(instruction.opcode).immediate);
  return *this;
}

void Writer::WriteImmediates(const Instruction& i, Immediate kind) {
  switch (kind) {
    case Immediate::kNone: return;
    case Immediate::kBlock:
    case Immediate::kTry: Type(i.block_type); return;
    case Immediate::kCatch:
    case Immediate::kLabel:
    case Immediate::kFunc:
    case Immediate::kType:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kTable:
    case Immediate::kElem:
    case Immediate::kMemory:
    case Immediate::kData:
    case Immediate::kTag: U32(i.index); return;
    case Immediate::kTypeTable:
    case Immediate::kTableTable:
    case Immediate::kElemTable:
    case Immediate::kMemoryMemory:
    case Immediate::kDataMemory:
    case Immediate::kTypeField:
    case Immediate::kTypeType:
    case Immediate::kTypeLength:
    case Immediate::kTypeData:
    case Immediate::kTypeElem: U32(i.index).U32(i.index2); return;
    case Immediate::kBrTable:
      U32(static_cast<uint32_t>(i.labels.size() - 1));
      for (LabelIdx label : i.labels) U32(label);
      return;
    case Immediate::kMemArg: WriteMemArg(i.memarg); return;
    case Immediate::kMemArgLane:
      WriteMemArg(i.memarg);
      Byte(i.lane);
      return;
    case Immediate::kI32:
    case Immediate::kI64: S64(static_cast<int64_t>(i.bits)); return;
    case Immediate::kF32: Fixed32(static_cast<uint32_t>(i.bits)); return;
    case Immediate::kF64: Fixed64(i.bits); return;
    case Immediate::kV128:
    case Immediate::kShuffle: Bytes(i.v128); return;
    case Immediate::kLane: Byte(i.lane); return;
    case Immediate::kSelectTypes:
      U32(static_cast<uint32_t>(i.types.size()));
      for (ValType type : i.types) Type(type);
      return;
    case Immediate::kHeapType: Type(i.heap_type); return;
    case Immediate::kBrOnCast:
      Byte(static_cast<uint8_t>(i.index2)).U32(i.index).Type(i.heap_type).Type(i.heap_type2);
      return;
    case Immediate::kTryTable: WriteTryTable(i); return;
    case Immediate::kAtomicFence: Byte(0); return;
  }
}

void Writer::WriteMemArg(const MemArg& memarg) {
  if (memarg.memory == 0) {
    U32(memarg.align_log2);
  } else {
    U32(memarg.align_log2 | 0x40).U32(memarg.memory);
  }
  U64(memarg.offset);
}

void Writer::WriteTryTable(const Instruction& i) {
  Type(i.block_type).U32(static_cast<uint32_t>(i.catches.size()));
  for (const CatchClause& clause : i.catches) {
    Byte(clause.kind);
    if (clause.kind == CatchClause::kCatch || clause.kind == CatchClause::kCatchRef) U32(clause.tag);
    U32(clause.label);
  }
}

}  // namespace umiak
