#include "tools/run_options.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/other_runtimes.h"
#include "tools/settings.h"
#include "umiak/error.h"

namespace umiak {
namespace {

enum OptionId {
  kDir, kTmpfs, kOverlayExport, kNoLandlock, kVerbose, kEnv, kArgv0, kInvoke, kTcpListen, kListenFd, kTrace, kWasm, kWasi,
  kOptimize, kCodegen, kDebug
};

constexpr Option kOptions[] = {
    {kDir, 0, "dir", "HOST[::GUEST][::ro|::overlay[=SIZE]]",
     "grant a directory (as GUEST), to read only, or with changes kept in memory"},
    {kTmpfs, 0, "tmpfs", "GUEST[::SIZE]", "an empty directory in memory, gone after the run"},
    {kOverlayExport, 0, "overlay-export", "HOST", "write the changes of the one overlay into an empty directory"},
    {kNoLandlock, 0, "no-landlock", nullptr, "do not have the kernel confine umiak to the granted directories"},
    {kVerbose, 'v', "verbose", nullptr, "say what could not be set up, and how much fuel was used"},
    {kEnv, 0, "env", "NAME[=VALUE]", "set a variable of the guest, or pass it on from this environment"},
    {kArgv0, 0, "argv0", "VALUE", "the guest's argv[0]; else the file's name"},
    {kInvoke, 0, "invoke", "FUNCTION", "call this export with the arguments and print its results"},
    {kTcpListen, 0, "tcplisten", "ADDRESS:PORT", "grant a listening socket, from descriptor 3 on; may be given several times"},
    {kListenFd, 0, "listenfd", nullptr, "grant the sockets that systemd passed on (LISTEN_FDS)"},
    {kTrace, 0, "trace", "wasi[:FILTER]", "write the guest's calls to stderr; FILTER: path_open,sock,!fd_read,failed,..."},
    {kWasm, 'W', "wasm", "KEY[=VALUE],...", "limits and features of WebAssembly; -W help lists them"},
    {kWasi, 'S', "wasi", "KEY[=VALUE],...", "inherit-env: pass on the whole environment; threads=n; -S help lists all"},
    // Of compilers; so that command lines written for one work.
    {kOptimize, 'O', "optimize", "KEY[=VALUE],...", nullptr},
    {kCodegen, 'C', "codegen", "KEY[=VALUE],...", nullptr},
    {kDebug, 'D', "debug", "KEY[=VALUE],...", nullptr},
};

absl::Status AddDirectory(absl::StatusOr<DirectoryGrant> grant, RunOptions* options) {
  if (grant.ok()) options->directories.push_back(*std::move(grant));
  return grant.status();
}

absl::Status AddVariable(absl::string_view text, RunOptions* options) {
  const size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat("--env ", text, ": the name is missing"));
  if (equals != absl::string_view::npos) {
    options->SetVariable(name, text.substr(equals + 1));
  } else if (const char* inherited = std::getenv(name.c_str()); inherited != nullptr) {
    options->SetVariable(name, inherited);
  }
  return absl::OkStatus();
}

absl::Status SetTrace(absl::string_view value, RunOptions* options) {
  absl::string_view filter = value;
  if (!absl::ConsumePrefix(&filter, "wasi") || !(filter.empty() || absl::ConsumePrefix(&filter, ":"))) {
    return absl::InvalidArgumentError(absl::StrCat("--trace ", value, ": wants wasi or wasi:FILTER"));
  }
  options->trace = std::string(filter);
  return absl::OkStatus();
}

absl::Status ApplyOption(const OptionUse& use, RunOptions* options) {
  switch (use.id) {
    case kDir:
      return AddDirectory(ParseDirectory(use.value), options);
    case kTmpfs:
      return AddDirectory(ParseTmpfs(use.value), options);
    case kOverlayExport:
      options->overlay_export = std::string(use.value);
      break;
    case kNoLandlock:
      options->landlock = false;
      break;
    case kVerbose:
      options->verbose = true;
      break;
    case kEnv:
      return AddVariable(use.value, options);
    case kArgv0:
      options->argv0 = std::string(use.value);
      break;
    case kInvoke:
      options->invoke = std::string(use.value);
      break;
    case kTcpListen:
      options->tcplisten.emplace_back(use.value);
      break;
    case kListenFd:
      options->listenfd = true;
      break;
    case kTrace:
      return SetTrace(use.value, options);
    case kWasm:
      return ApplySettings('W', use.value, options);
    case kWasi:
      return ApplySettings('S', use.value, options);
    case kOptimize:
      return ApplySettings('O', use.value, options);
    case kCodegen:
      return ApplySettings('C', use.value, options);
    case kDebug:
      return ApplySettings('D', use.value, options);
  }
  return absl::OkStatus();
}

}  // namespace

void RunOptions::SetVariable(absl::string_view name, absl::string_view value) {
  for (auto& [other, other_value] : environment) {
    if (other != name) continue;
    other_value = std::string(value);
    return;
  }
  environment.emplace_back(name, value);
}

absl::StatusOr<RunOptions> ParseRunOptions(Arguments args) {
  ASSIGN_OR_RETURN(const ParsedOptions parsed, ParseOptions(kOptions, args, AdviceOn));
  RunOptions options;
  for (const OptionUse& use : parsed.options) RETURN_IF_ERROR(ApplyOption(use, &options));
  options.store.metered = options.timeout.has_value() || options.fuel.has_value();
  if (!parsed.rest.empty()) {
    options.file = parsed.rest[0];
    options.args = parsed.rest.subspan(1);
  }
  return options;
}

std::string DescribeRunOptions() { return DescribeOptions(kOptions); }

}  // namespace umiak
