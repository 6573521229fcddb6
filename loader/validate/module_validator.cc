#include "loader/validate/module_validator.h"

#include "absl/strings/str_cat.h"
#include "loader/phrases.h"
#include "loader/validate/bodies.h"
#include "loader/validate/matching.h"
#include "umiak/limits.h"
#include "umiak/type_canon.h"

namespace umiak {

absl::Status ValidateModule(const LoadOptions& options, const ItemOffsets& offsets, Module* module) {
  return ModuleValidator(options, offsets, module).Validate();
}

// --- Errors ---

absl::Status ModuleValidator::Error(ErrorKind kind, absl::string_view phrase, absl::string_view detail) const {
  ErrorLocation location;
  location.offset = place_;
  return MakeError(kind, phrase, detail, location);
}

absl::Status ModuleValidator::Invalid(absl::string_view phrase, absl::string_view detail) const {
  return Error(ErrorKind::kInvalid, phrase, detail);
}

absl::Status ModuleValidator::Unknown(const char* phrase, uint32_t index) const {
  return Invalid(absl::StrCat(phrase, " ", index));
}

absl::Status ModuleValidator::Disabled(ValType type) const {
  return Error(ErrorKind::kMalformed, phrase::kMalformedValueType,
               absl::StrCat(ToString(type), " is of a feature that is off"));
}

absl::Status ModuleValidator::CheckOrder(const Limits& limits) const {
  if (!limits.has_max() || limits.min <= limits.max) return absl::OkStatus();
  return Invalid(phrase::kLimitsOrder, absl::StrCat(limits.min, " > ", limits.max));
}

// The order matters: types first, then what constant expressions may name, the bodies last.
absl::Status ModuleValidator::Validate() {
  RETURN_IF_ERROR(ValidateTypes());
  RETURN_IF_ERROR(ValidateTypeIndices());
  RETURN_IF_ERROR(ValidateTags());
  RETURN_IF_ERROR(ValidateMemories());
  RETURN_IF_ERROR(ValidateTables());
  RETURN_IF_ERROR(ValidateGlobals());
  RETURN_IF_ERROR(ValidateExports());
  RETURN_IF_ERROR(ValidateStart());
  RETURN_IF_ERROR(ValidateElems());
  RETURN_IF_ERROR(ValidateDatas());
  if (!options_.defer_bodies) return ValidateBodies(functions_, module_, options_.threads);
  module_.deferred_bodies = DeferBodies(functions_);
  return absl::OkStatus();
}

// --- Types. spec: valid/types ---

absl::Status ModuleValidator::ValidateTypes() {
  std::vector<uint8_t> depths(module_.types.size());
  for (TypeIdx i = 0; i < module_.types.size(); ++i) {
    const SubType& type = module_.types[i];
    place_ = offsets_.types[i];
    RETURN_IF_ERROR(ValidateReferences(i, type));
    if (type.supertypes.empty()) continue;
    depths[i] = static_cast<uint8_t>(depths[type.supertypes[0]] + 1);
    if (depths[i] > kMaxSubtypingDepth) {
      return Error(ErrorKind::kLimit, phrase::kTooLarge,
                   absl::StrCat("type ", i, " has too many supertypes above it"));
    }
  }
  if (!CanonicalizeTypes(module_.types, &module_.canonical_types)) {
    return Error(ErrorKind::kLimit, phrase::kTooLarge, "too many types in this process");
  }
  for (TypeIdx i = 0; i < module_.types.size(); ++i) {
    place_ = offsets_.types[i];
    RETURN_IF_ERROR(ValidateSupertype(i, module_.types[i]));
  }
  return absl::OkStatus();
}

// Types may name those of their own rec group and the ones before it; supertypes come before their type.
absl::Status ModuleValidator::ValidateReferences(TypeIdx index, const SubType& type) {
  uint32_t end = type.rec_start + type.rec_length;
  auto check = [this, end](ValType part) {
    if (!IsEnabled(options_.features, part)) return Disabled(part);
    if (part.is_ref() && part.heap().is_concrete() && part.heap().type_index() >= end) {
      return Unknown(phrase::kUnknownType, part.heap().type_index());
    }
    return absl::OkStatus();
  };
  for (ValType param : type.func.params) RETURN_IF_ERROR(check(param));
  for (ValType result : type.func.results) RETURN_IF_ERROR(check(result));
  for (const FieldType& field : type.fields) RETURN_IF_ERROR(check(field.type));
  if (type.func.results.size() > 1 && !options_.features.Has(kMultiValue)) return Invalid(phrase::kInvalidArity);
  for (TypeIdx super : type.supertypes) {
    if (super >= index) return Unknown(phrase::kUnknownType, super);
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateSupertype(TypeIdx index, const SubType& type) {
  for (TypeIdx super : type.supertypes) {
    const SubType& above = module_.types[super];
    if (above.is_final) {
      return Invalid(phrase::kSubType,
                     absl::StrCat("type ", index, " extends type ", super, ", which is final"));
    }
    if (!MatchCompositeType(module_, type, above)) {
      return Invalid(phrase::kSubType, absl::StrCat("type ", index, " does not match its supertype ", super));
    }
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateFuncTypeIndex(TypeIdx index) {
  if (index >= module_.types.size()) return Unknown(phrase::kUnknownType, index);
  if (module_.types[index].kind != SubType::kFunc) {
    return Invalid(phrase::kTypeMismatch, absl::StrCat("type ", index, " is not a function type"));
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateValType(ValType type) {
  if (!IsEnabled(options_.features, type)) return Disabled(type);
  if (type.is_ref() && type.heap().is_concrete() && type.heap().type_index() >= module_.types.size()) {
    return Unknown(phrase::kUnknownType, type.heap().type_index());
  }
  return absl::OkStatus();
}

// The types of functions, and with them the number of their locals.
absl::Status ModuleValidator::ValidateTypeIndices() {
  for (FuncIdx i = 0; i < module_.functions.size(); ++i) {
    Function& function = module_.functions[i];
    place_ = offsets_.functions[i];
    RETURN_IF_ERROR(ValidateFuncTypeIndex(function.type));
    function.local_count += static_cast<uint32_t>(module_.types[function.type].func.params.size());
    if (function.local_count > kMaxLocals) {
      return Error(ErrorKind::kLimit, phrase::kTooManyLocals, absl::StrCat("func ", i, " has ", function.local_count));
    }
  }
  return absl::OkStatus();
}

// --- Index spaces ---

absl::Status ModuleValidator::ValidateTags() {
  for (TagIdx i = 0; i < module_.tags.size(); ++i) {
    const TagType& tag = module_.tags[i];
    place_ = offsets_.tags[i];
    RETURN_IF_ERROR(ValidateFuncTypeIndex(tag.type));
    if (!module_.types[tag.type].func.results.empty()) return Invalid(phrase::kTagResult);
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateMemories() {
  for (MemoryIdx i = 0; i < module_.memories.size(); ++i) {
    place_ = offsets_.memories[i];
    if (i > 0 && !options_.features.Has(kMultiMemory)) return Invalid(phrase::kMultipleMemories);
    RETURN_IF_ERROR(ValidateMemoryType(module_.memories[i].type));
  }
  return absl::OkStatus();
}

// spec: valid/types#memory-types
absl::Status ModuleValidator::ValidateMemoryType(const MemoryType& type) {
  if (type.page_size_log2 != 0 && type.page_size_log2 != 16) {
    return Invalid(phrase::kInvalidPageSize, absl::StrCat("2^", type.page_size_log2));
  }
  uint64_t max_pages = type.page_size_log2 == 0 ? (type.is_64 ? Limits::kNoMax : kMaxMemory32Bytes - 1)
                       : type.is_64             ? kMaxMemory64Pages
                                                : kMaxMemory32Bytes >> 16;
  if (type.limits.min > max_pages || (type.limits.has_max() && type.limits.max > max_pages)) {
    uint64_t pages = type.limits.min > max_pages ? type.limits.min : type.limits.max;
    return Invalid(absl::StrCat(phrase::kMemorySize, " ", max_pages, " pages", type.is_64 ? "" : " (4GiB)"),
                   absl::StrCat(pages));
  }
  RETURN_IF_ERROR(CheckOrder(type.limits));
  if (type.shared && !type.limits.has_max()) return Invalid(phrase::kSharedNeedsMax);
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateTableSize(const TableType& type) {
  const Limits& limits = type.limits;
  if (!type.is_64 &&
      (limits.min > kMaxTable32Elements || (limits.has_max() && limits.max > kMaxTable32Elements))) {
    return Invalid(phrase::kTableSize, absl::StrCat("more than ", kMaxTable32Elements, " elements"));
  }
  return CheckOrder(limits);
}

absl::Status ModuleValidator::ValidateTables() {
  for (TableIdx i = 0; i < module_.tables.size(); ++i) {
    const TableDef& table = module_.tables[i];
    place_ = offsets_.tables[i];
    if (i > 0 && !options_.features.Has(kReferenceTypes)) return Invalid(phrase::kMultipleTables);
    RETURN_IF_ERROR(ValidateValType(table.type.element));
    RETURN_IF_ERROR(ValidateTableSize(table.type));
    if (i < module_.num_imported_tables) continue;
    if (table.has_init) {
      RETURN_IF_ERROR(
          functions_.ValidateConstant(table.init, table.type.element, module_.num_imported_globals));
    } else if (!table.type.element.is_defaultable()) {
      return Invalid(phrase::kTypeMismatch,
                     absl::StrCat("table ", i, " of ", ToString(table.type.element), " has no initial value"));
    }
  }
  return absl::OkStatus();
}

// An initial value may read the imported globals and those defined before.
absl::Status ModuleValidator::ValidateGlobals() {
  for (uint32_t i = 0; i < module_.globals.size(); ++i) {
    const GlobalDef& global = module_.globals[i];
    place_ = offsets_.globals[i];
    RETURN_IF_ERROR(ValidateValType(global.type.type));
    if (i < module_.num_imported_globals) continue;
    uint32_t visible = options_.features.Has(kGc) ? i : module_.num_imported_globals;
    RETURN_IF_ERROR(functions_.ValidateConstant(global.init, global.type.type, visible));
  }
  return absl::OkStatus();
}

size_t ModuleValidator::SpaceSize(ExternKind kind) const {
  switch (kind) {
    case ExternKind::kFunc: return module_.functions.size();
    case ExternKind::kTable: return module_.tables.size();
    case ExternKind::kMemory: return module_.memories.size();
    case ExternKind::kGlobal: return module_.globals.size();
    case ExternKind::kTag: return module_.tags.size();
  }
  return 0;
}

absl::Status ModuleValidator::ValidateExports() {
  module_.export_indices.reserve(module_.exports.size());
  for (uint32_t i = 0; i < module_.exports.size(); ++i) {
    const Export& item = module_.exports[i];
    place_ = offsets_.exports[i];
    if (item.index >= SpaceSize(item.kind)) {
      return Invalid(absl::StrCat("unknown ", ToString(item.kind), " ", item.index),
                     absl::StrCat("export \"", item.name, "\""));
    }
    if (!module_.export_indices.emplace(item.name, i).second) {
      return Invalid(phrase::kDuplicateExport, absl::StrCat("\"", item.name, "\""));
    }
    if (item.kind == ExternKind::kFunc) functions_.Declare(item.index);
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateStart() {
  if (!module_.has_start) return absl::OkStatus();
  place_ = offsets_.start;
  if (module_.start >= module_.functions.size()) return Unknown(phrase::kUnknownFunction, module_.start);
  const FuncType& type = module_.TypeOfFunction(module_.start);
  if (!type.params.empty() || !type.results.empty()) {
    return Invalid(phrase::kStartFunction, absl::StrCat("its type is ", ToString(type)));
  }
  return absl::OkStatus();
}

// --- Segments. spec: valid/modules#element-segments ---

absl::Status ModuleValidator::ValidateElems() {
  for (ElemIdx i = 0; i < module_.elems.size(); ++i) {
    place_ = offsets_.elems[i];
    RETURN_IF_ERROR(ValidateElem(module_.elems[i]));
  }
  return absl::OkStatus();
}

absl::Status ModuleValidator::ValidateElem(const ElemSegment& segment) {
  uint32_t globals = static_cast<uint32_t>(module_.globals.size());
  // Plain function indices have this type without writing it.
  if (segment.type != ValType::Ref(HeapType::kFunc, false)) RETURN_IF_ERROR(ValidateValType(segment.type));
  for (FuncIdx index : segment.funcs) {
    if (index >= module_.functions.size()) return Unknown(phrase::kUnknownFunction, index);
    functions_.Declare(index);
  }
  for (const CodeSpan& expr : segment.exprs) {
    RETURN_IF_ERROR(functions_.ValidateConstant(expr, segment.type, globals));
  }
  if (segment.mode != SegmentMode::kActive) return absl::OkStatus();
  if (segment.table >= module_.tables.size()) return Unknown(phrase::kUnknownTable, segment.table);
  const TableType& table = module_.tables[segment.table].type;
  if (!MatchValType(module_, segment.type, table.element)) {
    return Invalid(phrase::kTypeMismatch, absl::StrCat("elements of ", ToString(segment.type),
                                                       " for a table of ", ToString(table.element)));
  }
  return functions_.ValidateConstant(segment.offset, table.is_64 ? ValType::kI64 : ValType::kI32, globals);
}

absl::Status ModuleValidator::ValidateDatas() {
  uint32_t globals = static_cast<uint32_t>(module_.globals.size());
  for (DataIdx i = 0; i < module_.datas.size(); ++i) {
    const DataSegment& segment = module_.datas[i];
    place_ = offsets_.datas[i];
    if (segment.mode != SegmentMode::kActive) continue;
    if (segment.memory >= module_.memories.size()) return Unknown(phrase::kUnknownMemory, segment.memory);
    bool is_64 = module_.memories[segment.memory].type.is_64;
    RETURN_IF_ERROR(
        functions_.ValidateConstant(segment.offset, is_64 ? ValType::kI64 : ValType::kI32, globals));
  }
  return absl::OkStatus();
}

}  // namespace umiak
