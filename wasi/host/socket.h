// Sockets of the host: what listens and is granted, and the connections that come of it.
//
// A guest can make no socket and name no address: it accepts from a listener that it was given, and talks to who came.
#ifndef UMIAK_WASI_HOST_SOCKET_H_
#define UMIAK_WASI_HOST_SOCKET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/wasi_fs.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

// A stream socket: either it listens or it is connected. Thread-safe as far as the host's calls are. No call blocks:
// where one would, it is kAgain, and pollable() tells when to try again. No call raises SIGPIPE.
class Socket final : public File {
 public:
  // REQUIRES: `fd` is a socket; one that listens has O_NONBLOCK.
  Socket(UniqueFd fd, bool listens, std::string name)
      : fd_(std::move(fd)), listens_(listens), name_(std::move(name)) {}

  // Binds "ADDRESS:PORT" and listens; `address` is numeric, IPv6 in brackets, or localhost (127.0.0.1). Port 0: the
  // host chooses one, see name(). Fails with a sentence that does not repeat the address.
  static absl::StatusOr<std::shared_ptr<Socket>> Listen(absl::string_view address);
  // Takes over a duplicate of `host_fd`, which must listen (TCP or Unix). Its open file is set not to block: nothing
  // else keeps an accept from waiting for a client that has gone again.
  static absl::StatusOr<std::shared_ptr<Socket>> FromListening(int host_fd);

  bool listens() const { return listens_; }
  // The address and port of a listener ("127.0.0.1:8080", "[::1]:80"), a path for one of Unix.
  const std::string& name() const { return name_; }

  ErrnoOr<std::shared_ptr<Socket>> Accept();  // kInval unless it listens
  // At most what there is: 0 bytes at the end. With `peek` they stay. kNotconn if it listens; so is Send.
  struct Received {
    uint64_t size = 0;
    bool truncated = false;  // the rest of a record is lost
  };
  ErrnoOr<Received> Receive(Slices to, bool peek);
  ErrnoOr<uint64_t> Send(Slices from);
  // No more is received, sent, or both. kNotconn if it listens: other processes may share the listener.
  Errno Shutdown(bool receiving, bool sending);

  // File
  Filetype type() const override { return Filetype::kSocketStream; }
  bool is_stream() const override { return true; }
  ErrnoOr<Filestat> Stat() const override {
    Filestat stat;
    stat.filetype = type();
    return stat;
  }
  ErrnoOr<uint64_t> Read(Slices to) override;
  ErrnoOr<uint64_t> Write(Slices from) override { return Send(from); }
  Errno SetAppend(bool append) override { return append ? Errno::kInval : Errno::kSuccess; }
  Errno Sync(bool) override { return Errno::kInval; }
  int pollable() const override { return fd_.get(); }
  bool gives_again() const override { return true; }
  uint64_t ReadableBytes() const override;

 private:
  UniqueFd fd_;
  bool listens_;
  std::string name_;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_SOCKET_H_
