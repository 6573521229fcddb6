// WASI preview 1 for guests: what a guest is granted (WasiConfig), and the functions it imports.
//
// A guest reaches nothing that is not granted here: no directory, no environment, no standard stream.
// spec: wasi_snapshot_preview1
#ifndef UMIAK_WASI_H_
#define UMIAK_WASI_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/error.h"
#include "umiak/linker.h"
#include "umiak/wasi_fs.h"

namespace umiak {

// Where a standard stream comes from or goes to. A function of the embedder gets the guest's own memory: it must not let
// that guest go on (call its functions) before it returns.
class WasiStream {
 public:
  struct Null {};
  struct HostFd { int fd; };
  struct Bytes { std::string bytes; };
  struct Sink { std::function<void(absl::string_view)> write; };
  struct Reader { std::function<size_t(absl::Span<uint8_t>)> read; };
  struct Custom { std::shared_ptr<wasi::File> file; };
  using Source = std::variant<Null, HostFd, Bytes, Sink, Reader, Custom>;

  // Reads are at the end, writes vanish. The default.
  WasiStream() = default;
  // A descriptor of the process. It is duplicated; its flags and its position stay as they are.
  static WasiStream FromHostFd(int fd) { return WasiStream(HostFd{fd}); }
  // For stdin: these bytes, then the end.
  static WasiStream Input(std::string bytes) { return WasiStream(Bytes{std::move(bytes)}); }
  // For stdin: `read` fills as much as it has and returns how much that is, 0 at the end, on the thread of the guest.
  static WasiStream InputFrom(std::function<size_t(absl::Span<uint8_t>)> read) {
    return WasiStream(Reader{std::move(read)});
  }
  // For stdout and stderr: appended to `buffer`. Read it when the guest has ended.
  static WasiStream OutputTo(std::shared_ptr<std::string> buffer) {
    return Output([buffer = std::move(buffer)](absl::string_view text) { buffer->append(text.data(), text.size()); });
  }
  // Any file; one for stdin is only read, one for stdout and stderr only written.
  static WasiStream FromFile(std::shared_ptr<wasi::File> file) { return WasiStream(Custom{std::move(file)}); }
  // For stdout and stderr: `write` gets what the guest writes, on the thread of the guest.
  static WasiStream Output(std::function<void(absl::string_view)> write) { return WasiStream(Sink{std::move(write)}); }

  const Source& source() const { return source_; }

 private:
  explicit WasiStream(Source source) : source_(std::move(source)) {}
  Source source_;
};

// A directory that the guest may use, and the name under which it sees it.
struct WasiPreopen {
  std::string host;   // a path of the host
  std::string guest;
  // Nothing beneath can be created, written, removed, renamed, linked or have its times set: the errno is perm.
  bool read_only = false;
  // If set, it is granted in place of `host`: one of umiak/wasi_fs.h, or the embedder's own.
  std::shared_ptr<wasi::Directory> directory = nullptr;
};

namespace wasi {
class Socket;
}

// A socket that listens, from which the guest may accept connections. Copies share it; it is closed with the last
// copy and the last guest that has it.
class WasiListener {
 public:
  // Binds "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" and listens from now on. Port 0: the host chooses one.
  static absl::StatusOr<WasiListener> Bind(absl::string_view address);
  // A listening socket of the process, TCP or Unix (from systemd, say). It is duplicated; its open file is set not to
  // block, also for who shares it: whether the guest's accept waits is the guest's own flag.
  static absl::StatusOr<WasiListener> FromHostFd(int fd);

  // Where it listens, with the port that was chosen.
  const std::string& address() const;
  const std::shared_ptr<wasi::Socket>& socket() const { return socket_; }  // for wasi's own files

 private:
  explicit WasiListener(std::shared_ptr<wasi::Socket> socket) : socket_(std::move(socket)) {}
  std::shared_ptr<wasi::Socket> socket_;
};

// An access that was not granted.
struct WasiRefusal {
  enum Reason {
    kOutside,   // the path leaves the granted directory, by itself or by a link
    kReadOnly,  // the grant is for reading
    kHost,      // the host refuses it to this process
    kNoGrant,   // the guest found no grant for the path and asks in descriptor -1, as Go's library does
  };
  std::string function;  // "path_open", ...
  std::string path;      // as the guest sees it, with the name of the grant in front, if there is one
  Reason reason = kOutside;
};

// What a guest is granted.
struct WasiConfig {
  // args[0] is the program's name.
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  WasiStream stdin_stream;
  WasiStream stdout_stream;
  WasiStream stderr_stream;
  // Their descriptors are 3, 4, ... in this order: guests have the number of their listener written down.
  std::vector<WasiListener> listeners;
  // Their descriptors follow, in this order.
  std::vector<WasiPreopen> preopens;

  // Nanoseconds since 1970, and since some fixed moment. Empty: the host's clocks. Sleeping always takes the
  // host's time.
  std::function<uint64_t()> realtime_clock;
  std::function<uint64_t()> monotonic_clock;
  // Fills the bytes. Empty: the host's random numbers.
  std::function<void(absl::Span<uint8_t>)> random;

  // Lets the kernel confine paths (openat2, Linux 5.6). Without it, and where the kernel refuses, paths are
  // walked one component at a time.
  bool use_openat2 = true;

  // To see what a guest does; empty, they cost nothing. `trace` gets a line for each call, as strace writes them, on
  // the thread of the call; of a call that may wait first the beginning. `trace_filter`: functions ("path_open"),
  // classes ("path", "sock"), "failed" for calls that give an errno, "!name" to leave out; with commas; empty: all.
  std::function<void(absl::string_view text)> trace;
  std::string trace_filter;
  // Called for each path that is refused, for one at a time.
  std::function<void(const WasiRefusal& refusal)> on_refused;

  void InheritStdio() {
    stdin_stream = WasiStream::FromHostFd(0);
    stdout_stream = WasiStream::FromHostFd(1);
    stderr_stream = WasiStream::FromHostFd(2);
  }
};

// The state of one WASI "process": arguments, environment, descriptors. Several stores, each on its thread, may use it
// from when they are all given it (AddWasiPreview1).
class WasiContext;

// Opens what the configuration grants. Fails with a sentence where a directory does not open, and where an
// argument or variable cannot be passed (NUL in it, '=' in a name). Makes the process ignore SIGPIPE if its
// action is the default one: a closed pipe is the errno pipe.
absl::StatusOr<std::shared_ptr<WasiContext>> MakeWasiContext(const WasiConfig& config);

// Defines the 46 functions of module "wasi_snapshot_preview1". They use the memory that the calling instance
// exports as "memory". proc_exit ends the guest with MakeExit(code): see ExitCodeOf() in umiak/error.h. A
// pointer out of bounds traps with "out of bounds memory access". REQUIRES: for a further linker with the same context,
// no other thread runs a guest of the first one meanwhile (a context with one user takes no locks).
void AddWasiPreview1(Linker& linker, std::shared_ptr<WasiContext> context);

// The same for module "wasi_unstable" (snapshot 0), which programs of 2019 import. A context may serve both.
void AddWasiUnstable(Linker& linker, std::shared_ptr<WasiContext> context);

}  // namespace umiak

#endif  // UMIAK_WASI_H_
