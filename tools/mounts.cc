#include "tools/mounts.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/args.h"
#include "tools/landlock.h"
#include "umiak/error.h"
#include "umiak/wasi_fs.h"

namespace umiak {
namespace {

constexpr uint64_t kDefaultMaxBytes = uint64_t{1} << 30;

// A number with K, M or G behind it, of 1024.
absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  const absl::string_view whole = text;
  int shift = 0;
  if (absl::ConsumeSuffix(&text, "K")) shift = 10;
  else if (absl::ConsumeSuffix(&text, "M")) shift = 20;
  else if (absl::ConsumeSuffix(&text, "G")) shift = 30;
  ASSIGN_OR_RETURN(const uint64_t number, ParseNumber(text));
  if (number > (uint64_t{1} << 62) >> shift) return absl::InvalidArgumentError(absl::StrCat(whole, ": too large"));
  return number << shift;
}

absl::Status ParseKind(absl::string_view text, DirectoryGrant* grant) {
  if (text == "ro") {
    grant->kind = DirectoryGrant::kReadOnly;
    return absl::OkStatus();
  }
  grant->kind = DirectoryGrant::kOverlay;
  grant->max_bytes = kDefaultMaxBytes;
  if (!absl::ConsumePrefix(&text, "overlay=")) return absl::OkStatus();
  ASSIGN_OR_RETURN(grant->max_bytes, ParseSize(text));
  return absl::OkStatus();
}

bool IsKind(absl::string_view text) {
  return text == "ro" || text == "overlay" || absl::StartsWith(text, "overlay=");
}

// Where a name of the guest's was meant to end in a kind, which other engines part with one colon or spell otherwise
// ("/x:ro", "readonly"): the grant as it is spelled here.
std::optional<std::string> Respelled(absl::string_view host, absl::string_view guest) {
  const size_t colon = guest.rfind(':');
  const bool has_name = colon != absl::string_view::npos;
  const absl::string_view last = has_name ? guest.substr(colon + 1) : guest;
  absl::string_view name = has_name ? guest.substr(0, colon) : "";
  absl::ConsumeSuffix(&name, ":");
  std::string kind;
  if (last == "readonly" || last == "read-only") kind = "::ro";
  else if (has_name && IsKind(last)) kind = absl::StrCat("::", last);
  else if (last != "rw") return std::nullopt;
  return absl::StrCat("--dir ", host, has_name ? "::" : "", name, kind);
}

// 0, or the errno of what stands in the way of using the path as a directory.
int DirectoryError(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return errno;
  return S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
}

// What was likely meant by a grant whose directory is not there: other engines name the guest's side first, or part
// the two with one colon.
std::string Suggestion(const DirectoryGrant& grant) {
  if (grant.has_guest) {
    if (DirectoryError(grant.guest) != 0) return "";
    return absl::StrCat("; ", grant.guest, " is one: the host's directory stands first, as in --dir ", grant.guest,
                        "::", grant.host);
  }
  const size_t colon = grant.host.find(':');
  if (colon == std::string::npos || DirectoryError(grant.host.substr(0, colon)) != 0) return "";
  const std::string host = grant.host.substr(0, colon), guest = grant.host.substr(colon + 1);
  return absl::StrCat("; two colons part the guest's name from it, as in ",
                      Respelled(host, guest).value_or(absl::StrCat("--dir ", host, "::", guest)));
}

absl::Status CheckDirectory(const DirectoryGrant& grant) {
  const int error = DirectoryError(grant.host);
  if (error == 0) return absl::OkStatus();
  const std::string flag =
      grant.has_guest ? absl::StrCat(grant.host, "::", grant.guest, ": ", grant.host) : grant.host;
  return absl::NotFoundError(absl::StrCat("--dir ", flag, ": ", strerror(error), Suggestion(grant)));
}

bool IsEmpty(wasi::Directory& directory) {
  bool empty = true;
  const wasi::Errno error = directory.ReadEntries(0, [&](const wasi::Directory::Listed&) { return empty = false; });
  return empty && error == wasi::Errno::kSuccess;
}

absl::StatusOr<std::shared_ptr<wasi::Directory>> OpenExportTarget(const std::string& path) {
  int error = mkdir(path.c_str(), 0777) == 0 ? 0 : errno;
  if (error == EEXIST) error = DirectoryError(path);
  if (error != 0) return absl::UnavailableError(absl::StrCat("--overlay-export ", path, ": ", strerror(error)));
  ASSIGN_OR_RETURN(std::shared_ptr<wasi::Directory> target, wasi::OpenHostDirectory(path));
  if (!IsEmpty(*target)) {
    return absl::FailedPreconditionError(absl::StrCat("--overlay-export ", path, ": the directory is not empty"));
  }
  return target;
}

}  // namespace

absl::StatusOr<DirectoryGrant> ParseDirectory(absl::string_view value) {
  DirectoryGrant grant;
  std::vector<absl::string_view> parts = absl::StrSplit(value, "::");
  if (parts.size() > 1 && IsKind(parts.back())) {
    const absl::Status kind = ParseKind(parts.back(), &grant);
    if (!kind.ok()) return absl::InvalidArgumentError(absl::StrCat("--dir ", value, ": ", kind.message()));
    parts.pop_back();
  } else if (parts.size() > 1) {
    const std::optional<std::string> respelled = Respelled(parts[0], value.substr(parts[0].size() + 2));
    if (respelled.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--dir ", value, ": the end is no kind of grant (::ro, ::overlay); did you mean ", *respelled, "?"));
    }
  }
  grant.host = grant.guest = std::string(parts[0]);
  if (parts.size() > 1) {
    grant.has_guest = true;
    grant.guest = std::string(parts[1]);
  }
  if (parts.size() > 2 || grant.host.empty() || grant.guest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--dir ", value, ": wants HOST[::GUEST][::ro|::overlay]"));
  }
  return grant;
}

absl::StatusOr<DirectoryGrant> ParseTmpfs(absl::string_view value) {
  DirectoryGrant grant;
  grant.kind = DirectoryGrant::kMemory;
  grant.has_guest = true;
  grant.max_bytes = kDefaultMaxBytes;
  const size_t separator = value.find("::");
  grant.guest = std::string(value.substr(0, separator));
  if (grant.guest.empty()) return absl::InvalidArgumentError(absl::StrCat("--tmpfs ", value, ": wants GUEST[::SIZE]"));
  if (separator == absl::string_view::npos) return grant;
  const absl::StatusOr<uint64_t> size = ParseSize(value.substr(separator + 2));
  if (!size.ok()) return absl::InvalidArgumentError(absl::StrCat("--tmpfs ", value, ": ", size.status().message()));
  grant.max_bytes = *size;
  return grant;
}

absl::StatusOr<Mounts> OpenMounts(const std::vector<DirectoryGrant>& grants,
                                  const std::optional<std::string>& export_path) {
  Mounts mounts;
  int overlays = 0;
  for (const DirectoryGrant& grant : grants) {
    WasiPreopen preopen{grant.host, grant.guest, grant.kind == DirectoryGrant::kReadOnly};
    if (grant.kind == DirectoryGrant::kMemory) {
      preopen.directory = wasi::MakeMemoryDirectory(grant.max_bytes);
    } else {
      RETURN_IF_ERROR(CheckDirectory(grant));
    }
    if (grant.kind == DirectoryGrant::kOverlay) {
      ASSIGN_OR_RETURN(std::shared_ptr<wasi::Directory> lower, wasi::OpenHostDirectory(grant.host));
      preopen.directory = mounts.overlay = wasi::MakeOverlay(std::move(lower), grant.max_bytes);
      ++overlays;
    }
    mounts.preopens.push_back(std::move(preopen));
  }
  if (!export_path.has_value()) return mounts;
  if (overlays != 1) return absl::InvalidArgumentError("--overlay-export: wants one --dir HOST::overlay beside it");
  ASSIGN_OR_RETURN(mounts.export_target, OpenExportTarget(*export_path));
  return mounts;
}

absl::Status ExportOverlay(const Mounts& mounts) {
  if (mounts.export_target == nullptr) return absl::OkStatus();
  const wasi::Errno error = wasi::ExportChanges(*mounts.overlay, *mounts.export_target);
  if (error == wasi::Errno::kSuccess) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("--overlay-export: writing failed with WASI errno ", static_cast<int>(error)));
}

absl::Status ConfineToMounts(const std::vector<DirectoryGrant>& grants, const std::optional<std::string>& export_path) {
  std::vector<LandlockPath> paths;
  for (const DirectoryGrant& grant : grants) {
    if (grant.kind != DirectoryGrant::kMemory) paths.push_back({grant.host, grant.kind == DirectoryGrant::kReadWrite});
  }
  if (export_path.has_value()) paths.push_back({*export_path, true});
  return ConfineTo(paths);
}

}  // namespace umiak
