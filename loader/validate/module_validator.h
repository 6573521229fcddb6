// What a decoded module must satisfy besides its bodies: types, index spaces, limits, constant expressions.
// spec: valid/modules
#ifndef UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_
#define UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "loader/validate/function_validator.h"
#include "umiak/features.h"
#include "umiak/module.h"

namespace umiak {

// Validates everything, bodies included, and fills what follows from the types: Module::canonical_types and
// Function::local_count. Fails with kInvalid, or with kMalformed or kLimit for what is wrong inside a body.
absl::Status ValidateModule(Features features, Module* module);

class ModuleValidator {
 public:
  ModuleValidator(Features features, Module* module)
      : features_(features), module_(*module), functions_(features, *module) {}
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
  absl::Status ValidateBodies();
  size_t SpaceSize(ExternKind kind) const;

  Features features_;
  Module& module_;
  FunctionValidator functions_;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_MODULE_VALIDATOR_H_
