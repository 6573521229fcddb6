#include "tools/settings.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/report.h"
#include "tools/suggest.h"
#include "umiak/error.h"
#include "umiak/features.h"

extern char** environ;

namespace umiak {
namespace {

using Value = std::optional<absl::string_view>;

// No host has more.
constexpr uint64_t kMaxThreads = 1 << 22;

absl::Status SetNumber(Value value, uint64_t* target) {
  if (!value.has_value()) return absl::InvalidArgumentError("wants a number");
  const absl::StatusOr<uint64_t> number = ParseNumber(*value);
  if (number.ok()) *target = *number;
  return number.status();
}

absl::Status SetBool(Value value, bool* target) {
  const absl::StatusOr<bool> on = ParseBool(value);
  if (on.ok()) *target = *on;
  return on.status();
}
template <bool RunOptions::*kMember>
absl::Status SetFlag(Value value, RunOptions* options) {
  return SetBool(value, &(options->*kMember));
}

// For what umiak lacks: that it is off can be asked for.
absl::Status TakeOff(Value value, RunOptions*) {
  const absl::StatusOr<bool> on = ParseBool(value);
  return on.ok() && !*on ? absl::OkStatus() : absl::InvalidArgumentError("not supported");
}
// For what is always there.
absl::Status TakeOn(Value value, RunOptions*) {
  bool on = false;
  RETURN_IF_ERROR(SetBool(value, &on));
  return on ? absl::OkStatus() : absl::InvalidArgumentError("cannot be turned off");
}
absl::Status TakeComponents(Value value, RunOptions* options) {
  if (TakeOff(value, options).ok()) return absl::OkStatus();
  return absl::InvalidArgumentError("umiak runs core modules; build with --target wasm32-wasip1");
}

// One key. A row without a function is accepted and makes no difference.
struct SettingRow {
  const char* key;
  const char* help;  // null: not listed
  absl::Status (*apply)(Value value, RunOptions* options);
};

constexpr SettingRow kWasmSettings[] = {
    {"timeout", "=DURATION: stop the guest after 2s, 300ms, ... (interrupt, exit code 134)",
     [](Value value, RunOptions* options) -> absl::Status {
       const absl::StatusOr<std::chrono::nanoseconds> timeout = ParseDuration(value.value_or(""));
       if (timeout.ok()) options->timeout = *timeout;
       return timeout.status();
     }},
    {"fuel", "=N: stop the guest after N instructions at most",
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
     [](Value value, RunOptions* options) { return SetBool(value, &options->store.deterministic_nans); }},
    {"lazy-validation", "[=y|n]: check a function when it is first called, not before the run",
     [](Value value, RunOptions* options) { return SetBool(value, &options->load.defer_bodies); }},
    {"unknown-imports-trap", "[=y|n]: a function that nobody defines traps when it is called",
     SetFlag<&RunOptions::unknown_imports_trap>},
    {"unknown-imports-default", "[=y|n]: a function that nobody defines returns zeros",
     SetFlag<&RunOptions::unknown_imports_default>},
    // For tests of the collector.
    {"collect-always", nullptr,
     [](Value value, RunOptions* options) { return SetBool(value, &options->store.collect_always); }},
    {"all-proposals", "[=y]: accepted; what there is, is on",
     [](Value value, RunOptions*) -> absl::Status { return ParseBool(value).status(); }},
    {"component-model", nullptr, TakeComponents},
    {"shared-everything-threads", nullptr, TakeOff},
    {"stack-switching", nullptr, TakeOff},
    {"trap-on-grow-failure", nullptr, TakeOff},
    {"wmemcheck", nullptr, TakeOff},
    {"branch-hinting", nullptr, nullptr},
    {"epoch-interruption", nullptr, nullptr},
    {"async-stack-size", nullptr, nullptr},
    {"async-stack-zeroing", nullptr, nullptr},
    {"relaxed-simd-deterministic", nullptr, nullptr},
    {"gc-support", nullptr, nullptr},
    {"shared-memory", nullptr, nullptr},
    {"concurrency-support", nullptr, nullptr},
    {"unknown-exports-allow", nullptr, nullptr},
};

absl::Status InheritEnvironment(Value value, RunOptions* options) {
  ASSIGN_OR_RETURN(const bool on, ParseBool(value));
  for (char** entry = environ; on && entry != nullptr && *entry != nullptr; ++entry) {
    const absl::string_view text = *entry;
    const size_t equals = text.find('=');
    // What has no name cannot be a guest's variable.
    if (equals == 0 || equals == absl::string_view::npos) continue;
    options->SetVariable(text.substr(0, equals), text.substr(equals + 1));
  }
  return absl::OkStatus();
}

constexpr SettingRow kWasiSettings[] = {
    {"inherit-env", "[=y|n]: pass on the whole environment", InheritEnvironment},
    {"inherit-stdin", "[=y|n]: n: standard input is at its end", SetFlag<&RunOptions::inherit_stdin>},
    {"inherit-stdout", "[=y|n]: n: what is written there vanishes", SetFlag<&RunOptions::inherit_stdout>},
    {"inherit-stderr", "[=y|n]", SetFlag<&RunOptions::inherit_stderr>},
    {"tcplisten", "=ADDRESS:PORT: as --tcplisten",
     [](Value value, RunOptions* options) -> absl::Status {
       options->tcplisten.emplace_back(value.value_or(""));
       return absl::OkStatus();
     }},
    {"listenfd", "[=y|n]: as --listenfd", SetFlag<&RunOptions::listenfd>},
    {"threads", "[=y|n]: n: a guest that imports thread-spawn does not run", SetFlag<&RunOptions::threads>},
    {"max-threads", "=N: beside the main one (1024)",
     [](Value value, RunOptions* options) -> absl::Status {
       uint64_t number = 0;
       RETURN_IF_ERROR(SetNumber(value, &number));
       options->max_threads = static_cast<uint32_t>(std::min<uint64_t>(number, kMaxThreads));
       return absl::OkStatus();
     }},
    {"preview0", "[=y|n]: n: no wasi_unstable, which programs of 2019 import", SetFlag<&RunOptions::preview0>},
    {"cli", nullptr, TakeOn},
    {"common", nullptr, TakeOn},
    // Of WASI 0.2, of which a guest of preview 1 sees nothing: its sockets are those that are granted.
    {"preview2", nullptr, nullptr},
    {"cli-exit-with-code", nullptr, nullptr},
    {"network-error-code", nullptr, nullptr},
    {"inherit-network", nullptr, nullptr},
    {"allow-ip-name-lookup", nullptr, nullptr},
    {"tcp", nullptr, nullptr},
    {"udp", nullptr, nullptr},
    {"p3", nullptr, TakeOff},
    {"http", nullptr, TakeOff},
    {"nn", nullptr, TakeOff},
    {"config", nullptr, TakeOff},
    {"keyvalue", nullptr, TakeOff},
    {"tls", nullptr, TakeOff},
};

constexpr SettingRow kDebugSettings[] = {
    {"coredump", nullptr,
     [](Value, RunOptions* options) -> absl::Status {
       options->notes.push_back(
           "-D coredump has no effect: umiak writes no core dumps; a trap prints the guest's calls");
       return absl::OkStatus();
     }},
    {"debugger", nullptr,
     [](Value, RunOptions* options) -> absl::Status {
       options->notes.push_back("-D debugger has no effect: umiak runs no debugger");
       return absl::OkStatus();
     }},
};

// What can be set with one option. `others`: any other key is accepted, and this says why; null: it is an error.
struct Group {
  char letter;
  absl::Span<const SettingRow> rows;
  const char* others;
};
constexpr const char* kOfCompilers =
    "Any key is accepted and means nothing: it tunes compilers, and umiak is an interpreter.\n";
const Group kGroups[] = {
    {'W', kWasmSettings, nullptr},
    {'S', kWasiSettings, nullptr},
    {'O', {}, kOfCompilers},
    {'C', {}, kOfCompilers},
    {'D', kDebugSettings, "Any key is accepted and means nothing: a trap prints the guest's calls as it is.\n"},
};

const Group& GroupOf(char letter) {
  const auto has_letter = [&](const Group& group) { return group.letter == letter; };
  return *std::find_if(std::begin(kGroups), std::end(kGroups), has_letter);
}

struct FeatureName {
  const char* text;
  Feature feature;
};
constexpr FeatureName kFeatureNames[] = {
#define FEATURE(name, bit, text, on_by_default) {text, k##name},
#include "umiak/features.def"
#undef FEATURE
};
// The features that can be turned off. Properties of instructions have no name, and there is nothing without the mvp.
std::vector<FeatureName> FeaturesOf(char letter) {
  std::vector<FeatureName> features;
  for (const FeatureName& row : kFeatureNames) {
    if (letter == 'W' && row.text[0] != '\0' && row.feature != kMvp) features.push_back(row);
  }
  return features;
}

absl::Status ApplySetting(const Group& group, const Setting& setting, RunOptions* options) {
  std::vector<std::string> known;
  for (const SettingRow& row : group.rows) {
    // "component-model-async", "http-outgoing-body-chunk-size": of what is not there.
    const bool is_part = (row.apply == TakeOff || row.apply == TakeComponents) &&
                         absl::StartsWith(setting.key, absl::StrCat(row.key, "-"));
    if (setting.key == row.key || is_part) {
      return row.apply == nullptr ? absl::OkStatus() : row.apply(setting.value, options);
    }
    known.push_back(row.key);
  }
  for (const FeatureName& row : FeaturesOf(group.letter)) {
    known.push_back(row.text);
    if (setting.key != row.text) continue;
    bool on = true;
    RETURN_IF_ERROR(SetBool(setting.value, &on));
    options->load.features.Set(row.feature, on);
    return absl::OkStatus();
  }
  if (group.others != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("no such key", DidYouMean(setting.key, known)));
}

}  // namespace

absl::Status ApplySettings(char letter, absl::string_view list, RunOptions* options) {
  const Group& group = GroupOf(letter);
  for (const Setting& setting : ParseSettings(list)) {
    if (setting.key == "help" || setting.key == "help-long") {
      options->settings_help = letter;
      continue;
    }
    const absl::Status status = ApplySetting(group, setting, options);
    if (status.ok()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("-", std::string(1, letter), " ", setting.key, ": ", status.message()));
  }
  return absl::OkStatus();
}

std::optional<int> ApplyWasmSettings(absl::string_view command, const ParsedOptions& parsed, int id,
                                     RunOptions* options) {
  for (const OptionUse& use : parsed.options) {
    if (use.id != id) continue;
    const absl::Status status = ApplySettings('W', use.value, options);
    if (!status.ok()) return ReportUsage(command, status.message());
  }
  if (options->settings_help == 0) return std::nullopt;
  return PrintOut(DescribeSettings(options->settings_help));
}

std::string DescribeSettings(char letter) {
  const Group& group = GroupOf(letter);
  std::string text = absl::StrCat("-", std::string(1, letter), " KEY[=VALUE],...\n");
  for (const SettingRow& row : group.rows) {
    if (row.help != nullptr) absl::StrAppend(&text, "  ", row.key, row.help, "\n");
  }
  const std::vector<FeatureName> features = FeaturesOf(letter);
  if (!features.empty()) absl::StrAppend(&text, "Features, [=y|n]:\n");
  for (const FeatureName& row : features) absl::StrAppend(&text, "  ", row.text, "\n");
  if (group.others != nullptr) absl::StrAppend(&text, group.others);
  return text;
}

}  // namespace umiak
