#include "tools/run_options.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "umiak/error.h"
#include "umiak/features.h"

extern char** environ;

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
    {kVerbose, 'v', "verbose", nullptr, "say what could not be set up"},
    {kEnv, 0, "env", "NAME[=VALUE]", "set a variable of the guest, or pass it on from this environment"},
    {kArgv0, 0, "argv0", "VALUE", "the guest's argv[0]; else the file's name"},
    {kInvoke, 0, "invoke", "FUNCTION", "call this export with the arguments and print its results"},
    {kTcpListen, 0, "tcplisten", "ADDRESS:PORT", "grant a listening socket, from descriptor 3 on; may be given several times"},
    {kListenFd, 0, "listenfd", nullptr, "grant the sockets that systemd passed on (LISTEN_FDS)"},
    {kTrace, 0, "trace", "wasi[:FILTER]", "write the guest's calls to stderr; FILTER: path_open,sock,!fd_read,failed,..."},
    {kWasm, 'W', "wasm", "KEY[=VALUE],...", "limits and features of WebAssembly; -W help lists them"},
    {kWasi, 'S', "wasi", "KEY[=VALUE],...", "inherit-env: pass on the whole environment; tcplisten=ADDRESS:PORT; listenfd; "
                                            "threads[=y|n]; max-threads=N"},
    // Of compilers; so that command lines written for one work.
    {kOptimize, 'O', "optimize", "KEY[=VALUE],...", nullptr},
    {kCodegen, 'C', "codegen", "KEY[=VALUE],...", nullptr},
    {kDebug, 'D', "debug", "KEY[=VALUE],...", nullptr},
};

using Value = std::optional<absl::string_view>;

// No host has more.
constexpr uint64_t kMaxThreads = 1 << 22;

absl::Status SetNumber(Value value, uint64_t* target) {
  if (!value.has_value()) return absl::InvalidArgumentError("wants a number");
  const absl::StatusOr<uint64_t> number = ParseNumber(*value);
  if (number.ok()) *target = *number;
  return number.status();
}

// One key of -W. A row without a function is accepted and has no meaning for an interpreter.
struct WasmSetting {
  const char* key;
  const char* help;
  absl::Status (*apply)(Value value, RunOptions* options);
};

constexpr WasmSetting kWasmSettings[] = {
    {"timeout", "=DURATION: stop the guest after 2s, 300ms, ... (interrupt, exit code 134)",
     [](Value value, RunOptions* options) -> absl::Status {
       const absl::StatusOr<std::chrono::nanoseconds> timeout = ParseDuration(value.value_or(""));
       if (timeout.ok()) options->timeout = *timeout;
       return timeout.status();
     }},
    {"fuel", "=N: stop the guest after N instructions",
     [](Value value, RunOptions* options) -> absl::Status {
       uint64_t fuel = 0;
       RETURN_IF_ERROR(SetNumber(value, &fuel));
       options->fuel = fuel;
       return absl::OkStatus();
     }},
    {"max-memory-size", "=BYTES: no memory grows beyond",
     [](Value value, RunOptions* options) { return SetNumber(value, &options->store.max_memory_bytes); }},
    {"max-table-elements", "=N: no table grows beyond",
     [](Value value, RunOptions* options) { return SetNumber(value, &options->store.max_table_elements); }},
    {"max-gc-heap-size", "=BYTES: of structs, arrays and exceptions",
     [](Value value, RunOptions* options) { return SetNumber(value, &options->store.max_gc_heap_bytes); }},
    {"max-wasm-stack", "=BYTES: of the value stack",
     [](Value value, RunOptions* options) { return SetNumber(value, &options->store.stack_bytes); }},
    {"nan-canonicalization", "[=y|n]: the same NaN bits on every machine",
     [](Value value, RunOptions* options) -> absl::Status {
       const absl::StatusOr<bool> on = ParseBool(value);
       if (on.ok()) options->store.deterministic_nans = *on;
       return on.status();
     }},
    {"lazy-validation", "[=y|n]: check a function when it is first called, not before the run",
     [](Value value, RunOptions* options) -> absl::Status {
       const absl::StatusOr<bool> on = ParseBool(value);
       if (on.ok()) options->load.defer_bodies = *on;
       return on.status();
     }},
    // For tests of the collector.
    {"collect-always", nullptr,
     [](Value value, RunOptions* options) -> absl::Status {
       const absl::StatusOr<bool> on = ParseBool(value);
       if (on.ok()) options->store.collect_always = *on;
       return on.status();
     }},
    {"all-proposals", "[=y]: accepted; what there is, is on",
     [](Value value, RunOptions*) -> absl::Status { return ParseBool(value).status(); }},
    {"epoch-interruption", nullptr, nullptr},
    {"async-stack-size", nullptr, nullptr},
    {"relaxed-simd-deterministic", nullptr, nullptr},
    {"gc-support", nullptr, nullptr},
    {"shared-memory", nullptr, nullptr},
    {"concurrency-support", nullptr, nullptr},
};

struct FeatureName {
  const char* text;
  Feature feature;
};
constexpr FeatureName kFeatureNames[] = {
#define FEATURE(name, bit, text, on_by_default) {text, k##name},
#include "umiak/features.def"
#undef FEATURE
};
// Properties of instructions have no name, and there is nothing without the mvp.
bool IsOptional(const FeatureName& row) { return row.text[0] != '\0' && row.feature != kMvp; }

absl::Status ApplyWasmSetting(const Setting& setting, RunOptions* options) {
  for (const WasmSetting& row : kWasmSettings) {
    if (setting.key == row.key) return row.apply == nullptr ? absl::OkStatus() : row.apply(setting.value, options);
  }
  for (const FeatureName& row : kFeatureNames) {
    if (!IsOptional(row) || setting.key != row.text) continue;
    const absl::StatusOr<bool> on = ParseBool(setting.value);
    if (on.ok()) options->load.features.Set(row.feature, *on);
    return on.status();
  }
  if (absl::StartsWith(setting.key, "component-model")) {
    return absl::InvalidArgumentError("umiak runs core modules; build with --target wasm32-wasip1");
  }
  return absl::InvalidArgumentError("no such key");
}

// The last of a name counts.
void SetVariable(absl::string_view name, absl::string_view value, RunOptions* options) {
  for (auto& [other, other_value] : options->environment) {
    if (other != name) continue;
    other_value = std::string(value);
    return;
  }
  options->environment.emplace_back(name, value);
}

void InheritEnvironment(RunOptions* options) {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const absl::string_view text = *entry;
    const size_t equals = text.find('=');
    // What has no name cannot be a guest's variable.
    if (equals == 0 || equals == absl::string_view::npos) continue;
    SetVariable(text.substr(0, equals), text.substr(equals + 1), options);
  }
}

absl::Status ApplyWasiSettings(absl::string_view list, RunOptions* options) {
  for (const Setting& setting : ParseSettings(list)) {
    if (setting.key == "inherit-env") {
      ASSIGN_OR_RETURN(const bool on, ParseBool(setting.value));
      if (on) InheritEnvironment(options);
    } else if (setting.key == "listenfd") {
      ASSIGN_OR_RETURN(options->listenfd, ParseBool(setting.value));
    } else if (setting.key == "tcplisten") {
      options->tcplisten.emplace_back(setting.value.value_or(""));
    } else if (setting.key == "threads") {
      ASSIGN_OR_RETURN(options->threads, ParseBool(setting.value));
    } else if (setting.key == "max-threads") {
      uint64_t number = 0;
      const absl::Status status = SetNumber(setting.value, &number);
      if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("-S max-threads: ", status.message()));
      options->max_threads = static_cast<uint32_t>(std::min<uint64_t>(number, kMaxThreads));
    } else if (setting.key == "cli" || setting.key == "common" || setting.key == "preview2" ||
               setting.key == "cli-exit-with-code" || absl::StartsWith(setting.key, "inherit-std")) {
      continue;  // what they ask for is so, or makes no difference to preview 1
    } else {
      return absl::InvalidArgumentError(absl::StrCat("-S ", setting.key, ": not supported"));
    }
  }
  return absl::OkStatus();
}

absl::Status AddDirectory(absl::StatusOr<DirectoryGrant> grant, RunOptions* options) {
  if (grant.ok()) options->directories.push_back(*std::move(grant));
  return grant.status();
}

absl::Status AddVariable(absl::string_view text, RunOptions* options) {
  const size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat("--env ", text, ": the name is missing"));
  if (equals != absl::string_view::npos) {
    SetVariable(name, text.substr(equals + 1), options);
  } else if (const char* inherited = std::getenv(name.c_str()); inherited != nullptr) {
    SetVariable(name, inherited, options);
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
      return ApplyWasmSettings(use.value, options);
    case kWasi:
      return ApplyWasiSettings(use.value, options);
    default:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyWasmSettings(absl::string_view list, RunOptions* options) {
  for (const Setting& setting : ParseSettings(list)) {
    if (setting.key == "help" || setting.key == "help-long") {
      options->settings_help = true;
      continue;
    }
    const absl::Status status = ApplyWasmSetting(setting, options);
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("-W ", setting.key, ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<RunOptions> ParseRunOptions(Arguments args) {
  ASSIGN_OR_RETURN(const ParsedOptions parsed, ParseOptions(kOptions, args));
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

std::string DescribeWasmSettings() {
  std::string text = "-W KEY[=VALUE],...\n";
  for (const WasmSetting& row : kWasmSettings) {
    if (row.help != nullptr) absl::StrAppend(&text, "  ", row.key, row.help, "\n");
  }
  absl::StrAppend(&text, "Features, [=y|n]:\n");
  for (const FeatureName& row : kFeatureNames) {
    if (IsOptional(row)) absl::StrAppend(&text, "  ", row.text, "\n");
  }
  return text;
}

}  // namespace umiak
