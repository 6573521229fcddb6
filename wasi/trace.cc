#include "wasi/trace.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "wasi/host/socket.h"

namespace umiak::wasi {
namespace {

// Calls that wait for others, by their nature.
constexpr absl::string_view kWaiting[] = {"fd_read", "poll_oneoff", "sock_accept", "sock_recv"};
// Calls that change what a descriptor's number stands for.
constexpr absl::string_view kNaming[] = {"path_open", "sock_accept", "fd_close", "fd_renumber"};

bool Contains(absl::Span<const absl::string_view> names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::string_view ClassOf(absl::string_view function) { return function.substr(0, function.find('_')); }

bool IsKnown(absl::string_view word) {
#define WASI_TRACE(name, arguments) \
  if (word == #name || word == ClassOf(#name)) return true;
#include "wasi/trace.def"
#undef WASI_TRACE
  return false;
}

bool Names(const std::vector<std::string>& words, absl::string_view function) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return word == function || word == ClassOf(function); });
}

// What a library passes as the directory where it found none for a path.
constexpr Fd kNoFd = ~Fd{0};

bool IsRefusal(Errno error) {
  return error == Errno::kPerm || error == Errno::kNotcapable || error == Errno::kAcces || error == Errno::kRofs;
}

std::string Beneath(absl::string_view directory, absl::string_view path) {
  if (path == "." || directory.empty()) return std::string(directory.empty() ? path : directory);
  if (directory == ".") return std::string(path);
  return absl::StrCat(directory, absl::EndsWith(directory, "/") ? "" : "/", path);
}

// Whether the path leaves the directory without any link's help.
bool LeavesLexically(absl::string_view path) {
  if (absl::StartsWith(path, "/")) return true;
  int depth = 0;
  for (absl::string_view component : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (component == ".") continue;
    depth += component == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

std::string NameOfDescriptor(const Descriptor& descriptor, Fd fd) {
  constexpr const char* kStreams[] = {"stdin", "stdout", "stderr"};
  if (descriptor.preopen_name.has_value()) return *descriptor.preopen_name;
  if (descriptor.socket != nullptr) return absl::StrCat("listens on ", descriptor.socket->name());
  return fd < 3 ? kStreams[fd] : "";
}

ErrnoOr<std::string> ReadPath(Call& call, uint64_t address, uint64_t size) {
  if (size >= kMaxPathLength) return Errno::kNametoolong;
  return GuestMemory(call.memory).ReadString(static_cast<uint32_t>(address), static_cast<uint32_t>(size));
}

}  // namespace

absl::StatusOr<TraceFilter> TraceFilter::Parse(absl::string_view text) {
  TraceFilter filter;
  for (absl::string_view word : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const bool hides = absl::ConsumePrefix(&word, "!");
    if (!hides && word == "failed") {
      filter.failed_only_ = true;
      continue;
    }
    if (!IsKnown(word)) {
      return absl::InvalidArgumentError(absl::StrCat("filter of the trace: '", word, "' is neither a function of WASI preview 1 nor a class "
                                                     "of them (path, fd, sock, ...), nor 'failed'"));
    }
    (hides ? filter.hidden_ : filter.shown_).emplace_back(word);
  }
  return filter;
}

bool TraceFilter::Shows(absl::string_view function) const {
  return (shown_.empty() || Names(shown_, function)) && !Names(hidden_, function);
}

bool CallWatcher::Watches(absl::string_view function) const {
  if (on_refused_ != nullptr && absl::StartsWith(function, "path_")) return true;
  return Traces(function) || Contains(kNaming, function);
}

void CallWatcher::Enter(const Call& call, absl::string_view function, Args args) {
  if (!Traces(function) || filter_.failed_only() || !Contains(kWaiting, function)) return;
  const std::unique_lock<std::mutex> lock = Lock(call);
  EndOpenLine();
  trace_(Beginning(call, function, args));
  open_line_ = std::this_thread::get_id();
}

void CallWatcher::Leave(Call& call, absl::string_view function, Args args, Errno result) {
  // Most calls of a guest that is watched for refusals alone.
  if (result == Errno::kSuccess && trace_ == nullptr && !Contains(kNaming, function)) return;
  const std::unique_lock<std::mutex> lock = Lock(call);
  // What a number stood for during the call: learned before it is shown, forgotten afterwards.
  if (result == Errno::kSuccess && function != "fd_close") LearnNames(call, function, args);
  if (Traces(function) && !(filter_.failed_only() && result == Errno::kSuccess)) {
    std::string line;
    if (open_line_ == std::this_thread::get_id()) {
      open_line_ = {};
    } else {
      EndOpenLine();
      line = Beginning(call, function, args);
    }
    absl::StrAppend(&line, " = ", NameOf(result));
    if (result == Errno::kSuccess) {
      absl::StrAppend(&line, FormatResults({call.memory, args, names_}, TraceRow(function)));
    }
    trace_(absl::StrCat(line, "\n"));
  }
  if (on_refused_ != nullptr && (IsRefusal(result) || result == Errno::kBadf)) Refused(call, function, args, result);
  if (result == Errno::kSuccess && function == "fd_close") names_.erase(static_cast<Fd>(args[0]));
}

void CallWatcher::Exit(const Call& call, uint32_t code) {
  if (!Traces("proc_exit") || filter_.failed_only()) return;
  const uint64_t args[] = {code};
  const std::unique_lock<std::mutex> lock = Lock(call);
  EndOpenLine();
  trace_(absl::StrCat(Beginning(call, "proc_exit", args), "\n"));
}

void CallWatcher::EndOpenLine() {
  if (open_line_ == std::thread::id()) return;
  trace_(" ...\n");
  open_line_ = {};
}

std::string CallWatcher::Beginning(const Call& call, absl::string_view function, Args args) {
  LearnGrants(call);
  return absl::StrCat(function, "(", FormatArguments({call.memory, args, names_}, TraceRow(function)), ")");
}

void CallWatcher::LearnGrants(const Call& call) {
  if (!names_.empty()) return;
  for (Fd fd = 0;; ++fd) {
    const auto descriptor = call.context.fds().Get(fd);
    if (!descriptor.ok() && fd >= 3) return;
    if (descriptor.ok()) names_[fd] = NameOfDescriptor(**descriptor, fd);
  }
}

std::string CallWatcher::NameOfFd(uint64_t fd) const {
  const auto known = names_.find(static_cast<Fd>(fd));
  return known == names_.end() ? "" : known->second;
}

void CallWatcher::LearnNames(Call& call, absl::string_view function, Args args) {
  LearnGrants(call);
  if (function == "path_open") {
    const auto path = ReadPath(call, args[2], args[3]);
    const auto fd = GuestMemory(call.memory).Read(GuestPtr<Fd>{static_cast<uint32_t>(args[8])});
    if (path.ok() && fd.ok()) names_[*fd] = Beneath(NameOfFd(args[0]), *path);
  } else if (function == "sock_accept") {
    const auto fd = GuestMemory(call.memory).Read(GuestPtr<Fd>{static_cast<uint32_t>(args[2])});
    if (fd.ok()) names_[*fd] = "connection";
  } else if (function == "fd_renumber" && args[0] != args[1]) {
    names_[static_cast<Fd>(args[1])] = NameOfFd(args[0]);
    names_.erase(static_cast<Fd>(args[0]));
  }
}

void CallWatcher::Refused(Call& call, absl::string_view function, Args args, Errno result) {
  // Where the directory and the path are among the arguments; of two paths the first.
  constexpr absl::string_view kWithFlags[] = {"path_filestat_get", "path_filestat_set_times", "path_link", "path_open"};
  const bool has_flags = Contains(kWithFlags, function);
  const size_t fd_at = function == "path_symlink" ? 2 : 0;
  const size_t path_at = fd_at + (has_flags ? 2 : 1);
  if (!absl::StartsWith(function, "path_") || path_at + 1 >= args.size()) return;
  const auto path = ReadPath(call, args[path_at], args[path_at + 1]);
  const auto descriptor = call.context.fds().Get(static_cast<Fd>(args[fd_at]));
  const bool has_grant = result != Errno::kBadf;
  if (!path.ok() || (has_grant ? !descriptor.ok() : static_cast<Fd>(args[fd_at]) != kNoFd)) return;
  LearnGrants(call);
  WasiRefusal refusal;
  refusal.function = std::string(function);
  refusal.path = Beneath(NameOfFd(args[fd_at]), *path);
  if (!has_grant) {
    refusal.reason = WasiRefusal::kNoGrant;
  } else if (result == Errno::kAcces) {
    refusal.reason = WasiRefusal::kHost;
  } else if ((*descriptor)->read_only && !LeavesLexically(*path)) {
    refusal.reason = WasiRefusal::kReadOnly;
  }
  on_refused_(refusal);
}

}  // namespace umiak::wasi
