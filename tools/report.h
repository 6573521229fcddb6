// What the command line says when something goes wrong, and what it leaves with.
#ifndef UMIAK_TOOLS_REPORT_H_
#define UMIAK_TOOLS_REPORT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace umiak {

// Exit codes; besides them there is the guest's own.
inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTrap = 134;  // 128 + SIGABRT, as wasmtime has it

// Writes "umiak: SUBJECT: message" to stderr (a trap with its backtrace below) and returns the exit code of that
// kind of error. The guest's own exit says nothing and gives its code. An empty subject is left out.
int Report(absl::string_view subject, const absl::Status& status);
// "umiak: message", for a wrong command line; `command` names the one whose help is worth a look. Returns kExitUsage.
int ReportUsage(absl::string_view command, absl::string_view message);
// For an error from before the run: kInvalidArgument is a wrong value of an option (ReportUsage of `run`), any other
// something that is not there (Report).
int ReportSetup(const absl::Status& status);
// "umiak: kind: message": a warning or a hint.
void Remark(absl::string_view kind, absl::string_view message);
// Writes text to stderr as it is.
void PrintTrace(absl::string_view text);
// Writes all of the text; a failure (a closed pipe, a full disk) gives kExitError.
int PrintOut(absl::string_view text);

}  // namespace umiak

#endif  // UMIAK_TOOLS_REPORT_H_
