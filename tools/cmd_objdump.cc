// umiak objdump: functions beside the cells that they are translated into.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/commands.h"
#include "tools/file.h"
#include "tools/report.h"
#include "tools/run_options.h"
#include "tools/settings.h"
#include "umiak/code_listing.h"
#include "umiak/error.h"
#include "umiak/text.h"

namespace umiak {
namespace {

enum OptionId { kCode, kStats, kWasm };
constexpr Option kOptions[] = {
    {kCode, 0, "code", nullptr, "instructions beside cells (which is also what happens without an option)"},
    {kStats, 0, "stats", nullptr, "only sums: cells for each instruction, moves, bytes, the most frequent cells"},
    {kWasm, 'W', "wasm", "KEY[=VALUE],...", "features; -W help lists them"},
};

constexpr size_t kInstructionColumn = 44;
constexpr size_t kIndent = 2;  // that BodyPrinter's lines have and a listing need not
constexpr size_t kMostOps = 20;

// Sums over functions.
struct Totals {
  uint64_t functions = 0, instructions = 0, body_bytes = 0, cells = 0, code_bytes = 0, moves = 0, misfits = 0;
  uint64_t dispatches = 0;
  std::map<std::string, uint64_t> ops;  // by name
};

// Whether anything is to be done for it: blocks and their ends are but places.
bool Counts(const PrintedInstruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kElse:
    case Opcode::kEnd: return false;
    default: return true;
  }
}

void Add(const CodeListing& listing, const std::vector<PrintedInstruction>& instructions, const Function& function,
         Totals* totals) {
  ++totals->functions;
  totals->instructions += static_cast<uint64_t>(std::count_if(instructions.begin(), instructions.end(), Counts));
  totals->body_bytes += function.body.end - function.body.begin;
  totals->cells += listing.cells.size();
  totals->code_bytes += listing.bytes;
  totals->misfits += listing.misfits;
  for (size_t i = 0; i < listing.cells.size(); i += listing.cells[i].chain) ++totals->dispatches;
  for (const ListedCell& cell : listing.cells) {
    totals->moves += cell.is_move ? 1 : 0;
    ++totals->ops[cell.text.substr(0, cell.text.find(' '))];
  }
}

// "1.25".
std::string Ratio(uint64_t a, uint64_t b) {
  const uint64_t hundredths = b == 0 ? 0 : (100 * a + b / 2) / b;
  return absl::StrCat(hundredths / 100, ".", absl::Dec(hundredths % 100, absl::kZeroPad2));
}

std::string Describe(const Totals& totals) {
  std::string text = absl::StrCat(
      totals.functions, " functions, ", totals.instructions, " instructions (without block, loop, else, end) in ",
      totals.body_bytes, " bytes\n", totals.cells, " cells (", Ratio(totals.cells, totals.instructions),
      " for each instruction) in ", totals.code_bytes, " bytes (", Ratio(totals.code_bytes, totals.body_bytes),
      " for each byte of the bodies)\n", totals.dispatches, " dispatches when all is run straight through (",
      Ratio(totals.dispatches, totals.instructions), " for each instruction)\n", totals.moves, " cells only move a value (",
      Ratio(100 * totals.moves, totals.cells), " %); ", totals.misfits, " operands did not fit\n");
  std::vector<std::pair<uint64_t, std::string>> ops;
  for (const auto& [name, count] : totals.ops) ops.emplace_back(count, name);
  std::sort(ops.rbegin(), ops.rend());
  if (ops.size() > kMostOps) ops.resize(kMostOps);
  for (const auto& [count, name] : ops) absl::StrAppend(&text, absl::Dec(count, absl::kSpacePad9), "  ", name, "\n");
  return text;
}

// Both are by ascending offset but for what stands out of line, which follows at the end with its offsets.
std::string Beside(const CodeListing& listing, const std::vector<PrintedInstruction>& instructions) {
  std::multimap<uint32_t, const ListedCell*> by_offset;
  for (const ListedCell& cell : listing.cells) by_offset.emplace(cell.wasm_offset, &cell);
  std::string text;
  const auto add_cell = [&](const ListedCell& cell) {
    absl::StrAppend(&text, "0x", absl::Hex(cell.position, absl::kZeroPad4), "  ", cell.text,
                    cell.chain > 1 ? absl::StrCat(" [", cell.chain, "]") : "", "\n");
  };
  auto next = by_offset.begin();
  // On entry, before the first instruction.
  for (; next != by_offset.end() && next->first < instructions.front().offset; ++next) {
    absl::StrAppend(&text, std::string(kInstructionColumn, ' '));
    add_cell(*next->second);
  }
  for (const PrintedInstruction& instruction : instructions) {
    const std::string line = absl::StrCat(absl::Hex(instruction.offset, absl::kZeroPad6),
                                          absl::string_view(instruction.text).substr(kIndent));
    if (next == by_offset.end() || next->first != instruction.offset) {
      absl::StrAppend(&text, line, "\n");
      continue;
    }
    absl::StrAppend(&text, line, std::string(line.size() < kInstructionColumn ? kInstructionColumn - line.size() : 1, ' '));
    add_cell(*next->second);
    for (++next; next != by_offset.end() && next->first == instruction.offset; ++next) {
      absl::StrAppend(&text, std::string(kInstructionColumn, ' '));
      add_cell(*next->second);
    }
  }
  return text;
}

// A number, or a name of the name section or the exports.
std::optional<FuncIdx> FindFunction(const Module& module, absl::string_view word) {
  uint32_t index;
  if (absl::SimpleAtoi(word, &index)) {
    if (index < module.functions.size()) return index;
    return std::nullopt;
  }
  const Export* item = module.FindExport(word);
  if (item != nullptr && item->kind == ExternKind::kFunc) return item->index;
  for (FuncIdx f = 0; f < module.functions.size(); ++f) {
    if (module.FunctionName(f) == word) return f;
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<FuncIdx>> Wanted(const Module& module, Arguments words) {
  std::vector<FuncIdx> wanted;
  for (absl::string_view word : words) {
    const std::optional<FuncIdx> function = FindFunction(module, word);
    if (!function) return absl::NotFoundError(absl::StrCat("no function ", word));
    if (*function < module.num_imported_functions) {
      return absl::InvalidArgumentError(absl::StrCat("function ", word, " is imported, so it has no code"));
    }
    wanted.push_back(*function);
  }
  for (FuncIdx f = module.num_imported_functions; words.empty() && f < module.functions.size(); ++f) wanted.push_back(f);
  return wanted;
}

absl::Status Dump(const Module& module, Arguments words, bool stats) {
  ASSIGN_OR_RETURN(const std::vector<FuncIdx> wanted, Wanted(module, words));
  BodyPrinter printer(module);
  Totals totals;
  for (FuncIdx f : wanted) {
    ASSIGN_OR_RETURN(const CodeListing listing, ListCode(module, f));
    ASSIGN_OR_RETURN(const std::vector<PrintedInstruction> instructions, printer.Print(f));
    if (stats) {
      Add(listing, instructions, module.functions[f], &totals);
      continue;
    }
    const std::string head = absl::StrCat("func[", f, "] ", printer.NameOf(f), ": ", listing.cells.size(), " cells, ",
                                          listing.bytes, " bytes, ", listing.frame_slots, " slots\n");
    if (PrintOut(absl::StrCat(head, Beside(listing, instructions), "\n")) != kExitOk) {
      return absl::UnavailableError("standard output cannot be written");
    }
  }
  if (stats) PrintOut(Describe(totals));
  return absl::OkStatus();
}

}  // namespace

int CommandObjdump(Arguments args) {
  const absl::StatusOr<ParsedOptions> parsed = ParseOptions(kOptions, args);
  if (!parsed.ok()) return ReportUsage("objdump", parsed.status().message());
  RunOptions options;
  bool stats = false;
  for (const OptionUse& use : parsed->options) stats = stats || use.id == kStats;
  if (const std::optional<int> code = ApplyWasmSettings("objdump", *parsed, kWasm, &options)) return *code;
  if (parsed->rest.empty()) return ReportUsage("objdump", "no file to show");
  const char* file = parsed->rest[0];
  const auto module = LoadFile(file, options.load);
  if (!module.ok()) return Report(file, module.status());
  const absl::Status status = Dump(**module, parsed->rest.subspan(1), stats);
  return status.ok() ? kExitOk : Report(file, status);
}

std::string HelpObjdump() {
  return absl::StrCat(
      "usage: umiak objdump [OPTION...] FILE [FUNCTION...]\n\n"
      "Writes what functions (all, or those of these numbers or names) are translated into: on the left the\n"
      "instructions with their offsets in the module, on the right the cells with the places of their operands: r0 and\n"
      "f0 are registers, s0 slots of the frame, #1 immediates. An instruction without a cell was fused into a later\n"
      "one or costs nothing. [2] behind a cell: going on from here, two cells are executed with one dispatch.\n"
      "docs/BYTECODE.md tells more.\n\n",
      DescribeOptions(kOptions));
}

}  // namespace umiak
