// Handles to runtime objects: functions, tables, memories, globals, tags, and any of them.
//
// A handle is two pointers, copyable, and good as long as its Store lives. A default-constructed handle is
// empty: only valid() may be called on it. Same thread rule as Store.
// spec: exec/runtime#external-values
#ifndef UMIAK_EXTERN_H_
#define UMIAK_EXTERN_H_

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "umiak/store.h"
#include "umiak/types.h"
#include "umiak/value.h"

namespace umiak {

struct FuncInst;
struct TableInst;
struct MemoryInst;
struct GlobalInst;
struct TagInst;
class Caller;

// The calling convention between guest and host: `slots` holds the arguments on entry (one 8-byte slot each,
// i32 zero-extended, f32 in the low 4 bytes, a v128 in two slots) and receives the results in the same way;
// it has room for max(arguments, results). A status that is not OK ends the guest's execution and is what
// the outermost call returns (ErrorKind kept, else it becomes a trap "host error"). Must not throw.
using RawHostFunc = std::function<absl::Status(Caller& caller, uint64_t* slots)>;

class Func {
 public:
  Func() = default;
  Func(StoreImpl* store, FuncInst* inst) : store_(store), inst_(inst) {}
  // A host function of that type. The type must be made of numbers, vectors, funcref and externref.
  static Func Host(Store& store, const FuncType& type, RawHostFunc callback);

  bool valid() const { return inst_ != nullptr; }
  const FuncType& type() const;
  // Calls it. Wrong number or types of arguments is an InvalidArgument status; a trap has ErrorKind::kTrap
  // and carries a Trap.
  absl::StatusOr<std::vector<Value>> Call(absl::Span<const Value> args) const;
  // The same without conversion or check: `slots` as for RawHostFunc.
  absl::Status CallRaw(uint64_t* slots) const;
  Value ToValue() const;
  FuncInst* inst() const { return inst_; }
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_ = nullptr;
  FuncInst* inst_ = nullptr;
};

class Memory {
 public:
  Memory() = default;
  Memory(StoreImpl* store, MemoryInst* inst) : store_(store), inst_(inst) {}
  static absl::StatusOr<Memory> Create(Store& store, const MemoryType& type);

  bool valid() const { return inst_ != nullptr; }
  // The declared type with the current size as minimum.
  MemoryType type() const;
  // The bytes now. Stale after anything that may grow the memory (guest code, Grow).
  absl::Span<uint8_t> data() const;
  uint64_t pages() const;
  // Grows by `delta` pages; returns the old size in pages, or an error when limits forbid it.
  absl::StatusOr<uint64_t> Grow(uint64_t delta) const;
  MemoryInst* inst() const { return inst_; }
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_ = nullptr;
  MemoryInst* inst_ = nullptr;
};

class Table {
 public:
  Table() = default;
  Table(StoreImpl* store, TableInst* inst) : store_(store), inst_(inst) {}
  static absl::StatusOr<Table> Create(Store& store, const TableType& type, Value init);

  bool valid() const { return inst_ != nullptr; }
  TableType type() const;
  uint64_t size() const;
  absl::StatusOr<Value> Get(uint64_t index) const;
  absl::Status Set(uint64_t index, const Value& value) const;
  absl::StatusOr<uint64_t> Grow(uint64_t delta, const Value& init) const;
  TableInst* inst() const { return inst_; }
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_ = nullptr;
  TableInst* inst_ = nullptr;
};

class Global {
 public:
  Global() = default;
  Global(StoreImpl* store, GlobalInst* inst) : store_(store), inst_(inst) {}
  static absl::StatusOr<Global> Create(Store& store, const GlobalType& type, const Value& init);

  bool valid() const { return inst_ != nullptr; }
  GlobalType type() const;
  Value Get() const;
  // Fails on an immutable global and on a value of another type.
  absl::Status Set(const Value& value) const;
  GlobalInst* inst() const { return inst_; }
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_ = nullptr;
  GlobalInst* inst_ = nullptr;
};

class Tag {
 public:
  Tag() = default;
  Tag(StoreImpl* store, TagInst* inst) : store_(store), inst_(inst) {}
  // A tag of its own, equal to no other. The type has no results; see Func::Host for its parameters.
  static Tag Create(Store& store, const FuncType& type);
  bool valid() const { return inst_ != nullptr; }
  const FuncType& type() const;
  TagInst* inst() const { return inst_; }
  StoreImpl* store() const { return store_; }

 private:
  StoreImpl* store_ = nullptr;
  TagInst* inst_ = nullptr;
};

// In the order of ExternKind.
using Extern = std::variant<Func, Table, Memory, Global, Tag>;
inline ExternKind KindOf(const Extern& e) { return static_cast<ExternKind>(e.index()); }

}  // namespace umiak

#endif  // UMIAK_EXTERN_H_
