// umiak run: load, link, instantiate, call.
#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "tools/commands.h"
#include "tools/file.h"
#include "tools/hints.h"
#include "tools/report.h"
#include "tools/run_options.h"
#include "tools/settings.h"
#include "tools/unknown_imports.h"
#include "tools/values.h"
#include "tools/wasi_setup.h"
#include "umiak/error.h"
#include "umiak/instance.h"
#include "umiak/linker.h"
#include "umiak/store.h"
#include "umiak/wasi_threads.h"

namespace umiak {
namespace {

// A module of thousands of exports is not listed to its end.
constexpr size_t kMaxListedExports = 20;

// The sentence for a module that is a library: what it exports, and how to call that.
absl::Status NoStartError(const Module& module, const std::string& file) {
  std::string list, example;
  size_t functions = 0;
  for (const Export& item : module.exports) {
    if (item.kind != ExternKind::kFunc || item.name == "_initialize") continue;
    const FuncType& type = module.TypeOfFunction(item.index);
    if (functions++ < kMaxListedExports) absl::StrAppend(&list, "\n  ", item.name, " ", ToString(type));
    if (example.empty()) {
      example = absl::StrCat("umiak run --invoke ", item.name, " ", file);
      for (ValType param : type.params) absl::StrAppend(&example, param.is_ref() ? " null" : " 1");
    }
  }
  constexpr absl::string_view kWhat = "no _start: this module is a library, not a program";
  if (functions == 0) return absl::NotFoundError(absl::StrCat(kWhat, "; it exports no function"));
  if (functions > kMaxListedExports) absl::StrAppend(&list, "\n  and ", functions - kMaxListedExports, " more");
  return absl::NotFoundError(absl::StrCat(kWhat, "; call one of its exports, as in `", example, "`:", list));
}

// The export of that name if it is a function without parameters and results, as WASI's entry points are.
absl::StatusOr<std::optional<Func>> FindEntry(const Instance& instance, absl::string_view name) {
  const std::optional<Extern> found = instance.FindExport(name);
  if (!found.has_value() || !std::holds_alternative<Func>(*found)) return std::nullopt;
  const Func func = std::get<Func>(*found);
  if (!func.type().params.empty() || !func.type().results.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the type of ", name, " is ", ToString(func.type()), ", not () -> ()"));
  }
  return func;
}

absl::Status CallEntry(const Func& func) {
  uint64_t no_slots[1] = {};
  return func.CallRaw(no_slots);
}

// Calls the export and prints its results, one per line.
absl::Status Invoke(const Instance& instance, const RunOptions& options) {
  ASSIGN_OR_RETURN(const Func func, instance.GetFunc(*options.invoke));
  ASSIGN_OR_RETURN(const std::vector<Value> values, ParseArguments(*options.invoke, func.type(), options.args));
  ASSIGN_OR_RETURN(const std::vector<Value> results, func.Call(values));
  std::string text;
  for (const Value& value : results) absl::StrAppend(&text, ToString(value), "\n");
  return PrintOut(text) == kExitOk ? absl::OkStatus() : MakeExit(kExitError);
}

absl::Status Start(const Instance& instance, const RunOptions& options) {
  ASSIGN_OR_RETURN(const std::optional<Func> initialize, FindEntry(instance, "_initialize"));
  if (initialize.has_value()) RETURN_IF_ERROR(CallEntry(*initialize));
  if (options.invoke.has_value()) return Invoke(instance, options);
  for (absl::string_view name : {"", "_start"}) {
    ASSIGN_OR_RETURN(const std::optional<Func> start, FindEntry(instance, name));
    if (start.has_value()) return CallEntry(*start);
  }
  // A start function that exports nothing to call has done its work by now.
  if (instance.module().has_start && instance.module().exports.empty()) return absl::OkStatus();
  return NoStartError(instance.module(), options.file);
}

// What a program takes, for the next run's limit. Threads have fuel of their own, and are not in it.
void SayFuel(const RunOptions& options, const Store& store) {
  if (!options.verbose || !options.fuel.has_value()) return;
  const uint64_t used = *options.fuel - store.fuel().value_or(0);
  Remark("note", absl::StrCat("fuel: ", used, " of ", *options.fuel, " used"));
}

// The kernel's wall behind ours, once all that umiak itself reads and writes is open, before any thread starts.
void Confine(const RunOptions& options) {
  if (!options.landlock) return;
  const absl::Status status = ConfineToMounts(options.directories, options.overlay_export);
  if (!status.ok() && options.verbose) Remark("note", absl::StrCat("not confined by the kernel: ", status.message()));
}

// In steady_clock's range whatever was asked for.
std::optional<std::chrono::steady_clock::time_point> Deadline(const RunOptions& options) {
  if (!options.timeout.has_value()) return std::nullopt;
  const auto longest = std::chrono::hours(24 * 365 * 10);
  const auto timeout = std::min<std::chrono::nanoseconds>(*options.timeout, longest);
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(timeout);
}

absl::Status Run(const RunOptions& options, const std::shared_ptr<WasiContext>& context, bool* imports_paths) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Module> module, LoadFile(options.file, options.load));
  for (const Import& import : module->imports) *imports_paths |= import.name == "path_open";

  RETURN_IF_ERROR(CheckDenied(options, *module));
  const bool has_threads = WasiThreads::IsWantedBy(*module);
  StoreOptions store_options = options.store;
  store_options.metered = store_options.metered || has_threads;  // so that each can be stopped
  Store store(store_options);
  if (options.fuel.has_value()) store.SetFuel(options.fuel);
  const std::optional<std::chrono::steady_clock::time_point> deadline = Deadline(options);
  if (deadline.has_value()) store.SetDeadline(deadline);
  Linker linker(&store);
  AddWasiPreview1(linker, context);
  Confine(options);
  const auto main = [&]() -> absl::Status {
    const absl::StatusOr<Instance> instance = linker.Instantiate(module);
    const absl::Status end = instance.ok() ? Start(*instance, options) : instance.status();
    SayFuel(options, store);
    return end;
  };
  // Of the main linker and each thread's: what is not defined yet.
  const auto define_rest = [&](Linker& any) -> absl::Status {
    DefineUnstable(*module, context, &any);
    DefineUnknownImports(options, *module, &any);
    return absl::OkStatus();
  };
  if (!has_threads) {
    RETURN_IF_ERROR(define_rest(linker));
    return main();
  }
  ASSIGN_OR_RETURN(WasiThreads threads, WasiThreads::Create(module, context,
                                                            {.store = options.store,
                                                             .max_threads = options.max_threads,
                                                             .deadline = deadline,
                                                             .fuel = options.fuel,
                                                             .define = define_rest}));
  threads.Define(linker);
  RETURN_IF_ERROR(define_rest(linker));
  return threads.Run(store, main);
}

}  // namespace

int CommandRun(Arguments args) {
  const absl::StatusOr<RunOptions> options = ParseRunOptions(args);
  if (!options.ok()) return ReportUsage("run", options.status().message());
  if (options->settings_help != 0) return PrintOut(DescribeSettings(options->settings_help));
  if (options->file.empty()) return ReportUsage("run", "no file to run");
  for (const std::string& note : options->notes) Remark("note", note);
  WarnOfMisplacedFlags(*options);
  const absl::StatusOr<Mounts> mounts = OpenMounts(options->directories, options->overlay_export);
  if (!mounts.ok()) return ReportSetup(mounts.status());
  Refusals refusals;
  const absl::StatusOr<std::shared_ptr<WasiContext>> context = MakeContext(*options, *mounts, &refusals);
  if (!context.ok()) return ReportSetup(context.status());

  bool imports_paths = false;
  const absl::Status end = Run(*options, *context, &imports_paths);
  const int code = Report(options->file, end);
  const absl::Status exported = ExportOverlay(*mounts);
  if (!exported.ok()) return Report("", exported);
  if (code != kExitOk) GiveHints(*options, end, refusals, imports_paths);
  return code;
}

std::string HelpRun() {
  return absl::StrCat(
      "usage: umiak run [OPTION...] FILE [ARGUMENT...]\n\n"
      "Runs the program in FILE (- is standard input). What stands after FILE belongs to the guest.\n\n",
      DescribeRunOptions(),
      "\nExit codes: the guest's own; 134 it trapped or was stopped; 1 another error; 2 a wrong command line.\n");
}

}  // namespace umiak
