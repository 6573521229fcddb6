// What a decoded module must satisfy besides its bodies: types, index spaces, limits, constant expressions.
// spec: valid/modules
#ifndef UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_
#define UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "loader/binary/module_decoder.h"
#include "loader/validate/function_validator.h"
#include "umiak/error.h"
#include "umiak/features.h"
#include "umiak/load.h"
#include "umiak/module.h"

namespace umiak {

// Validates everything (bodies as `options` say), and fills what follows from the types: Module::canonical_types and
// Function::local_count. `offsets` are those of the decoder. Fails with kInvalid, or with kMalformed or kLimit for what
// is wrong inside a body.
absl::Status ValidateModule(const LoadOptions& options, const ItemOffsets& offsets, Module* module);

class ModuleValidator {
 public:
  ModuleValidator(const LoadOptions& options, const ItemOffsets& offsets, Module* module)
      : options_(options), offsets_(offsets), module_(*module), functions_(options.features, *module) {}
  absl::Status Validate();

 private:
  absl::Status ValidateTypes();
  absl::Status ValidateReferences(TypeIdx index, const SubType& type);
  absl::Status ValidateSupertype(TypeIdx index, const SubType& type);
  absl::Status ValidateTypeIndices();
  absl::Status ValidateFuncTypeIndex(TypeIdx index);
  absl::Status ValidateValType(ValType type);
  absl::Status ValidateTables();
  absl::Status ValidateTableSize(const TableType& type);
  absl::Status ValidateMemories();
  absl::Status ValidateMemoryType(const MemoryType& type);
  absl::Status ValidateGlobals();
  absl::Status ValidateTags();
  absl::Status ValidateExports();
  absl::Status ValidateStart();
  absl::Status ValidateElems();
  absl::Status ValidateElem(const ElemSegment& segment);
  absl::Status ValidateDatas();
  size_t SpaceSize(ExternKind kind) const;

  // Errors, with the place of what is being validated.
  absl::Status Error(ErrorKind kind, absl::string_view phrase, absl::string_view detail) const;
  absl::Status Invalid(absl::string_view phrase, absl::string_view detail = "") const;
  absl::Status Unknown(const char* phrase, uint32_t index) const;
  absl::Status Disabled(ValType type) const;
  absl::Status CheckOrder(const Limits& limits) const;

  const LoadOptions& options_;
  const ItemOffsets& offsets_;
  uint32_t place_ = 0;  // where what is being validated begins
  Module& module_;
  FunctionValidator functions_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_
