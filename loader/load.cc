#include "umiak/load.h"

#include "loader/binary/module_decoder.h"
#include "loader/validate/module_validator.h"
#include "umiak/error.h"

namespace umiak {

absl::StatusOr<std::shared_ptr<const Module>> LoadModule(ModuleBytes bytes, const LoadOptions& options) {
  auto module = std::make_shared<Module>(std::move(bytes));
  ItemOffsets offsets;
  RETURN_IF_ERROR(DecodeModule(options.features, module.get(), &offsets));
  RETURN_IF_ERROR(ValidateModule(options, offsets, module.get()));
  return module;
}

}  // namespace umiak
