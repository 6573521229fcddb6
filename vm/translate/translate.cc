#include "vm/translate/translate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "vm/translate/builder.h"
#include "vm/translate/flow.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"
#include "vm/translate/registers.h"

namespace umiak {

absl::StatusOr<std::unique_ptr<Code>> TranslateFunction(const TranslateContext& context, FuncIdx function,
                                                        TranslateRecord* record) {
  ASSIGN_OR_RETURN(ir::Function f, ir::BuildFunction(context.module, function));
  if (const ir::Node* node = FindUnsupported(f)) {
    ErrorLocation where;
    where.offset = node->offset;
    where.function = function;
    where.function_name = context.module.FunctionName(function);
    return MakeError(ErrorKind::kLimit, "unsupported instruction", umiak::InfoOf(node->opcode).text, where);
  }
  if (!context.variant.deterministic_nans) FuseNodes(&f);
  ir::Liveness liveness(f);
  ir::Placement placement(f, liveness);
  return Lowering(context, f, placement, record).Run();
}

std::string Listing(const TranslateRecord& record) {
  std::string text;
  for (const CellRecord& cell : record.cells) {
    absl::StrAppend(&text, "0x", absl::Hex(cell.position, absl::kZeroPad4), "  ", InfoOf(cell.op).name,
                    cell.operands.empty() ? "" : " ", cell.operands, "\n");
  }
  return text;
}

}  // namespace umiak
