// References in the hands of the host: what they refer to, how long they may be kept, and references of its own.
//
// Structs, arrays, exceptions and host references are collected once nothing refers to them. The store keeps those that
// the host has got (as results, arguments of host functions, from globals and tables, or made here) until the RefScope
// ends in which the host got them; outside of any scope, as long as it lives. A call of a host function is a scope.
// To keep a reference longer, put it into a Global.
// spec: exec/runtime#reference-values
#ifndef UMIAK_REF_H_
#define UMIAK_REF_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "umiak/store.h"
#include "umiak/value.h"

namespace umiak {

enum class RefKind : uint8_t { kNull, kI31, kStruct, kArray, kFunc, kException, kHost };

// What the reference refers to. REQUIRES: a reference, of a store that lives and whose scope has not ended.
RefKind RefKindOf(const Value& reference);

// A new externref that stands for `data`: an index or a pointer of the host's, which stays the host's to free. No two
// are the same reference. Fails where the heap is full.
absl::StatusOr<Value> NewHostRef(Store& store, uint64_t data);
// Its data, also after any.convert_extern; empty for every other reference.
std::optional<uint64_t> HostDataOf(const Value& reference);

// The value of an i31, sign-extended; empty for every other reference.
std::optional<int32_t> I31Of(const Value& reference);

// References that the host gets while it lives may be collected after it: for loops that see many of them. Scopes of one
// store end in the reverse order of their beginning.
class RefScope {
 public:
  explicit RefScope(Store& store);
  ~RefScope();
  RefScope(const RefScope&) = delete;
  RefScope& operator=(const RefScope&) = delete;

 private:
  Store& store_;
  size_t roots_;
};

}  // namespace umiak

#endif  // UMIAK_REF_H_
