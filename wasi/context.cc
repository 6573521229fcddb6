#include "wasi/context.h"

#include <errno.h>
#include <signal.h>
#include <sys/random.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "umiak/guest_races.h"
#include "wasi/functions.h"
#include "wasi/host/clock.h"
#include "wasi/host/errno.h"
#include "wasi/host/host_directory.h"
#include "wasi/host/socket.h"
#include "wasi/host/stdio.h"
#include "wasi/trace.h"

namespace umiak {
namespace {

using wasi::ClockId;
using wasi::Descriptor;
using wasi::DescriptorPtr;
using wasi::Dir;
using wasi::Directory;
using wasi::Errno;
using wasi::ErrnoOr;
using wasi::Fd;
using wasi::File;
using wasi::HostDirectory;

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

// spec: the guest asks for the sizes of these as u32.
absl::Status CheckStrings(const WasiConfig& config) {
  uint64_t total = 0;
  for (const std::string& arg : config.args) {
    if (HasNul(arg)) return absl::InvalidArgumentError("an argument of the guest contains a NUL");
    total += arg.size() + 1;
  }
  for (const auto& [name, value] : config.env) {
    if (name.empty() || name.find('=') != std::string::npos || HasNul(name) || HasNul(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("environment variable \"", name, "\" cannot be passed: an empty name, '=' in it, or a NUL"));
    }
    total += name.size() + value.size() + 2;
  }
  if (total > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError("arguments and environment are larger than 4 GiB");
  }
  return absl::OkStatus();
}

absl::Status AddStream(WasiContext& context, Fd fd, const WasiStream& stream) {
  bool input = fd == 0;
  ASSIGN_OR_RETURN(std::shared_ptr<File> file, wasi::OpenStream(stream, input));
  auto descriptor = std::make_shared<Descriptor>();
  descriptor->file = std::move(file);
  descriptor->readable = input;
  descriptor->writable = !input;
  context.fds().InsertAt(fd, std::move(descriptor));
  return absl::OkStatus();
}

absl::Status AddListener(WasiContext& context, const WasiListener& listener) {
  if (!context.fds().Insert(wasi::MakeDescriptor(listener.socket())).ok()) {
    return absl::InvalidArgumentError("more listeners are granted than a guest can have descriptors");
  }
  return absl::OkStatus();
}

absl::Status AddPreopen(WasiContext& context, const WasiPreopen& preopen, bool use_openat2) {
  if (preopen.guest.empty() || HasNul(preopen.guest) || HasNul(preopen.host)) {
    return absl::InvalidArgumentError(
        absl::StrCat("directory \"", preopen.host, "\" cannot be granted: an empty name for the guest, or a NUL"));
  }
  std::shared_ptr<Directory> directory = preopen.directory;
  if (directory == nullptr) {
    ASSIGN_OR_RETURN(directory, HostDirectory::Open(preopen.host, use_openat2));
  }
  auto descriptor = std::make_shared<Descriptor>();
  descriptor->dir = std::make_shared<Dir>(std::move(directory), preopen.read_only);
  descriptor->readable = true;
  descriptor->read_only = preopen.read_only;
  descriptor->preopen_name = preopen.guest;
  if (!context.fds().Insert(std::move(descriptor)).ok()) {
    return absl::InvalidArgumentError("more directories are granted than a guest can have descriptors");
  }
  return absl::OkStatus();
}

// A guest that writes to a closed pipe gets the errno; the signal would end the process.
void IgnoreBrokenPipes() {
  struct sigaction action;
  if (sigaction(SIGPIPE, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
      action.sa_handler == SIG_DFL) {
    action = {};
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
  }
}

}  // namespace

WasiContext::WasiContext(const WasiConfig& config)
    : args_(config.args),
      realtime_clock_(config.realtime_clock),
      monotonic_clock_(config.monotonic_clock),
      random_(config.random) {
  for (const auto& [name, value] : config.env) env_.push_back(absl::StrCat(name, "=", value));
}

ErrnoOr<uint64_t> WasiContext::Time(uint32_t clock) const {
  if (clock == static_cast<uint32_t>(ClockId::kRealtime) && realtime_clock_) return realtime_clock_();
  if (clock == static_cast<uint32_t>(ClockId::kMonotonic) && monotonic_clock_) return monotonic_clock_();
  return wasi::HostTime(clock);
}

Errno WasiContext::FillRandom(absl::Span<uint8_t> bytes) const {
  if (random_) {
    random_(bytes);
    return Errno::kSuccess;
  }
  // The kernel takes so much at a time that it cannot be interrupted for long.
  constexpr size_t kChunk = 256 << 10;
  while (!bytes.empty()) {
    const GuestRaces races;
    ssize_t size = getrandom(bytes.data(), std::min(bytes.size(), kChunk), 0);
    if (size < 0 && errno != EINTR) return wasi::LastErrno();
    if (size > 0) bytes.remove_prefix(static_cast<size_t>(size));
  }
  return Errno::kSuccess;
}

absl::StatusOr<WasiListener> WasiListener::Bind(absl::string_view address) {
  ASSIGN_OR_RETURN(std::shared_ptr<wasi::Socket> socket, wasi::Socket::Listen(address));
  return WasiListener(std::move(socket));
}

absl::StatusOr<WasiListener> WasiListener::FromHostFd(int fd) {
  ASSIGN_OR_RETURN(std::shared_ptr<wasi::Socket> socket, wasi::Socket::FromListening(fd));
  return WasiListener(std::move(socket));
}

const std::string& WasiListener::address() const { return socket_->name(); }

absl::StatusOr<std::shared_ptr<WasiContext>> MakeWasiContext(const WasiConfig& config) {
  RETURN_IF_ERROR(CheckStrings(config));
  IgnoreBrokenPipes();
  auto context = std::make_shared<WasiContext>(config);
  ASSIGN_OR_RETURN(wasi::TraceFilter filter, wasi::TraceFilter::Parse(config.trace_filter));
  if (config.trace != nullptr || config.on_refused != nullptr) {
    context->set_watcher(std::make_shared<wasi::CallWatcher>(config.trace, std::move(filter), config.on_refused));
  }
  RETURN_IF_ERROR(AddStream(*context, 0, config.stdin_stream));
  RETURN_IF_ERROR(AddStream(*context, 1, config.stdout_stream));
  RETURN_IF_ERROR(AddStream(*context, 2, config.stderr_stream));
  for (const WasiListener& listener : config.listeners) RETURN_IF_ERROR(AddListener(*context, listener));
  for (const WasiPreopen& preopen : config.preopens) {
    RETURN_IF_ERROR(AddPreopen(*context, preopen, config.use_openat2));
  }
  return context;
}

}  // namespace umiak
