// What a call's arguments and results are, as text.
#ifndef UMIAK_WASI_TRACE_FORMAT_H_
#define UMIAK_WASI_TRACE_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/context.h"

namespace umiak::wasi {

// "success", "badf", ...: the specification's names.
absl::string_view NameOf(Errno error);

// What the guest's descriptors stand for.
using FdNames = absl::flat_hash_map<Fd, std::string>;

// One call: its arguments as they were passed, widened. Pointers are looked behind when the text is made; one that
// leaves the memory is written as the number.
struct TracedCall {
  GuestMemory memory;
  absl::Span<const uint64_t> args;
  const FdNames& fds;
};

// A row of trace.def; an empty one for what has none.
absl::string_view TraceRow(absl::string_view function);
// How many arguments the row describes; -1 where a kind in it is unknown.
int CountArguments(absl::string_view row);
// `3</>, SYMLINK_FOLLOW, "input.txt", ...`: the arguments before the `=` of the row.
std::string FormatArguments(const TracedCall& call, absl::string_view row);
// `, fd 4`: what a successful call gave.
std::string FormatResults(const TracedCall& call, absl::string_view row);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_TRACE_FORMAT_H_
