#include "tools/report.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tools/backtrace.h"
#include "tools/file.h"
#include "umiak/error.h"
#include "umiak/trap.h"

namespace umiak {
namespace {

// In one write, so that lines of several processes do not mix. There is nobody to tell of a failure.
void PrintError(absl::string_view text) { WriteAll(STDERR_FILENO, absl::StrCat("umiak: ", text, "\n")); }

// The guest's exit code as a process can give it.
int ReportExit(absl::string_view subject, uint32_t code) {
  if (code <= 255) return static_cast<int>(code);
  PrintError(absl::StrCat(subject, subject.empty() ? "" : ": ", "the guest left with exit code ", code,
                          ", which is not between 0 and 255"));
  return kExitError;
}

}  // namespace

int Report(absl::string_view subject, const absl::Status& status) {
  if (status.ok()) return kExitOk;
  const ErrorKind kind = KindOf(status);
  if (kind == ErrorKind::kExit) return ReportExit(subject, ExitCodeOf(status).value_or(kExitError));
  const absl::string_view separator = subject.empty() ? "" : ": ";
  if (std::optional<Trap> trap = TrapOf(status); trap.has_value()) {
    PrintError(absl::StrCat(subject, separator, DescribeTrap(*std::move(trap))));
    return kExitTrap;
  }
  PrintError(absl::StrCat(subject, separator, status.message()));
  const bool ended_guest = kind == ErrorKind::kTrap || kind == ErrorKind::kExhaustion ||
                           kind == ErrorKind::kException || kind == ErrorKind::kInterrupt;
  return ended_guest ? kExitTrap : kExitError;
}

int ReportUsage(absl::string_view command, absl::string_view message) {
  PrintError(absl::StrCat(message, "; `umiak help", command.empty() ? "" : " ", command, "` tells more"));
  return kExitUsage;
}

int ReportSetup(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return ReportUsage("run", status.message());
  return Report("", status);
}

void Remark(absl::string_view kind, absl::string_view message) { PrintError(absl::StrCat(kind, ": ", message)); }

void PrintTrace(absl::string_view text) { WriteAll(STDERR_FILENO, text); }

int PrintOut(absl::string_view text) {
  if (WriteAll(STDOUT_FILENO, text)) return kExitOk;
  PrintError("cannot write to standard output");
  return kExitError;
}

}  // namespace umiak
