// A module's fields as text, in the order of its sections, so that assembling gives the same bytes again.
// spec: text/modules
#ifndef UMIAK_LOADER_TEXT_MODULE_PRINTER_H_
#define UMIAK_LOADER_TEXT_MODULE_PRINTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "loader/text/code_printer.h"
#include "loader/text/printed_customs.h"
#include "loader/text/printed_names.h"
#include "umiak/module.h"

namespace umiak {

class ModulePrinter {
 public:
  // All must outlive the printer. `hints` may be null: then their section is printed as any other.
  ModulePrinter(const Module& module, const PrintedCustoms& customs, const BranchHints* hints)
      : module_(module),
        customs_(customs),
        names_(customs.names()),
        hints_(hints),
        code_(module.bytes(), names_, hints) {}

  absl::StatusOr<std::string> Print();
  size_t hints_printed() const { return code_.hints_printed(); }

 private:
  void Types();
  void Imports();
  void Tables();
  void Memories();
  void Tags();
  void Globals();
  void Exports();
  void Elems();
  void Functions();
  void Datas();
  void Customs();

  // Each returns what stands for one thing.
  std::string TypeText(TypeIdx index) const;
  std::string ExternTypeText(const Import& import) const;
  std::string FieldText(const FieldType& field) const;
  std::string TypesText(const char* word, const std::vector<ValType>& types) const;
  std::string TableText(const TableType& type) const;
  std::string GlobalText(const GlobalType& type) const;
  std::string TypeUse(TypeIdx type, const PrintedSpace& params) const;
  std::string LocalsText(const Function& function, const PrintedSpace& locals) const;
  const PrintedSpace& SpaceOf(ExternKind kind) const;
  uint32_t ParamCount(TypeIdx type) const;

  // A constant expression: one instruction in parentheses; more of them in (`word` ...), or as they are without one.
  std::string Constant(CodeSpan span, const char* word);
  // A line for a field: "(" and the text and ")".
  void Field(absl::string_view text) { absl::StrAppend(&out_, "  (", text, ")\n"); }

  const Module& module_;
  const PrintedCustoms& customs_;
  const PrintedNames names_;
  const BranchHints* hints_;
  CodePrinter code_;
  std::string out_;
  absl::Status status_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_MODULE_PRINTER_H_
