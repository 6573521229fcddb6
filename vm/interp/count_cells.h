// Counts how often each cell runs, in builds with UMIAK_COUNT_CELLS (loop dispatcher): what benchmarks/mining/mine.py reads.
#ifndef UMIAK_VM_INTERP_COUNT_CELLS_H_
#define UMIAK_VM_INTERP_COUNT_CELLS_H_

#include <cstdint>

namespace umiak {

// The cell at `ip` is about to run. At exit all counts go to the file named by $UMIAK_CELL_COUNTS.
void CountCell(const uint8_t* ip);

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_COUNT_CELLS_H_
