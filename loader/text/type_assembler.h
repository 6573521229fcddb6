// Types, from text to the binary format: the type section, type uses, limits, and the types of imports.
//
// Types stay in their encoded form: nothing here needs to look inside one, only to compare.
// spec: text/types
#ifndef UMIAK_LOADER_TEXT_TYPE_ASSEMBLER_H_
#define UMIAK_LOADER_TEXT_TYPE_ASSEMBLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loader/text/emit.h"
#include "loader/text/names.h"
#include "umiak/features.h"
#include "umiak/text_lexer.h"

namespace umiak {

// "(param ...)* (result ...)*".
struct SignatureText {
  uint32_t param_count = 0;
  uint32_t result_count = 0;
  Bytes params;  // their types
  Bytes results;
  IndexSpace locals{"local"};  // with the parameters' identifiers
};

struct TypeUse {
  uint32_t type = 0;
  SignatureText signature;  // as the type says, where only the type was given; then without types
};

// "(ref null? heap)" or a short form of it.
struct RefTypeText {
  bool nullable = false;
  Bytes heap;
};

class TypeAssembler {
 public:
  TypeAssembler(TokenCursor* cursor, const ModuleNames* names, Features features)
      : cursor_(*cursor), names_(*names), wide_(features.Has(kMemory64)) {}

  // Limits and offsets may have 64 bits.
  bool wide() const { return wide_; }

  // "(type ...)" and "(rec ...)". The cursor is on the parenthesis. REQUIRES: in the order of the module, before
  // any of the others is called.
  void TypeField();
  void RecField();

  // Each reads one, and writes its encoding if it is told where.
  void ValueType(Bytes* out);
  bool PeekValueType() const;
  void HeapType(Bytes* out);
  RefTypeText RefType();
  void PutRefType(const RefTypeText& type, Bytes* out);
  // "(result t*)*", counted.
  uint32_t Results(Bytes* out);
  TypeUse ParseTypeUse(bool may_name_params);
  // That of a block: the short forms where they do.
  void BlockType(Bytes* out);
  void GlobalType(Bytes* out);
  void TableType(Bytes* out);
  void MemoryType(Bytes* out);
  // "i64" of a table or memory. True if it was there.
  bool AddressType();
  // "(pagesize n)", as its logarithm; kDefaultPageSize if it is not there.
  static constexpr uint8_t kDefaultPageSize = 16;
  uint8_t PageSize();

  uint32_t ParseTypeIndex() { return names_.types.ParseIndex(&cursor_); }
  // A field of the type, by number or identifier.
  uint32_t ParseFieldIndex(uint32_t type);

  // Of a struct's fields. REQUIRES: the type is defined.
  const NameList& FieldNames(uint32_t type) const { return types_[type].fields.named(); }

  uint32_t group_count() const { return group_count_; }
  const Bytes& section() const { return section_; }

 private:
  struct Defined {
    bool is_func = false;
    bool is_plain = false;  // final, without supertypes and alone in its group: what a type use may mean
    std::string signature;  // of a function
    uint32_t param_count = 0;
    IndexSpace fields{"field"};
  };

  void TypeDefinition(bool alone);
  void SubType(Defined* type);
  void CompositeType(Defined* type);
  void FieldType(Bytes* out);
  SignatureText Signature(bool may_name_params);
  uint32_t Intern(const SignatureText& signature);
  uint64_t Limit();
  uint8_t Limits(bool is_64, Bytes* out);
  static std::string Encode(const SignatureText& signature);

  TokenCursor& cursor_;
  const ModuleNames& names_;
  const bool wide_;
  std::vector<Defined> types_;
  absl::flat_hash_map<std::string, uint32_t> plain_;  // the first plain type of that signature
  uint32_t group_count_ = 0;
  Bytes section_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_TYPE_ASSEMBLER_H_
