#include "wasi/trace_format.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/numeric/bits.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wasi/abi.h"

namespace umiak::wasi {
namespace {

constexpr size_t kShownBytes = 32;
constexpr uint32_t kShownRecords = 8;

std::string Hex(uint64_t value) { return absl::StrCat("0x", absl::Hex(value)); }

std::string Quoted(absl::Span<const uint8_t> bytes, size_t most = kShownBytes) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), most));
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(text), "\"", bytes.size() > most ? "..." : "");
}

// The name of a value of an enumeration, or its number.
std::string Choice(absl::Span<const char* const> names, uint64_t value) {
  return value < names.size() ? names[value] : absl::StrCat(value);
}

// "A|B", 0 for none; bits without a name as a number.
std::string Flags(absl::Span<const char* const> names, uint64_t value) {
  std::vector<std::string> parts;
  for (size_t bit = 0; bit < names.size(); ++bit) {
    if ((value >> bit & 1) != 0) parts.push_back(names[bit]);
  }
  const uint64_t rest = names.size() < 64 ? value >> names.size() << names.size() : 0;
  if (rest != 0) parts.push_back(Hex(rest));
  return parts.empty() ? "0" : absl::StrJoin(parts, "|");
}

constexpr const char* kClocks[] = {"REALTIME", "MONOTONIC", "PROCESS_CPUTIME_ID", "THREAD_CPUTIME_ID"};
constexpr const char* kAdvice[] = {"NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE"};
constexpr const char* kWhence[] = {"SET", "CUR", "END"};
constexpr const char* kFiletypes[] = {"unknown",      "block_device", "character_device", "directory",
                                      "regular_file", "socket_dgram", "socket_stream",    "symbolic_link"};
constexpr const char* kEventtypes[] = {"CLOCK", "FD_READ", "FD_WRITE"};
constexpr const char* kFdflags[] = {"APPEND", "DSYNC", "NONBLOCK", "RSYNC", "SYNC"};
constexpr const char* kOflags[] = {"CREAT", "DIRECTORY", "EXCL", "TRUNC"};
constexpr const char* kFstflags[] = {"ATIM", "ATIM_NOW", "MTIM", "MTIM_NOW"};
constexpr const char* kLookupflags[] = {"SYMLINK_FOLLOW"};
constexpr const char* kRiflags[] = {"RECV_PEEK", "RECV_WAITALL"};
constexpr const char* kRoflags[] = {"RECV_DATA_TRUNCATED"};
constexpr const char* kSdflags[] = {"RD", "WR"};
constexpr const char* kRwflags[] = {"HANGUP"};
constexpr const char* kRights[] = {
    "FD_DATASYNC", "FD_READ", "FD_SEEK", "FD_FDSTAT_SET_FLAGS", "FD_SYNC", "FD_TELL", "FD_WRITE", "FD_ADVISE",
    "FD_ALLOCATE", "PATH_CREATE_DIRECTORY", "PATH_CREATE_FILE", "PATH_LINK_SOURCE", "PATH_LINK_TARGET", "PATH_OPEN",
    "FD_READDIR", "PATH_READLINK", "PATH_RENAME_SOURCE", "PATH_RENAME_TARGET", "PATH_FILESTAT_GET",
    "PATH_FILESTAT_SET_SIZE", "PATH_FILESTAT_SET_TIMES", "FD_FILESTAT_GET", "FD_FILESTAT_SET_SIZE",
    "FD_FILESTAT_SET_TIMES", "PATH_SYMLINK", "PATH_REMOVE_DIRECTORY", "PATH_UNLINK_FILE", "POLL_FD_READWRITE",
    "SOCK_SHUTDOWN", "SOCK_ACCEPT"};

// Sets of rights that libraries ask for and get, by a name: they have some thirty members.
constexpr struct {
  const char* name;
  uint64_t members;
} kRightSets[] = {
    {"all", (uint64_t{1} << std::size(kRights)) - 1},
    {"all-files-and-directories", rights::kDirectoryInheriting},
    {"all-directories", rights::kDirectoryBase},
    {"all-files", rights::kFile},
};

// As flags, or "SET|A|B except C|D" where that has fewer names.
std::string Rights(uint64_t value) {
  int fewest = absl::popcount(value);
  std::string text = Flags(kRights, value);
  for (const auto& set : kRightSets) {
    const uint64_t more = value & ~set.members, missing = set.members & ~value;
    const int names = 1 + absl::popcount(more) + absl::popcount(missing);
    if (names >= fewest) continue;
    fewest = names;
    text = absl::StrCat(set.name, more == 0 ? "" : "|", more == 0 ? "" : Flags(kRights, more),
                        missing == 0 ? "" : " except ", missing == 0 ? "" : Flags(kRights, missing));
  }
  return text;
}

std::string FdText(const TracedCall& call, uint64_t fd) {
  const auto name = call.fds.find(static_cast<Fd>(fd));
  const std::string number = absl::StrCat(static_cast<int32_t>(fd));
  return name == call.fds.end() ? number : absl::StrCat(number, "<", name->second, ">");
}

// The bytes of an address and a length, or how they were passed.
std::string Bytes(GuestMemory memory, uint64_t address, uint64_t size, size_t most) {
  const auto bytes = memory.Bytes(static_cast<uint32_t>(address), size);
  return bytes.ok() ? Quoted(*bytes, most) : absl::StrCat(Hex(address), "[", size, "]");
}

template <class T>
std::string Record(GuestMemory memory, uint64_t address, std::string (*format)(const T&)) {
  const auto record = memory.Read(GuestPtr<T>{static_cast<uint32_t>(address)});
  return record.ok() ? format(*record) : Hex(address);
}
template <class T>
std::string Number(GuestMemory memory, uint64_t address) {
  return Record<T>(memory, address, [](const T& value) { return absl::StrCat(value); });
}

// "[" element ", " ... "]" of an array in memory.
template <class T, class Format>
std::string Records(GuestMemory memory, uint64_t address, uint64_t count, Format format) {
  const auto array = memory.Array(GuestPtr<T>{static_cast<uint32_t>(address)}, static_cast<uint32_t>(count));
  if (!array.ok()) return absl::StrCat(Hex(address), "[", count, "]");
  std::vector<std::string> parts;
  for (uint64_t i = 0; i < std::min<uint64_t>(count, kShownRecords); ++i) parts.push_back(format(ReadElement<T>(*array, i)));
  if (count > kShownRecords) parts.push_back(absl::StrCat("... of ", count));
  return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
}

std::string Subscriptions(const TracedCall& call, const uint64_t* args) {
  return Records<Subscription>(call.memory, args[0], args[2], [&](const Subscription& s) {
    if (s.tag != 0) return absl::StrCat(Choice(kEventtypes, s.tag), " ", FdText(call, s.clock_or_fd));
    return absl::StrCat("CLOCK ", Choice(kClocks, s.clock_or_fd), " ", s.flags == 0 ? "+" : "", s.timeout, " ns");
  });
}

template <class T>
ErrnoOr<T> ReadAt(GuestMemory memory, uint64_t address) {
  return memory.Read(GuestPtr<T>{static_cast<uint32_t>(address)});
}

// The events, as many as there are; their address stands before the number of subscriptions.
std::string Events(const TracedCall& call, const uint64_t* args) {
  const auto count = ReadAt<uint32_t>(call.memory, args[0]);
  if (!count.ok()) return Hex(args[0]);
  return Records<Event>(call.memory, args[-2], *count, [](const Event& event) {
    std::string text = Choice(kEventtypes, static_cast<uint64_t>(event.type));
    if (event.error != 0) return absl::StrCat(text, " ", NameOf(static_cast<Errno>(event.error)));
    if (event.type != Eventtype::kClock) absl::StrAppend(&text, " ", event.nbytes, " bytes");
    return event.flags == 0 ? text : absl::StrCat(text, " ", Flags(kRwflags, event.flags));
  });
}

std::string Room(const TracedCall& call, const uint64_t* args) {
  return Records<Iovec>(call.memory, args[0], args[1], [](const Iovec& iov) { return absl::StrCat(iov.len); });
}

std::string Data(const TracedCall& call, const uint64_t* args) {
  return Records<Iovec>(call.memory, args[0], args[1],
                        [&](const Iovec& iov) { return Bytes(call.memory, iov.buf, iov.len, kShownBytes); });
}

// How many bytes came, and the first of them, of the slices that are passed `back` arguments before.
std::string Received(const TracedCall& call, const uint64_t* args, int back) {
  const auto size = ReadAt<uint32_t>(call.memory, args[0]);
  if (!size.ok()) return Hex(args[0]);
  const auto first = ReadAt<Iovec>(call.memory, args[-back]);
  if (!first.ok() || args[1 - back] == 0 || *size == 0) return absl::StrCat(*size);
  return absl::StrCat(*size, " ", Bytes(call.memory, first->buf, std::min(first->len, *size), kShownBytes));
}

std::string FilestatText(const Filestat& stat) {
  return absl::StrCat("{", Choice(kFiletypes, static_cast<uint64_t>(stat.filetype)), ", size ", stat.size, ", ino ",
                      stat.ino, ", nlink ", stat.nlink, "}");
}
std::string FdstatText(const Fdstat& stat) {
  return absl::StrCat("{", Choice(kFiletypes, static_cast<uint64_t>(stat.filetype)), ", flags ",
                      Flags(kFdflags, stat.flags), ", rights ", Rights(stat.rights_base), "}");
}
std::string PrestatText(const Prestat& stat) {
  return stat.tag == kPreopenDir ? absl::StrCat("{dir, name of ", stat.name_len, " bytes}") : "{socket}";
}

// A kind of argument: how many there are of it, and its text.
struct Kind {
  const char* name;
  int arguments;
  std::string (*format)(const TracedCall& call, const uint64_t* args);
};
constexpr Kind kKinds[] = {
    {"advice", 1, [](const TracedCall&, const uint64_t* a) { return Choice(kAdvice, a[0]); }},
    {"buffer", 2, [](const TracedCall&, const uint64_t* a) { return absl::StrCat("[", a[1], "]"); }},
    {"clock", 1, [](const TracedCall&, const uint64_t* a) { return Choice(kClocks, a[0]); }},
    {"count", 1, [](const TracedCall& c, const uint64_t* a) { return Number<uint32_t>(c.memory, a[0]); }},
    {"data", 2, Data},
    {"fd", 1, [](const TracedCall& c, const uint64_t* a) { return FdText(c, a[0]); }},
    {"fdflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kFdflags, a[0]); }},
    {"fdstat", 1, [](const TracedCall& c, const uint64_t* a) { return Record<Fdstat>(c.memory, a[0], FdstatText); }},
    {"events", 1, Events},
    {"filestat", 1,
     [](const TracedCall& c, const uint64_t* a) { return Record<Filestat>(c.memory, a[0], FilestatText); }},
    {"filled", 2, [](const TracedCall& c, const uint64_t* a) { return Bytes(c.memory, a[0], a[1], kShownBytes); }},
    {"fstflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kFstflags, a[0]); }},
    {"lookupflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kLookupflags, a[0]); }},
    {"newfd", 1,
     [](const TracedCall& c, const uint64_t* a) {
       const auto fd = ReadAt<Fd>(c.memory, a[0]);
       return fd.ok() ? FdText(c, *fd) : Hex(a[0]);
     }},
    {"number", 1, [](const TracedCall&, const uint64_t* a) { return absl::StrCat(a[0]); }},
    {"offset", 1, [](const TracedCall&, const uint64_t* a) { return absl::StrCat(static_cast<int64_t>(a[0])); }},
    {"oflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kOflags, a[0]); }},
    {"pointer", 1, [](const TracedCall&, const uint64_t* a) { return Hex(a[0]); }},
    {"position", 1, [](const TracedCall& c, const uint64_t* a) { return Number<uint64_t>(c.memory, a[0]); }},
    {"prestat", 1, [](const TracedCall& c, const uint64_t* a) { return Record<Prestat>(c.memory, a[0], PrestatText); }},
    {"received", 1, [](const TracedCall& c, const uint64_t* a) { return Received(c, a, 2); }},
    {"received3", 1, [](const TracedCall& c, const uint64_t* a) { return Received(c, a, 3); }},
    {"riflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kRiflags, a[0]); }},
    {"rights", 1, [](const TracedCall&, const uint64_t* a) { return Rights(a[0]); }},
    {"roflags", 1,
     [](const TracedCall& c, const uint64_t* a) {
       return Record<uint16_t>(c.memory, a[0], [](const uint16_t& flags) { return Flags(kRoflags, flags); });
     }},
    {"room", 2, Room},
    {"sdflags", 1, [](const TracedCall&, const uint64_t* a) { return Flags(kSdflags, a[0]); }},
    {"size", 1, [](const TracedCall& c, const uint64_t* a) { return Number<uint32_t>(c.memory, a[0]); }},
    {"subscriptions", 3, Subscriptions},
    {"text", 2, [](const TracedCall& c, const uint64_t* a) { return Bytes(c.memory, a[0], a[1], kMaxPathLength); }},
    {"time", 1, [](const TracedCall&, const uint64_t* a) { return absl::StrCat(a[0]); }},
    {"whence", 1, [](const TracedCall&, const uint64_t* a) { return Choice(kWhence, a[0]); }},
};
// Behind `=`, a time is a pointer to one.
constexpr Kind kTimeResult = {
    "time", 1, [](const TracedCall& c, const uint64_t* a) { return Number<uint64_t>(c.memory, a[0]); }};

const Kind* FindKind(absl::string_view name, bool is_result) {
  if (is_result && name == kTimeResult.name) return &kTimeResult;
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

// The texts of the words before the `=`, or of those behind it.
std::vector<std::string> Format(const TracedCall& call, absl::string_view row, bool results) {
  std::vector<std::string> parts;
  size_t next = 0;
  bool is_result = false;
  for (absl::string_view word : absl::StrSplit(row, ' ', absl::SkipEmpty())) {
    if (word == "=") {
      is_result = true;
      continue;
    }
    const Kind* kind = FindKind(word, is_result);
    if (kind == nullptr || next + static_cast<size_t>(kind->arguments) > call.args.size()) break;
    if (is_result == results) parts.push_back(kind->format(call, call.args.data() + next));
    next += static_cast<size_t>(kind->arguments);
  }
  return parts;
}

}  // namespace

absl::string_view NameOf(Errno error) {
  static constexpr absl::string_view kNames[] = {
      "success", "2big", "acces", "addrinuse", "addrnotavail", "afnosupport", "again", "already", "badf", "badmsg",
      "busy", "canceled", "child", "connaborted", "connrefused", "connreset", "deadlk", "destaddrreq", "dom", "dquot",
      "exist", "fault", "fbig", "hostunreach", "idrm", "ilseq", "inprogress", "intr", "inval", "io",
      "isconn", "isdir", "loop", "mfile", "mlink", "msgsize", "multihop", "nametoolong", "netdown", "netreset",
      "netunreach", "nfile", "nobufs", "nodev", "noent", "noexec", "nolck", "nolink", "nomem", "nomsg",
      "noprotoopt", "nospc", "nosys", "notconn", "notdir", "notempty", "notrecoverable", "notsock", "notsup", "notty",
      "nxio", "overflow", "ownerdead", "perm", "pipe", "proto", "protonosupport", "prototype", "range", "rofs",
      "spipe", "srch", "stale", "timedout", "txtbsy", "xdev", "notcapable"};
  static_assert(std::size(kNames) == static_cast<size_t>(Errno::kNotcapable) + 1);
  if (error == Errno::kOutOfBounds) return "trap: out of bounds memory access";
  if (error == Errno::kInterrupted) return "interrupted";
  return static_cast<size_t>(error) < std::size(kNames) ? kNames[static_cast<size_t>(error)] : "unknown";
}

absl::string_view TraceRow(absl::string_view function) {
  static constexpr std::pair<absl::string_view, absl::string_view> kRows[] = {
#define WASI_TRACE(name, arguments) {#name, arguments},
#include "wasi/trace.def"
#undef WASI_TRACE
  };
  for (const auto& [name, row] : kRows) {
    if (name == function) return row;
  }
  return "";
}

int CountArguments(absl::string_view row) {
  int count = 0;
  bool is_result = false;
  for (absl::string_view word : absl::StrSplit(row, ' ', absl::SkipEmpty())) {
    if (word == "=") {
      is_result = true;
      continue;
    }
    const Kind* kind = FindKind(word, is_result);
    if (kind == nullptr) return -1;
    count += kind->arguments;
  }
  return count;
}

std::string FormatArguments(const TracedCall& call, absl::string_view row) {
  return absl::StrJoin(Format(call, row, /*results=*/false), ", ");
}

std::string FormatResults(const TracedCall& call, absl::string_view row) {
  std::string text;
  for (const std::string& part : Format(call, row, /*results=*/true)) absl::StrAppend(&text, ", ", part);
  return text;
}

}  // namespace umiak::wasi
