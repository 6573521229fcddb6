#include "vm/translate/translate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "vm/interp/op.h"
#include "vm/translate/builder.h"
#include "vm/translate/flow.h"
#include "vm/translate/fuse.h"
#include "vm/translate/lower.h"
#include "vm/translate/registers.h"

namespace umiak {
namespace {

// The builder takes every vector instruction, those too that have no operation (yet) to be lowered to.
absl::Status CheckVectorOps(const Module& module, const ir::Function& f) {
  constexpr uint8_t kVectorPrefix = 0xFD;
  for (const ir::Node& node : f.nodes) {
    if (InfoOf(node.opcode).prefix != kVectorPrefix || OpOf(node.opcode) != Op::kCount) continue;
    ErrorLocation location;
    location.offset = node.offset;
    location.function = f.index;
    location.function_name = module.FunctionName(f.index);
    return MakeError(ErrorKind::kLimit, "unsupported instruction", InfoOf(node.opcode).text, location);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Code>> TranslateFunction(const TranslateContext& context, FuncIdx function,
                                                        TranslateRecord* record) {
  ASSIGN_OR_RETURN(ir::Function f, ir::BuildFunction(context.module, function));
  RETURN_IF_ERROR(CheckVectorOps(context.module, f));
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
