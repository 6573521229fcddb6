#include "tools/hints.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/report.h"
#include "umiak/error.h"

namespace umiak {
namespace {

constexpr size_t kMostHints = 4;

// "granted: . and /data (srv)".
std::string Granted(const RunOptions& options) {
  if (options.directories.empty()) return "granted: no directory";
  return absl::StrCat("granted: ",
                      absl::StrJoin(options.directories, ", ", [](std::string* text, const DirectoryGrant& grant) {
                        absl::StrAppend(text, grant.guest);
                        if (grant.guest != grant.host) absl::StrAppend(text, " (", grant.host, ")");
                      }));
}

// Whether a guest's library looks for the path beneath the grant.
bool Covers(const DirectoryGrant& grant, absl::string_view path) {
  absl::string_view guest = grant.guest;
  while (absl::ConsumePrefix(&path, "./")) {
  }
  while (absl::ConsumePrefix(&guest, "./")) {
  }
  while (guest.size() > 1 && absl::ConsumeSuffix(&guest, "/")) {
  }
  if (guest == "/") return true;
  if (guest == "." || guest.empty()) return !absl::StartsWith(path, "/") && path != ".." && !absl::StartsWith(path, "../");
  return path == guest || (absl::StartsWith(path, guest) && path[guest.size()] == '/');
}

std::string DirectoryOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return path;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A word of the guest's that names a file of this machine, and no grant holds it; empty if there is none. A library
// that finds no grant for a path does not ask us: this is how it shows.
std::string ArgumentNotGranted(const RunOptions& options) {
  for (absl::string_view word : options.args) {
    if (absl::StartsWith(word, "-")) {
      const size_t equals = word.find('=');
      if (equals == absl::string_view::npos) continue;
      word.remove_prefix(equals + 1);
    }
    const std::string path(word);
    struct stat info;
    if (path.empty() || stat(path.c_str(), &info) != 0) continue;
    const bool covered = std::any_of(options.directories.begin(), options.directories.end(),
                                     [&](const DirectoryGrant& grant) { return Covers(grant, path); });
    if (!covered) return path;
  }
  return "";
}

// What to grant in an example.
std::string HostToGrant(const RunOptions& options) {
  for (const DirectoryGrant& grant : options.directories) {
    if (grant.kind != DirectoryGrant::kMemory) return grant.host;
  }
  return ".";
}

std::string Describe(const WasiRefusal& refusal, const RunOptions& options) {
  const std::string path = absl::StrCat("\"", absl::Utf8SafeCHexEscape(refusal.path), "\"");
  switch (refusal.reason) {
    case WasiRefusal::kReadOnly:
      return absl::StrCat("the guest wanted to change ", path, " (", refusal.function, "), and that grant is read-only; ",
                          Granted(options));
    case WasiRefusal::kHost:
      return absl::StrCat("the guest asked for ", path, " (", refusal.function,
                          "), which the permissions of its file deny to umiak itself");
    case WasiRefusal::kNoGrant:
      // Go asks for "tmp/x" where the program said "/tmp/x", or "x" of its working directory.
      return absl::StrCat("the guest asked for ", path, " (", refusal.function, ") and found no grant for it; ",
                          Granted(options), "; a program in Go sees paths from the root: grant that, as in --dir ",
                          HostToGrant(options), "::/");
    case WasiRefusal::kOutside:
      break;
  }
  if (absl::StrContains(absl::StrCat("/", refusal.path, "/"), "/proc/")) {
    return absl::StrCat("the guest asked for ", path, " (", refusal.function, "): no grant covers procfs, through which "
                        "a guest would reach the memory of umiak itself");
  }
  return absl::StrCat("the guest asked for ", path, " (", refusal.function, "), which is outside; ", Granted(options),
                      "; add --dir HOST::GUEST for where it is");
}

void RemarkOnArgument(const std::string& path, const RunOptions& options) {
  Remark("hint", absl::StrCat("the guest is asked for \"", path, "\", which is in no granted directory; ",
                              Granted(options), "; add --dir ", DirectoryOf(path)));
}

}  // namespace

void Refusals::Add(const WasiRefusal& refusal) {
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const WasiRefusal& other) {
    return other.path == refusal.path && other.reason == refusal.reason;
  });
  if (!known && all_.size() < kMostHints) all_.push_back(refusal);
}

void GiveHints(const RunOptions& options, const absl::Status& end, const Refusals& refusals, bool imports_paths) {
  if (KindOf(end) == ErrorKind::kExhaustion) {
    const uint64_t bytes = options.store.stack_bytes;
    Remark("hint", absl::StrCat("the guest called deeper than a stack of ", bytes,
                                " bytes holds; if that is no endless recursion, add -W max-wasm-stack=", 2 * bytes));
    return;
  }
  const std::string path = imports_paths ? ArgumentNotGranted(options) : "";
  for (const WasiRefusal& refusal : refusals.all()) {
    // A whole path among the arguments tells better what to grant.
    const bool is_argument = refusal.reason == WasiRefusal::kNoGrant && path == absl::StrCat("/", refusal.path);
    if (!is_argument) Remark("hint", Describe(refusal, options));
    else RemarkOnArgument(path, options);
  }
  if (!refusals.all().empty() || !imports_paths) return;
  if (!path.empty()) return RemarkOnArgument(path, options);
  // All that shows is how it ended: said to people, not to scripts.
  if (options.directories.empty() && isatty(STDERR_FILENO)) {
    Remark("hint", "no directory was granted, so the guest sees no files; `umiak run --dir . ...` grants this one");
  }
}

}  // namespace umiak
