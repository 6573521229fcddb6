// What code says about the exceptions it catches: from the place of a call or throw to its handlers.
//
// Made by the translator, read by the unwinder alone. A function that catches nothing has none.
#ifndef UMIAK_VM_INTERP_UNWIND_TABLE_H_
#define UMIAK_VM_INTERP_UNWIND_TABLE_H_

#include <cstdint>
#include <vector>

namespace umiak {

struct UnwindTable {
  static constexpr uint32_t kNone = 0xffffffff;

  // Calls and throws from `begin` on, up to the next range, are in `region`; kNone: in none.
  struct Range {
    uint32_t begin;   // byte offset in the code
    uint32_t region;
  };
  // The body of a try: its clauses are asked in order.
  struct Region {
    uint32_t parent;  // who is asked next; kNone: the caller
    uint32_t first_clause;
    uint32_t clause_count;
  };
  struct Clause {
    uint32_t tag;     // TagIdx in the module; kNone: takes any
    uint32_t handler; // byte offset of the cell to go on with
    uint32_t args;    // slots of the frame: where the arguments go,
    uint32_t ref;     // and the reference to the exception; kNone: it is not wanted
  };
  std::vector<Range> ranges;  // by ascending begin
  std::vector<Region> regions;
  std::vector<Clause> clauses;

  // The region of the cell at that offset; for a return address pass the offset - 1.
  uint32_t RegionAt(uint32_t offset) const;
};

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_UNWIND_TABLE_H_
