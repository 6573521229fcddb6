// A module's fields, from text to sections.
//
// Two passes over the tokens: the first gives every definition its index, so that identifiers may be used before
// they are defined; the second writes. Types come between, as everything else may compare with them.
// spec: text/modules
#ifndef UMIAK_LOADER_TEXT_ASSEMBLER_H_
#define UMIAK_LOADER_TEXT_ASSEMBLER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "loader/binary/module_decoder.h"
#include "loader/text/code_assembler.h"
#include "loader/text/emit.h"
#include "loader/text/names.h"
#include "loader/text/type_assembler.h"
#include "umiak/text_lexer.h"
#include "umiak/types.h"

namespace umiak {

class Assembler {
 public:
  // The annotations get marked as used.
  Assembler(absl::string_view source, const std::vector<Token>& tokens, std::vector<Annotation>* annotations,
            Features features)
      : annotations_(*annotations),
        cursor_(source, tokens, annotations),
        types_(&cursor_, &names_, features),
        code_(&cursor_, &names_, &types_) {}

  absl::StatusOr<Bytes> Run();

 private:
  struct Section {
    uint32_t count = 0;
    Bytes entries;
    // The buffer for one more entry.
    Bytes* Add() {
      ++count;
      return &entries;
    }
  };
  // A custom section and its place among the others.
  struct Custom {
    bool after = true;
    int section = 0;  // an id, or kFirst or kLast
    std::string name;
    std::string payload;
  };
  // "(kind" after "(import ..." or at the top.
  static bool IsExternKind(const TokenCursor& cursor, size_t ahead, ExternKind* kind);
  IndexSpace& SpaceOf(ExternKind kind);

  // The first pass.
  void DefineNames();
  void DefineField();
  void DefineExtern(ExternKind kind);
  void DefineRec();
  bool FieldsGoOn() const;

  // The second pass: one function per field.
  void Types();
  void Field();
  void ImportField();
  void ExternField(ExternKind kind);
  void FuncField(uint32_t index);
  void TableField(uint32_t index);
  void MemoryField(uint32_t index);
  void GlobalField();
  void TagField();
  void ExportField();
  void StartField();
  void ElemField();
  void DataField();

  void ExternType(ExternKind kind, uint32_t index, Bytes* out);
  void Locals(IndexSpace* locals, Bytes* out);
  void InlineElems(uint32_t table, bool is_64, const RefTypeText& type);
  bool ElemList(bool may_omit_kind, Bytes* out, RefTypeText* type, uint32_t* count);
  uint32_t ElemExpressions(Bytes* out);
  uint32_t ElemFunctions(Bytes* out);
  void Offset(Bytes* out);
  std::string Strings();

  // Annotations.
  void TakeCustoms();
  void CustomAnnotation(const Annotation& annotation);
  static void CustomPlace(TokenCursor* contents, Custom* custom);
  void RefuseAnnotations();

  void PutSections(Bytes* out);
  static constexpr int kFirst = -1;
  static constexpr int kLast = 256;
  void PutSection(SectionId id, const Section& section, Bytes* out);
  void PutCustoms(bool after, int section, Bytes* out) const;
  void PutBranchHints(Bytes* out) const;
  void PutNames(Bytes* out);

  const std::vector<Annotation>& annotations_;
  TokenCursor cursor_;
  ModuleNames names_;
  TypeAssembler types_;
  CodeAssembler code_;
  std::optional<std::string> module_name_;
  bool in_module_form_ = false;
  uint32_t next_[5] = {};           // the index of the next definition of each ExternKind
  const char* defined_ = nullptr;   // the last definition of the first pass, which imports may not follow
  bool has_start_ = false;
  uint32_t start_ = 0;
  std::vector<std::pair<uint32_t, IndexSpace>> local_names_;  // by function
  std::vector<std::pair<uint32_t, BodyNotes>> notes_;         // by function
  std::vector<Custom> customs_;
  Section imports_, funcs_, tables_, memories_, tags_, globals_, exports_, elems_, codes_, datas_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_ASSEMBLER_H_
