#include "umiak/code_listing.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "vm/translate/translate.h"

namespace umiak {

absl::StatusOr<CodeListing> ListCode(const Module& module, FuncIdx function) {
  if (module.deferred_bodies != nullptr) RETURN_IF_ERROR(module.deferred_bodies->Check(function));
  const InstanceLayout layout(module);
  TranslateRecord record;
  record.listing = true;
  ASSIGN_OR_RETURN(const std::unique_ptr<Code> code,
                   TranslateFunction({module, layout, CodeVariant{}, nullptr}, function, &record));
  CodeListing listing;
  listing.bytes = code->size;
  listing.frame_slots = code->frame_slots;
  listing.misfits = record.fallback_cells;
  for (CellRecord& cell : record.cells) {
    const absl::string_view name = InfoOf(cell.op).name;
    const bool is_move = absl::StartsWith(name, "Move") && cell.op != Op::kMoveBr;
    std::string text = absl::StrCat(name, cell.operands.empty() ? "" : " ", cell.operands);
    listing.cells.push_back({cell.position, cell.wasm_offset, std::move(text), is_move, cell.chain});
  }
  return listing;
}

}  // namespace umiak
