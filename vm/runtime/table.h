// Table instances: elements are reference words (see Ref in umiak/value.h), a funcref is a FuncInst*.
// spec: exec/runtime#table-instances
#ifndef UMIAK_VM_RUNTIME_TABLE_H_
#define UMIAK_VM_RUNTIME_TABLE_H_

#include <cstdint>
#include <memory>

#include "umiak/types.h"

namespace umiak {

struct TableInst {
  TableInst() = default;
  TableInst(const TableInst&) = delete;
  TableInst& operator=(const TableInst&) = delete;
  ~TableInst();

  uint64_t* elems = nullptr;  // malloc'ed; moves when the table grows: always reached through the TableInst
  uint64_t size = 0;          // elements in use
  uint64_t capacity = 0;
  uint64_t max = 0;           // the declared maximum or the store's limit, whichever is less
  TableType type;             // concrete types in it are canonical: umiak/type_canon.h
};

// A table of the type's minimum size, all elements null. Null pointer where limits or memory forbid.
std::unique_ptr<TableInst> NewTable(const TableType& type, uint64_t max_elements);

// Grows by `delta` elements set to `init`. The old size, or -1 where limits or memory forbid.
int64_t TableGrow(TableInst* table, uint64_t delta, uint64_t init);
// False (nothing written) where a range is out of bounds. spec: exec/instructions#table-instructions
bool TableFill(TableInst* table, uint64_t start, uint64_t value, uint64_t count);
bool TableCopy(TableInst* to, uint64_t to_start, const TableInst* from, uint64_t from_start, uint64_t count);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_TABLE_H_
