// ModulePrinter: one function per kind of field.
#include <utility>

#include "absl/strings/str_cat.h"
#include "loader/text/module_printer.h"
#include "loader/text/quote.h"

namespace umiak {
namespace {

constexpr const char* kExternWords[] = {"func", "table", "memory", "global", "tag"};

// "i64 1 2".
std::string LimitsText(const Limits& limits, bool is_64) {
  std::string text = absl::StrCat(is_64 ? "i64 " : "", limits.min);
  if (limits.has_max()) {
    // The loader takes the largest maximum for the one below it: Reader::ReadLimits.
    absl::StrAppend(&text, " ", limits.max == Limits::kNoMax - 1 ? Limits::kNoMax : limits.max);
  }
  return text;
}

std::string MemoryText(const MemoryType& type) {
  std::string text = LimitsText(type.limits, type.is_64);
  if (type.shared) text += " shared";
  if (type.page_size_log2 != 16) absl::StrAppend(&text, " (pagesize ", uint64_t{1} << type.page_size_log2, ")");
  return text;
}

}  // namespace

absl::StatusOr<std::string> ModulePrinter::Print() {
  const std::optional<std::string>& name = customs_.names().module;
  out_ = "(module";
  // An identifier that the scripts know; a name that is none stands in an annotation.
  if (name.has_value()) absl::StrAppend(&out_, " ", name->empty() ? "(@name \"\")" : QuoteId(*name));
  out_ += "\n";
  Types();
  Imports();
  Tables();
  Memories();
  Tags();
  Globals();
  Exports();
  if (module_.has_start) Field(absl::StrCat("start ", names_.funcs.Use(module_.start)));
  Elems();
  Functions();
  Datas();
  for (const std::string& annotation : customs_.Annotations(hints_ != nullptr)) {
    absl::StrAppend(&out_, "  ", annotation, "\n");
  }
  out_ += ")\n";
  if (!status_.ok()) return status_;
  return std::move(out_);
}

// --- Types ---

std::string ModulePrinter::TypesText(const char* word, const std::vector<ValType>& types) const {
  if (types.empty()) return "";
  std::string text = absl::StrCat(" (", word);
  for (ValType type : types) absl::StrAppend(&text, " ", names_.Text(type));
  return text + ")";
}

std::string ModulePrinter::FieldText(const FieldType& field) const {
  std::string type = field.packed == FieldType::kI8    ? "i8"
                     : field.packed == FieldType::kI16 ? "i16"
                                                       : names_.Text(field.type);
  return field.is_mutable ? absl::StrCat("(mut ", type, ")") : type;
}

std::string ModulePrinter::TypeText(TypeIdx index) const {
  const SubType& type = module_.types[index];
  std::string text = absl::StrCat("(type", names_.types.DefineNumbered(index), " ");
  bool sub = !type.is_final || !type.supertypes.empty();
  if (sub) {
    absl::StrAppend(&text, "(sub ", type.is_final ? "final " : "");
    for (TypeIdx super : type.supertypes) absl::StrAppend(&text, names_.types.Use(super), " ");
  }
  if (type.kind == SubType::kFunc) {
    absl::StrAppend(&text, "(func", TypesText("param", type.func.params), TypesText("result", type.func.results), ")");
  } else if (type.kind == SubType::kArray) {
    absl::StrAppend(&text, "(array ", FieldText(type.fields[0]), ")");
  } else {
    const PrintedSpace& fields = names_.FieldsOf(index);
    text += "(struct";
    for (uint32_t i = 0; i < type.fields.size(); ++i) {
      absl::StrAppend(&text, " (field", fields.Define(i), " ", FieldText(type.fields[i]), ")");
    }
    text += ")";
  }
  return text + (sub ? "))" : ")");
}

void ModulePrinter::Types() {
  for (TypeIdx start = 0; start < module_.types.size();) {
    uint32_t length = module_.types[start].rec_length;
    if (length == 1) {
      absl::StrAppend(&out_, "  ", TypeText(start), "\n");
    } else {
      out_ += "  (rec\n";
      for (TypeIdx i = start; i < start + length; ++i) absl::StrAppend(&out_, "    ", TypeText(i), "\n");
      out_ += "  )\n";
    }
    start += length;
  }
}

uint32_t ModulePrinter::ParamCount(TypeIdx type) const {
  bool known = type < module_.types.size() && module_.types[type].kind == SubType::kFunc;
  return known ? static_cast<uint32_t>(module_.types[type].func.params.size()) : 0;
}

// "(type 1) (param $x i32) (param i64 i64) (result i32)".
std::string ModulePrinter::TypeUse(TypeIdx type, const PrintedSpace& params) const {
  std::string text = absl::StrCat(" (type ", names_.types.Use(type), ")");
  if (type >= module_.types.size() || module_.types[type].kind != SubType::kFunc) return text;
  const FuncType& func = module_.types[type].func;
  bool open = false;  // a list of parameters without names
  for (uint32_t i = 0; i < func.params.size(); ++i) {
    bool named = params.Has(i);
    if (open && named) text += ")";
    if (!open || named) absl::StrAppend(&text, " (param", params.Define(i));
    absl::StrAppend(&text, " ", names_.Text(func.params[i]));
    if (named) text += ")";
    open = !named;
  }
  if (open) text += ")";
  return text + TypesText("result", func.results);
}

std::string ModulePrinter::TableText(const TableType& type) const {
  return absl::StrCat(LimitsText(type.limits, type.is_64), " ", names_.Text(type.element));
}

std::string ModulePrinter::GlobalText(const GlobalType& type) const {
  return type.is_mutable ? absl::StrCat("(mut ", names_.Text(type.type), ")") : names_.Text(type.type);
}

// --- Imports and exports ---

const PrintedSpace& ModulePrinter::SpaceOf(ExternKind kind) const {
  switch (kind) {
    case ExternKind::kFunc: return names_.funcs;
    case ExternKind::kTable: return names_.tables;
    case ExternKind::kMemory: return names_.memories;
    case ExternKind::kGlobal: return names_.globals;
    default: return names_.tags;
  }
}

std::string ModulePrinter::ExternTypeText(const Import& import) const {
  static const auto* const kNoNames = new PrintedSpace();
  uint32_t index = import.index;
  switch (import.kind) {
    case ExternKind::kFunc: return TypeUse(module_.functions[index].type, names_.LocalsOf(index));
    case ExternKind::kTable: return " " + TableText(module_.tables[index].type);
    case ExternKind::kMemory: return " " + MemoryText(module_.memories[index].type);
    case ExternKind::kGlobal: return " " + GlobalText(module_.globals[index].type);
    default: return TypeUse(module_.tags[index].type, *kNoNames);
  }
}

void ModulePrinter::Imports() {
  for (const Import& import : module_.imports) {
    Field(absl::StrCat("import ", QuoteName(import.module), " ", QuoteName(import.name), " (",
                       kExternWords[static_cast<int>(import.kind)], SpaceOf(import.kind).DefineNumbered(import.index),
                       ExternTypeText(import), ")"));
  }
}

void ModulePrinter::Exports() {
  for (const Export& item : module_.exports) {
    Field(absl::StrCat("export ", QuoteName(item.name), " (", kExternWords[static_cast<int>(item.kind)], " ",
                       SpaceOf(item.kind).Use(item.index), ")"));
  }
}

// --- Definitions ---

std::string ModulePrinter::Constant(CodeSpan span, const char* word) {
  std::string text;
  int count = 0;
  absl::Status status = code_.Constant(span, &text, &count);
  if (status_.ok()) status_ = std::move(status);
  if (count == 1) return absl::StrCat("(", text, ")");
  if (word == nullptr) return text;
  return absl::StrCat("(", word, count == 0 ? "" : " ", text, ")");
}

void ModulePrinter::Tables() {
  for (uint32_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
    const TableDef& table = module_.tables[i];
    Field(absl::StrCat("table", names_.tables.DefineNumbered(i), " ", TableText(table.type),
                       table.has_init ? " " : "", table.has_init ? Constant(table.init, nullptr) : ""));
  }
}

void ModulePrinter::Memories() {
  for (uint32_t i = module_.num_imported_memories; i < module_.memories.size(); ++i) {
    Field(absl::StrCat("memory", names_.memories.DefineNumbered(i), " ", MemoryText(module_.memories[i].type)));
  }
}

void ModulePrinter::Tags() {
  static const auto* const kNoNames = new PrintedSpace();
  for (uint32_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
    Field(absl::StrCat("tag", names_.tags.DefineNumbered(i), TypeUse(module_.tags[i].type, *kNoNames)));
  }
}

void ModulePrinter::Globals() {
  for (uint32_t i = module_.num_imported_globals; i < module_.globals.size(); ++i) {
    const GlobalDef& global = module_.globals[i];
    Field(absl::StrCat("global", names_.globals.DefineNumbered(i), " ", GlobalText(global.type), " ",
                       Constant(global.init, nullptr)));
  }
}

void ModulePrinter::Elems() {
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    const ElemSegment& elem = module_.elems[i];
    std::string text = absl::StrCat("elem", names_.elems.DefineNumbered(i));
    if (elem.mode == SegmentMode::kDeclarative) text += " declare";
    if (elem.mode == SegmentMode::kActive) {
      if (elem.table != 0) absl::StrAppend(&text, " (table ", names_.tables.Use(elem.table), ")");
      absl::StrAppend(&text, " ", Constant(elem.offset, "offset"));
    }
    // Without elements, those of (ref func) are functions.
    bool funcs = elem.exprs.empty() && elem.type == ValType::Ref(HeapType::kFunc, false);
    absl::StrAppend(&text, " ", funcs ? "func" : names_.Text(elem.type));
    for (FuncIdx func : elem.funcs) absl::StrAppend(&text, " ", names_.funcs.Use(func));
    for (CodeSpan expr : elem.exprs) absl::StrAppend(&text, " ", Constant(expr, "item"));
    Field(text);
  }
}

std::string ModulePrinter::LocalsText(const Function& function, const PrintedSpace& locals) const {
  std::string text;
  uint32_t index = ParamCount(function.type);
  bool open = false;
  for (const LocalRun& run : function.locals) {
    for (uint32_t i = 0; i < run.count; ++i, ++index) {
      bool named = locals.Has(index);
      if (open && named) text += ")";
      if (!open || named) absl::StrAppend(&text, " (local", locals.Define(index));
      absl::StrAppend(&text, " ", names_.Text(run.type));
      if (named) text += ")";
      open = !named;
    }
  }
  return open ? text + ")" : text;
}

void ModulePrinter::Functions() {
  for (FuncIdx i = module_.num_imported_functions; i < module_.functions.size(); ++i) {
    const Function& function = module_.functions[i];
    const PrintedSpace& locals = names_.LocalsOf(i);
    absl::StrAppend(&out_, "  (func", names_.funcs.DefineNumbered(i), TypeUse(function.type, locals), "\n");
    std::string text = LocalsText(function, locals);
    if (!text.empty()) absl::StrAppend(&out_, "   ", text, "\n");
    absl::Status status = code_.Body(i, function.body, &out_);
    if (status_.ok()) status_ = std::move(status);
    out_ += "  )\n";
  }
}

void ModulePrinter::Datas() {
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const DataSegment& data = module_.datas[i];
    std::string text = absl::StrCat("data", names_.datas.DefineNumbered(i));
    if (data.mode == SegmentMode::kActive) {
      if (data.memory != 0) absl::StrAppend(&text, " (memory ", names_.memories.Use(data.memory), ")");
      absl::StrAppend(&text, " ", Constant(data.offset, "offset"));
    }
    absl::StrAppend(&text, " ", QuoteBytes(module_.bytes().subspan(data.begin, data.size)));
    Field(text);
  }
}

}  // namespace umiak
