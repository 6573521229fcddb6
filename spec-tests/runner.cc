#include "spec-tests/runner.h"

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
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
  explicit Runner(const ScriptOptions& options) : options_(options), machine_(options.store) {}
  ~Runner() { JoinAll(); }

  // All of them, and the threads that they start; adds to the result.
  void RunAll(const std::vector<Command>& commands);
  const Result& result() const { return result_; }

 private:
  // What is wrong, or nothing.
  std::string Run(const Command& command);
  std::string StartThread(const Command& command);
  std::string Wait(const std::string& id);
  void JoinAll();
  absl::Status Define(const Command& command, ModulePtr* module);
  std::string AssertReturn(const Command& command);
  std::string AssertModule(const Command& command, ErrorKind kind);

  struct Thread {
    std::unique_ptr<Runner> runner;
    std::thread thread;
  };

  const ScriptOptions options_;
  Machine machine_;
  absl::flat_hash_map<std::string, ModulePtr> definitions_;
  ModulePtr last_definition_;
  absl::flat_hash_map<std::string, Thread> threads_;
  Result result_;
};

// --- Threads. spec: proposals/threads, interpreter/README ---

// The commands run on a machine of their own, which has the shared memories of the module named.
std::string Runner::StartThread(const Command& command) {
  Thread& thread = threads_[command.module.id];
  if (thread.runner != nullptr) return absl::StrCat("thread $", command.module.id, " runs already");
  thread.runner = std::make_unique<Runner>(options_);
  if (!command.name.empty()) {
    absl::Status status = thread.runner->machine_.Share(machine_, command.name);
    if (!status.ok()) {
      // Its assertions are there, and do not hold.
      result_.failed += static_cast<int>(absl::c_count_if(command.commands, IsAssertion));
      return SentenceOf(status);
    }
  }
  thread.thread = std::thread([runner = thread.runner.get(), commands = &command.commands] { runner->RunAll(*commands); });
  return "";
}

// Until the thread has run all of its commands: its assertions are the script's.
std::string Runner::Wait(const std::string& id) {
  auto found = threads_.find(id);
  if (found == threads_.end()) return absl::StrCat("no thread $", id);
  if (found->second.thread.joinable()) found->second.thread.join();
  const Result& result = found->second.runner->result();
  result_.passed += result.passed;
  result_.failed += result.failed;
  result_.skipped += result.skipped;
  result_.failures.insert(result_.failures.end(), result.failures.begin(), result.failures.end());
  threads_.erase(found);
  return "";
}

// Those that nobody waits for.
void Runner::JoinAll() {
  while (!threads_.empty()) Wait(std::string(threads_.begin()->first));
}

void Runner::RunAll(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    std::string problem = Run(command);
    if (!problem.empty()) result_.failures.push_back({command.line, problem});
    if (IsAssertion(command)) ++(problem.empty() ? result_.passed : result_.failed);
  }
  JoinAll();
}

// --- Commands ---

absl::Status Runner::Define(const Command& command, ModulePtr* module) {
  machine_.ForgetLast();
  ASSIGN_OR_RETURN(*module, Load(command.module, options_.features));
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
  absl::StatusOr<ModulePtr> module = Load(command.module, options_.features);
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
    case Command::kThread: return StartThread(command);
    case Command::kWait: return Wait(command.module.id);
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
  runner.RunAll(*commands);
  result = runner.result();
  int counted = result.passed + result.failed + result.skipped;
  if (counted != CountAssertions(text)) {
    result.failures.push_back({0, absl::StrCat(counted, " assertions ran, ", CountAssertions(text), " are there")});
  }
  return result;
}

}  // namespace umiak::spec
