#include "spec-tests/runner.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spec-tests/machine.h"
#include "spec-tests/match.h"
#include "spec-tests/script.h"
#include "umiak/error.h"
#include "umiak/load.h"
#include "umiak/text.h"
#include "umiak/trap.h"

namespace umiak::spec {
namespace {

using ModulePtr = std::shared_ptr<const Module>;

absl::StatusOr<ModulePtr> Load(const ModuleText& module, Features features) {
  std::vector<uint8_t> bytes(module.bytes.begin(), module.bytes.end());
  if (!module.is_binary) {
    ASSIGN_OR_RETURN(bytes, AssembleWat(module.bytes, features));
  }
  return LoadModule(std::move(bytes), {features});
}

// The sentence whose beginning scripts name.
std::string SentenceOf(const absl::Status& status) {
  std::optional<Trap> trap = TrapOf(status);
  if (trap.has_value()) return absl::StrCat(PhraseOf(*trap), trap->detail.empty() ? "" : ": ", trap->detail);
  return std::string(status.message());
}

// `got` is an error of the kind and with the phrase. Returns what is wrong, or nothing.
std::string CheckError(const absl::Status& got, ErrorKind kind, absl::string_view phrase) {
  if (got.ok()) return absl::StrCat("no error, expected \"", phrase, "\"");
  std::string sentence = SentenceOf(got);
  // Scripts name the element: "uninitialized element 2".
  bool matches = PhraseMatches(sentence, phrase) ||
                 (kind == ErrorKind::kTrap && absl::StartsWith(phrase, ToString(TrapOf(got).value_or(Trap{}).code)));
  if (KindOf(got) == kind && matches) return "";
  return absl::StrCat("got \"", sentence, "\", expected \"", phrase, "\"");
}

class Runner {
 public:
  explicit Runner(const ScriptOptions& options) : features_(options.features), machine_(options.store) {}

  // What is wrong, or nothing.
  std::string Run(const Command& command);

 private:
  absl::Status Define(const Command& command, ModulePtr* module);
  std::string AssertReturn(const Command& command);
  std::string AssertModule(const Command& command, ErrorKind kind);

  Features features_;
  Machine machine_;
  absl::flat_hash_map<std::string, ModulePtr> definitions_;
  ModulePtr last_definition_;
};

absl::Status Runner::Define(const Command& command, ModulePtr* module) {
  machine_.ForgetLast();
  ASSIGN_OR_RETURN(*module, Load(command.module, features_));
  last_definition_ = *module;
  if (!command.module.id.empty()) definitions_[command.module.id] = *module;
  return absl::OkStatus();
}

std::string Runner::AssertReturn(const Command& command) {
  absl::StatusOr<std::vector<Value>> results = machine_.Perform(command.action);
  if (!results.ok()) return absl::StrCat(command.action.name, ": ", SentenceOf(results.status()));
  if (Matches(command.expected, *results)) return "";
  auto join = [](const auto& list) {
    return absl::StrJoin(list, " ", [](std::string* out, const auto& one) { absl::StrAppend(out, ToText(one)); });
  };
  return absl::StrCat(command.action.name, ": got (", join(*results), "), expected (", join(command.expected), ")");
}

// A module that must fail on the way to an instance.
std::string Runner::AssertModule(const Command& command, ErrorKind kind) {
  absl::StatusOr<ModulePtr> module = Load(command.module, features_);
  if (kind == ErrorKind::kMalformed || kind == ErrorKind::kInvalid) {
    return CheckError(module.status(), kind, command.phrase);
  }
  if (!module.ok()) return absl::StrCat("module: ", module.status().message());
  return CheckError(machine_.TryInstantiate(*module), kind, command.phrase);
}

std::string Runner::Run(const Command& command) {
  absl::Status status;
  switch (command.kind) {
    case Command::kModule:
    case Command::kDefinition: {
      ModulePtr module;
      status = Define(command, &module);
      if (status.ok() && command.kind == Command::kModule) status = machine_.Instantiate(module, command.module.id);
      break;
    }
    case Command::kInstance: {
      ModulePtr module = command.name.empty() ? last_definition_ : definitions_[command.name];
      if (module == nullptr) return absl::StrCat("no module $", command.name);
      status = machine_.Instantiate(module, command.module.id);
      break;
    }
    case Command::kRegister: status = machine_.Register(command.module.id, command.name); break;
    case Command::kAction: status = machine_.Perform(command.action).status(); break;
    case Command::kAssertReturn: return AssertReturn(command);
    case Command::kAssertTrap:
      return CheckError(machine_.Perform(command.action).status(), ErrorKind::kTrap, command.phrase);
    case Command::kAssertExhaustion:
      return CheckError(machine_.Perform(command.action).status(), ErrorKind::kExhaustion, command.phrase);
    case Command::kAssertException:
      return CheckError(machine_.Perform(command.action).status(), ErrorKind::kException, "");
    case Command::kAssertModuleTrap: return AssertModule(command, ErrorKind::kTrap);
    case Command::kAssertMalformed: return AssertModule(command, ErrorKind::kMalformed);
    case Command::kAssertInvalid: return AssertModule(command, ErrorKind::kInvalid);
    case Command::kAssertUnlinkable: return AssertModule(command, ErrorKind::kUnlinkable);
  }
  return status.ok() ? "" : absl::StrCat("command failed: ", SentenceOf(status));
}

}  // namespace

Result RunScript(absl::string_view text, const ScriptOptions& options) {
  Result result;
  absl::StatusOr<std::vector<Command>> commands = ParseScript(text);
  if (!commands.ok()) {
    result.failures.push_back({0, absl::StrCat("script: ", commands.status().message())});
    return result;
  }
  Runner runner(options);
  for (const Command& command : *commands) {
    std::string problem = runner.Run(command);
    if (!problem.empty()) result.failures.push_back({command.line, problem});
    if (IsAssertion(command)) ++(problem.empty() ? result.passed : result.failed);
  }
  int counted = result.passed + result.failed + result.skipped;
  if (counted != CountAssertions(text)) {
    result.failures.push_back({0, absl::StrCat(counted, " assertions ran, ", CountAssertions(text), " are there")});
  }
  return result;
}

}  // namespace umiak::spec
