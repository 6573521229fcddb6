// umiak_spec: runs scripts of the specification and says how many of their assertions hold.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "spec-tests/ages.h"
#include "spec-tests/expectations.h"
#include "spec-tests/round_trip.h"
#include "spec-tests/runner.h"

namespace {

namespace fs = std::filesystem;
using umiak::spec::Expectations;
using umiak::spec::Result;

constexpr char kUsage[] =
    "usage: umiak_spec [--suite DIR] [--expectations FILE] [--match REGEX] [--checked] [--metered]\n"
    "                  [--collect-always] [SCRIPT...]\n"
    "       umiak_spec [--suite DIR] --which\n"
    "       umiak_spec [--suite DIR] --round-trip [--dump DIR] [SCRIPT...]\n"
    "Runs SCRIPTs (paths below DIR, or all that are there). --checked: without guard pages. --collect-always: the\n"
    "heap is collected at every allocation. --which: only says which set of scripts DIR holds. --round-trip: prints the scripts' modules and assembles that again; --dump writes each as\n"
    "NAME.wasm and NAME.wat.\n";

struct Options {
  fs::path suite = "../shared/testsuite";
  std::string expectations;
  umiak::StoreOptions store;
  bool which = false;
  bool round_trip = false;
  std::string match;
  fs::path dump;
  std::vector<std::string> scripts;
};

bool ReadFile(const fs::path& path, std::string* out) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  out->assign(std::istreambuf_iterator<char>(file), {});
  return true;
}

bool ParseArguments(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg == "--suite" && i + 1 < argc) {
      options->suite = argv[++i];
    } else if (arg == "--expectations" && i + 1 < argc) {
      options->expectations = argv[++i];
    } else if (arg == "--match" && i + 1 < argc) {
      options->match = argv[++i];
    } else if (arg == "--which") {
      options->which = true;
    } else if (arg == "--round-trip") {
      options->round_trip = true;
    } else if (arg == "--dump" && i + 1 < argc) {
      options->dump = argv[++i];
    } else if (arg == "--checked") {
      options->store.bounds = umiak::BoundsMode::kChecked;
    } else if (arg == "--metered") {
      options->store.metered = true;
    } else if (arg == "--collect-always") {
      options->store.collect_always = true;
    } else if (arg.empty() || arg[0] == '-') {
      return false;
    } else {
      options->scripts.push_back(arg);
    }
  }
  return true;
}

// All scripts below the folder, by name.
std::vector<std::string> FindScripts(const fs::path& suite) {
  std::vector<std::string> scripts;
  std::error_code error;
  for (fs::recursive_directory_iterator it(suite, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".wast") scripts.push_back(it->path().lexically_relative(suite).generic_string());
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

// A set that was fetched says where it came from.
void SayWhich(const fs::path& suite, size_t count) {
  std::string source;
  if (!ReadFile(suite / "SOURCE", &source)) source = "of unknown origin\n";
  std::printf("%zu scripts in %s: %s", count, suite.c_str(), source.c_str());
}

// The list, and that of the proposal that umiak does not know ("-custom-descriptors" in the name). Where the set is the
// crate's, that has a list of its own ("-crate"), as its scripts are of several ages.
bool ReadExpectations(const Options& options, Expectations* expectations) {
  if (options.expectations.empty()) return true;
  std::vector<fs::path> files = {options.expectations};
  std::string source;
  bool is_crate = ReadFile(options.suite / "SOURCE", &source) && absl::StartsWith(source, "crate ");
  const char* other = is_crate ? "-crate.txt" : "-custom-descriptors.txt";
  files.push_back(files[0].parent_path() / (files[0].stem().string() + other));
  for (const fs::path& file : files) {
    std::string text;
    if (!ReadFile(file, &text)) {
      std::fprintf(stderr, "umiak_spec: cannot read %s\n", file.c_str());
      return false;
    }
    absl::Status status = expectations->Add(text);
    if (!status.ok()) {
      std::string message(status.message());
      std::fprintf(stderr, "umiak_spec: %s: %s\n", file.c_str(), message.c_str());
      return false;
    }
  }
  return true;
}

// Keeps the scripts whose names match. False, and says so, if none does.
bool Match(const std::string& regex, std::vector<std::string>* scripts) {
  try {
    const std::regex pattern(regex, std::regex::extended);
    std::erase_if(*scripts, [&](const std::string& script) { return !std::regex_search(script, pattern); });
  } catch (const std::regex_error& error) {
    std::fprintf(stderr, "umiak_spec: '%s' is no regular expression: %s\n", regex.c_str(), error.what());
    return false;
  }
  if (scripts->empty()) std::fprintf(stderr, "umiak_spec: no script matches '%s'\n", regex.c_str());
  return !scripts->empty();
}

// The module of a script's line, as it is and as text.
void Dump(const Options& options, const std::string& script, int line, absl::Span<const uint8_t> bytes,
          absl::string_view text) {
  std::string name = absl::StrReplaceAll(script, {{"/", "_"}, {".wast", ""}});
  std::ofstream(options.dump / absl::StrCat(name, "-", line, ".wasm"), std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::ofstream(options.dump / absl::StrCat(name, "-", line, ".wat"), std::ios::binary) << std::string(text);
}

int RoundTrip(const Options& options, const std::vector<std::string>& scripts) {
  int equal = 0, rewritten = 0, failed = 0;
  for (const std::string& script : scripts) {
    std::string text;
    if (!ReadFile(options.suite / script, &text)) {
      std::fprintf(stderr, "umiak_spec: cannot read %s\n", (options.suite / script).c_str());
      return 1;
    }
    umiak::spec::RoundTrips trips = umiak::spec::CheckRoundTrips(
        text, options.dump.empty() ? std::function<void(int, absl::Span<const uint8_t>, absl::string_view)>()
                                   : [&](int line, absl::Span<const uint8_t> bytes, absl::string_view wat) {
                                       Dump(options, script, line, bytes, wat);
                                     });
    equal += trips.equal;
    rewritten += trips.rewritten;
    failed += static_cast<int>(trips.failures.size());
    for (int line : trips.rewritten_lines) std::printf("%s:%d: in another form\n", script.c_str(), line);
    for (const umiak::spec::Failure& failure : trips.failures) {
      std::printf("%s:%d: %s\n", script.c_str(), failure.line, failure.text.c_str());
    }
  }
  std::printf("modules printed and assembled again: %d equal, %d binaries in another form, %d failed\n", equal,
              rewritten, failed);
  return failed == 0 ? 0 : 1;
}

int Run(const Options& options) {
  Expectations expectations;
  if (!ReadExpectations(options, &expectations)) return 2;
  std::vector<std::string> scripts = options.scripts.empty() ? FindScripts(options.suite) : options.scripts;
  if (scripts.empty()) {
    std::fprintf(stderr, "umiak_spec: no scripts in %s; get them with\n  spec-tests/fetch_suite.sh %s\n",
                 options.suite.c_str(), options.suite.c_str());
    return 1;
  }
  if (options.scripts.empty()) SayWhich(options.suite, scripts.size());
  if (options.which) return 0;
  if (!options.match.empty() && !Match(options.match, &scripts)) return 1;
  if (options.round_trip) return RoundTrip(options, scripts);
  std::map<std::string, Result> folders;
  bool good = true;
  for (const std::string& script : scripts) {
    std::string text;
    if (!ReadFile(options.suite / script, &text)) {
      std::fprintf(stderr, "umiak_spec: cannot read %s\n", (options.suite / script).c_str());
      return 1;
    }
    Result result = umiak::spec::RunScript(text, {options.store, umiak::spec::FeaturesOf(script)});
    Result& total = folders[fs::path(script).parent_path().generic_string()];
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
    expectations.Apply(script, &result);
    for (const umiak::spec::Failure& failure : result.failures) {
      good = false;
      std::printf("%s:%d: %s\n", script.c_str(), failure.line, failure.text.c_str());
    }
  }
  for (const auto& [folder, total] : folders) {
    std::printf("%s: %d passed, %d failed, %d skipped\n", folder.empty() ? "." : folder.c_str(), total.passed,
                total.failed, total.skipped);
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseArguments(argc, argv, &options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  return Run(options);
}
