#include "vm/interp/count_cells.h"

#if defined(UMIAK_COUNT_CELLS)

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <unordered_map>

#include "vm/interp/op.h"

namespace umiak {

namespace {

struct Count {
  Handler handler;
  uint64_t runs = 0;
  uint64_t falls = 0;  // went on at the cell behind it
  uint32_t length = 0;
};

struct Kind {
  std::string text;
  uint32_t length;
};

std::unordered_map<Handler, Kind> Kinds() {
  std::unordered_map<Handler, Kind> kinds;
  for (int op = 0; op < kOpCount; ++op) {
    const OpInfo& info = InfoOf(static_cast<Op>(op));
    int variants = 1;
    for (int i = 0; i < info.operand_count; ++i) variants *= info.operands[i].count();
    for (int v = 0; v < variants; ++v) {
      OperandClass classes[kMaxOperands] = {};
      int rest = v;
      for (int i = info.operand_count - 1; i >= 0; --i) {
        classes[i] = info.operands[i].Class(rest % info.operands[i].count());
        rest /= info.operands[i].count();
      }
      std::string text = info.name;
      for (int i = 0; i < info.operand_count; ++i) {
        text += i == 0 ? ':' : ',';
        text += classes[i] == kSlot ? "S" : classes[i] == kImm ? "I" : std::to_string(classes[i]);
      }
      const uint32_t length =
          LayoutOf(info.operands, info.operand_count, classes, info.extra_bytes, info.aligned_tail).length;
      for (const Handler* table : info.handlers) {
        if (table != nullptr) kinds.try_emplace(table[v], Kind{text, length});
      }
    }
  }
  return kinds;
}

struct Counts {
  std::map<const uint8_t*, Count> cells;
  std::unordered_map<const uint8_t*, Count*> index;
  std::unordered_map<Handler, Kind> kinds = Kinds();
  ~Counts() {
    const char* path = std::getenv("UMIAK_CELL_COUNTS");
    FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) return;
    for (const auto& [ip, count] : cells) {
      auto kind = kinds.find(count.handler);
      std::fprintf(file, "%llu %u %s %llu %llu\n", static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(ip)),
                   count.length, kind == kinds.end() ? "?" : kind->second.text.c_str(),
                   static_cast<unsigned long long>(count.runs), static_cast<unsigned long long>(count.falls));
    }
    std::fclose(file);
  }
};

}  // namespace

void CountCell(const uint8_t* ip) {
  static Counts counts;
  static Count* last = nullptr;
  static const uint8_t* last_ip = nullptr;
  Count*& count = counts.index[ip];
  if (count == nullptr) {
    count = &counts.cells[ip];
    count->handler = LoadBytes<Handler>(ip);
    auto kind = counts.kinds.find(count->handler);
    count->length = kind == counts.kinds.end() ? 0 : kind->second.length;
  }
  ++count->runs;
  if (last != nullptr && last_ip + last->length == ip) ++last->falls;
  last = count;
  last_ip = ip;
}

}  // namespace umiak

#endif
