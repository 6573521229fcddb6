#include "tools/wasi_setup.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/listeners.h"
#include "tools/report.h"
#include "umiak/error.h"
#include "umiak/wasi.h"

namespace umiak {
namespace {

// 0, or the errno of what stands in the way of using the path as a directory.
int DirectoryError(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return errno;
  return S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
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
  return absl::StrCat("; two colons part the guest's name from it, as in --dir ", grant.host.substr(0, colon),
                      "::", grant.host.substr(colon + 1));
}

absl::Status CheckDirectory(const DirectoryGrant& grant) {
  const int error = DirectoryError(grant.host);
  if (error == 0) return absl::OkStatus();
  const std::string flag =
      grant.has_guest ? absl::StrCat(grant.host, "::", grant.guest, ": ", grant.host) : grant.host;
  return absl::NotFoundError(absl::StrCat("--dir ", flag, ": ", strerror(error), Suggestion(grant)));
}

std::string ProgramName(const RunOptions& options) {
  return options.argv0.has_value() ? *options.argv0 : std::string(BaseName(options.file));
}

}  // namespace

absl::Status CheckGrants(const RunOptions& options) {
  for (const DirectoryGrant& grant : options.directories) RETURN_IF_ERROR(CheckDirectory(grant));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<WasiContext>> DefineWasi(const RunOptions& options, Refusals* refusals,
                                                        Linker* linker) {
  WasiConfig config;
  config.InheritStdio();
  config.args.push_back(ProgramName(options));
  config.args.insert(config.args.end(), options.args.begin(), options.args.end());
  config.env = options.environment;
  RETURN_IF_ERROR(AddListeners(options, &config));
  for (const DirectoryGrant& grant : options.directories) config.preopens.push_back({grant.host, grant.guest});
  if (options.trace.has_value()) {
    config.trace = PrintTrace;
    config.trace_filter = *options.trace;
  }
  config.on_refused = [refusals](const WasiRefusal& refusal) { refusals->Add(refusal); };
  ASSIGN_OR_RETURN(std::shared_ptr<WasiContext> context, MakeWasiContext(config));
  AddWasiPreview1(*linker, context);
  return context;
}

void WarnOfMisplacedFlags(const RunOptions& options) {
  if (!options.directories.empty()) return;
  for (absl::string_view word : options.args) {
    const absl::string_view flag = word.substr(0, word.find('='));
    if (flag != "--dir" && flag != "--env" && flag != "--invoke") continue;
    Remark("warning", absl::StrCat(flag, " stands after ", BaseName(options.file),
                                   ", so the guest gets it; options of umiak come before the file"));
    return;
  }
}

}  // namespace umiak
