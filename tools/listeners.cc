#include "tools/listeners.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/report.h"
#include "umiak/error.h"

namespace umiak {
namespace {

// The protocol of sd_listen_fds(3): LISTEN_FDS descriptors from 3 on, meant for the process LISTEN_PID.
constexpr int kFirstPassedOn = 3;
// Far above what anybody passes on.
constexpr uint64_t kMostPassedOn = 1024;

// No fault of the command line: the parent process did not do its part.
absl::Status Wrong(absl::string_view what) { return absl::FailedPreconditionError(absl::StrCat("listenfd: ", what)); }

absl::StatusOr<int> CountPassedOn() {
  const char* count_text = std::getenv("LISTEN_FDS");
  if (count_text == nullptr) return Wrong("LISTEN_FDS is not set: nobody passed a socket on");
  // Programs that do not know the process to be leave the variable out.
  const char* pid_text = std::getenv("LISTEN_PID");
  if (pid_text != nullptr && pid_text != std::to_string(getpid())) {
    return Wrong(absl::StrCat("the sockets are for process ", pid_text, " (LISTEN_PID), and this one is ", getpid()));
  }
  const absl::StatusOr<uint64_t> count = ParseNumber(count_text);
  if (!count.ok() || *count > kMostPassedOn) return Wrong(absl::StrCat("LISTEN_FDS=", count_text, " is no number of sockets"));
  return static_cast<int>(*count);
}

// What the guest's library looks for. It has no process number to compare with.
void SetVariables(WasiConfig* config) {
  for (const char* name : {"LISTEN_FDS", "LISTEN_FDNAMES"}) {
    const char* value = std::getenv(name);
    const bool is_set = std::any_of(config->env.begin(), config->env.end(), [&](const auto& v) { return v.first == name; });
    if (value != nullptr && !is_set) config->env.emplace_back(name, value);
  }
}

absl::Status AddPassedOn(WasiConfig* config) {
  ASSIGN_OR_RETURN(const int count, CountPassedOn());
  for (int fd = kFirstPassedOn; fd < kFirstPassedOn + count; ++fd) {
    absl::StatusOr<WasiListener> listener = WasiListener::FromHostFd(fd);
    if (!listener.ok()) return Wrong(absl::StrCat("descriptor ", fd, " ", listener.status().message()));
    // Ours is the duplicate: once the guest closes it, nobody listens.
    close(fd);
    config->listeners.push_back(*std::move(listener));
  }
  SetVariables(config);
  return absl::OkStatus();
}

absl::Status AddBound(const std::string& address, WasiConfig* config) {
  absl::StatusOr<WasiListener> listener = WasiListener::Bind(address);
  if (!listener.ok()) {
    return absl::Status(listener.status().code(),
                        absl::StrCat("--tcplisten ", address, ": ", listener.status().message()));
  }
  if (absl::EndsWith(address, ":0")) Remark("note", absl::StrCat("--tcplisten ", address, " is ", listener->address()));
  config->listeners.push_back(*std::move(listener));
  return absl::OkStatus();
}

}  // namespace

absl::Status AddListeners(const RunOptions& options, WasiConfig* config) {
  if (options.listenfd) RETURN_IF_ERROR(AddPassedOn(config));
  for (const std::string& address : options.tcplisten) RETURN_IF_ERROR(AddBound(address, config));
  return absl::OkStatus();
}

}  // namespace umiak
